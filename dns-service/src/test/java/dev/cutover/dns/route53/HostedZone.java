package dev.cutover.dns.route53;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cutover.contract.Alias;
import dev.cutover.contract.Checked;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.dns.Authorities;
import dev.cutover.dns.ZoneMirror;
import dev.cutover.dns.route53.HostedZoneRules.ZoneChange;
import dev.cutover.dns.route53.StoredSet.StoredKey;
import dev.cutover.dns.route53.StoredSet.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What the hosted zone of a test holds, and what others write there. */
public final class HostedZone {
  private HostedZone() {}

  /** The same as {@link Authorities#ZONE_FILE}, spelt as people and consoles do. */
  public static List<StoredSet> initial() {
    List<StoredSet> sets = new ArrayList<>();
    sets.add(
        simple(
            Authorities.ZONE,
            "SOA",
            300,
            "ns1.shop.example. admin.shop.example. 1 3600 600 86400 5"));
    sets.add(simple(Authorities.ZONE, "NS", 300, "ns1.shop.example."));
    sets.add(simple("ns1." + Authorities.ZONE, "A", 300, "127.0.0.1"));
    for (int i = 0; i < 100; i++) {
      String name = "n%d.%s".formatted(i, Authorities.ZONE);
      sets.add(simple(name, "A", 300, "10.0.0.2", "10.0.0.1"));
      sets.add(simple(name, "AAAA", 300, "2001:DB8::1"));
      sets.add(simple(name, "HTTPS", 300, "1 . alpn=\"h2\""));
    }
    sets.add(simple("\\052.wild." + Authorities.ZONE, "A", 300, "10.0.0.1"));
    return sets;
  }

  private static StoredSet simple(String name, String type, long ttl, String... values) {
    return new StoredSet(
        name, type, "", Optional.empty(), Optional.empty(), Optional.of(ttl), List.of(values));
  }

  /**
   * Tells a mirror what plain name servers answer with: an alias of a set of the zone with what
   * that has. Sets that go by weight, or point elsewhere, are left out.
   */
  public static BiConsumer<Map<StoredKey, StoredSet>, Map<StoredKey, StoredSet>> served(
      ZoneMirror mirror) {
    return (before, after) -> mirror.accept(served(before), served(after));
  }

  private static List<RecordSet> served(Map<StoredKey, StoredSet> sets) {
    return sets.values().stream().flatMap(set -> served(set, sets).stream()).toList();
  }

  private static Optional<RecordSet> served(StoredSet set, Map<StoredKey, StoredSet> sets) {
    return set.aliasTarget()
        .filter(_ -> set.identifier().isEmpty())
        .map(target -> sets.get(new StoredKey(target.dnsName(), set.type(), "")))
        .flatMap(StoredSet::served)
        .map(held -> new RecordSet(set.name(), held.type(), held.ttlSeconds(), held.values()))
        .or(set::served);
  }

  /**
   * Writes a set whatever is there: an alias, or values under a health check, where it has them.
   */
  public static List<ZoneChange> upsert(RecordSet set) {
    Optional<Alias> alias = Alias.in(set).stream().findFirst();
    List<Checked> values =
        alias.isPresent() ? List.of() : set.values().stream().map(Checked::of).toList();
    return List.of(
        new ZoneChange(
            "UPSERT",
            new StoredSet(
                Route53Xml.stored(set.name()),
                set.type().name(),
                "",
                Optional.empty(),
                alias.map(a -> new Target(a.hostedZone(), a.name(), a.evaluateTargetHealth())),
                values.stream().flatMap(value -> value.healthCheckId().stream()).findFirst(),
                alias.isPresent() ? Optional.empty() : Optional.of((long) set.ttlSeconds()),
                values.stream().map(Checked::value).toList())));
  }

  /** Turns the addresses of a name into two weighted sets. */
  public static List<ZoneChange> weighted(String name, String address) {
    return List.of(
        new ZoneChange("DELETE", simple(name, "A", 2, "10.0.0.1", "10.0.0.2")),
        new ZoneChange("CREATE", weighted(name, "old", 90, "10.0.0.1")),
        new ZoneChange("CREATE", weighted(name, "new", 10, address)));
  }

  /** Adds a weighted set to those that are there. */
  public static List<ZoneChange> oneMoreShare(String name, String address) {
    return List.of(new ZoneChange("CREATE", weighted(name, "new", 10, address)));
  }

  /** Deletes a simple set as it is in the beginning. */
  public static List<ZoneChange> delete(String name, String type) {
    return initial().stream()
        .filter(set -> set.name().equals(name) && set.type().equals(type))
        .map(set -> new ZoneChange("DELETE", set))
        .toList();
  }

  private static StoredSet weighted(String name, String identifier, long weight, String address) {
    return new StoredSet(
        name,
        "A",
        identifier,
        Optional.of(weight),
        Optional.empty(),
        Optional.of(2L),
        List.of(address));
  }

  /** Turns the addresses of a name into an alias of a load balancer. */
  public static List<ZoneChange> alias(String name) {
    return upsert(
        new RecordSet(
            name, RecordType.A, 0, List.of(new Alias("lb.example.", "Z0LB", false).text())));
  }

  /** What the AWS command line sends for a change batch in JSON. */
  public static List<ZoneChange> batch(String json) {
    List<ZoneChange> batch = new ArrayList<>();
    try {
      for (JsonNode change : new ObjectMapper().readTree(json).get("Changes")) {
        JsonNode set = change.get("ResourceRecordSet");
        List<String> values = new ArrayList<>();
        set.path("ResourceRecords").forEach(record -> values.add(record.get("Value").asText()));
        batch.add(
            new ZoneChange(
                change.get("Action").asText(),
                new StoredSet(
                    Route53Xml.stored(set.get("Name").asText()),
                    set.get("Type").asText(),
                    set.path("SetIdentifier").asText(),
                    Optional.ofNullable(set.get("Weight")).map(JsonNode::asLong),
                    Optional.ofNullable(set.get("AliasTarget"))
                        .map(
                            target ->
                                new Target(
                                    target.get("HostedZoneId").asText(),
                                    Route53Xml.stored(target.get("DNSName").asText()),
                                    target.get("EvaluateTargetHealth").asBoolean())),
                    Optional.ofNullable(set.get("HealthCheckId")).map(JsonNode::asText),
                    Optional.ofNullable(set.get("TTL")).map(JsonNode::asLong),
                    values)));
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
    return batch;
  }
}
