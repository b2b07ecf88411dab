package dev.cutover.dns.route53;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.dns.route53.HostedZoneRules.InvalidBatch;
import dev.cutover.dns.route53.HostedZoneRules.InvalidInput;
import dev.cutover.dns.route53.HostedZoneRules.NoSuchHealthCheck;
import dev.cutover.dns.route53.HostedZoneRules.ZoneChange;
import dev.cutover.dns.route53.StoredSet.StoredKey;
import dev.cutover.dns.route53.StoredSet.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the double refuses of aliases and of health checks. */
class AliasRulesTest {
  private static final String ZONE = "shop.example.";
  private static final String NAME = "api.shop.example.";
  private static final Target BALANCER = new Target("Z0LB", "lb.example.", true);

  private final Map<StoredKey, StoredSet> zone = new TreeMap<>(new ListingOrder());

  @Test
  void shouldRefuseATargetThatIsNotThere() throws Exception {
    assertRefused(alias("A", new Target("Z1", "lb.example.", false)), "does not lie within");
    assertRefused(alias("A", new Target("Z0LB", "b." + ZONE, false)), "does not lie within");
    assertRefused(alias("A", new Target("Z1", "b." + ZONE, false)), "that target was not found");
    StoredSet record = plain("b." + ZONE, Optional.empty());
    assertRefused(
        alias("AAAA", new Target("Z1", "b." + ZONE, false)), "that target was not found", record);
    assertThat(
            applied(
                new ZoneChange("CREATE", record),
                new ZoneChange("CREATE", alias("A", new Target("Z1", "b." + ZONE, false)))))
        .hasSize(2);
    assertThat(applied(new ZoneChange("CREATE", alias("A", BALANCER)))).hasSize(1);
  }

  @Test
  void shouldKnowNoHealthOfADistribution() {
    assertRefused(
        alias("A", new Target("Z2FDTNDATAQYW2", "d1.cloudfront.net.", true)), "CloudFront");
  }

  @Test
  void shouldReadNoAliasWithATtl() {
    StoredSet timed =
        new StoredSet(
            NAME, "A", "", Optional.empty(), Optional.of(BALANCER), Optional.of(60L), List.of());
    assertThatThrownBy(() -> applied(new ZoneChange("CREATE", timed)))
        .isInstanceOf(InvalidInput.class);
  }

  @Test
  void shouldDeleteAnAliasOnlyByAllOfIt() {
    StoredSet stored = alias("A", BALANCER);
    zone.put(stored.key(), stored);
    for (Target other :
        List.of(
            new Target("Z0LB", "lb.example.", false), new Target("Z0LB", "lb2.example.", true))) {
      assertThatThrownBy(() -> applied(new ZoneChange("DELETE", alias("A", other))))
          .hasMessageContaining("do not match the current values");
    }
  }

  @Test
  void shouldKnowWhichHealthChecksThereAre() throws Exception {
    assertThatThrownBy(() -> applied(new ZoneChange("CREATE", plain(NAME, Optional.of("other")))))
        .isInstanceOf(NoSuchHealthCheck.class);
    StoredSet checked = plain(NAME, Optional.of("known"));
    assertThat(applied(new ZoneChange("CREATE", checked))).containsValue(checked);
    zone.put(checked.key(), checked);
    assertThatThrownBy(() -> applied(new ZoneChange("DELETE", plain(NAME, Optional.empty()))))
        .hasMessageContaining("do not match the current values");
  }

  private void assertRefused(StoredSet set, String words, StoredSet... there) {
    for (StoredSet other : there) {
      zone.put(other.key(), other);
    }
    assertThatThrownBy(() -> applied(new ZoneChange("CREATE", set)))
        .isInstanceOf(InvalidBatch.class)
        .hasMessageContaining(words);
    zone.clear();
  }

  private Map<StoredKey, StoredSet> applied(ZoneChange... batch)
      throws InvalidInput, InvalidBatch, NoSuchHealthCheck {
    return HostedZoneRules.applied(
        new AliasRules("Z1", ZONE, Map.of("Z0LB", Set.of("lb.example."))),
        Set.of("known"),
        zone,
        List.of(batch));
  }

  private static StoredSet alias(String type, Target target) {
    return new StoredSet(
        NAME, type, "", Optional.empty(), Optional.of(target), Optional.empty(), List.of());
  }

  private static StoredSet plain(String name, Optional<String> check) {
    return new StoredSet(
        name,
        "A",
        "",
        Optional.empty(),
        Optional.empty(),
        check,
        Optional.of(60L),
        List.of("10.0.0.1"));
  }
}
