package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Alias;
import dev.cutover.contract.Checked;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.TxtValue;
import dev.cutover.orchestrator.domain.KeeperForms.Records;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * As octoDNS's YAML provider reads it (octodns/provider/yaml.py, record/svcb.py and
 * record/chunked.py at 94bc80e): keys in order, which it enforces; a semicolon in TXT escaped.
 */
final class OctodnsForm {
  /** Parameters of HTTPS records whose value is a list. */
  private static final Set<String> LISTS = Set.of("alpn", "ipv4hint", "ipv6hint", "mandatory");

  private OctodnsForm() {}

  static String of(Records records) {
    StringBuilder text =
        new StringBuilder(
            "# In %s.yaml; other types of this name stay as they are.\n"
                .formatted(KeeperForms.undot(records.spec().zone())));
    if (!records.sets().isEmpty()) {
      String name = records.relative();
      text.append(name.isEmpty() ? "''" : name).append(":\n");
    }
    records.sets().stream().filter(set -> !set.aliased()).forEach(set -> text.append(entry(set)));
    if (records.sets().stream().anyMatch(RecordSet::aliased)) {
      text.append(aliases(records));
    }
    records
        .gone()
        .forEach(
            type ->
                text.append("# No entry of type %s any more: it shall be gone.\n".formatted(type)));
    return text.toString();
  }

  /** All aliases of a name are one entry (octodns-route53, record.py). */
  private static String aliases(Records records) {
    StringBuilder text = new StringBuilder("  - type: Route53Provider/ALIAS\n    values:\n");
    for (RecordSet set : records.sets()) {
      for (Alias alias : Alias.in(set)) {
        boolean inside =
            records.spec().provider() instanceof Route53(String zone, String _)
                && zone.equals(alias.hostedZone());
        String name =
            inside
                ? alias.name().replaceFirst("\\.?\\Q" + records.spec().zone() + "\\E$", "")
                : alias.name();
        text.append("      - evaluate-target-health: %s\n".formatted(alias.evaluateTargetHealth()));
        text.append(inside ? "" : "        hosted-zone-id: %s\n".formatted(alias.hostedZone()));
        text.append("        name: %s\n".formatted(singleQuoted(name)));
        text.append("        type: %s\n".formatted(set.type()));
      }
    }
    return text.toString();
  }

  private static String entry(RecordSet given) {
    RecordSet set = Checked.told(given);
    String head = "  - ttl: %d\n    type: %s\n".formatted(set.ttlSeconds(), set.type());
    return head
        + switch (set.type()) {
          case CNAME -> "    value: " + set.values().getFirst() + "\n";
          case A, AAAA ->
              values(set.values().stream().map(value -> "      - " + value + "\n").toList());
          case TXT ->
              values(
                  set.values().stream()
                      .map(value -> "      - %s\n".formatted(singleQuoted(TxtValue.plain(value))))
                      .toList());
          case HTTPS -> values(set.values().stream().map(OctodnsForm::service).toList());
          case SERVER -> throw new IllegalArgumentException("Expected records, but got " + set);
        };
  }

  private static String values(List<String> lines) {
    return "    values:\n" + String.join("", lines);
  }

  /** Nothing is escaped there but the quote itself. */
  private static String singleQuoted(String text) {
    return "'" + text.replace(";", "\\;").replace("'", "''") + "'";
  }

  private static String service(String value) {
    String[] parts = value.strip().split("\\s+");
    String params =
        Arrays.stream(parts)
            .skip(2)
            .sorted()
            .map(OctodnsForm::parameter)
            .collect(Collectors.joining());
    return (params.isEmpty() ? "      - " : "      - svcparams:\n" + params + "        ")
        + "svcpriority: %s\n        targetname: %s\n"
            .formatted(parts[0], KeeperForms.quoted(parts.length > 1 ? parts[1] : "."));
  }

  private static String parameter(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      return "          %s:\n".formatted(text);
    }
    String key = text.substring(0, equals);
    String value = text.substring(equals + 1).replaceAll("^\"|\"$", "");
    return "          %s: %s\n"
        .formatted(
            key,
            LISTS.contains(key)
                ? Arrays.stream(value.split(","))
                    .map(KeeperForms::quoted)
                    .collect(Collectors.joining(", ", "[", "]"))
                : KeeperForms.quoted(value));
  }
}
