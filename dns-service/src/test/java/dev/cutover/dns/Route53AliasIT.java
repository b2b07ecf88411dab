package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.Alias;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsCommand.LowerTtl;
import dev.cutover.contract.DnsCommand.ReadSwitch;
import dev.cutover.contract.DnsCommand.RestoreTtl;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.StageSwitch;
import dev.cutover.contract.DnsCommand.VerifySplit;
import dev.cutover.contract.DnsCommand.VerifyTraffic;
import dev.cutover.contract.DnsCommand.WatchRecords;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.DnsReply.SplitVerified;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.DnsReply.TtlLowered;
import dev.cutover.contract.DnsReply.TtlRestored;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.RecordsObserved.Verdict;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.SingleChange;
import dev.cutover.dns.domain.SingleChangePlanner.Wish;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.route53.HealthChecks.Check;
import dev.cutover.dns.route53.HostedZone;
import dev.cutover.dns.route53.StoredSet;
import dev.cutover.dns.route53.StoredSet.Target;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What aliases of Route 53 have beside the contract ({@link Route53AliasSwitchIT}), and health
 * checks: the real SDK, a strict double of the API, and servers that answer an alias with what its
 * target has.
 */
class Route53AliasIT extends Route53Fixture {
  private static final String NAME = "www." + Authorities.ZONE;
  private static final String POOL = "pool." + Authorities.ZONE;
  private static final String OLD = "old.elb.example.";
  private static final String NEW = "new.elb.example.";
  private static final RecordSet RECORDS = set("10.0.0.1", "10.0.0.2");
  private static final RecordSet OLD_BALANCER = alias(OLD, "Z0LB", false);
  private static final RecordSet NEW_BALANCER = alias(NEW, "Z0LB", true);
  private static final RecordSet OWN_POOL = alias(POOL, "Z1TEST", false);

  Route53AliasIT() throws IOException {
    super(
        "alias",
        HostedZone.initial().stream().filter(set -> !set.name().matches("n\\d+\\..*")).toList());
    hold(records(POOL, "10.0.3.1"));
    server.addResource("Z0LB", OLD);
    server.addResource("Z0LB", NEW);
    authority.judgeBy(server.healthChecks());
    authority.resolve(OLD, "A", "10.0.1.1", "10.0.1.2");
    authority.resolve(NEW, "A", "10.0.2.1");
  }

  // ---- what is refused

  @Test
  void shouldRefuseATargetWithoutRecordsOfTheType() {
    // given
    SwitchSpec spec = spec(RECORDS, NEW_BALANCER);
    hold(RECORDS);
    authority.resolve(NEW, "A");
    // when
    Reply captured = handle(new CaptureRecords(header(1), spec));
    Reply staged = handle(new StageSwitch(header(2), spec, List.of(RECORDS)));
    // then
    assertFailed(captured, FailureKind.UNSUITABLE, "there are none: new.elb.example. A");
    assertFailed(staged, FailureKind.UNSUITABLE, "there are none: new.elb.example. A");
    assertThat(marks()).isEmpty();
  }

  @Test
  void shouldRefuseAnAliasThatRoute53WouldNotTake() {
    // given
    hold(RECORDS);
    // when
    Reply foreign =
        handle(new CaptureRecords(header(1), spec(RECORDS, alias(POOL, "Z0LB", false))));
    Reply unknown =
        handle(
            new CaptureRecords(
                header(2), spec(RECORDS, alias("lb.elb.example.", "Z1TEST", false))));
    // then
    assertFailed(foreign, FailureKind.UNSUITABLE, "has this zone's own id, Z1TEST");
    assertFailed(unknown, FailureKind.UNSUITABLE, "has this zone's own id, Z1TEST");
  }

  @Test
  void shouldShiftNothingWhenSomebodyElseHasTurnedTheAliasElsewhere() {
    // given
    SwitchSpec spec = staged(OLD_BALANCER, NEW_BALANCER);
    hold(alias(OLD, "Z0LB", true));
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), spec, 10, 100));
    Reply reverted = handle(new RevertTraffic(header(30), spec));
    // then
    assertFailed(
        shifted, FailureKind.CONFLICT, "alias of old.elb.example. in Z0LB evaluateTargetHealth");
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
    assertThat(target()).contains(new Target("Z0LB", OLD, false));
  }

  // ---- there and back

  @Test
  void shouldMoveFromRecordsToABalancerAndBack() {
    assertThereAndBack(RECORDS, NEW_BALANCER, 300, 2);
    assertThat(target()).isEmpty();
  }

  @Test
  void shouldMoveFromARecordOfTheZoneToRecordsAndKeepTheirTtl() {
    // given
    SwitchSpec spec = assertThereAndBack(OWN_POOL, RECORDS, 300, 300);
    // when it goes there for good
    handle(new StageSwitch(header(60), spec, List.of(OWN_POOL)));
    handle(new ShiftTraffic(header(70), spec, 60, 100));
    Reply restored = handle(new RestoreTtl(header(80), spec, List.of(OWN_POOL)));
    // then
    assertThat(restored).isInstanceOf(TtlRestored.class);
    assertThat(server.stored(NAME).getFirst().ttl()).as("an alias had none").contains(2L);
  }

  /** Every order of a cutover that comes back. */
  private SwitchSpec assertThereAndBack(
      RecordSet source, RecordSet target, int oldTtlSeconds, int ttlSeconds) {
    // given
    SwitchSpec spec = spec(source, target);
    hold(source);
    List<StoredSet> before = server.stored(NAME);
    // when, then
    RecordsCaptured captured = done(new CaptureRecords(header(1), spec), RecordsCaptured.class);
    assertThat(captured.records()).containsExactly(source.withTtlSeconds(300));
    assertThat(captured.ttlSeconds()).isEqualTo(oldTtlSeconds);
    TtlLowered lowered = done(new LowerTtl(header(9), spec, captured.records()), TtlLowered.class);
    assertThat(lowered.oldTtlSeconds()).isEqualTo(oldTtlSeconds);
    assertThat(lowered.ttlSeconds()).isEqualTo(ttlSeconds);
    SwitchStaged staged =
        done(new StageSwitch(header(10), spec, captured.records()), SwitchStaged.class);
    done(new ShiftTraffic(header(20), spec, 10, 100), TrafficShifted.class);
    int changes = server.accepted();
    done(new ShiftTraffic(header(20), spec, 10, 100), TrafficShifted.class);
    assertThat(server.accepted()).as("changes by the second run").isEqualTo(changes);
    TrafficVerified verified =
        done(new VerifyTraffic(header(21), spec, Side.TARGET), TrafficVerified.class);
    assertThat(verified.ttlSeconds()).as("what caches keep").isEqualTo(ttlSeconds);
    SwitchRead read = done(new ReadSwitch(header(22), spec), SwitchRead.class);
    assertThat(read.served()).isEqualTo(ServedSide.TARGET);
    assertThat(read.stagedRevertValid()).isTrue();
    TrafficReverted reverted = done(new RevertTraffic(header(30), spec), TrafficReverted.class);
    assertThat(reverted.changed()).isTrue();
    TrafficVerified back =
        done(new VerifyTraffic(header(31), spec, Side.SOURCE), TrafficVerified.class);
    assertThat(back.ttlSeconds()).isEqualTo(Alias.in(target).isEmpty() ? 2 : 60);
    done(new ShiftTraffic(header(40), spec, 30, 100), TrafficShifted.class);
    server.write(HostedZone.batch(staged.revert()));
    server.write(HostedZone.batch(staged.liftMark()));
    done(new RestoreTtl(header(50), spec, captured.records()), TtlRestored.class);
    assertThat(server.stored(NAME))
        .usingRecursiveComparison()
        .ignoringCollectionOrder()
        .isEqualTo(before);
    return spec;
  }

  @Test
  void shouldMoveAnAliasTogetherWithWhatItIsAnAliasOf() {
    // given a name that is listed before what it is an alias of, which is one itself on the source
    String apex = "apex." + Authorities.ZONE;
    RecordSet apexSource = records(apex, new Alias(POOL, "Z1TEST", false).text());
    RecordSet source = alias(apex, "Z1TEST", false);
    SwitchSpec spec =
        spec(source, NEW_BALANCER)
            .withNames(
                List.of(
                    new SwitchedName(NAME, List.of(source), List.of(NEW_BALANCER)),
                    new SwitchedName(
                        apex,
                        List.of(apexSource),
                        List.of(records(apex, "10.1.0.1", "10.1.0.2")))));
    hold(apexSource);
    hold(source);
    List<RecordSet> captured =
        done(new CaptureRecords(header(1), spec), RecordsCaptured.class).records();
    SwitchStaged staged = done(new StageSwitch(header(10), spec, captured), SwitchStaged.class);
    // when
    done(new ShiftTraffic(header(20), spec, 10, 100), TrafficShifted.class);
    done(new VerifyTraffic(header(21), spec, Side.TARGET), TrafficVerified.class);
    done(new RevertTraffic(header(30), spec), TrafficReverted.class);
    done(new VerifyTraffic(header(31), spec, Side.SOURCE), TrafficVerified.class);
    // then
    assertThat(target()).contains(new Target("Z1TEST", apex, false));
    // and by hand
    done(new ShiftTraffic(header(40), spec, 30, 100), TrafficShifted.class);
    server.write(HostedZone.batch(staged.revert()));
    assertThat(target()).contains(new Target("Z1TEST", apex, false));
  }

  @Test
  void shouldFollowABalancerThatChangesItsAddresses() {
    // given
    SwitchSpec spec = staged(OLD_BALANCER, NEW_BALANCER);
    done(new WatchRecords(header(13), spec, 10, List.of(OLD_BALANCER), List.of()), Reply.class);
    // when
    handle(new ShiftTraffic(header(20), spec, 10, 100));
    authority.resolve(NEW, "A", "10.0.2.7", "10.0.2.8");
    // then
    assertThat(awaitSeen(Verdict.AS_EXPECTED, 20).served()).isEqualTo(ServedSide.TARGET);
    done(new VerifyTraffic(header(21), spec, Side.TARGET), TrafficVerified.class);
    // and somebody else's alias is drift
    hold(OLD_BALANCER);
    assertThat(awaitSeen(Verdict.DRIFTED, 20).detail()).contains("alias of old.elb.example.");
  }

  @Test
  void shouldShareOutBetweenRecordsAndABalancer() {
    // given
    SwitchSpec spec = spec(set("10.0.0.1"), NEW_BALANCER).withWeights();
    RecordSet captured = set("10.0.0.1").withTtlSeconds(300);
    hold(captured);
    done(new LowerTtl(header(9), spec, List.of(captured)), TtlLowered.class);
    done(new StageSwitch(header(10), spec, List.of(captured)), SwitchStaged.class);
    // when
    done(new ShiftTraffic(header(20), spec, 10, 50), TrafficShifted.class);
    SplitVerified split = done(new VerifySplit(header(21), spec, 50), SplitVerified.class);
    done(new ShiftTraffic(header(30), spec, 20, 100), TrafficShifted.class);
    done(new VerifyTraffic(header(31), spec, Side.TARGET), TrafficVerified.class);
    done(new RestoreTtl(header(40), spec, List.of(captured)), TtlRestored.class);
    // then
    assertThat(split.counts()).singleElement().satisfies(c -> assertThat(c.target()).isPositive());
    assertThat(server.stored(NAME)).hasSize(1);
    assertThat(target()).contains(new Target("Z0LB", NEW, true));
  }

  @Test
  void shouldMakeAChangeByItselfAndTakeItBack() throws Exception {
    // given
    hold(RECORDS);
    try (SingleChanges changes = singleChanges()) {
      SingleChange change =
          changes.plan(
              new CutoverId("dns-alias"),
              spec(RECORDS, NEW_BALANCER),
              Wish.side(Side.TARGET, Optional.empty()));
      // when
      changes.make(change);
      SingleChanges.Proof proof = changes.prove(change, false, Duration.ofSeconds(10), _ -> {});
      // then
      assertThat(target()).contains(new Target("Z0LB", NEW, true));
      assertThat(proof.servers().getFirst().detail()).contains("by [10.0.2.1] ttl 60");
      assertThat(ByHand.of(change).orElseThrow().revert()).contains("10.0.0.1");
      // and back
      assertThat(changes.takeBack(change).acted()).isTrue();
      SingleChanges.Proof back = changes.prove(change, true, Duration.ofSeconds(10), _ -> {});
      assertThat(change.followedAt(true, Instant.EPOCH, back.aliasTtlSeconds()))
          .isEqualTo(Instant.EPOCH.plusSeconds(62));
      assertThat(server.stored(NAME).getFirst().ttl()).contains(300L);
    }
  }

  // ---- health checks

  @Test
  void shouldRefuseATargetWhoseHealthCheckDoesNotHoldOrIsNotThere() {
    // given
    RecordSet target = set("10.1.0.1 check=c-target");
    SwitchSpec spec = spec(RECORDS, target);
    hold(RECORDS);
    // when
    Reply absent = handle(new StageSwitch(header(1), spec, List.of(RECORDS)));
    server.healthChecks().put("c-target", new Check("CALCULATED", false, false, List.of()));
    Reply calculated = handle(new StageSwitch(header(2), spec, List.of(RECORDS)));
    server.healthChecks().put("c-target", 0);
    Reply unhealthy = handle(new StageSwitch(header(3), spec, List.of(RECORDS)));
    server.healthChecks().put("c-target", 16);
    Reply healthy = handle(new StageSwitch(header(10), spec, List.of(RECORDS)));
    server.healthChecks().put("c-target", 2);
    Reply shifted = handle(new ShiftTraffic(header(20), spec, 10, 100));
    // then
    assertFailed(absent, FailureKind.UNSUITABLE, "NoSuchHealthCheck: correct healthCheckId");
    assertFailed(calculated, FailureKind.UNSUITABLE, "c-target is CALCULATED");
    assertFailed(unhealthy, FailureKind.MISMATCH, "0 of 16 checkers reach its endpoint");
    assertThat(healthy).isInstanceOf(SwitchStaged.class);
    assertFailed(shifted, FailureKind.MISMATCH, "2 of 16 checkers reach its endpoint");
    assertThat(server.stored(NAME).getFirst().values()).contains("10.0.0.1");
    // and the way back asks for no check
    assertThat(handle(new RevertTraffic(header(30), spec))).isInstanceOf(TrafficReverted.class);
  }

  @Test
  void shouldKeepTheHealthChecksOfBothSides() {
    // given
    server.healthChecks().put("c-source", 16);
    server.healthChecks().put("c-target", 16);
    RecordSet source = set("10.0.0.1 check=c-source");
    SwitchSpec spec = spec(source, set("10.1.0.1 check=c-target")).withWeights();
    hold(source);
    List<RecordSet> captured =
        done(new CaptureRecords(header(1), spec), RecordsCaptured.class).records();
    // when
    done(new LowerTtl(header(9), spec, captured), TtlLowered.class);
    done(new StageSwitch(header(10), spec, captured), SwitchStaged.class);
    done(new ShiftTraffic(header(20), spec, 10, 50), TrafficShifted.class);
    done(new VerifySplit(header(21), spec, 50), SplitVerified.class);
    // then
    assertThat(captured).containsExactly(source.withTtlSeconds(300));
    assertThat(server.stored(NAME))
        .extracting(set -> set.values().getFirst() + " " + set.healthCheck().orElse("none"))
        .containsExactlyInAnyOrder("10.0.0.1 c-source", "10.1.0.1 c-target");
    // and an unhealthy target gets no more
    server.healthChecks().put("c-target", 0);
    assertFailed(
        handle(new ShiftTraffic(header(23), spec, 20, 75)), FailureKind.MISMATCH, "0 of 16");
    // but less at any time
    done(new ShiftTraffic(header(24), spec, 20, 25), TrafficShifted.class);
    done(new RevertTraffic(header(30), spec), TrafficReverted.class);
    done(new RestoreTtl(header(40), spec, captured), TtlRestored.class);
    assertThat(server.stored(NAME))
        .singleElement()
        .satisfies(set -> assertThat(set.healthCheck()).contains("c-source"));
  }

  @Test
  void shouldRefuseAChangeByItselfToAnUnhealthyTarget() throws Exception {
    // given
    hold(RECORDS);
    server.healthChecks().put("c-target", 0);
    try (SingleChanges changes = singleChanges()) {
      SingleChange change =
          changes.plan(
              new CutoverId("dns-health"),
              spec(RECORDS, set("10.1.0.1 check=c-target")),
              Wish.side(Side.TARGET, Optional.empty()));
      // when, then
      assertThatThrownBy(() -> changes.make(change))
          .isInstanceOf(SwitchFailure.class)
          .hasMessageContaining("Route 53 would leave its set out");
    }
  }

  // ---- means

  /** Writes what the name shall hold, whatever is there. */
  private void hold(RecordSet set) {
    server.write(HostedZone.upsert(set.withTtlSeconds(300)));
  }

  private Optional<Target> target() {
    return server.stored(NAME).getFirst().aliasTarget();
  }

  private List<StoredSet> marks() {
    return server.stored("_cutover." + NAME);
  }

  private SwitchSpec staged(RecordSet source, RecordSet target) {
    SwitchSpec spec = spec(source, target);
    hold(source);
    List<RecordSet> captured = List.of(source.withTtlSeconds(300));
    done(new LowerTtl(header(9), spec, captured), TtlLowered.class);
    done(new StageSwitch(header(10), spec, captured), SwitchStaged.class);
    return spec;
  }

  private SwitchSpec spec(RecordSet source, RecordSet target) {
    return spec(NAME, List.of(source), List.of(target), authority.address());
  }

  private static RecordSet alias(String name, String hostedZone, boolean evaluated) {
    return set(new Alias(name, hostedZone, evaluated).text());
  }

  private static RecordSet set(String... values) {
    return records(NAME, values);
  }

  private static RecordSet records(String name, String... values) {
    return new RecordSet(name, RecordType.A, 0, List.of(values));
  }
}
