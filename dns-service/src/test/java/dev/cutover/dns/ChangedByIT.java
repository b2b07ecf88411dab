package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.Route53Accounts;
import dev.cutover.dns.adapter.Route53Settings;
import dev.cutover.dns.adapter.Route53Switch;
import dev.cutover.dns.route53.TrailServer;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who changed a record of Route 53, by the real SDK and a double of CloudTrail. */
final class ChangedByIT {
  private static final Instant SINCE = Instant.parse("2026-12-01T02:00:00Z");
  private static final Duration WITHIN = Duration.ofSeconds(5);
  private static final String NAME = "shop.example.org.";
  private static final SwitchSpec SPEC =
      new SwitchSpec(
          "example.org.",
          new Route53("Z1TEST", "good"),
          List.of(
              new SwitchedName(
                  NAME,
                  List.of(new RecordSet(NAME, RecordType.A, 60, List.of("10.0.0.1"))),
                  List.of(new RecordSet(NAME, RecordType.A, 60, List.of("10.1.0.1"))))),
          List.of(new ServerAddress("127.0.0.1", 53)),
          List.of(),
          60);

  private TrailServer trail;
  private Route53Accounts accounts;
  private Route53Switch route53;

  @BeforeEach
  void start() throws IOException {
    trail = new TrailServer();
    accounts =
        new Route53Accounts(
            Credentials.of(
                Map.of("good.route53.user", "GOOD", "good.route53.password", "c2VjcmV0")),
            new Route53Settings(
                Optional.empty(), Route53Settings.REGION, 1000, Optional.of(trail.endpoint())));
    route53 = new Route53Switch(accounts, Pace.MACHINE);
  }

  @AfterEach
  void stop() {
    accounts.close();
    trail.close();
  }

  @Test
  void shouldNameWhoItWasWhenTheTrailTellsIt() throws Exception {
    // given
    trail.tell("arn:aws:iam::1:user/old", "203.0.113.1", SINCE.minusSeconds(3600), "Z1TEST", NAME);
    trail.tell(
        "arn:aws:iam::1:user/zoe",
        "203.0.113.7",
        SINCE.plusSeconds(5),
        "/hostedzone/Z1TEST",
        "Shop.example.org");
    trail.tell("arn:aws:iam::1:user/else", "203.0.113.8", SINCE.plusSeconds(6), "Z2OTHER", NAME);
    trail.tell(
        "arn:aws:iam::1:user/us",
        "203.0.113.9",
        SINCE.plusSeconds(7),
        "Z1TEST",
        NAME,
        "_cutover." + NAME);
    // when
    List<ChangedBy> changes = route53.changedBy(SPEC, List.of(NAME), SINCE, WITHIN);
    // then: neither what was before, nor another zone's, nor our own orders
    assertThat(changes)
        .containsExactly(
            new ChangedBy(
                NAME,
                Optional.empty(),
                Optional.of("arn:aws:iam::1:user/zoe"),
                Optional.of(SINCE.plusSeconds(5)),
                Optional.of("203.0.113.7 by aws-cli/2.15"),
                "CloudTrail"));
  }

  @Test
  void shouldSayThatItIsNotKnownYetWhenTheTrailIsLate() throws Exception {
    // when
    List<ChangedBy> changes = route53.changedBy(SPEC, List.of(NAME), SINCE, WITHIN);
    // then
    assertThat(changes)
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.who()).isEmpty();
              assertThat(change.sentence()).contains("does not tell it yet");
            });
  }

  @Test
  void shouldSayWhichRightIsMissingWhenTheTrailMayNotBeAsked() throws Exception {
    // given
    trail.deny(true);
    // when
    List<ChangedBy> changes = route53.changedBy(SPEC, List.of(NAME), SINCE, WITHIN);
    // then
    assertThat(changes)
        .singleElement()
        .satisfies(change -> assertThat(change.sentence()).contains("cloudtrail:LookupEvents"));
  }
}
