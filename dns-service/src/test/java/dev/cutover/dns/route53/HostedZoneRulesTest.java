package dev.cutover.dns.route53;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.dns.route53.HostedZoneRules.InvalidBatch;
import dev.cutover.dns.route53.HostedZoneRules.InvalidInput;
import dev.cutover.dns.route53.HostedZoneRules.NoSuchHealthCheck;
import dev.cutover.dns.route53.HostedZoneRules.ZoneChange;
import dev.cutover.dns.route53.StoredSet.StoredKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The double is worth as much as it refuses. */
class HostedZoneRulesTest {
  private static final String ZONE = "shop.example.";
  private static final String NAME = "api.shop.example.";
  private static final StoredSet ADDRESSES = set(NAME, "A", "", 300, "10.0.0.1", "10.0.0.2");

  private final Map<StoredKey, StoredSet> zone = new TreeMap<>(new ListingOrder());

  HostedZoneRulesTest() {
    zone.put(ADDRESSES.key(), ADDRESSES);
  }

  @Test
  void shouldDeleteOnlyWhatIsNamedExactly() throws Exception {
    assertRefused(
        "was not found", new ZoneChange("DELETE", set("b." + NAME, "A", "", 300, "10.0.0.1")));
    assertRefused(
        "do not match the current values",
        new ZoneChange("DELETE", set(NAME, "A", "", 299, "10.0.0.1", "10.0.0.2")));
    assertRefused(
        "do not match the current values",
        new ZoneChange("DELETE", set(NAME, "A", "", 300, "10.0.0.1")));
    assertRefused(
        "deleted twice", new ZoneChange("DELETE", ADDRESSES), new ZoneChange("DELETE", ADDRESSES));
    assertThat(applied(new ZoneChange("DELETE", set(NAME, "A", "", 300, "10.0.0.2", "10.0.0.1"))))
        .isEmpty();
  }

  @Test
  void shouldMakeABatchWholeOrNotAtAll() throws Exception {
    // given
    StoredSet other = set(NAME, "AAAA", "", 300, "2001:db8::1");
    // when, then
    assertRefused(
        "already exists", new ZoneChange("CREATE", other), new ZoneChange("CREATE", ADDRESSES));
    assertThat(zone.values()).containsExactly(ADDRESSES);
    assertThat(applied(new ZoneChange("DELETE", ADDRESSES), new ZoneChange("CREATE", ADDRESSES)))
        .containsValue(ADDRESSES);
  }

  @Test
  void shouldRefuseWhatDnsForbids() {
    StoredSet alias = set(NAME, "CNAME", "", 300, "lb.example.");
    assertRefused("conflicting RRSet of type A", new ZoneChange("CREATE", alias));
    assertRefused(
        "conflicting RRSet of type A",
        new ZoneChange("CREATE", alias),
        new ZoneChange("DELETE", ADDRESSES));
    assertRefused(
        "not permitted at apex",
        new ZoneChange("CREATE", set(ZONE, "CNAME", "", 300, "lb.example.")));
    assertRefused(
        "not permitted in zone",
        new ZoneChange("CREATE", set("api.other.example.", "A", "", 300, "10.0.0.1")));
    assertRefused("Illegal value", new ZoneChange("UPSERT", set(NAME, "A", "", 300, "10.0.0.300")));
    assertRefused("Illegal value", new ZoneChange("UPSERT", set(NAME, "TXT", "", 5, "bare")));
  }

  @Test
  void shouldKeepSimpleAndWeightedSetsApart() {
    assertRefused(
        "a non-weighted set exists",
        new ZoneChange("CREATE", set(NAME, "A", "blue", 300, "10.0.0.1")));
    assertRefused(
        "must contain the same TTL",
        new ZoneChange("DELETE", ADDRESSES),
        new ZoneChange("CREATE", set(NAME, "A", "blue", 300, "10.0.0.1")),
        new ZoneChange("CREATE", set(NAME, "A", "green", 60, "10.1.0.1")));
  }

  @Test
  void shouldKnowTheLimits() {
    String[] many =
        IntStream.range(0, 501)
            .mapToObj(i -> "10.0.%d.%d".formatted(i / 256, i % 256))
            .toArray(String[]::new);
    assertRefused("limit of 1000", new ZoneChange("UPSERT", set(NAME, "A", "", 300, many)));
    for (long ttl : List.of(-1L, 2_147_483_648L)) {
      assertThatThrownBy(
              () -> applied(new ZoneChange("UPSERT", set(NAME, "A", "", ttl, "10.0.0.1"))))
          .isInstanceOf(InvalidInput.class);
    }
    assertThatThrownBy(() -> applied()).isInstanceOf(InvalidInput.class);
    assertThatThrownBy(() -> applied(new ZoneChange("REPLACE", ADDRESSES)))
        .isInstanceOf(InvalidInput.class);
  }

  @Test
  void shouldWriteNamesAsTheApiDoes() {
    assertThat(Route53Xml.stored("*.Shop.Example")).isEqualTo("\\052.shop.example.");
    assertThat(Route53Xml.stored("_cutover.api-1.shop.example."))
        .isEqualTo("_cutover.api-1.shop.example.");
  }

  private void assertRefused(String words, ZoneChange... batch) {
    assertThatThrownBy(() -> applied(batch))
        .isInstanceOfSatisfying(
            InvalidBatch.class, e -> assertThat(e.messages()).anyMatch(m -> m.contains(words)));
  }

  private Map<StoredKey, StoredSet> applied(ZoneChange... batch)
      throws InvalidInput, InvalidBatch, NoSuchHealthCheck {
    return HostedZoneRules.applied(ZONE, zone, List.of(batch));
  }

  private static StoredSet set(
      String name, String type, String identifier, long ttl, String... values) {
    return new StoredSet(
        name,
        type,
        identifier,
        identifier.isEmpty() ? Optional.empty() : Optional.of(10L),
        Optional.empty(),
        Optional.of(ttl),
        List.of(values));
  }
}
