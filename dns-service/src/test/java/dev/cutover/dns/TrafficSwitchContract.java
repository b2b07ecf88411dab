package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsCommand.LowerTtl;
import dev.cutover.contract.DnsCommand.PutBackRecords;
import dev.cutover.contract.DnsCommand.ReadSwitch;
import dev.cutover.contract.DnsCommand.RestoreTtl;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.StageSwitch;
import dev.cutover.contract.DnsCommand.VerifyTraffic;
import dev.cutover.contract.DnsCommand.WatchRecords;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.DnsReply.RecordsPutBack;
import dev.cutover.contract.DnsReply.RecordsWatched;
import dev.cutover.contract.DnsReply.SwitchMark;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.DnsReply.TtlLowered;
import dev.cutover.contract.DnsReply.TtlRestored;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Keeper;
import dev.cutover.contract.KeeperMark;
import dev.cutover.contract.ManagedBy;
import dev.cutover.contract.PropagationObserved;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.RecordsObserved.RecordDrift;
import dev.cutover.contract.RecordsObserved.Verdict;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.ServerVerdict.Answer;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.dns.domain.TrafficSwitch.Capabilities;
import dev.cutover.runtime.FreePort;
import dev.cutover.runtime.Pace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every provider behind the traffic switch must do, tried on real name servers: each kind has
 * a subclass. Every test has a name of the zone for itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TrafficSwitchContract extends DnsOrders {
  protected static final int CAPTURED_TTL_SECONDS = 300;

  /** A notify that is lost is sent again after 15 s. */
  private static final Duration FOLLOW_MAX = Duration.ofSeconds(30);

  private static final Duration ORDER_MAX = Duration.ofSeconds(20);

  private static final AtomicInteger NEXT_NAME = new AtomicInteger();

  private Authorities authorities;
  private DnsService service;
  private TrafficSwitch offered;
  protected Path directory;

  protected TrafficSwitchContract() {
    super("contract");
  }

  @Override
  final DnsService service() {
    return service;
  }

  /** Starts the servers, on free ports. */
  protected abstract Authorities start(Path directory) throws IOException;

  /** The switch to be tried, once the servers run. */
  protected abstract TrafficSwitch trafficSwitch();

  /** A name in a zone that is another's. */
  protected final SwitchSpec elsewhere() {
    String name = "api.other.example.";
    SwitchedName switched =
        new SwitchedName(
            name,
            List.of(set(name, RecordType.A, "10.0.0.1")),
            List.of(set(name, RecordType.A, "10.1.0.1")));
    return new SwitchSpec(
        "other.example.",
        provider("good"),
        List.of(switched),
        List.of(authorities().primary()),
        List.of(),
        loweredTtlSeconds());
  }

  /** TTL during a cutover; the lowest that the provider takes. */
  protected int loweredTtlSeconds() {
    return 2;
  }

  /**
   * The same switch, while somebody who knows nothing of marks writes between the provider's look
   * at what is stored and its next change.
   */
  protected abstract Switched meetingWriter(Switched name, RecordSet set) throws IOException;

  /** The provider by which the zone is changed with that key or profile: good, weak or absent. */
  protected abstract SwitchProvider provider(String key);

  /** What the provider says when a key has no right. */
  protected abstract String rightMissing();

  /** What the provider says when such a key tries a revert without effect. */
  protected abstract String probeDenied();

  /** Something that every change of the zone changes, and nothing else. */
  protected abstract long version();

  /** Writes as another tool would, knowing nothing of marks. */
  protected abstract void overwrite(RecordSet set);

  /** What is told of somebody who overwrote a set. */
  protected abstract String traced();

  /** Whether the provider takes record sets of that type. */
  protected boolean takes(RecordType type) {
    return true;
  }

  /** What the provider holds where the primary serves that, in the plan's words. */
  protected RecordSet held(RecordSet served) {
    return served;
  }

  /** How a side's first address stands in texts for people. */
  protected String written(Side side) {
    return side == Side.SOURCE ? "10.0.0.1" : "10.1.0.1";
  }

  /** What a capture would have asked the authorities first. */
  protected String unknownOf(Switched name) {
    return "whether a tool has left a mark at";
  }

  /** Waits until the primary serves what was taken, for a provider that answers before that. */
  protected void settle() {}

  /** The switch that is tried. */
  protected final TrafficSwitch offered() {
    return offered;
  }

  /** The servers, once they run. */
  protected final Authorities authorities() {
    return authorities;
  }

  @BeforeAll
  void startServers(@TempDir Path directory) throws IOException {
    this.directory = directory;
    authorities = start(directory);
    offered = trafficSwitch();
    service =
        new DnsService(
            offered,
            new DnsjavaQueries(),
            new AllowList(
                Set.of(Authorities.ZONE, "other.example"),
                Set.of("127.0.0.1"),
                Set.of("Z1TEST", "Z0ELSEWHERE"),
                Set.of(),
                Set.of("1".repeat(32), "2".repeat(32))),
            Duration.ofMillis(100),
            InstantSource.system(),
            Pace.MACHINE);
  }

  /** A watch that a failed test has left behind would ask on and on. */
  @AfterEach
  void endWatches() {
    service.close();
  }

  @AfterAll
  void stopServers() {
    if (authorities != null) {
      authorities.close();
    }
  }

  // ---- errors first

  @Test
  void shouldSayThatTheRightIsMissingWhenKeyHasNone() {
    assertStageRefused("weak", rightMissing());
  }

  protected final void assertStageRefused(String key, String words) {
    // given
    Switched name = switched().withKey(key);
    // when
    Reply reply = handle(new StageSwitch(header(10), name.spec(), name.captured()));
    // then
    assertFailed(reply, FailureKind.REFUSED, words);
    assertThat(name.mark()).isEmpty();
  }

  @Test
  void shouldSayWhichKeyIsMissingWhenCredentialsLackIt() {
    // given
    Switched name = switched().withKey("absent");
    // when
    Reply reply = handle(new RevertTraffic(header(10), name.spec()));
    // then
    assertFailed(reply, FailureKind.UNSUITABLE, "absent.");
  }

  @Test
  void shouldRefuseCaptureWhenZoneDiffersFromPlan() {
    // given
    Switched name = switched();
    SwitchedName planned =
        new SwitchedName(
            name.name(),
            List.of(set(name.name(), RecordType.A, "10.0.0.1", "10.0.0.2")),
            List.of(set(name.name(), RecordType.A, "10.1.0.1")));
    // when
    Reply reply = handle(new CaptureRecords(header(1), name.withNames(planned).spec()));
    // then
    assertFailed(reply, FailureKind.MISMATCH, "AAAA");
  }

  @Test
  void shouldCaptureWhatAToolKeepsOnlyWhereThePlanNamesIt() {
    // given
    Switched name = switched();
    SwitchedName planned = name.spec().names().getFirst();
    RecordSet mark =
        set(
            "a-" + name.name(),
            RecordType.TXT,
            "\"heritage=external-dns,external-dns/owner=prod,external-dns/resource=ingress/a/b\"");
    overwrite(mark.withTtlSeconds(CAPTURED_TTL_SECONDS));
    // when
    Reply unnamed = handle(new CaptureRecords(header(1), name.spec()));
    Reply other =
        handle(new CaptureRecords(header(2), name.withNames(kept(planned, Keeper.OCTODNS)).spec()));
    Reply named =
        handle(
            new CaptureRecords(
                header(3), name.withNames(kept(planned, Keeper.EXTERNAL_DNS)).spec()));
    // then
    assertFailed(unnamed, FailureKind.CONFLICT, mark.name() + " TXT says that external-dns keeps");
    assertFailed(other, FailureKind.CONFLICT, "Expected octodns alone to keep " + name.name());
    assertThat(named)
        .isInstanceOfSatisfying(
            RecordsCaptured.class,
            captured ->
                assertThat(captured.marks())
                    .containsExactly(
                        new KeeperMark(
                            name.name(),
                            Keeper.EXTERNAL_DNS,
                            mark.name(),
                            "prod",
                            "ingress/a/b",
                            false)));
  }

  protected static SwitchedName kept(SwitchedName name, Keeper keeper) {
    return new SwitchedName(
        name.name(), name.source(), name.target(), Optional.of(ManagedBy.paused(keeper, "pause")));
  }

  @Test
  void shouldNotCaptureWhenNoAuthorityAnswers() {
    // given
    Switched name = switched().withAuthorities(new ServerAddress("127.0.0.1", 1));
    // when
    Reply reply = handle(new CaptureRecords(header(1), name.spec()));
    // then
    assertFailed(reply, FailureKind.UNREACHABLE, unknownOf(name));
  }

  @Test
  void shouldShowFoundAndExpectedWhenSomebodyElseWrites() {
    // given
    Switched name = switched();
    stage(name, 10);
    overwrite(set(name.name(), RecordType.A, "10.9.9.9"));
    // when
    Reply reply = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertFailed(reply, FailureKind.CONFLICT, String.join(", ", name.addresses().values()));
    assertFailed(reply, FailureKind.CONFLICT, "10.9.9.9");
    assertThat(name.mark()).containsExactly(epoch(10));
  }

  @Test
  void shouldKeepWhatIsPromisedWhenSomebodyWritesBetweenReadingAndWriting() throws IOException {
    // given
    Switched name = lowered();
    RecordSet foreign = set(name.name(), RecordType.A, "10.9.9.9").withTtlSeconds(300);
    Switched raced = meetingWriter(name, foreign);
    Capabilities promised = offered.capabilities(name.spec());
    // when
    Reply reply = handle(new ShiftTraffic(header(20), raced.spec(), 10, 100));
    // then
    if (reply instanceof TrafficShifted) {
      assertThat(promised.compareAndSet())
          .as("a change that went over somebody else's, in spite of its conditions")
          .isFalse();
      assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().target());
      assertThat(name.mark()).containsExactly(epoch(20));
    } else if (!promised.compareAndSet() && !promised.atomicMark()) {
      // Where sets don't change together the first one tells; the rest is left alone.
      assertFailed(reply, FailureKind.CONFLICT, "was written over");
      assertThat(name.mark()).containsExactly(epoch(10));
    } else {
      assertFailed(reply, FailureKind.CONFLICT, "10.9.9.9");
      assertThat(read(authorities.primary(), name.name(), RecordType.A).values())
          .containsExactly("10.9.9.9");
      assertThat(name.mark()).containsExactly(epoch(10));
    }
    // and the way back gets there over whoever else writes
    assertThat(handle(new RevertTraffic(header(30), meetingWriter(name, foreign).spec())))
        .isInstanceOf(TrafficReverted.class);
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  @Test
  void shouldRefuseEverythingWhenAPersonHasTakenOver() {
    // given
    Switched name = switched();
    overwrite(mark(name, "\"manual\""));
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    Reply reverted = handle(new RevertTraffic(header(21), name.spec()));
    // then
    assertFailed(shifted, FailureKind.MANUAL, "a person has taken over");
    assertFailed(reverted, FailureKind.MANUAL, "a person has taken over");
  }

  // ---- the way there

  @Test
  void shouldCaptureExactSetsWithTtl() {
    // given
    Switched name = switched();
    // when
    Reply reply = handle(new CaptureRecords(header(1), name.spec()));
    // then
    assertThat(reply)
        .isInstanceOfSatisfying(
            RecordsCaptured.class,
            captured -> {
              assertThat(captured.records()).hasSameElementsAs(name.captured());
              assertThat(captured.ttlSeconds()).isEqualTo(CAPTURED_TTL_SECONDS);
            });
  }

  @Test
  void shouldWriteNothingButTheMarkWhenStaging() {
    // given
    Switched name = switched();
    // when
    Reply reply = handle(new StageSwitch(header(10), name.spec(), name.captured()));
    // then
    assertThat(reply)
        .isInstanceOfSatisfying(
            SwitchStaged.class,
            staged -> {
              assertThat(staged.forward())
                  .contains("_cutover." + name.name(), written(Side.TARGET));
              assertThat(staged.revert()).contains(written(Side.SOURCE), "manual");
              assertThat(staged.liftMark()).contains("_cutover." + name.name());
              assertThat(staged.revertHash()).hasSize(64);
            });
    assertThat(name.servedWithTtl()).hasSameElementsAs(name.captured());
    assertThat(name.mark()).containsExactly(epoch(10));
  }

  @Test
  void shouldLowerTtlAtEveryAuthority() {
    // given
    Switched name = switched();
    stage(name, 10);
    // when
    Reply first = handle(new LowerTtl(header(11), name.spec(), name.captured()));
    Reply second = handle(new LowerTtl(header(11), name.spec(), name.captured()));
    // then
    for (Reply reply : List.of(first, second)) {
      assertThat(reply)
          .isInstanceOfSatisfying(
              TtlLowered.class,
              lowered -> {
                assertThat(lowered.oldTtlSeconds()).isEqualTo(CAPTURED_TTL_SECONDS);
                assertThat(lowered.ttlSeconds()).isEqualTo(loweredTtlSeconds());
                assertThat(lowered.servers())
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allMatch(server -> server.answer() == Answer.WANTED);
              });
    }
  }

  @Test
  void shouldShiftAllTypesAsOneUnit() {
    // given
    Switched name = lowered();
    // when
    Reply reply = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertThat(reply).isInstanceOf(TrafficShifted.class);
    assertThat(name.servedWithTtl())
        .hasSameElementsAs(name.spec().served(Side.TARGET))
        .noneMatch(set -> set.type() == RecordType.AAAA);
    assertThat(name.mark()).containsExactly(epoch(20));
  }

  @Test
  void shouldMoveBetweenAddressesAndAlias() {
    // given
    Switched addresses = switched();
    Switched name =
        addresses.withNames(
            new SwitchedName(
                addresses.name(),
                addresses.spec().names().getFirst().source(),
                List.of(set(addresses.name(), RecordType.CNAME, "LB.Provider.Example"))));
    if (!offered.capabilities(name.spec()).atomicMark()) {
      // Sets that don't change together leave a name empty between an address and an alias.
      Reply refused = handle(new StageSwitch(header(10), name.spec(), name.captured()));
      assertFailed(refused, FailureKind.UNSUITABLE, "would be empty in between");
      assertThat(name.mark()).isEmpty();
      return;
    }
    stage(name, 10);
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    List<RecordSet> atTarget = name.served();
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(atTarget)
        .containsExactly(set(name.name(), RecordType.CNAME, "lb.provider.example."));
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
    assertThat(name.served()).hasSameElementsAs(addresses.spec().names().getFirst().source());
  }

  @Test
  void shouldDoNoHarmWhenShiftComesTwice() {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // when
    Reply again = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    Reply nextAttempt = handle(new ShiftTraffic(header(21), name.spec(), 10, 100));
    // then
    assertThat(again).isInstanceOf(TrafficShifted.class);
    assertThat(nextAttempt).isInstanceOf(TrafficShifted.class);
    assertThat(name.mark()).containsExactly(epoch(21));
  }

  @Test
  void shouldFindNothingToDoWhenAStepComesTwice() {
    // given
    Switched name = switched();
    List<RecordSet> captured = name.captured();
    // when, then
    assertDoneOnce(name, new StageSwitch(header(10), name.spec(), captured));
    assertDoneOnce(name, new LowerTtl(header(11), name.spec(), captured));
    assertDoneOnce(name, new ShiftTraffic(header(20), name.spec(), 10, 100));
    assertDoneOnce(name, new RevertTraffic(header(30), name.spec()));
    assertDoneOnce(name, new StageSwitch(header(40), name.spec(), captured));
    assertDoneOnce(name, new ShiftTraffic(header(50), name.spec(), 40, 100));
    assertDoneOnce(name, new RestoreTtl(header(60), name.spec(), captured));
  }

  private void assertDoneOnce(Switched name, DnsCommand step) {
    assertThat(handle(step)).isNotInstanceOf(StepFailed.class);
    long version = version();
    List<RecordSet> records = name.servedWithTtl();
    List<String> mark = name.mark();
    assertThat(handle(step)).isNotInstanceOf(StepFailed.class);
    assertThat(version()).as("changes of %s the second time", step).isEqualTo(version);
    assertThat(name.servedWithTtl()).isEqualTo(records);
    assertThat(name.mark()).isEqualTo(mark);
  }

  // ---- the way back

  @Test
  void shouldRevertOverAnyLowerMark() {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // when
    Reply reply = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(reply)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  @Test
  void shouldRevertWhatSomebodyElseWrote() {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    overwrite(set(name.name(), RecordType.A, "10.9.9.9"));
    // when
    Reply reply = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(reply).isInstanceOf(TrafficReverted.class);
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
  }

  @Test
  void shouldRaiseTheMarkWhenRevertFindsTheSource() {
    // given
    Switched name = lowered();
    // when
    Reply reply = handle(new RevertTraffic(header(30), name.spec()));
    Reply again = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(reply)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isFalse());
    assertThat(again).isInstanceOf(TrafficReverted.class);
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  @Test
  void shouldRevertWhenTheNameWasNeverStaged() {
    // given
    Switched name = switched();
    // when
    Reply reply = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(reply).isInstanceOf(TrafficReverted.class);
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  @Test
  void shouldChangeNothingWhenAShiftComesAfterTheRevert() {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    handle(new RevertTraffic(header(30), name.spec()));
    // when
    Reply late = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertFailed(late, FailureKind.SUPERSEDED, "epoch=30");
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  @Test
  void shouldChangeNothingWhenAnOlderOrderComesLate() {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // when
    Reply reverted = handle(new RevertTraffic(header(15), name.spec()));
    Reply staged = handle(new StageSwitch(header(10), name.spec(), name.captured()));
    Reply restored = handle(new RestoreTtl(header(12), name.spec(), name.captured()));
    Reply lowered = handle(new LowerTtl(header(11), name.spec(), name.captured()));
    // then
    for (Reply reply : List.of(reverted, staged, restored, lowered)) {
      assertFailed(reply, FailureKind.SUPERSEDED, "epoch=20");
    }
    assertThat(name.mark()).containsExactly(epoch(20));
  }

  @Test
  void shouldGoForwardAgainWhenStagedAnewAfterARevert() {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    handle(new RevertTraffic(header(30), name.spec()));
    // when
    stage(name, 40);
    Reply reply = handle(new ShiftTraffic(header(50), name.spec(), 40, 100));
    // then
    assertThat(reply).isInstanceOf(TrafficShifted.class);
    assertThat(name.mark()).containsExactly(epoch(50));
  }

  @Test
  void shouldRestoreTheCapturedTtl() {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // when
    Reply reply = handle(new RestoreTtl(header(60), name.spec(), name.captured()));
    // then
    assertThat(reply)
        .isInstanceOfSatisfying(
            TtlRestored.class, r -> assertThat(r.ttlSeconds()).isEqualTo(CAPTURED_TTL_SECONDS));
    assertThat(name.servedWithTtl()).hasSameElementsAs(captured(name.spec().served(Side.TARGET)));
    assertThat(name.mark()).containsExactly("\"epoch=60 cutover=contract ended\"");
  }

  // ---- one cutover after another

  @Test
  void shouldLeaveTheNameAloneWhenAnotherCutoverHoldsIt() {
    // given
    Switched name = lowered();
    CutoverId other = new CutoverId("other");
    // when
    Reply staged = handle(new StageSwitch(header(other, 900), name.spec(), name.captured()));
    Reply reverted = handle(new RevertTraffic(header(other, 901), name.spec()));
    // then
    assertFailed(staged, FailureKind.SUPERSEDED, "cutover contract holds this name");
    assertFailed(reverted, FailureKind.SUPERSEDED, "cutover contract holds this name");
    assertThat(name.mark()).containsExactly(epoch(10));
  }

  @Test
  void shouldTakeTheNameOverWhenTheLastCutoverHasEnded() {
    // given
    Switched name = lowered();
    handle(new RestoreTtl(header(60), name.spec(), name.captured()));
    CutoverId next = new CutoverId("next");
    // when
    Reply staged = handle(new StageSwitch(header(next, 4), name.spec(), name.captured()));
    Reply shifted = handle(new ShiftTraffic(header(next, 6), name.spec(), 4, 100));
    Reply late = handle(new RevertTraffic(header(70), name.spec()));
    // then
    assertThat(staged).isInstanceOf(SwitchStaged.class);
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertFailed(late, FailureKind.SUPERSEDED, "cutover next holds this name");
    assertThat(name.mark()).containsExactly("\"epoch=6 cutover=next\"");
  }

  // ---- the world's view

  @Test
  void shouldNameTheAuthorityThatLags() throws Exception {
    // given
    Switched name = lowered();
    authorities.holdSecondary(true);
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    Instant before = Instant.now();
    // when
    Reply lagging =
        handle(new VerifyTraffic(header(21, Duration.ofSeconds(3)), name.spec(), Side.TARGET));
    authorities.holdSecondary(false);
    Reply converged = handle(new VerifyTraffic(header(22), name.spec(), Side.TARGET));
    // then
    assertFailed(lagging, FailureKind.TIMED_OUT, authorities.secondary() + " OTHER_SIDE");
    List<PropagationObserved> observed =
        said.stream()
            .filter(PropagationObserved.class::isInstance)
            .map(PropagationObserved.class::cast)
            .filter(o -> !o.observedAt().isBefore(before))
            .toList();
    assertThat(observed)
        .as("of two authorities one lags, and then none")
        .anyMatch(o -> o.authoritiesRight() == 1 && o.authorities() == 2)
        .last()
        .matches(o -> o.authoritiesRight() == 2 && o.authorities() == 2);
    assertThat(converged)
        .isInstanceOfSatisfying(
            TrafficVerified.class,
            verified -> {
              assertThat(verified.lastAuthorityAt()).isAfter(before);
              assertThat(verified.ttlSeconds()).isEqualTo(loweredTtlSeconds());
            });
  }

  @Test
  void shouldSayThatSomebodyElseWritesWhenAuthoritiesServeNeitherSide() {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    overwrite(set(name.name(), RecordType.A, "10.9.9.9").withTtlSeconds(1));
    // when
    Reply reply =
        handle(new VerifyTraffic(header(21, Duration.ofSeconds(3)), name.spec(), Side.TARGET));
    // then
    assertFailed(reply, FailureKind.CONFLICT, "somebody else writes");
    assertFailed(reply, FailureKind.CONFLICT, "10.9.9.9");
  }

  @Test
  void shouldTellHonestResolversFromClampingOnes() throws Exception {
    try (UnboundResolver honest = new UnboundResolver(directory, authorities, 0);
        UnboundResolver clamping =
            new UnboundResolver(directory, authorities, 60 + 2 * loweredTtlSeconds())) {
      // given
      Switched name = lowered().withResolvers(honest.address(), clamping.address());
      awaitSecondary(name);
      assertThat(honest.values(name.name())).hasSize(2);
      assertThat(clamping.values(name.name())).hasSize(2);
      handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
      // when
      Duration within = Duration.ofSeconds(20 + loweredTtlSeconds());
      Reply reply = handle(new VerifyTraffic(header(21, within), name.spec(), Side.TARGET));
      // then
      assertThat(reply).isInstanceOf(TrafficVerified.class);
      assertThat(verdict(reply, honest.address())).isEqualTo(Answer.WANTED);
      assertThat(verdict(reply, clamping.address())).isEqualTo(Answer.CLAMPED);
    }
  }

  private void awaitSecondary(Switched name) {
    await()
        .atMost(FOLLOW_MAX)
        .untilAsserted(
            () ->
                assertThat(read(authorities.secondary(), name.name(), RecordType.A).ttlSeconds())
                    .isEqualTo(loweredTtlSeconds()));
  }

  private static Answer verdict(Reply reply, ServerAddress server) {
    return ((TrafficVerified) reply)
        .servers().stream()
            .filter(verdict -> verdict.server().equals(server))
            .map(ServerVerdict::answer)
            .findFirst()
            .orElseThrow();
  }

  // ---- watching and reading

  @Test
  void shouldTellDriftWhenSomebodyElseWritesAndItsEndWhenItIsPutRight() {
    // given
    Switched name = switched();
    CutoverId cutover = new CutoverId("drift");
    handle(new StageSwitch(header(cutover, 2), name.spec(), name.captured()));
    // when
    Reply watched =
        handle(new WatchRecords(header(cutover, 3), name.spec(), 0, name.captured(), List.of()));
    RecordsObserved first = awaitSeen(cutover, Verdict.AS_EXPECTED);
    overwrite(set(name.name(), RecordType.A, "10.9.9.9").withTtlSeconds(300));
    RecordsObserved drifted = awaitSeen(cutover, Verdict.DRIFTED);
    said.clear();
    overwrite(name.addresses().withTtlSeconds(300));
    awaitSeen(cutover, Verdict.AS_EXPECTED);
    // then
    assertThat(watched).isInstanceOf(RecordsWatched.class);
    assertThat(first.served()).isEqualTo(ServedSide.SOURCE);
    assertThat(first.markEpoch()).isEqualTo(2);
    assertThat(first.stagedRevertValid()).isTrue();
    assertThat(drifted.drifts().getFirst().expected().values())
        .isEqualTo(name.addresses().values());
    assertThat(drifted.drifts().getFirst().found().values()).containsExactly("10.9.9.9");
    handle(new RestoreTtl(header(cutover, 9), name.spec(), name.captured()));
  }

  @Test
  void shouldCallNothingDriftThatItWasOrderedToDo() {
    // given
    Switched name = switched();
    CutoverId cutover = new CutoverId("orders");
    handle(new WatchRecords(header(cutover, 1), name.spec(), 0, name.captured(), List.of()));
    assertThat(awaitSeen(cutover, Verdict.AS_EXPECTED).stagedRevertValid())
        .as("not staged yet")
        .isFalse();
    // when
    handle(new StageSwitch(header(cutover, 2), name.spec(), name.captured()));
    handle(new LowerTtl(header(cutover, 3), name.spec(), name.captured()));
    handle(new ShiftTraffic(header(cutover, 4), name.spec(), 2, 100));
    awaitServed(cutover, ServedSide.TARGET, 4);
    handle(new RevertTraffic(header(cutover, 5), name.spec()));
    awaitServed(cutover, ServedSide.SOURCE, 5);
    // then
    assertThat(said)
        .filteredOn(event -> event.cutover().equals(cutover))
        .noneMatch(
            event -> event instanceof RecordsObserved seen && seen.verdict() == Verdict.DRIFTED);
    // and a TTL that somebody raises again is drift
    overwrite(set(name.name(), RecordType.A, "10.0.0.1", "10.0.0.2").withTtlSeconds(300));
    assertThat(awaitSeen(cutover, Verdict.DRIFTED).drifts().getFirst().found().ttlSeconds())
        .isEqualTo(300);
    handle(new RestoreTtl(header(cutover, 9), name.spec(), name.captured()));
  }

  @Test
  void shouldBeBlindWhenAnAuthorityDoesNotAnswer() throws IOException {
    // given
    Switched name =
        switched()
            .withAuthorities(
                authorities.primary(), new ServerAddress("127.0.0.1", FreePort.next()));
    CutoverId cutover = new CutoverId("blind");
    // when
    handle(new WatchRecords(header(cutover, 1), name.spec(), 0, name.captured(), List.of()));
    RecordsObserved blind = awaitSeen(cutover, Verdict.BLIND);
    Reply read = handle(new ReadSwitch(header(cutover, 2), name.spec()));
    // then
    assertThat(blind.unreachable()).containsExactly(name.spec().authorities().getLast());
    assertThat(blind.served()).isEqualTo(ServedSide.SOURCE);
    assertThat(((SwitchRead) read).servers().getLast().error()).isNotEmpty();
    handle(new RestoreTtl(header(cutover, 9), name.spec(), name.captured()));
  }

  @Test
  void shouldReadTheSwitchAndChangeNothing() {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    awaitServed(name, authorities.secondary(), "10.1.0.1");
    List<RecordSet> before = name.servedWithTtl();
    // when
    Reply reply = handle(new ReadSwitch(header(21), name.spec()));
    Reply weak = handle(new ReadSwitch(header(21), name.withKey("weak").spec()));
    overwrite(mark(name, "\"manual\""));
    Reply manual = handle(new ReadSwitch(header(22), name.spec()));
    // then
    SwitchRead read = (SwitchRead) reply;
    assertThat(read.served()).isEqualTo(ServedSide.TARGET);
    assertThat(read.servers())
        .hasSizeGreaterThanOrEqualTo(2)
        .allMatch(server -> server.error().isEmpty());
    assertThat(read.marks())
        .containsExactly(
            new SwitchMark(
                name.name(), 20, Optional.of(new CutoverId("contract")), false, epoch(20)));
    assertThat(read.stagedRevertValid()).as(read.detail()).isTrue();
    assertThat(((SwitchRead) weak).stagedRevertValid()).isFalse();
    assertThat(((SwitchRead) weak).detail()).contains(probeDenied());
    assertThat(((SwitchRead) manual).stagedRevertValid()).isFalse();
    assertThat(((SwitchRead) manual).marks().getFirst().text()).isEqualTo("\"manual\"");
    assertThat(name.servedWithTtl()).isEqualTo(before);
  }

  @Test
  void shouldRefuseAWeightWhenTheSwitchHasNone() {
    // given
    Switched name = lowered();
    // when
    Reply reply = handle(new ShiftTraffic(header(20), name.spec(), 10, 25));
    // then
    assertFailed(reply, FailureKind.UNSUITABLE, "Expected a weight of 100 %");
    assertThat(name.mark()).containsExactly(epoch(10));
  }

  protected RecordsObserved awaitSeen(CutoverId cutover, Verdict verdict) {
    return awaitSeen(cutover, seen -> seen.verdict() == verdict);
  }

  protected void awaitServed(CutoverId cutover, ServedSide side, long markEpoch) {
    awaitSeen(
        cutover,
        seen ->
            seen.served() == side
                && seen.markEpoch() == markEpoch
                && seen.verdict() == Verdict.AS_EXPECTED
                && seen.stagedRevertValid());
  }

  private RecordsObserved awaitSeen(CutoverId cutover, Predicate<RecordsObserved> wanted) {
    return awaitSeen(seen -> seen.cutover().equals(cutover) && wanted.test(seen));
  }

  // ---- putting back what somebody else changed after the shift

  @Test
  void shouldPutBackExactlyWhatTheWatchHasSeen() {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    handle(
        new WatchRecords(
            header(21),
            name.spec(),
            20,
            name.spec().served(Side.TARGET),
            name.spec().served(Side.SOURCE)));
    settle();
    overwrite(set(name.name(), RecordType.A, "10.9.9.9").withTtlSeconds(300));
    RecordsObserved drifted =
        awaitSeen(seen -> seen.markEpoch() == 20 && !atPrimary(name, seen).isEmpty());
    // when
    PutBackRecords order =
        new PutBackRecords(header(30), name.spec(), 20, 100, atPrimary(name, drifted));
    Reply reply = handle(order);
    // then
    settle();
    assertThat(drifted.changedBy().orElseThrow())
        .first()
        .satisfies(change -> assertThat(change.sentence()).contains(traced()));
    assertThat(reply)
        .isInstanceOfSatisfying(RecordsPutBack.class, r -> assertThat(r.changed()).isTrue());
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().target());
    assertThat(name.mark()).containsExactly(epoch(30));
    // and it is no drift, also while secondaries follow
    assertThat(awaitSeen(seen -> seen.markEpoch() == 30).drifts()).isEmpty();
    // and it does no harm twice
    assertThat(handle(order))
        .isInstanceOfSatisfying(RecordsPutBack.class, r -> assertThat(r.changed()).isFalse());
    // and it comes over no revert
    handle(new RevertTraffic(header(40), name.spec()));
    assertFailed(handle(order), FailureKind.SUPERSEDED, "a newer decision has been here");
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
    handle(new RestoreTtl(header(50), name.spec(), name.captured()));
  }

  @Test
  void shouldPutNothingBackThatHasChangedAgainSince() throws Exception {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    settle();
    overwrite(set(name.name(), RecordType.A, "10.9.9.9"));
    SwitchSpec spec = offered.normalise(name.spec());
    RecordSet seen =
        offered.read(spec, ORDER_MAX).sets().stream()
            .filter(set -> set.type() == RecordType.A)
            .findFirst()
            .orElseThrow();
    RecordDrift drift = new RecordDrift(spec.provider().writtenAt(), seen, seen);
    overwrite(set(name.name(), RecordType.A, "10.9.9.8"));
    // when
    Reply changed = handle(new PutBackRecords(header(30), name.spec(), 20, 100, List.of(drift)));
    Reply marked = handle(new PutBackRecords(header(31), name.spec(), 19, 100, List.of(drift)));
    // then
    assertFailed(changed, FailureKind.CONFLICT, "it has been changed again since");
    assertFailed(marked, FailureKind.CONFLICT, "Expected mark");
    assertThat(read(authorities.primary(), name.name(), RecordType.A).values())
        .containsExactly("10.9.9.8");
    assertThat(name.mark()).containsExactly(epoch(20));
  }

  private static List<RecordDrift> atPrimary(Switched name, RecordsObserved seen) {
    return seen.drifts().stream()
        .filter(drift -> drift.server().equals(name.spec().provider().writtenAt()))
        .toList();
  }

  // ---- a change by itself

  @Test
  void shouldMakeAChangeByItselfAndTakeItBack() throws Exception {
    // given
    Switched name = switched();
    SwitchSpec spec = offered.normalise(name.spec());
    SwitchState found = offered.read(spec, ORDER_MAX);
    List<RecordSet> wanted = captured(spec.plain(Side.TARGET));
    // when
    offered.change(spec, found, wanted, single(1), single(1).lastMark(), Urgency.ORDINARY);
    // then
    assertThat(name.servedWithTtl()).hasSameElementsAs(wanted);
    assertThat(name.mark()).containsExactly(single(1).lastMark().text());
    // and the way back, which a second time changes nothing
    SwitchState made = offered.read(spec, ORDER_MAX);
    offered.change(spec, made, found.sets(), single(2), single(2).lastMark(), Urgency.REVERT);
    assertThat(name.servedWithTtl()).hasSameElementsAs(name.captured());
    assertThat(name.mark()).containsExactly(single(2).lastMark().text());
    // and a cutover may take the name
    assertThat(handle(new StageSwitch(header(10), name.spec(), name.captured())))
        .isInstanceOf(SwitchStaged.class);
  }

  @Test
  void shouldRefuseAChangeByItselfOfWhatIsNotThereAnyMore() throws Exception {
    // given
    Switched name = switched();
    SwitchSpec spec = offered.normalise(name.spec());
    SwitchState found = offered.read(spec, ORDER_MAX);
    overwrite(set(name.name(), RecordType.A, "10.9.9.9"));
    // when, then
    assertThatThrownBy(
            () ->
                offered.change(
                    spec,
                    found,
                    spec.plain(Side.TARGET),
                    single(1),
                    single(1).lastMark(),
                    Urgency.ORDINARY))
        .isInstanceOfSatisfying(
            SwitchFailure.class,
            e -> {
              assertThat(e.failure().kind()).isEqualTo(FailureKind.CONFLICT);
              assertThat(e.failure().reason())
                  .contains("10.9.9.9", name.addresses().values().getFirst());
            });
    assertThat(read(authorities.primary(), name.name(), RecordType.A).values())
        .containsExactly("10.9.9.9");
    assertThat(name.mark()).isEmpty();
  }

  @Test
  void shouldRefuseAChangeByItselfOfANameThatACutoverHolds() throws Exception {
    // given
    Switched name = switched();
    stage(name, 10);
    SwitchSpec spec = offered.normalise(name.spec());
    SwitchState found = offered.read(spec, ORDER_MAX);
    // when, then
    assertThatThrownBy(
            () ->
                offered.change(
                    spec,
                    found,
                    spec.plain(Side.TARGET),
                    single(1),
                    single(1).lastMark(),
                    Urgency.ORDINARY))
        .isInstanceOfSatisfying(
            SwitchFailure.class,
            e -> assertThat(e.failure().reason()).contains("cutover contract holds this name"));
    assertThat(name.servedWithTtl()).hasSameElementsAs(name.captured());
    assertThat(name.mark()).containsExactly(epoch(10));
  }

  private static Order single(long epoch) {
    return new Order(new CutoverId("dns-single"), epoch, ORDER_MAX);
  }

  private static void awaitServed(Switched name, ServerAddress server, String address) {
    await()
        .atMost(FOLLOW_MAX)
        .untilAsserted(
            () ->
                assertThat(read(server, name.name(), RecordType.A).values())
                    .containsExactly(address));
  }

  // ---- a name of one's own

  /** A name with its switch. */
  protected final class Switched {
    private final SwitchSpec spec;

    Switched(SwitchSpec spec) {
      this.spec = spec;
    }

    public SwitchSpec spec() {
      return spec;
    }

    public String name() {
      return spec.names().getFirst().name();
    }

    Switched withKey(String key) {
      return with(provider(key), spec.names(), spec.authorities(), spec.resolvers());
    }

    Switched withProvider(SwitchProvider provider) {
      return with(provider, spec.names(), spec.authorities(), spec.resolvers());
    }

    Switched withNames(SwitchedName... names) {
      return with(spec.provider(), List.of(names), spec.authorities(), spec.resolvers());
    }

    Switched withResolvers(ServerAddress... resolvers) {
      return with(spec.provider(), spec.names(), spec.authorities(), List.of(resolvers));
    }

    Switched withAuthorities(ServerAddress... authorities) {
      return with(spec.provider(), spec.names(), List.of(authorities), spec.resolvers());
    }

    private Switched with(
        SwitchProvider provider,
        List<SwitchedName> names,
        List<ServerAddress> authorities,
        List<ServerAddress> resolvers) {
      return new Switched(
          new SwitchSpec(
              spec.zone(), provider, names, authorities, resolvers, spec.loweredTtlSeconds()));
    }

    List<RecordSet> captured() {
      return TrafficSwitchContract.captured(spec.names().getFirst().source());
    }

    /** Its A records at the source. */
    RecordSet addresses() {
      return spec.names().getFirst().source().getFirst();
    }

    public List<RecordSet> served() {
      return servedWithTtl().stream().map(set -> set.withTtlSeconds(0)).toList();
    }

    List<RecordSet> servedWithTtl() {
      settle();
      return Stream.of(RecordType.A, RecordType.AAAA, RecordType.CNAME, RecordType.HTTPS)
          .map(type -> read(authorities.primary(), name(), type))
          .filter(set -> !set.values().isEmpty())
          .map(TrafficSwitchContract.this::held)
          .toList();
    }

    public List<String> mark() {
      settle();
      return read(authorities.primary(), "_cutover." + name(), RecordType.TXT).values();
    }
  }

  /** A fresh name of the zone, as the zone file has it. */
  protected Switched switched() {
    String name = "n%d.%s".formatted(NEXT_NAME.getAndIncrement() % 99, Authorities.ZONE);
    SwitchedName names =
        new SwitchedName(
            name,
            taken(
                set(name, RecordType.A, "10.0.0.1", "10.0.0.2"),
                set(name, RecordType.AAAA, "2001:db8:0:0:0:0:0:1"),
                set(name, RecordType.HTTPS, "1 . alpn=h2")),
            taken(
                set(name, RecordType.A, "10.1.0.1"),
                set(name, RecordType.HTTPS, "1 . alpn=h2,h3")));
    return new Switched(
        new SwitchSpec(
            Authorities.ZONE,
            provider("good"),
            List.of(names),
            List.of(authorities.primary(), authorities.secondary()),
            List.of(),
            loweredTtlSeconds()));
  }

  private static List<RecordSet> captured(List<RecordSet> sets) {
    return sets.stream().map(set -> set.withTtlSeconds(CAPTURED_TTL_SECONDS)).toList();
  }

  private List<RecordSet> taken(RecordSet... sets) {
    return Stream.of(sets).filter(set -> takes(set.type())).toList();
  }

  /** Staged at epoch 10, with lowered TTL. */
  protected final Switched lowered() {
    Switched name = switched();
    stage(name, 10);
    assertThat(handle(new LowerTtl(header(11), name.spec(), name.captured())))
        .isInstanceOf(TtlLowered.class);
    return name;
  }

  protected final void stage(Switched name, long epoch) {
    assertThat(handle(new StageSwitch(header(epoch), name.spec(), name.captured())))
        .isInstanceOf(SwitchStaged.class);
  }

  private static RecordSet mark(Switched name, String text) {
    return set("_cutover." + name.name(), RecordType.TXT, text);
  }

  protected static RecordSet set(String name, RecordType type, String... values) {
    return new RecordSet(name, type, 0, List.of(values));
  }

  protected static RecordSet read(ServerAddress server, String name, RecordType type) {
    var answer = new DnsjavaQueries().ask(server, false, name, type, Duration.ofSeconds(2));
    assertThat(answer).isInstanceOf(Answered.class);
    return ((Answered) answer).set();
  }

  protected static String epoch(long value) {
    return "\"epoch=%d cutover=contract\"".formatted(value);
  }
}
