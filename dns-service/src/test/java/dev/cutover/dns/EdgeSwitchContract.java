package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsCommand.LowerTtl;
import dev.cutover.contract.DnsCommand.ReadSwitch;
import dev.cutover.contract.DnsCommand.RestoreTtl;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.StageSwitch;
import dev.cutover.contract.DnsCommand.VerifyTraffic;
import dev.cutover.contract.DnsCommand.WatchRecords;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.DnsReply.RecordsWatched;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.DnsReply.TtlLowered;
import dev.cutover.contract.DnsReply.TtlRestored;
import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.RecordsObserved.Verdict;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.ServerVerdict.Answer;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.adapter.CloudflareSettings;
import dev.cutover.dns.adapter.CloudflareTokens;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.adapter.HttpEdge;
import dev.cutover.dns.adapter.ProviderQueries;
import dev.cutover.dns.cloudflare.CloudflareEdge;
import dev.cutover.dns.cloudflare.CloudflareServer;
import dev.cutover.dns.cloudflare.CloudflareServer.Fault;
import dev.cutover.dns.cloudflare.CloudflareServer.Right;
import dev.cutover.dns.cloudflare.CloudflareZone;
import dev.cutover.dns.cloudflare.ZoneRules;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.SingleChange;
import dev.cutover.dns.domain.SingleChangePlanner.Wish;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every switch behind Cloudflare's edge must do: changes go to a strict double of the API,
 * real name servers answer with the edge's addresses, and there a real proxy asks real origins.
 * Each kind has a subclass. Every test has a name of the zone for itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EdgeSwitchContract extends DnsOrders {
  static final String ZONE_ID = "1".repeat(32);
  static final String BLUE = "b".repeat(32);
  static final String GREEN = "c".repeat(32);
  static final String OTHER = "d".repeat(32);
  static final Duration SOON = Duration.ofSeconds(2);
  private static final AtomicInteger NEXT_NAME = new AtomicInteger();

  private Path directory;
  private Authorities authorities;
  CloudflareServer server;
  CloudflareEdge edge;
  private CloudflareTokens tokens;
  private HttpEdge http;
  private ProviderQueries queries;
  private TrafficSwitch offered;
  private DnsService service;

  EdgeSwitchContract() {
    super("behind-edge");
  }

  @Override
  final DnsService service() {
    return service;
  }

  /** The switch to be tried. */
  abstract TrafficSwitch trafficSwitch(CloudflareTokens tokens);

  /** Creates what is switched, at the source. */
  abstract void create(String host);

  /** The switch of that name. */
  abstract SwitchSpec spec(String host, String token, Optional<String> second, EdgeProbe probe);

  /** The mark that is stored, without quotes; empty if there is none. */
  abstract String mark(String host);

  /** Writes that mark as a person does. */
  abstract void mark(String host, String text);

  /** Sends everything to another place, as somebody does who knows nothing of marks. */
  abstract void elsewhere(CloudflareServer at, String host);

  /** What the provider says when a token has no right. */
  abstract String rightMissing();

  /** How a description of what {@link #elsewhere} has written reads. */
  abstract String elsewhereShown();

  /** What the script says that has reverted. */
  abstract String revertedSaid();

  @BeforeAll
  void start(@TempDir Path place) throws IOException {
    directory = place;
    authorities = new BindAuthorities(place);
    server =
        new CloudflareServer(
            ZONE_ID,
            "shop.example",
            new ZoneRules("shop.example", 60, 3500),
            CloudflareZone.initial(),
            new ZoneMirror(
                Authorities.ZONE,
                authorities.primary(),
                Authorities.KEY_NAME,
                Authorities.KEY_SECRET));
    server.edge(CloudflareEdge.ADDRESSES);
    server.pool(BLUE, CloudflareEdge.SOURCE);
    server.pool(GREEN, CloudflareEdge.TARGET);
    server.pool(OTHER, CloudflareEdge.TARGET);
    Right[] all = {Right.DNS_WRITE, Right.ZONE_READ, Right.LOAD_BALANCERS_WRITE, Right.POOLS_READ};
    server.token("good-secret", "ana", all);
    server.token("second-secret", "bo", all);
    server.token(
        "weak-secret",
        "cy",
        Right.DNS_READ,
        Right.ZONE_READ,
        Right.LOAD_BALANCERS_READ,
        Right.POOLS_READ);
    edge = new CloudflareEdge(server::origin);
    Map<String, String> entries = new HashMap<>();
    for (String name : List.of("good", "second", "weak", "expired")) {
      entries.put(name + ".cloudflare.password", name + "-secret");
    }
    entries.put("fresh.cloudflare.password", "good-secret");
    tokens =
        new CloudflareTokens(
            Credentials.of(entries), new CloudflareSettings(server.endpoint(), 10_000_000));
    http = new HttpEdge();
    DnsjavaQueries dns = new DnsjavaQueries();
    queries = new ProviderQueries(dns, dns, dns, http);
    offered = trafficSwitch(tokens);
    service =
        new DnsService(
            offered,
            queries,
            allowed(),
            Duration.ofMillis(100),
            InstantSource.system(),
            Pace.MACHINE);
  }

  private static AllowList allowed() {
    return new AllowList(
        Set.of(Authorities.ZONE), Set.of("127.0.0.1"), Set.of(), Set.of(), Set.of(ZONE_ID));
  }

  @AfterEach
  void putRight() {
    service.close(); // ends watches
    edge.release();
    server.block("ana", false);
  }

  @AfterAll
  void stop() {
    tokens.close();
    http.close();
    edge.close();
    server.close();
    authorities.close();
  }

  // ---- refusals

  @Test
  void shouldSayThatTheRightIsMissing() {
    // given
    Switched weak = switched().by("weak");
    // when
    Reply reply = handle(new StageSwitch(header(10), weak.spec(), weak.spec().at(0)));
    // then
    assertFailed(reply, FailureKind.REFUSED, rightMissing());
    assertThat(mark(weak.host())).isEmpty();
  }

  @Test
  void shouldRefuseTtlsAndResolversThatNobodyWouldHave() {
    // given
    SwitchSpec spec = switched().spec();
    SwitchSpec timed = spec.withLoweredTtlSeconds(60);
    SwitchSpec resolved =
        new SwitchSpec(
            spec.zone(),
            spec.provider(),
            spec.names(),
            spec.authorities(),
            spec.authorities(),
            0,
            spec.weighted());
    // when, then
    assertFailed(handle(new CaptureRecords(header(1), timed)), FailureKind.UNSUITABLE, "TTL");
    assertFailed(
        handle(new CaptureRecords(header(1), resolved)), FailureKind.UNSUITABLE, "resolvers");
  }

  // ---- the way there

  @Test
  void shouldStageWithoutMovingAnything() {
    // given
    Switched name = switched();
    // when
    Reply captured = handle(new CaptureRecords(header(9), name.spec()));
    SwitchStaged staged = stage(name, 10);
    Reply again = handle(new StageSwitch(header(10), name.spec(), name.spec().at(0)));
    Reply read = handle(new ReadSwitch(header(11), name.spec()));
    // then
    assertThat(captured)
        .isInstanceOfSatisfying(
            RecordsCaptured.class,
            c -> {
              assertThat(c.records()).isEqualTo(name.spec().at(0));
              assertThat(c.ttlSeconds()).isZero();
            });
    assertThat(again).isEqualTo(staged);
    assertThat(read)
        .isInstanceOfSatisfying(
            SwitchRead.class,
            r -> {
              assertThat(r.stagedRevertValid()).as(r.detail()).isTrue();
              assertThat(r.served()).isEqualTo(ServedSide.SOURCE);
            });
    assertThat(origin(name)).isEqualTo(CloudflareEdge.SOURCE);
    assertThat(mark(name.host())).isEqualTo("epoch=10 cutover=behind-edge");
  }

  @Test
  void shouldHaveNoTtlToLowerAndProveTheProbe() {
    // given
    Switched name = switched();
    stage(name, 10);
    // when
    Reply lowered = handle(new LowerTtl(header(11), name.spec(), name.spec().at(0)));
    // then
    assertThat(lowered)
        .isInstanceOfSatisfying(
            TtlLowered.class,
            l -> {
              assertThat(l.oldTtlSeconds() + l.ttlSeconds()).isZero();
              assertThat(l.servers())
                  .extracting(verdict -> verdict.server().host())
                  .containsExactlyInAnyOrderElementsOf(CloudflareEdge.ADDRESSES);
              assertThat(l.servers()).allMatch(v -> v.answer() == Answer.WANTED);
            });
    assertThat(mark(name.host())).isEqualTo("epoch=10 cutover=behind-edge");
  }

  @Test
  void shouldMoveAllWhileTheWireShowsNothing() {
    // given
    Switched name =
        lowered().by(new EdgeProbe(false, edge.port(), "/?a=b", Optional.empty(), "blue", "green"));
    List<String> addresses = wire(name);
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    Reply again = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    Reply verified = handle(new VerifyTraffic(header(21), name.spec(), Side.TARGET));
    Reply ended = handle(new RestoreTtl(header(40), name.spec(), name.spec().at(0)));
    Reply endedAgain = handle(new RestoreTtl(header(40), name.spec(), name.spec().at(0)));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(again).isInstanceOf(TrafficShifted.class);
    assertThat(verified)
        .isInstanceOfSatisfying(
            TrafficVerified.class,
            v -> {
              assertThat(v.ttlSeconds()).isZero();
              assertThat(v.servers())
                  .hasSize(2)
                  .allSatisfy(
                      server ->
                          assertThat(server.detail())
                              .contains("http://" + name.host(), "the target 5 times"));
            });
    assertThat(wire(name)).isEqualTo(addresses).isEqualTo(CloudflareEdge.ADDRESSES);
    assertThat(origin(name)).isEqualTo(CloudflareEdge.TARGET);
    assertThat(ended).isInstanceOf(TtlRestored.class).isEqualTo(endedAgain);
    assertThat(mark(name.host())).isEqualTo("epoch=40 cutover=behind-edge ended");
  }

  @Test
  void shouldNotBeThereBeforeEveryMachineBehindEveryAddressLetsTheNewSideServe() {
    // given an address that is behind, and one with some machines that are
    Switched name = lowered();
    edge.mix(CloudflareEdge.ADDRESSES.getFirst(), name.host());
    edge.hold(CloudflareEdge.ADDRESSES.getLast(), name.host());
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // when
    Reply early = handle(new VerifyTraffic(header(21, SOON), name.spec(), Side.TARGET));
    edge.release();
    Reply there = handle(new VerifyTraffic(header(22), name.spec(), Side.TARGET));
    // then
    for (String verdict :
        List.of(
            "%s:%d MIXED".formatted(CloudflareEdge.ADDRESSES.getFirst(), edge.port()),
            "%s:%d OTHER_SIDE".formatted(CloudflareEdge.ADDRESSES.getLast(), edge.port()))) {
      assertFailed(early, FailureKind.TIMED_OUT, verdict);
    }
    assertThat(((StepFailed) early).failure().retryable()).isTrue();
    assertThat(there).isInstanceOf(TrafficVerified.class);
  }

  // ---- late, doubled, undead, and people

  @Test
  void shouldRefuseAShiftThatANewerRevertHasMadeVoid() {
    // given
    Switched name = lowered();
    handle(new RevertTraffic(header(30), name.spec()));
    // when
    Reply late = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertFailed(late, FailureKind.SUPERSEDED, "epoch=30");
    assertThat(origin(name)).isEqualTo(CloudflareEdge.SOURCE);
  }

  @Test
  void shouldRefuseEverythingOnceAPersonHasTakenOver() {
    // given
    Switched name = lowered();
    mark(name.host(), "manual");
    // when, then
    assertFailed(
        handle(new ShiftTraffic(header(20), name.spec(), 10, 100)), FailureKind.MANUAL, "a person");
    assertFailed(
        handle(new RevertTraffic(header(30), name.spec())), FailureKind.MANUAL, "a person");
  }

  @Test
  void shouldMoveNothingOverWhatSomebodyElseHasWritten() {
    // given
    Switched name = lowered();
    elsewhere(server, name.host());
    // when
    Reply reply = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertFailed(reply, FailureKind.CONFLICT, elsewhereShown());
    assertThat(mark(name.host())).isEqualTo("epoch=10 cutover=behind-edge");
  }

  @Test
  void shouldTellDriftOfWhatIsStored() throws Exception {
    // given
    Switched name = lowered();
    assertThat(handle(new WatchRecords(header(12), name.spec(), 10, name.spec().at(0), List.of())))
        .isInstanceOf(RecordsWatched.class);
    awaitSeen(Verdict.AS_EXPECTED, 10);
    // when
    elsewhere(server, name.host());
    // then
    assertThat(awaitSeen(Verdict.DRIFTED, 10).detail()).contains(elsewhereShown());
  }

  // ---- the way back

  @Test
  void shouldGoBackOverWhateverIsThere() {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    elsewhere(server, name.host());
    // when
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    Reply again = handle(new RevertTraffic(header(30), name.spec()));
    Reply verified = handle(new VerifyTraffic(header(31), name.spec(), Side.SOURCE));
    // then
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(again)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isFalse());
    assertThat(verified).isInstanceOf(TrafficVerified.class);
    assertThat(mark(name.host())).isEqualTo("epoch=30 cutover=behind-edge");
  }

  @Test
  void shouldRevertByTheSecondTokenWhenTheFirstOnesUserIsBlocked() {
    // given
    Switched name = lowered().by("good", "second");
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    server.block("ana", true);
    // when
    Reply blocked =
        handle(new ShiftTraffic(header(21), name.by("fresh", "second").spec(), 20, 100));
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertFailed(blocked, FailureKind.UNREACHABLE, "every request is refused until");
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(origin(name)).isEqualTo(CloudflareEdge.SOURCE);
  }

  @Test
  void shouldRevertByTheFirstTokenWhenTheSecondIsOfNoUse() {
    for (String second : List.of("weak", "expired", "absent")) {
      // given
      Switched name = lowered().by("good", second);
      handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
      // when
      Reply read = handle(new ReadSwitch(header(21), name.spec()));
      Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
      // then
      assertThat(((SwitchRead) read).stagedRevertValid()).as("told beforehand").isFalse();
      assertThat(reverted).as(second).isInstanceOf(TrafficReverted.class);
      assertThat(mark(name.host())).isEqualTo("epoch=30 cutover=behind-edge");
    }
  }

  // ---- lost answers, and others at the same moment

  @Test
  void shouldBelieveWhatIsStoredWhateverBecameOfTheAnswer() {
    // given
    Switched name = lowered();
    // when
    server.failNext(Fault.LOST_REPLY);
    Reply made = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    server.failNext(Fault.UNAVAILABLE);
    Reply failed = handle(new ShiftTraffic(header(25), name.spec(), 20, 100));
    server.failNext(Fault.LOST_REPLY);
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(made).isInstanceOf(TrafficShifted.class);
    assertFailed(failed, FailureKind.UNREACHABLE, "may have taken effect");
    assertThat(((StepFailed) failed).failure().retryable()).isTrue();
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(origin(name)).isEqualTo(CloudflareEdge.SOURCE);
  }

  // ---- by hand

  @Test
  void shouldRevertByTheStagedScriptAloneBeforeAShiftAndAfterIt() throws Exception {
    for (boolean after : List.of(false, true)) {
      // given
      Switched name = lowered();
      SwitchStaged staged = stage(name, 12);
      if (after) {
        handle(new ShiftTraffic(header(20), name.spec(), 12, 100));
      }
      // when
      String reverted = run(staged.revert());
      String again = run(staged.revert());
      // then
      assertThat(reverted).contains(revertedSaid()).isEqualTo(again);
      assertThat(origin(name)).isEqualTo(CloudflareEdge.SOURCE);
      assertThat(mark(name.host())).isEqualTo("manual");
      run(staged.liftMark());
      assertThat(mark(name.host())).isEmpty();
      assertThat(handle(new VerifyTraffic(header(31), name.spec(), Side.SOURCE)))
          .isInstanceOf(TrafficVerified.class);
    }
  }

  private String run(String script) throws Exception {
    Installed.require("curl", "curl");
    Installed.require("jq", "jq");
    Path file = Files.writeString(Files.createTempFile(directory, "revert", ".sh"), script);
    Path output = Files.createTempFile(directory, "revert", ".out");
    ProcessBuilder bash =
        new ProcessBuilder("bash", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    bash.environment().put("CLOUDFLARE_API", server.endpoint().toString());
    bash.environment().put("CLOUDFLARE_API_TOKEN", "good-secret");
    Process process = bash.start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return Files.readString(output);
  }

  // ---- a single change

  @Test
  void shouldMakeProveAndTakeBackASingleChange() throws Exception {
    // given
    Switched name = switched();
    try (SingleChanges changes = singleChanges(offered, queries, allowed())) {
      SingleChange change =
          changes.plan(
              new CutoverId("dns-edge"), name.spec(), Wish.side(Side.TARGET, Optional.empty()));
      // when
      boolean made = changes.make(change).acted();
      SingleChanges.Proof there = changes.prove(change, false, Duration.ofSeconds(10), _ -> {});
      String target = origin(name);
      boolean takenBack = changes.takeBack(change).acted();
      SingleChanges.Proof back = changes.prove(change, true, Duration.ofSeconds(10), _ -> {});
      // then
      assertThat(made && takenBack).isTrue();
      assertThat(target).isEqualTo(CloudflareEdge.TARGET);
      assertThat(there.servers())
          .hasSize(2)
          .extracting(ServerVerdict::answer)
          .containsOnly(Answer.WANTED);
      assertThat(back.servers()).hasSize(2);
      assertThat(origin(name)).isEqualTo(CloudflareEdge.SOURCE);
    }
  }

  // ---- a name of one's own

  /** A name with its switch. */
  final class Switched {
    private final String host;
    private final SwitchSpec spec;

    Switched(String host, SwitchSpec spec) {
      this.host = host;
      this.spec = spec;
    }

    /** Without the final dot. */
    String host() {
      return host;
    }

    SwitchSpec spec() {
      return spec;
    }

    Switched by(String token) {
      return new Switched(
          host, EdgeSwitchContract.this.spec(host, token, Optional.empty(), probe()));
    }

    Switched by(String token, String second) {
      return new Switched(
          host, EdgeSwitchContract.this.spec(host, token, Optional.of(second), probe()));
    }

    Switched by(EdgeProbe probe) {
      return new Switched(
          host, EdgeSwitchContract.this.spec(host, "good", Optional.empty(), probe));
    }
  }

  static Optional<String> word() {
    return Optional.of(CloudflareEdge.HEADER);
  }

  EdgeProbe probe() {
    return new EdgeProbe(false, edge.port(), "/version", word(), "blue", "green");
  }

  final List<ServerAddress> nameServers() {
    return List.of(authorities.primary(), authorities.secondary());
  }

  /** At the source. */
  final Switched switched() {
    String host = "edge%d.shop.example".formatted(NEXT_NAME.getAndIncrement());
    create(host);
    await().until(() -> wire(host, authorities.secondary()).equals(CloudflareEdge.ADDRESSES));
    return new Switched(host, spec(host, "good", Optional.empty(), probe()));
  }

  final SwitchStaged stage(Switched name, long epoch) {
    Reply reply = handle(new StageSwitch(header(epoch), name.spec(), name.spec().at(0)));
    assertThat(reply).isInstanceOf(SwitchStaged.class);
    return (SwitchStaged) reply;
  }

  /** Staged at epoch 10, with a probe that was proven. */
  final Switched lowered() {
    Switched name = switched();
    stage(name, 10);
    assertThat(handle(new LowerTtl(header(11), name.spec(), name.spec().at(0))))
        .isInstanceOf(TtlLowered.class);
    return name;
  }

  final String origin(Switched name) {
    return server.origin(name.host()).orElseThrow();
  }

  private List<String> wire(Switched name) {
    return wire(name.host(), authorities.primary());
  }

  private List<String> wire(String host, ServerAddress at) {
    return queries.ask(at, false, host + ".", RecordType.A, SOON) instanceof Answered answered
        ? answered.set().values()
        : List.of();
  }
}
