package dev.cutover.dns.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordChangePlanner;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.ZoneChange;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.route53.model.AliasTarget;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/**
 * Writes changes as change batches for {@code aws route53 change-resource-record-sets
 * --change-batch}. Pure.
 */
final class Route53Text {
  private static final ObjectWriter WRITER =
      MessageCodec.mapper().writer(SerializationFeature.INDENT_OUTPUT);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Route53Text() {}

  /** One change of a set. */
  private record Line(String action, RecordSet set) {}

  /** The shift as people see it before anybody has decided on it, from lowered TTLs. */
  static String forward(SwitchSpec spec, EpochMark.Epoch staged) {
    ZoneChange shift = RecordChangePlanner.forecast(spec, staged);
    List<Line> lines = new ArrayList<>();
    spec.served(Side.SOURCE).forEach(set -> lines.add(new Line("DELETE", set)));
    spec.names()
        .forEach(
            name ->
                lines.add(new Line("DELETE", RecordChangePlanner.markSet(name, staged.text()))));
    List<Line> created = shift.added().stream().map(set -> new Line("CREATE", set)).toList();
    lines.addAll(targetsFirst(created));
    return text("Cutover: shift to the target", lines);
  }

  /**
   * Writes the source's sets over whatever is there, with the mark of a person. Only sets of types
   * that the target alone has must be exactly as the shift leaves them: there is no deletion
   * without conditions.
   */
  static String revert(SwitchSpec spec) {
    ZoneChange back = RecordChangePlanner.breakGlass(spec);
    List<Line> lines = new ArrayList<>();
    for (RecordSet set : spec.served(Side.TARGET)) {
      boolean replaced = !RecordSets.valuesOf(back.added(), set.name(), set.type()).isEmpty();
      if (!replaced) {
        lines.add(new Line("DELETE", set));
      }
    }
    List<Line> written = back.added().stream().map(set -> new Line("UPSERT", set)).toList();
    lines.addAll(targetsFirst(written));
    return text("Cutover: revert to the source, by hand", lines);
  }

  /** Deletes the mark of a person, and no other. */
  static String liftMark(SwitchSpec spec) {
    return text(
        "Cutover: lift the mark that the revert by hand has left",
        spec.names().stream()
            .map(name -> new Line("DELETE", RecordChangePlanner.markSet(name, EpochMark.MANUAL)))
            .toList());
  }

  private static List<Line> targetsFirst(List<Line> lines) {
    return Route53Batch.targetsFirst(lines, line -> Route53Records.toStored(line.set()).getFirst());
  }

  private static String text(String comment, List<Line> lines) {
    ObjectNode batch = NODES.objectNode();
    batch.put("Comment", comment);
    ArrayNode changes = batch.putArray("Changes");
    for (Line line : lines) {
      for (ResourceRecordSet stored : Route53Records.toStored(line.set())) {
        ObjectNode change = changes.addObject();
        change.put("Action", line.action());
        write(stored, change.putObject("ResourceRecordSet"));
      }
    }
    try {
      return WRITER.writeValueAsString(batch) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected every change to have a JSON form", e);
    }
  }

  private static void write(ResourceRecordSet stored, ObjectNode set) {
    set.put("Name", stored.name());
    set.put("Type", stored.typeAsString());
    if (stored.weight() != null) {
      set.put("SetIdentifier", stored.setIdentifier());
      set.put("Weight", stored.weight());
    }
    if (stored.healthCheckId() != null) {
      set.put("HealthCheckId", stored.healthCheckId());
    }
    AliasTarget alias = stored.aliasTarget();
    if (alias != null) {
      set.putObject("AliasTarget")
          .put("HostedZoneId", alias.hostedZoneId())
          .put("DNSName", alias.dnsName())
          .put("EvaluateTargetHealth", alias.evaluateTargetHealth());
      return;
    }
    set.put("TTL", stored.ttl());
    ArrayNode records = set.putArray("ResourceRecords");
    stored.resourceRecords().forEach(r -> records.addObject().put("Value", r.value()));
  }
}
