package dev.cutover.dns;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand;
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
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.RecordsObserved.Verdict;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.adapter.HaProxyQueries;
import dev.cutover.dns.adapter.HaProxySockets;
import dev.cutover.dns.adapter.HaProxySwitch;
import dev.cutover.dns.adapter.HttpEdge;
import dev.cutover.dns.adapter.ProviderQueries;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.SingleChange;
import dev.cutover.dns.domain.SingleChangePlanner.Wish;
import dev.cutover.dns.domain.SplitJudge;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.haproxy.CuttingProxy;
import dev.cutover.dns.haproxy.HaProxyProcess;
import dev.cutover.dns.haproxy.NamedServer;
import dev.cutover.runtime.Pace;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the port promises, kept by two real HAProxies in front of real web servers: two of the
 * source, one of the target.
 */
class HaProxySwitchIT extends DnsOrders {
  private static final String SOURCE = "blue1=1 blue2=1 green1=0";
  private static final String MARK = "proc.cutover.web";

  /** A sound balancer is told so once in a thousand million counts. */
  private static final double UNLIKELY = 1e-9;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final NamedServer blue1 = opened(new NamedServer("blue1"));
  private final NamedServer blue2 = opened(new NamedServer("blue2"));
  private final NamedServer green1 = opened(new NamedServer("green1"));
  private final HaProxyProcess first;
  private final HaProxyProcess second;
  private final DnsService service;
  private final SwitchSpec spec;

  HaProxySwitchIT(@TempDir Path directory) throws IOException {
    super("balanced");
    String backends =
        backend("web", "roundrobin")
            + backend("fixed", "static-rr")
            + backend("hashed", "source")
            + "backend uneven\n"
            + blue1.line("weight 10")
            + blue2.line("weight 20")
            + green1.line("weight 0");
    first = opened(new HaProxyProcess(directory, backends));
    second = opened(new HaProxyProcess(directory, backends));
    HaProxySockets sockets = HaProxySockets.plain();
    service =
        opened(
            new DnsService(
                new HaProxySwitch(sockets, Pace.MACHINE),
                queries(sockets),
                new AllowList(
                    Set.of(),
                    Set.of("127.0.0.1"),
                    Set.of(),
                    Set.of("web", "fixed", "hashed", "uneven", "none"),
                    Set.of()),
                Duration.ofMillis(100),
                InstantSource.system(),
                Pace.MACHINE));
    spec = spec("web", "green1");
    for (HaProxyProcess instance : List.of(first, second)) {
      await().until(() -> instance.command("show stat web 4 -1").split("UP|DRAIN").length == 4);
    }
  }

  @Override
  DnsService service() {
    return service;
  }

  private String backend(String name, String algorithm) {
    return "backend %s\n  balance %s\n".formatted(name, algorithm)
        + blue1.line("")
        + blue2.line("")
        + green1.line("weight 0");
  }

  private <T extends AutoCloseable> T opened(T part) {
    opened.add(part);
    return part;
  }

  private SwitchSpec spec(String backend, String target) {
    return SwitchSpec.ofBackend(
        backend, List.of(first.api(), second.api()), List.of("blue1", "blue2"), List.of(target));
  }

  private static SwitchSpec at(ServerAddress... instances) {
    return SwitchSpec.ofBackend(
        "web", List.of(instances), List.of("blue1", "blue2"), List.of("green1"));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable part : opened.reversed()) {
      part.close();
    }
  }

  // ---- what can't be switched

  @Test
  void shouldRefuseABackendThatIsNotAllowed() {
    assertFailed(
        handle(new CaptureRecords(header(1), spec("other", "green1"))),
        FailureKind.REFUSED,
        "CUTOVER_DNS_ALLOWED_BACKENDS");
  }

  @Test
  void shouldRefuseAServerWhoseNameIsMoreThanAName() {
    assertFailed(
        handle(new CaptureRecords(header(1), spec("web", "green1; shutdown sessions"))),
        FailureKind.UNSUITABLE,
        "Expected names of servers for backend web");
  }

  @Test
  void shouldRefuseABackendOrServerThatDoesNotExist() {
    // when
    Reply backend = handle(new CaptureRecords(header(1), spec("none", "green1")));
    SwitchSpec missing = spec("web", "green9");
    Reply server = handle(new StageSwitch(header(10), missing, missing.at(0)));
    // then
    assertFailed(backend, FailureKind.UNSUITABLE, "Can't find backend");
    assertFailed(server, FailureKind.UNSUITABLE, "Expected server green9 in backend web");
  }

  @Test
  void shouldRefuseToCaptureServersOfUnequalWeight() {
    assertFailed(
        handle(new CaptureRecords(header(1), spec("uneven", "green1"))),
        FailureKind.MISMATCH,
        "[blue1 weight=1, blue2 weight=2]");
  }

  @Test
  void shouldRefuseToStageWhereWeightsAreNotFollowed() {
    SwitchSpec fixed = spec("fixed", "green1");
    assertFailed(
        handle(new StageSwitch(header(10), fixed, fixed.at(0))),
        FailureKind.UNSUITABLE,
        "balances by static-rr");
  }

  @Test
  void shouldRefuseToStageWithoutTheRight() throws IOException {
    // given
    SwitchSpec weak = at(first.operators(), second.api());
    // when
    Reply reply = handle(new StageSwitch(header(10), weak, weak.at(0)));
    // then
    assertFailed(reply, FailureKind.REFUSED, "level operator");
    assertThat(second.command("get var " + MARK)).contains("not found");
  }

  @Test
  void shouldRefuseToStageOverAnotherCutoverOrAPerson() throws IOException {
    // given
    mark(second, "epoch=7\\ cutover=another");
    // when
    Reply held = handle(new StageSwitch(header(10), spec, spec.at(0)));
    mark(second, "manual");
    Reply byHand = handle(new StageSwitch(header(10), spec, spec.at(0)));
    mark(second, "epoch=7\\ cutover=another\\ ended");
    Reply free = handle(new StageSwitch(header(10), spec, spec.at(0)));
    // then
    assertFailed(held, FailureKind.SUPERSEDED, "cutover another holds this name");
    assertFailed(byHand, FailureKind.MANUAL, "a person has taken over");
    assertThat(free).isInstanceOf(SwitchStaged.class);
  }

  @Test
  void shouldRefuseATargetThatIsDownInTheWordsOfTheCheck() throws IOException {
    // given
    stage();
    green1.close();
    await().until(() -> second.command("show stat web 4 -1").contains("DOWN"));
    await().until(() -> first.command("show stat web 4 -1").contains("DOWN"));
    // when
    Reply reply = handle(new ShiftTraffic(header(20), spec, 10, 100));
    // then
    assertFailed(reply, FailureKind.CONFLICT, "green1 is DOWN (L4CON");
    assertUntouched();
  }

  @Test
  void shouldRefuseATargetThatAPersonHasSetAside() throws IOException {
    // given
    stage();
    second.command("set server web/green1 state maint");
    // when
    Reply reply = handle(new ShiftTraffic(header(20), spec, 10, 10));
    // then
    assertFailed(reply, FailureKind.CONFLICT, "green1 is MAINT");
    assertUntouched();
  }

  @Test
  void shouldLeaveNobodyWithoutServersWhereAChangeIsRefusedHalfWay() throws IOException {
    // given a hash that is computed once: only 0 and the configured weight can be set
    SwitchSpec hashed = spec("hashed", "green1");
    handle(new StageSwitch(header(10), hashed, hashed.at(0)));
    // when
    Reply reply = handle(new ShiftTraffic(header(20), hashed, 10, 100));
    Reply reverted = handle(new RevertTraffic(header(30), hashed));
    // then
    assertFailed(reply, FailureKind.UNSUITABLE, "static LB algorithm");
    assertThat(first.weights("hashed")).isEqualTo(SOURCE);
    assertThat(second.weights("hashed")).isEqualTo(SOURCE);
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isFalse());
  }

  @Test
  void shouldRefuseWhatIsLateOrNotStagedOrByHand() throws IOException {
    // given
    Reply unstaged = handle(new ShiftTraffic(header(5), spec, 4, 100));
    stage();
    handle(new ShiftTraffic(header(20), spec, 10, 10));
    handle(new RevertTraffic(header(30), spec));
    // when
    Reply late = handle(new ShiftTraffic(header(21), spec, 20, 25));
    Reply stale = handle(new ShiftTraffic(header(40), spec, 20, 25));
    Reply older = handle(new RevertTraffic(header(29), spec));
    mark(first, "manual");
    Reply byHand = handle(new RevertTraffic(header(50), spec));
    // then
    assertFailed(unstaged, FailureKind.CONFLICT, "no mark");
    assertFailed(late, FailureKind.SUPERSEDED, "a newer decision has been here");
    assertFailed(stale, FailureKind.CONFLICT, "epoch=30");
    assertFailed(older, FailureKind.SUPERSEDED, "a newer decision has been here");
    assertFailed(byHand, FailureKind.MANUAL, "a person has taken over");
    assertThat(first.weights("web")).isEqualTo(SOURCE);
  }

  // ---- the way there

  @Test
  void shouldStageWithoutChangingAWeight() throws Exception {
    // when
    Reply captured = handle(new CaptureRecords(header(9), spec));
    Reply staged = handle(new StageSwitch(header(10), spec, spec.at(0)));
    Reply again = handle(new StageSwitch(header(10), spec, spec.at(0)));
    Reply lowered = handle(new LowerTtl(header(11), spec, spec.at(0)));
    Reply read = handle(new ReadSwitch(header(12), spec));
    // then
    assertThat(captured)
        .isInstanceOfSatisfying(
            RecordsCaptured.class,
            c -> {
              assertThat(c.records()).isEqualTo(spec.at(0));
              assertThat(c.ttlSeconds()).isZero();
            });
    assertThat(staged).isInstanceOf(SwitchStaged.class).isEqualTo(again);
    assertThat(lowered)
        .isInstanceOfSatisfying(
            TtlLowered.class, l -> assertThat(l.ttlSeconds() + l.oldTtlSeconds()).isZero());
    assertThat(read)
        .isInstanceOfSatisfying(
            SwitchRead.class,
            r -> {
              assertThat(r.stagedRevertValid()).as(r.detail()).isTrue();
              assertThat(r.served()).isEqualTo(ServedSide.SOURCE);
              assertThat(r.servers()).hasSize(2).allMatch(s -> s.error().isEmpty());
              assertThat(r.marks().getFirst().text()).isEqualTo("\"epoch=10 cutover=balanced\"");
            });
    assertUntouched();
    assertThat(first.requests(20)).containsOnlyKeys("blue1", "blue2");
  }

  @Test
  void shouldShareOutByEachWeightAndProveIt() throws Exception {
    // given
    stage();
    long epoch = 10;
    for (int percent : List.of(10, 25, 50)) {
      CommandHeader proof = header(epoch + 11);
      // when
      Reply shifted = handle(new ShiftTraffic(header(epoch + 10), spec, epoch, percent));
      String weights = first.weights("web");
      Reply again = handle(new ShiftTraffic(header(epoch + 10), spec, epoch, percent));
      Reply proven = whileUsed(() -> handle(new VerifySplit(proof, spec, percent)));
      // then
      assertThat(shifted).isInstanceOf(TrafficShifted.class);
      assertThat(again).isInstanceOf(TrafficShifted.class);
      assertThat(weights).isEqualTo(first.weights("web")).isEqualTo(second.weights("web"));
      assertThat(proven)
          .isInstanceOfSatisfying(
              SplitVerified.class,
              split -> {
                assertThat(split.counts())
                    .hasSize(2)
                    .allSatisfy(
                        count -> {
                          assertThat(count.answers()).isPositive();
                          assertThat(
                                  SplitJudge.chanceOf(
                                      count.answers(), count.target(), percent / 100.0))
                              .isGreaterThan(UNLIKELY);
                        });
              });
      for (HaProxyProcess instance : List.of(first, second)) {
        Map<String, Integer> answered = instance.requests(600);
        assertThat(SplitJudge.chanceOf(600, answered.getOrDefault("green1", 0), percent / 100.0))
            .as("%s at %d %%", answered, percent)
            .isGreaterThan(UNLIKELY);
      }
      epoch += 10;
    }
  }

  @Test
  void shouldNotTakeAnotherShareForTheOneAskedFor() throws IOException {
    // given
    stage();
    handle(new ShiftTraffic(header(20), spec, 10, 25));
    second.command("set weight web/green1 1; set weight web/blue1 100; set weight web/blue2 100");
    // when
    Reply reply = handle(new VerifySplit(header(21, Duration.ofSeconds(3)), spec, 25));
    // then
    assertFailed(reply, FailureKind.TIMED_OUT, "it serves web. 0 SERVER [blue1 weight=100");
  }

  @Test
  void shouldMoveAllAndEnd() throws Exception {
    // given
    stage();
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), spec, 10, 100));
    Reply verified = handle(new VerifyTraffic(header(21), spec, Side.TARGET));
    Reply ended = handle(new RestoreTtl(header(40), spec, spec.at(0)));
    Reply again = handle(new RestoreTtl(header(40), spec, spec.at(0)));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(verified)
        .isInstanceOfSatisfying(TrafficVerified.class, v -> assertThat(v.servers()).hasSize(2));
    assertThat(ended).isInstanceOf(TtlRestored.class).isEqualTo(again);
    for (HaProxyProcess instance : List.of(first, second)) {
      assertThat(instance.requests(50)).containsOnlyKeys("green1");
      assertThat(instance.command("get var " + MARK)).contains("epoch=40 cutover=balanced ended");
    }
  }

  @Test
  void shouldFinishWhatABrokenRunHasBegun() throws Exception {
    // given an instance whose answer to the first half of a change is lost
    CuttingProxy cutting = opened(new CuttingProxy(second.api()));
    SwitchSpec through = at(first.api(), cutting.address());
    stage();
    cutting.cutAfter(line -> line.startsWith("set var"));
    // when
    Reply broken = once(new ShiftTraffic(header(20), through, 10, 100));
    String half = second.weights("web");
    cutting.cutAfter(_ -> false);
    Reply verified =
        handle(new VerifyTraffic(header(21, Duration.ofSeconds(2)), through, Side.TARGET));
    Reply finished = handle(new ShiftTraffic(header(20), through, 10, 100));
    // then
    assertFailed(broken, FailureKind.UNREACHABLE, "it was made at " + first.api());
    assertThat(((StepFailed) broken).failure().retryable()).isTrue();
    assertThat(half).isEqualTo("blue1=1 blue2=1 green1=1");
    assertThat(verified).isInstanceOf(StepFailed.class);
    assertThat(finished).isInstanceOf(TrafficShifted.class);
    assertThat(second.requests(20)).containsOnlyKeys("green1");
  }

  @Test
  void shouldMoveNothingWhileAnInstanceIsGone() throws Exception {
    // given
    stage();
    second.stop();
    // when
    Reply reply = once(new ShiftTraffic(header(20), spec, 10, 100));
    // then
    assertFailed(reply, FailureKind.UNREACHABLE, "nothing was changed at any");
    assertThat(((StepFailed) reply).failure().reason()).contains(second.api().toString());
    assertThat(first.weights("web")).isEqualTo(SOURCE);
    assertThat(first.command("get var " + MARK)).contains("epoch=10");
  }

  // ---- the way back

  @Test
  void shouldGoBackToAGoodShareAndThenToTheSource() throws Exception {
    // given
    stage();
    handle(new ShiftTraffic(header(20), spec, 10, 25));
    // when
    Reply less = handle(new ShiftTraffic(header(30), spec, 20, 10));
    String weights = second.weights("web");
    Reply reverted = handle(new RevertTraffic(header(40), spec));
    Reply again = handle(new RevertTraffic(header(40), spec));
    Reply verified = handle(new VerifyTraffic(header(41), spec, Side.SOURCE));
    // then
    assertThat(less).isInstanceOf(TrafficShifted.class);
    assertThat(weights).isEqualTo("blue1=9 blue2=9 green1=2");
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(again)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isFalse());
    assertThat(verified).isInstanceOf(TrafficVerified.class);
    assertThat(first.requests(20)).containsOnlyKeys("blue1", "blue2");
  }

  @Test
  void shouldRevertWhomItReachesAndSayWhomItDoesNot() throws Exception {
    // given
    stage();
    handle(new ShiftTraffic(header(20), spec, 10, 100));
    second.hang();
    // when
    Reply partly;
    try {
      partly = once(new RevertTraffic(header(30), spec));
    } finally {
      second.goOn();
    }
    String there = first.weights("web");
    String left = second.weights("web");
    Reply finished = handle(new RevertTraffic(header(30), spec));
    // then
    assertFailed(partly, FailureKind.UNREACHABLE, "it was made at " + first.api());
    assertThat(((StepFailed) partly).failure().retryable()).isTrue();
    assertThat(((StepFailed) partly).failure().reason()).contains(second.api().toString());
    assertThat(there).isEqualTo(SOURCE);
    assertThat(left).isEqualTo("blue1=0 blue2=0 green1=1");
    assertThat(finished)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(second.weights("web")).isEqualTo(SOURCE);
  }

  @Test
  void shouldRevertByTheStagedTextAlone() throws IOException {
    // given
    SwitchStaged staged = stage();
    handle(new ShiftTraffic(header(20), spec, 10, 100));
    // when
    for (HaProxyProcess instance : List.of(first, second)) {
      assertThat(instance.command(staged.revert())).contains("value=<manual>");
    }
    // then
    assertThat(first.weights("web")).isEqualTo(SOURCE).isEqualTo(second.weights("web"));
    assertFailed(
        handle(new ShiftTraffic(header(30), spec, 20, 50)), FailureKind.MANUAL, "a person");
    for (HaProxyProcess instance : List.of(first, second)) {
      instance.command(staged.liftMark());
    }
    assertThat(handle(new RevertTraffic(header(40), spec))).isInstanceOf(TrafficReverted.class);
  }

  @Test
  void shouldShareOutNothingOfABackendThatNobodyServesAndBringItBack() throws Exception {
    // given
    stage();
    second.command("set weight web/blue1 0; set weight web/blue2 0");
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), spec, 10, 10));
    Reply reverted = handle(new RevertTraffic(header(30), spec));
    // then
    assertFailed(shifted, FailureKind.CONFLICT, "but found no records");
    assertThat(first.weights("web")).isEqualTo(SOURCE);
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(second.weights("web")).isEqualTo(SOURCE);
  }

  @Test
  void shouldRevertAlthoughAPersonHasSetAServerOfTheSourceAside() throws Exception {
    // given
    stage();
    handle(new ShiftTraffic(header(20), spec, 10, 100));
    first.command("set server web/blue2 state maint");
    // when
    Reply reverted = handle(new RevertTraffic(header(30), spec));
    // then
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
    assertThat(first.weights("web")).isEqualTo(SOURCE).isEqualTo(second.weights("web"));
    assertThat(first.requests(20)).containsOnlyKeys("blue1");
  }

  @Test
  void shouldNotLetAChangeThatWasHeldUpUndoARevert() throws Exception {
    // given somebody who has looked before the revert, and writes after it
    stage();
    handle(new ShiftTraffic(header(20), spec, 10, 25));
    String write = "set weight web/green1 1; set weight web/blue1 0; set weight web/blue2 0\n";
    FutureTask<Reply> revert = new FutureTask<>(() -> handle(new RevertTraffic(header(30), spec)));
    try (Socket soon = looking();
        Socket late = looking()) {
      Thread.ofVirtual().start(revert);
      await().until(() -> first.weights("web").equals(SOURCE));
      // when
      soon.getOutputStream().write(write.getBytes(UTF_8));
      Reply reply = revert.get();
      late.getOutputStream().write(write.getBytes(UTF_8));
      late.getInputStream().readAllBytes(); // ends: HAProxy has closed it
      // then
      assertThat(reply).isInstanceOf(TrafficReverted.class);
      assertThat(first.weights("web")).isEqualTo(SOURCE);
    }
  }

  /** A session like those of the switch. */
  private Socket looking() throws IOException {
    Socket socket = new Socket(first.api().host(), first.api().port());
    socket.setSoTimeout(5000);
    socket
        .getOutputStream()
        .write("prompt; set timeout cli 1; get weight web/blue1\n".getBytes(UTF_8));
    StringBuilder seen = new StringBuilder();
    while (!seen.toString().contains("initial")) {
      seen.append((char) socket.getInputStream().read());
    }
    return socket;
  }

  // ---- watching

  @Test
  void shouldSeeThatAReloadHasLostTheWeights() throws Exception {
    // given
    stage();
    handle(new WatchRecords(header(13), spec, 10, spec.at(0), List.of()));
    handle(new ShiftTraffic(header(20), spec, 10, 100));
    RecordsObserved before = awaitSeen(Verdict.AS_EXPECTED, 20);
    // when
    second.reload();
    RecordsObserved drifted = awaitSeen(Verdict.DRIFTED, 20);
    Reply shifted = handle(new ShiftTraffic(header(30), spec, 20, 100));
    Reply read = handle(new ReadSwitch(header(31), spec));
    Reply reverted = handle(new RevertTraffic(header(40), spec));
    // then
    assertThat(before.served()).isEqualTo(ServedSide.TARGET);
    assertThat(drifted.detail())
        .contains(second.api().toString(), "[blue1 weight=1, blue2 weight=1]");
    assertFailed(shifted, FailureKind.CONFLICT, "HAProxy was started anew since it was staged");
    assertThat(((SwitchRead) read).stagedRevertValid()).isFalse();
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
    assertThat(first.weights("web")).isEqualTo(SOURCE).isEqualTo(second.weights("web"));
  }

  @Test
  void shouldSeeThatAPersonHasSetAServerAside() throws IOException {
    // given
    stage();
    handle(new ShiftTraffic(header(20), spec, 10, 25));
    handle(new WatchRecords(header(21), spec, 20, spec.served(25), List.of()));
    awaitSeen(Verdict.AS_EXPECTED, 20);
    // when
    second.command("set server web/blue2 state drain");
    RecordsObserved drifted = awaitSeen(Verdict.DRIFTED, 20);
    // then
    assertThat(drifted.drifts().getFirst().found().values())
        .containsExactly("blue1 weight=3", "green1 weight=2");
  }

  // ---- a change by itself

  @Test
  void shouldFinishAtEveryInstanceAChangeByItselfThatWasCutOff() throws Exception {
    // given
    try (SingleChanges changes = singleChanges()) {
      SingleChange change =
          changes.plan(new CutoverId("dns-share"), spec, new Wish(40, true, Optional.empty()));
      changes.make(change);
      assertThat(second.weights("web")).isEqualTo("blue1=3 blue2=3 green1=4");
      // as if it had never come to the second
      second.command("set weight web/blue1 1; set weight web/blue2 1; set weight web/green1 0");
      mark(second, "");
      // when
      SingleChanges.Outcome again = changes.make(change);
      SingleChanges.Proof proof = changes.prove(change, false, Duration.ofSeconds(20), _ -> {});
      // then
      assertThat(again.acted()).isFalse();
      assertThat(second.weights("web")).isEqualTo("blue1=3 blue2=3 green1=4");
      assertThat(proof.counts()).hasSize(2);
      // and the way back
      assertThat(changes.takeBack(change).acted()).isTrue();
      assertThat(changes.prove(change, true, Duration.ofSeconds(20), _ -> {}).servers()).hasSize(2);
      for (HaProxyProcess instance : List.of(first, second)) {
        assertThat(instance.weights("web")).isEqualTo(SOURCE);
        assertThat(instance.command("get var " + MARK)).contains("epoch=2 cutover=dns-share ended");
      }
    }
  }

  @Test
  void shouldNotTakeBackAShareThatSomebodyHasChangedAtOneInstance() throws Exception {
    // given
    try (SingleChanges changes = singleChanges()) {
      SingleChange change =
          changes.plan(new CutoverId("dns-all"), spec, Wish.side(Side.TARGET, Optional.empty()));
      changes.make(change);
      second.command("set weight web/blue1 7");
      // when, then
      assertThatThrownBy(() -> changes.takeBack(change))
          .isInstanceOfSatisfying(
              SwitchFailure.class,
              e ->
                  assertThat(e.failure().reason())
                      .contains("blue1 weight=7", second.api().toString()));
      assertThat(first.weights("web")).isEqualTo("blue1=0 blue2=0 green1=1");
    }
  }

  private static SingleChanges singleChanges() {
    HaProxySockets sockets = HaProxySockets.plain();
    return singleChanges(
        new HaProxySwitch(sockets, Pace.MACHINE),
        queries(sockets),
        new AllowList(Set.of(), Set.of("127.0.0.1"), Set.of(), Set.of("web"), Set.of()));
  }

  private static ProviderQueries queries(HaProxySockets sockets) {
    return new ProviderQueries(
        new DnsjavaQueries(), new HaProxyQueries(sockets), new DnsjavaQueries(), new HttpEdge());
  }

  // ---- means

  private SwitchStaged stage() {
    Reply reply = handle(new StageSwitch(header(10), spec, spec.at(0)));
    assertThat(reply).isInstanceOf(SwitchStaged.class);
    return (SwitchStaged) reply;
  }

  private static void mark(HaProxyProcess instance, String text) throws IOException {
    instance.command("experimental-mode on; set var %s str(%s)".formatted(MARK, text));
  }

  private void assertUntouched() throws IOException {
    for (HaProxyProcess instance : List.of(first, second)) {
      assertThat(instance.weights("web")).isEqualTo(SOURCE);
      assertThat(instance.command("get var " + MARK)).contains("epoch=10 cutover=balanced");
    }
  }

  /** Users go on all the while. */
  private <T> T whileUsed(Callable<T> work) throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    FutureTask<Integer> used =
        new FutureTask<>(
            () -> {
              int requests = 0;
              while (!ended.get()) {
                first.requests(10);
                second.requests(10);
                requests += 20;
              }
              return requests;
            });
    Thread.ofVirtual().start(used);
    try {
      return work.call();
    } finally {
      ended.set(true);
      used.get();
    }
  }

  /** Tries again as the orchestrator does: a machine under load may be too slow for a session. */
  @Override
  protected Reply handle(DnsCommand command) {
    Reply reply = once(command);
    for (int attempt = 2; attempt <= 4 && isUnreachable(reply); attempt++) {
      reply = once(command);
    }
    return reply;
  }

  private static boolean isUnreachable(Reply reply) {
    return reply instanceof StepFailed failed
        && failed.failure().kind() == FailureKind.UNREACHABLE
        && failed.failure().retryable();
  }

  private Reply once(DnsCommand command) {
    return super.handle(command);
  }
}
