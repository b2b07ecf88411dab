package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.RecordsObserved.Verdict;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.SingleChange;
import dev.cutover.dns.domain.SingleChangePlanner.Wish;
import dev.cutover.dns.route53.HostedZone;
import dev.cutover.dns.route53.Route53Server.Fault;
import dev.cutover.dns.route53.StoredSet;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A canary through Route 53: the real SDK, a strict double of the API, and servers that draw. */
class Route53WeightsIT extends Route53Fixture {
  private static final String NAME = "n7." + Authorities.ZONE;

  private final SwitchSpec spec;

  Route53WeightsIT() throws IOException {
    super("canary", HostedZone.initial());
    spec = spec(set(RecordType.A, "10.1.0.1"), set(RecordType.HTTPS, "1 . alpn=h2,h3"));
  }

  private SwitchSpec spec(RecordSet... target) {
    return spec(
            NAME,
            List.of(
                set(RecordType.A, "10.0.0.1", "10.0.0.2"), set(RecordType.HTTPS, "1 . alpn=h2")),
            List.of(target))
        .withWeights();
  }

  /** Only types that both sides have can be shared out. */
  @BeforeEach
  void leaveTheOneTypeOut() {
    server.write(HostedZone.delete(NAME, "AAAA"));
  }

  // ---- a change by itself

  @Test
  void shouldShareOutByAChangeByItselfAndCountWhatIsAnswered() throws Exception {
    // given
    try (SingleChanges changes = singleChanges()) {
      SingleChange change =
          changes.plan(new CutoverId("dns-share"), spec, new Wish(25, true, Optional.empty()));
      // when
      changes.make(change);
      SingleChanges.Proof proof = changes.prove(change, false, Duration.ofSeconds(20), _ -> {});
      // then
      assertThat(weights()).containsExactly(shared(75, 25));
      assertThat(proof.counts()).isNotEmpty();
      assertThat(ByHand.of(change)).isEmpty();
      // and back to the simple records that were there
      assertThat(changes.takeBack(change).acted()).isTrue();
      assertThat(offered.read(change.spec(), Duration.ofSeconds(10)).sets())
          .hasSameElementsAs(change.before().sets());
      assertThat(weights()).isEmpty();
    }
  }

  // ---- what can't be shared out

  @Test
  void shouldRefuseTypesThatOneSideAloneHas() {
    // when
    Reply reply = handle(new CaptureRecords(header(1), spec(set(RecordType.A, "10.1.0.1"))));
    // then
    assertFailed(reply, FailureKind.UNSUITABLE, "HTTPS is on one side alone");
  }

  @Test
  void shouldRefuseToShareOutWhatSomebodyElseHasWeighted() {
    // given
    prepare();
    server.write(HostedZone.oneMoreShare(NAME, "10.9.9.9"));
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), spec, 10, 10));
    Reply reverted = handle(new RevertTraffic(header(30), spec));
    // then
    assertFailed(shifted, FailureKind.CONFLICT, "not a simple record, weight 10");
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
    assertThat(weights()).containsExactly(shared(100, 0));
  }

  @Test
  void shouldRefuseALateShareOfAnOlderMark() {
    // given
    prepare();
    handle(new ShiftTraffic(header(20), spec, 10, 10));
    handle(new RevertTraffic(header(30), spec));
    // when
    Reply late = handle(new ShiftTraffic(header(21), spec, 20, 25));
    // then
    assertFailed(late, FailureKind.SUPERSEDED, "a newer decision has been here");
    assertThat(weights()).containsExactly(shared(100, 0));
  }

  @Test
  void shouldNotTakeAnotherShareForTheOneAskedFor() {
    // given a server that has not heard of the share
    prepare();
    handle(new ShiftTraffic(header(20), spec, 10, 10));
    Map<StoredSet.StoredKey, StoredSet> old = server.zone();
    authority.serve(_ -> old);
    handle(new ShiftTraffic(header(21), spec, 20, 25));
    // when
    Reply reply = handle(new VerifySplit(header(22, Duration.ofSeconds(3)), spec, 25));
    authority.serve(zone -> zone);
    Reply heard = handle(new VerifySplit(header(22), spec, 25));
    // then
    assertFailed(reply, FailureKind.TIMED_OUT, "with the target");
    assertThat(heard).isInstanceOf(SplitVerified.class);
  }

  // ---- the way there

  @Test
  void shouldPrepareWeightsWithTheTtlAndChangeNoAnswer() {
    // given
    stage();
    // when
    Reply first = handle(new LowerTtl(header(11), spec, captured()));
    long changes = server.accepted();
    Reply second = handle(new LowerTtl(header(11), spec, captured()));
    // then
    assertThat(first)
        .isInstanceOfSatisfying(
            TtlLowered.class,
            lowered -> {
              assertThat(lowered.oldTtlSeconds()).isEqualTo(300);
              assertThat(lowered.ttlSeconds()).isEqualTo(2);
            });
    assertThat(second).isInstanceOf(TtlLowered.class);
    assertThat(server.accepted()).isEqualTo((int) changes);
    assertThat(weights()).containsExactly(shared(100, 0));
  }

  @Test
  void shouldShareOutByEachWeightAndProveIt() {
    // given
    prepare();
    long epoch = 10;
    for (int percent : List.of(10, 25, 50)) {
      // when
      Reply shifted = handle(new ShiftTraffic(header(epoch + 10), spec, epoch, percent));
      long changes = server.accepted();
      Reply again = handle(new ShiftTraffic(header(epoch + 10), spec, epoch, percent));
      Reply proven = handle(new VerifySplit(header(epoch + 11), spec, percent));
      // then
      assertThat(shifted).isInstanceOf(TrafficShifted.class);
      assertThat(again).isInstanceOf(TrafficShifted.class);
      assertThat(server.accepted()).as("changes by the second run").isEqualTo((int) changes);
      assertThat(weights()).containsExactly(shared(100 - percent, percent));
      assertThat(proven)
          .isInstanceOfSatisfying(
              SplitVerified.class,
              split ->
                  assertThat(split.counts())
                      .hasSize(2)
                      .allSatisfy(
                          count ->
                              assertThat(count.target())
                                  .isBetween(
                                      count.answers() * percent / 200,
                                      count.answers() * percent / 50)));
      epoch += 10;
    }
  }

  @Test
  void shouldEndWithPlainRecordsOfTheTarget() {
    // given
    prepare();
    handle(new ShiftTraffic(header(20), spec, 10, 50));
    handle(new ShiftTraffic(header(30), spec, 20, 100));
    // when
    Reply verified = handle(new VerifyTraffic(header(31), spec, Side.TARGET));
    Reply restored = handle(new RestoreTtl(header(40), spec, captured()));
    // then
    assertThat(verified).isInstanceOf(TrafficVerified.class);
    assertThat(restored)
        .isInstanceOfSatisfying(TtlRestored.class, r -> assertThat(r.ttlSeconds()).isEqualTo(300));
    assertThat(server.stored(NAME))
        .allSatisfy(set -> assertThat(set.identifier()).isEmpty())
        .extracting(StoredSet::type, StoredSet::values)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("A", List.of("10.1.0.1")),
            org.assertj.core.groups.Tuple.tuple("HTTPS", List.of("1 . alpn=h2,h3")));
  }

  // ---- the way back

  @Test
  void shouldGoBackToAGoodShareAndThenToTheSource() {
    // given
    prepare();
    handle(new ShiftTraffic(header(20), spec, 10, 25));
    // when
    Reply less = handle(new ShiftTraffic(header(30), spec, 20, 10));
    List<String> shares = weights();
    Reply reverted = handle(new RevertTraffic(header(40), spec));
    Reply again = handle(new RevertTraffic(header(40), spec));
    Reply verified = handle(new VerifyTraffic(header(41), spec, Side.SOURCE));
    Reply restored = handle(new RestoreTtl(header(50), spec, captured()));
    // then
    assertThat(less).isInstanceOf(TrafficShifted.class);
    assertThat(shares).containsExactly(shared(90, 10));
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(again)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isFalse());
    assertThat(verified).isInstanceOf(TrafficVerified.class);
    assertThat(restored).isInstanceOf(TtlRestored.class);
    assertThat(server.stored(NAME))
        .allSatisfy(set -> assertThat(set.identifier()).isEmpty())
        .anySatisfy(set -> assertThat(set.values()).containsExactly("10.0.0.1", "10.0.0.2"));
  }

  @Test
  void shouldRevertWhenTheReplyOfAShareWasLostOrSomebodyElseWrote() {
    // given
    prepare();
    // when
    server.failNext(Fault.LOST_REPLY);
    Reply shifted = handle(new ShiftTraffic(header(20), spec, 10, 10));
    server.failNext(Fault.RACE);
    Reply reverted = handle(new RevertTraffic(header(30), spec));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(weights()).containsExactly(shared(100, 0));
  }

  @Test
  void shouldRevertBeforeAnythingWasPrepared() {
    // given
    stage();
    // when
    Reply reverted = handle(new RevertTraffic(header(30), spec));
    // then
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isFalse());
    assertThat(weights()).isEmpty();
  }

  @Test
  void shouldRevertByTheStagedTextAlone() {
    // given
    prepare();
    SwitchStaged staged = (SwitchStaged) handle(new StageSwitch(header(12), spec, captured()));
    handle(new ShiftTraffic(header(20), spec, 12, 25));
    // when
    server.write(HostedZone.batch(staged.revert()));
    // then
    assertThat(weights()).containsExactly(shared(100, 0));
    assertFailed(
        handle(new ShiftTraffic(header(30), spec, 20, 50)), FailureKind.MANUAL, "a person");
  }

  // ---- watching

  @Test
  void shouldSeeNoDriftInSharesOfOnesOwnAndSomebodyElses() {
    // given
    prepare();
    handle(new WatchRecords(header(13), spec, 10, spec.lowered(captured()), List.of()));
    handle(new ShiftTraffic(header(20), spec, 10, 25));
    // when
    RecordsObserved shared = awaitSeen(Verdict.AS_EXPECTED, 20);
    Reply read = handle(new ReadSwitch(header(21), spec));
    server.write(HostedZone.oneMoreShare(NAME, "10.9.9.9"));
    RecordsObserved drifted = awaitSeen(Verdict.DRIFTED, 20);
    // then
    assertThat(shared.served()).isEqualTo(ServedSide.NEITHER);
    assertThat(((SwitchRead) read).stagedRevertValid()).isTrue();
    // Whichever is looked at first after the change: the API, or a server that draws from its sets.
    assertThat(drifted.detail()).containsAnyOf("not a simple record, weight 10", "10.9.9.9");
  }

  // ---- means

  private void stage() {
    assertThat(handle(new StageSwitch(header(10), spec, captured())))
        .isInstanceOf(SwitchStaged.class);
  }

  /** As a cutover does: days before, then staged. */
  private void prepare() {
    assertThat(handle(new LowerTtl(header(9), spec, captured()))).isInstanceOf(TtlLowered.class);
    stage();
  }

  private List<RecordSet> captured() {
    return spec.plain(Side.SOURCE).stream().map(set -> set.withTtlSeconds(300)).toList();
  }

  /** The stored weights of the addresses, such as {@code 10.0.0.1=90 10.0.0.2=90 10.1.0.1=20}. */
  private List<String> weights() {
    List<String> weights =
        server.stored(NAME).stream()
            .filter(set -> set.type().equals("A") && set.weight().isPresent())
            .map(set -> "%s=%d".formatted(set.values().getFirst(), set.weight().orElseThrow()))
            .sorted()
            .toList();
    return weights.isEmpty() ? List.of() : List.of(String.join(" ", weights));
  }

  /** Two addresses share the source's part, so the one of the target counts twice. */
  private static String shared(int source, int target) {
    return "10.0.0.1=%d 10.0.0.2=%d 10.1.0.1=%d".formatted(source, source, 2 * target);
  }

  private static RecordSet set(RecordType type, String... values) {
    return new RecordSet(NAME, type, 0, List.of(values));
  }
}
