package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsCommand.LowerTtl;
import dev.cutover.contract.DnsCommand.ReadSwitch;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.StageSwitch;
import dev.cutover.contract.DnsCommand.VerifyTraffic;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.Reply;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.CloudflareSettings;
import dev.cutover.dns.adapter.CloudflareSwitch;
import dev.cutover.dns.adapter.CloudflareTokens;
import dev.cutover.dns.cloudflare.CloudflareServer;
import dev.cutover.dns.cloudflare.CloudflareServer.Fault;
import dev.cutover.dns.cloudflare.CloudflareServer.Right;
import dev.cutover.dns.cloudflare.CloudflareZone;
import dev.cutover.dns.cloudflare.StoredRecord;
import dev.cutover.dns.cloudflare.ZoneRules;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The contract over a strict double of Cloudflare's API; what it stores is served by real name
 * servers.
 */
class CloudflareTrafficSwitchIT extends TrafficSwitchContract {
  private static final String ZONE_ID = "1".repeat(32);
  private static final String OTHER_ZONE_ID = "2".repeat(32);

  /** A zone of Enterprise: waits for caches are shorter. */
  private static final int TTL_MIN = 30;

  private @Nullable CloudflareServer started;
  private @Nullable CloudflareTokens tokens;

  private CloudflareServer server() {
    return Objects.requireNonNull(started);
  }

  @Override
  protected int loweredTtlSeconds() {
    return TTL_MIN;
  }

  @Override
  protected Authorities start(Path directory) throws IOException {
    BindAuthorities authorities = new BindAuthorities(directory);
    CloudflareServer server =
        new CloudflareServer(
            ZONE_ID,
            "shop.example",
            new ZoneRules("shop.example", TTL_MIN, 3500),
            CloudflareZone.initial(),
            new ZoneMirror(
                Authorities.ZONE,
                authorities.primary(),
                Authorities.KEY_NAME,
                Authorities.KEY_SECRET));
    server.token("good-secret", "ana", Right.DNS_WRITE, Right.ZONE_READ, Right.LOAD_BALANCERS_READ);
    server.token("least-secret", "ana", Right.DNS_WRITE);
    server.token("second-secret", "bo", Right.DNS_WRITE);
    server.token("weak-secret", "cy", Right.DNS_READ, Right.ZONE_READ);
    server.token("auditor-secret", "di", Right.DNS_WRITE, Right.ZONE_READ, Right.AUDIT_READ);
    started = server;
    return authorities;
  }

  @Override
  protected TrafficSwitch trafficSwitch() {
    Map<String, String> entries = new HashMap<>();
    for (String name : List.of("good", "least", "second", "weak", "auditor", "fresh", "expired")) {
      entries.put(
          name + ".cloudflare.password", name.equals("fresh") ? "good-secret" : name + "-secret");
    }
    CloudflareTokens opened =
        new CloudflareTokens(
            Credentials.of(entries), new CloudflareSettings(server().endpoint(), 10_000_000));
    tokens = opened;
    return new CloudflareSwitch(opened, InstantSource.system(), Pace.MACHINE);
  }

  @AfterEach
  void putRight() {
    server().hold(_ -> false);
    server().block("ana", false);
    server().block("bo", false);
  }

  @AfterAll
  void stopServer() {
    if (tokens != null) {
      tokens.close();
    }
    if (started != null) {
      started.close();
    }
  }

  @Override
  protected SwitchProvider provider(String key) {
    return new Cloudflare(ZONE_ID, key, Optional.empty());
  }

  private static SwitchProvider withSecond(String second) {
    return new Cloudflare(ZONE_ID, "good", Optional.of(second));
  }

  @Override
  protected String rightMissing() {
    return "Grant the token the permission DNS Edit";
  }

  @Override
  protected String probeDenied() {
    return "10000 Authentication error";
  }

  @Override
  protected long version() {
    return server().accepted();
  }

  @Override
  protected String traced() {
    return "may not read the account's audit log";
  }

  @Override
  protected void overwrite(RecordSet set) {
    server().write(CloudflareZone.replace(server(), set, TTL_MIN));
  }

  @Override
  protected Switched meetingWriter(Switched name, RecordSet set) {
    server().raceNext(s -> s.write(CloudflareZone.replace(s, set, TTL_MIN)));
    return name;
  }

  @Test
  void shouldNameWhoChangedARecordWhenTheTokenMayReadTheAuditLog() throws Exception {
    // given
    Switched name = switched().withKey("auditor");
    SwitchSpec spec = offered().normalise(name.spec());
    Instant since = Instant.now();
    String dotless = name.name().replaceFirst("\\.$", "");
    overwrite(set(name.name(), RecordType.A, "10.9.9.9"));
    // when
    List<ChangedBy> early =
        offered().changedBy(spec, List.of(name.name()), since, Duration.ofSeconds(5));
    server()
        .audit(
            "zoe@example.com",
            "203.0.113.7",
            JsonNodeFactory.instance.objectNode().put("name", dotless).put("content", "10.9.9.9"));
    server()
        .audit(
            "other@example.com",
            "203.0.113.8",
            JsonNodeFactory.instance.objectNode().put("name", "other.shop.example"));
    server()
        .audit(
            "pointing@example.com",
            "203.0.113.9",
            JsonNodeFactory.instance
                .objectNode()
                .put("name", "alias.shop.example")
                .put("content", dotless));
    List<ChangedBy> late =
        offered().changedBy(spec, List.of(name.name()), since, Duration.ofSeconds(5));
    // then
    assertThat(early)
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.who()).isEmpty();
              assertThat(change.at()).isPresent();
              assertThat(change.sentence()).contains("audit log does not tell it yet");
            });
    assertThat(late)
        .containsExactly(
            new ChangedBy(
                name.name(),
                Optional.empty(),
                Optional.of("zoe@example.com"),
                Optional.of(Instant.parse("2026-12-01T02:00:00Z")),
                Optional.of("203.0.113.7 by dash"),
                "Cloudflare's audit log"));
  }

  @Test
  void shouldReadManyNamesWithOneRequestUnlessTheZoneIsLarge() throws Exception {
    // given
    List<Switched> names = List.of(switched(), switched(), switched());
    SwitchSpec spec =
        offered()
            .normalise(
                names
                    .getFirst()
                    .spec()
                    .withNames(
                        names.stream().map(name -> name.spec().names().getFirst()).toList()));
    offered().read(spec, Duration.ofSeconds(5)); // which also looks at the zone
    int before = server().requests().size();
    // when
    SwitchState whole = offered().read(spec, Duration.ofSeconds(5));
    int once = server().requests().size() - before;
    server().listAtMost(2);
    SwitchState paged;
    SwitchState again;
    int asked;
    int askedAgain;
    try {
      before = server().requests().size();
      paged = offered().read(spec, Duration.ofSeconds(5));
      asked = server().requests().size() - before;
      before = server().requests().size();
      again = offered().read(spec, Duration.ofSeconds(5));
      askedAgain = server().requests().size() - before;
    } finally {
      server().listAtMost(5_000_000);
    }
    // then
    assertThat(once).isEqualTo(1);
    assertThat(whole.sets()).hasSize(names.stream().mapToInt(n -> n.captured().size()).sum());
    assertThat(paged.sets()).containsExactlyInAnyOrderElementsOf(whole.sets());
    assertThat(again.sets()).containsExactlyInAnyOrderElementsOf(whole.sets());
    assertThat(askedAgain).as("it is not listed whole again").isEqualTo(asked - 1);
  }

  private StoredRecord stored(Switched name, String type) {
    return all(name, type).getFirst();
  }

  private List<StoredRecord> all(Switched name, String type) {
    return server().stored(dotless(name)).stream().filter(r -> r.type().equals(type)).toList();
  }

  private StoredRecord storedMark(Switched name) {
    return server().stored("_cutover." + dotless(name)).getFirst();
  }

  private static String dotless(Switched name) {
    return name.name().substring(0, name.name().length() - 1);
  }

  private long batchesSent() {
    return server().requests().stream().filter(r -> r.endsWith("/batch")).count();
  }

  private static ObjectNode fields() {
    return JsonNodeFactory.instance.objectNode();
  }

  // ---- refusals

  @Test
  void shouldSayThatTheTokenIsUnknown() {
    // given
    Switched name = switched().withKey("expired");
    // when
    Reply captured = handle(new CaptureRecords(header(1), name.spec()));
    Reply reverted = handle(new RevertTraffic(header(2), name.spec()));
    // then
    assertFailed(captured, FailureKind.REFUSED, "to know token expired");
    assertFailed(reverted, FailureKind.REFUSED, "9109 Invalid access token");
    assertThat(((StepFailed) reverted).failure().reason()).doesNotContain("expired-secret");
  }

  @Test
  void shouldSayThatTheZoneIsNotAllowedOrNotThere() {
    // given
    Switched forbidden =
        switched().withProvider(new Cloudflare("3".repeat(32), "good", Optional.empty()));
    Switched absent =
        switched().withProvider(new Cloudflare(OTHER_ZONE_ID, "good", Optional.empty()));
    // when
    Reply refused = handle(new RevertTraffic(header(1), forbidden.spec()));
    Reply captured = handle(new CaptureRecords(header(1), absent.spec()));
    Reply reverted = handle(new RevertTraffic(header(1), absent.spec()));
    // then
    assertFailed(refused, FailureKind.REFUSED, "CUTOVER_DNS_ALLOWED_CLOUDFLARE_ZONES");
    assertFailed(captured, FailureKind.UNSUITABLE, "7003 Could not route");
    assertFailed(reverted, FailureKind.UNSUITABLE, "7003 Could not route");
  }

  @Test
  void shouldRefuseTheIdOfAnotherZoneBeforeARevertWritesThere() {
    // given
    SwitchSpec spec = elsewhere();
    int made = server().accepted();
    // when
    Reply captured = handle(new CaptureRecords(header(1), spec));
    Reply reverted = handle(new RevertTraffic(header(2), spec));
    // then
    for (Reply reply : List.of(captured, reverted)) {
      assertFailed(reply, FailureKind.UNSUITABLE, "to be other.example., but it is shop.example.");
    }
    assertThat(server().accepted()).isEqualTo(made);
  }

  @Test
  void shouldNeedNoMoreThanTheRightToChangeRecords() {
    // given
    Switched name = switched().withKey("least");
    // when
    stage(name, 10);
    handle(new LowerTtl(header(11), name.spec(), name.captured()));
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
  }

  @Test
  void shouldRefuseATtlBelowWhatCloudflareServes() {
    // given
    SwitchSpec spec = switched().spec();
    SwitchSpec low =
        new SwitchSpec(
            spec.zone(), spec.provider(), spec.names(), spec.authorities(), List.of(), 29);
    // when
    Reply reply = handle(new CaptureRecords(header(1), low));
    // then
    assertFailed(reply, FailureKind.UNSUITABLE, "a loweredTtl of 60 s to 24 h");
  }

  @Test
  void shouldSayWhichTtlToPlanWithWhenTheZoneTakesNoLowerOne() throws Exception {
    // given a zone that is not of Enterprise
    Switched name = switched();
    try (CloudflareServer free =
            new CloudflareServer(
                ZONE_ID,
                "shop.example",
                new ZoneRules("shop.example", 60, 3500),
                CloudflareZone.initial(),
                (_, _) -> {});
        CloudflareTokens tokensOfIt =
            new CloudflareTokens(
                Credentials.of(Map.of("good.cloudflare.password", "good-secret")),
                new CloudflareSettings(free.endpoint(), 10_000))) {
      free.token("good-secret", "ana", Right.DNS_WRITE);
      TrafficSwitch ofIt = new CloudflareSwitch(tokensOfIt, InstantSource.system(), Pace.MACHINE);
      Order order = new Order(new CutoverId("contract"), 11, Duration.ofSeconds(5));
      SwitchSpec spec = ofIt.normalise(name.spec());
      List<RecordSet> captured = ofIt.read(spec, Duration.ofSeconds(5)).sets();
      // when, then
      assertThatThrownBy(() -> ofIt.lowerTtl(spec, captured, order))
          .isInstanceOf(SwitchFailure.class)
          .hasMessageContaining("plan with a loweredTtl of 60s or more");
      assertThat(free.stored(dotless(name)))
          .filteredOn(r -> r.type().equals("A"))
          .allMatch(r -> r.ttl() == 300);
    }
  }

  @Test
  void shouldShowNoTokenThatCanNotBeSent() throws Exception {
    // given
    try (CloudflareTokens broken =
        new CloudflareTokens(
            Credentials.of(Map.of("good.cloudflare.password", "a secret\n")),
            new CloudflareSettings(server().endpoint(), 10_000))) {
      TrafficSwitch by = new CloudflareSwitch(broken, InstantSource.system(), Pace.MACHINE);
      // when, then
      assertThatThrownBy(() -> by.read(switched().spec(), Duration.ofSeconds(5)))
          .isInstanceOf(SwitchFailure.class)
          .hasMessageContaining("good.cloudflare.password")
          .message()
          .doesNotContain("a secret");
    }
  }

  @Test
  void shouldRefuseAnAliasThatCloudflareAnswersWithAddresses() {
    // given
    Switched name = switched();
    Switched within = aliased(name, "lb." + Authorities.ZONE);
    SwitchedName apex =
        new SwitchedName(
            Authorities.ZONE,
            List.of(set(Authorities.ZONE, RecordType.A, "10.0.0.1")),
            List.of(set(Authorities.ZONE, RecordType.CNAME, "lb.provider.example.")));
    // when
    Reply flattened = handle(new CaptureRecords(header(1), within.spec()));
    Reply atApex = handle(new CaptureRecords(header(1), name.withNames(apex).spec()));
    // then
    assertFailed(flattened, FailureKind.UNSUITABLE, "to lead out of the zone");
    assertFailed(atApex, FailureKind.UNSUITABLE, "apex");
  }

  private static Switched aliased(Switched name, String target) {
    return name.withNames(
        new SwitchedName(
            name.name(),
            name.spec().names().getFirst().source(),
            List.of(set(name.name(), RecordType.CNAME, target))));
  }

  @Test
  void shouldRefuseANameThatALoadBalancerHides() {
    // given
    Switched name = switched();
    String dotless = dotless(name);
    server().balance(dotless, true);
    // when a service that has not listed them yet looks
    try (CloudflareTokens fresh =
        new CloudflareTokens(
            Credentials.of(Map.of("good.cloudflare.password", "good-secret")),
            new CloudflareSettings(server().endpoint(), 10_000))) {
      TrafficSwitch looking = new CloudflareSwitch(fresh, InstantSource.system(), Pace.MACHINE);
      // then
      assertThatThrownBy(() -> looking.read(name.spec(), Duration.ofSeconds(5)))
          .isInstanceOf(SwitchFailure.class)
          .hasMessageContaining("a load balancer has that name and hides them");
    } finally {
      server().balance(dotless, false);
    }
  }

  @Test
  void shouldRefuseProxiedRecordsBeforeAnythingIsChanged() {
    // given
    Switched name = switched();
    server()
        .write(
            CloudflareZone.patch(
                stored(name, "AAAA"), fields().put("proxied", true).put("ttl", 1)));
    // when
    Reply captured = handle(new CaptureRecords(header(1), name.spec()));
    // then
    assertFailed(captured, FailureKind.MISMATCH, "2001:db8:0:0:0:0:0:1 (proxied)");
  }

  // ---- what a change leaves alone

  @Test
  void shouldKeepIdCommentAndTagsOfRecordsThatStay() {
    // given
    Switched name = switched();
    List<StoredRecord> before = all(name, "A");
    stage(name, 10);
    handle(new LowerTtl(header(11), name.spec(), name.captured()));
    // when
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    StoredRecord shifted = stored(name, "A");
    handle(new RevertTraffic(header(30), name.spec()));
    // then the first address is changed in its place, and the second is written anew
    assertThat(shifted.content()).isEqualTo("10.1.0.1");
    assertThat(before).extracting(StoredRecord::id).contains(shifted.id());
    assertThat(all(name, "A"))
        .extracting(StoredRecord::comment)
        .containsExactlyInAnyOrder("ask Ana", "written by Cutover");
    assertThat(all(name, "A"))
        .filteredOn(r -> r.id().equals(shifted.id()))
        .singleElement()
        .satisfies(r -> assertThat(r.tags()).containsExactly("owner:shop"));
    assertThat(stored(name, "HTTPS").content()).isEqualTo("1 . alpn=\"h2\"");
  }

  // ---- limits

  @Test
  void shouldSendNothingWhileTheUserIsBlockedAndSayUntilWhen() {
    // given
    Switched name = lowered().withKey("fresh");
    server().block("ana", true);
    // when
    Reply first = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    long sent = server().requests().size();
    Reply second = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertFailed(first, FailureKind.UNREACHABLE, "every request is refused until");
    assertFailed(second, FailureKind.UNREACHABLE, "nothing is sent until");
    assertThat(((StepFailed) second).failure().retryable()).isTrue();
    assertThat(server().requests()).hasSize((int) sent);
    // and a revert is tried in spite of it, once the block is over
    server().block("ana", false);
    assertThat(handle(new RevertTraffic(header(30), name.spec())))
        .isInstanceOf(TrafficReverted.class);
  }

  @Test
  void shouldRevertByTheSecondTokenWhenTheFirstOnesUserIsBlocked() {
    // given
    Switched name = lowered().withProvider(withSecond("second"));
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    server().block("ana", true);
    // when
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  @Test
  void shouldRevertByTheFirstTokenWhenTheSecondIsOfNoUse() {
    for (String second : List.of("weak", "expired", "absent")) {
      // given
      Switched name = lowered().withProvider(withSecond(second));
      handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
      // when
      Reply read = handle(new ReadSwitch(header(21), name.spec()));
      Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
      // then
      assertThat(((SwitchRead) read).stagedRevertValid()).as("told beforehand").isFalse();
      assertThat(reverted).as(second).isInstanceOf(TrafficReverted.class);
      assertThat(name.mark()).containsExactly(epoch(30));
    }
  }

  // ---- lost replies

  @Test
  void shouldSucceedWhenTheReplyIsLost() {
    // given
    Switched name = lowered();
    long batches = batchesSent();
    // when
    server().failNext(Fault.LOST_REPLY);
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    long sent = batchesSent() - batches;
    server().failNext(Fault.LOST_REPLY);
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(sent).as("batches, none of them by itself").isEqualTo(1);
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  @Test
  void shouldBelieveWhatIsStoredWhenTheRequestIsLostOrTheServiceFails() {
    for (Fault fault : List.of(Fault.LOST_REQUEST, Fault.UNAVAILABLE)) {
      // given
      Switched name = lowered();
      long batches = batchesSent();
      // when
      server().failNext(fault);
      Reply failed = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
      // then
      assertFailed(failed, FailureKind.UNREACHABLE, "may have taken effect");
      assertThat(((StepFailed) failed).failure().retryable()).isTrue();
      assertThat(batchesSent() - batches).isEqualTo(1);
      assertThat(name.mark()).containsExactly(epoch(10));
      // and the way back looks at what is stored, and goes on
      server().failNext(fault);
      assertThat(handle(new RevertTraffic(header(30), name.spec())))
          .isInstanceOf(TrafficReverted.class);
      assertThat(name.mark()).containsExactly(epoch(30));
    }
  }

  // ---- somebody else between the reading and the writing

  @Test
  void shouldChangeNothingWhenARecordIsDeletedByHand() {
    // given
    Switched name = lowered();
    server().raceNext(s -> s.write(CloudflareZone.delete(all(name, "A").getLast())));
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertFailed(shifted, FailureKind.CONFLICT, "81044 Record does not exist");
    assertThat(name.mark()).containsExactly(epoch(10));
    assertThat(stored(name, "AAAA").content()).isEqualTo("2001:db8::1");
  }

  @Test
  void shouldChangeNothingWhenAnotherInstanceHasReplacedTheMark() {
    // given two orders that have read the same mark
    Switched name = lowered();
    StoredRecord mark = storedMark(name);
    server()
        .raceNext(
            s -> {
              s.write(CloudflareZone.delete(mark));
              s.write(
                  CloudflareZone.post(
                      CloudflareZone.record(
                          mark.name(), "TXT", 60, "\"epoch=30 cutover=contract\"")));
            });
    // when
    Reply late = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertFailed(late, FailureKind.SUPERSEDED, "epoch=30");
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
  }

  @Test
  void shouldTellWhenAPersonsMarkWasOverwritten() {
    for (boolean back : List.of(false, true)) {
      // given a person who edits the mark in its place in the milliseconds of the change
      Switched name = lowered();
      StoredRecord mark = storedMark(name);
      server()
          .raceNext(
              s -> s.write(CloudflareZone.patch(mark, fields().put("content", "\"manual\""))));
      // when
      Reply reply =
          handle(
              back
                  ? new RevertTraffic(header(20), name.spec())
                  : new ShiftTraffic(header(20), name.spec(), 10, 100));
      // then
      assertFailed(reply, FailureKind.CONFLICT, "\"manual\"");
      assertFailed(reply, FailureKind.CONFLICT, "the change was made");
    }
  }

  @Test
  void shouldTellWhenSomebodyAddsARecordMeanwhile() {
    // given
    Switched name = lowered();
    String dotless = dotless(name);
    server()
        .raceNext(
            s ->
                s.write(CloudflareZone.post(CloudflareZone.record(dotless, "A", 300, "10.9.9.9"))));
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertFailed(shifted, FailureKind.CONFLICT, "10.9.9.9");
    assertThat(handle(new RevertTraffic(header(30), name.spec())))
        .isInstanceOf(TrafficReverted.class);
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
  }

  @Test
  void shouldSettleAnIdenticalRecordByWhatIsStored() {
    // given somebody who has written one of the target's values beside the source's
    Switched name = lowered();
    String dotless = dotless(name);
    server()
        .raceNext(
            s ->
                s.write(CloudflareZone.post(CloudflareZone.record(dotless, "A", 300, "10.1.0.1"))));
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertFailed(shifted, FailureKind.CONFLICT, "81058 An identical record already exists");
    assertThat(name.mark()).containsExactly(epoch(10));
  }

  // ---- propagation

  @Test
  void shouldNotBeThereBeforeEveryRecordHasSpread() {
    // given
    Switched name = lowered();
    server().hold(set -> set.type() == RecordType.HTTPS);
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // when
    Reply mixed =
        handle(new VerifyTraffic(header(21, Duration.ofSeconds(3)), name.spec(), Side.TARGET));
    server().hold(_ -> false);
    Reply verified = handle(new VerifyTraffic(header(22), name.spec(), Side.TARGET));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertFailed(mixed, FailureKind.TIMED_OUT, "MIXED");
    assertThat(verified).isInstanceOf(TrafficVerified.class);
  }

  // ---- by hand

  @Test
  void shouldRevertByTheStagedScriptAloneBeforeAShiftAndAfterIt() throws Exception {
    for (boolean after : List.of(false, true)) {
      // given
      Switched name = lowered();
      SwitchStaged staged =
          (SwitchStaged) handle(new StageSwitch(header(12), name.spec(), name.captured()));
      if (after) {
        assertThat(handle(new ShiftTraffic(header(20), name.spec(), 12, 100)))
            .isInstanceOf(TrafficShifted.class);
      }
      // when
      String said = run(staged.revert());
      List<RecordSet> reverted = name.served();
      List<String> mark = name.mark();
      String again = run(staged.revert());
      String lifted = run(staged.liftMark());
      // then
      assertThat(said).isEqualTo("the source's records are written\n");
      assertThat(reverted).hasSameElementsAs(name.spec().names().getFirst().source());
      assertThat(mark).containsExactly("\"manual\"");
      assertThat(again).isEqualTo(said);
      assertThat(lifted).isEqualTo("the mark is deleted\n");
      assertThat(name.mark()).isEmpty();
      assertThat(run(staged.liftMark())).isEqualTo("there is no mark of a person\n");
    }
  }

  @Test
  void shouldRevertAnAliasByTheStagedScript() throws Exception {
    // given
    Switched name = aliased(switched(), "lb.provider.example.");
    SwitchStaged staged =
        (SwitchStaged) handle(new StageSwitch(header(10), name.spec(), name.captured()));
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // when
    run(staged.revert());
    // then
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
  }

  private String run(String script) throws Exception {
    Installed.require("curl", "curl");
    Installed.require("jq", "jq");
    Path file = Files.writeString(Files.createTempFile(directory, "revert", ".sh"), script);
    Path said = Files.createTempFile(directory, "revert", ".out");
    ProcessBuilder bash =
        new ProcessBuilder("bash", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    bash.environment().put("CLOUDFLARE_API", server().endpoint().toString());
    bash.environment().put("CLOUDFLARE_API_TOKEN", "least-secret");
    Process process = bash.start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    return Files.readString(said);
  }
}
