package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsCommand.ReadSwitch;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.StageSwitch;
import dev.cutover.contract.DnsCommand.VerifyTraffic;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Reply;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.DesignateClouds;
import dev.cutover.dns.adapter.DesignateSettings;
import dev.cutover.dns.adapter.DesignateSettings.Cloud;
import dev.cutover.dns.adapter.DesignateSwitch;
import dev.cutover.dns.designate.DesignateFront;
import dev.cutover.dns.designate.DesignateFront.Fault;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What Designate must do beside the contract: tokens, calls one by one, states that heal. Runs
 * against a double in each build, and against a real Designate when asked to.
 */
abstract class DesignateSwitchContract extends TrafficSwitchContract {
  private static final Duration FOLLOW_MAX = Duration.ofSeconds(60);

  private static final Optional<String> REGION = Optional.of("RegionOne");

  private @Nullable DesignateClouds clouds;

  /** What stands before the API. */
  protected abstract DesignateFront front();

  protected abstract String zoneId();

  /** Makes the pool's name servers fail, or (false) serve again. */
  protected abstract void failServers(boolean fail) throws Exception;

  @Override
  protected TrafficSwitch trafficSwitch() {
    Map<String, String> entries = new HashMap<>();
    Map<String, Cloud> configured = new HashMap<>();
    Cloud usual =
        new Cloud(front().keystone(), REGION, Optional.empty(), Optional.empty(), "Default");
    configured.put("absent", usual);
    for (String cloud : List.of("good", "weak", "stranger", "wrong", "user", "adrift", "brief")) {
      boolean own = List.of("weak", "stranger").contains(cloud);
      entries.put(cloud + ".designate.user", own ? cloud : "good");
      entries.put(
          cloud + ".designate.password", cloud.equals("wrong") ? "no" : DesignateFront.SECRET);
      configured.put(cloud, usual);
    }
    configured.put(
        "user",
        new Cloud(
            front().keystone(),
            REGION,
            Optional.empty(),
            Optional.of(DesignateFront.PROJECT),
            "Default"));
    configured.put(
        "adrift",
        new Cloud(
            front().keystone(), Optional.empty(), Optional.empty(), Optional.empty(), "Default"));
    DesignateClouds opened =
        new DesignateClouds(
            Credentials.of(entries), new DesignateSettings(configured), InstantSource.system());
    clouds = opened;
    return new DesignateSwitch(opened, Pace.MACHINE);
  }

  @AfterEach
  void heal() throws Exception {
    front().failNoMore();
    front().tokenLife(Duration.ofHours(1));
    failServers(false);
    settle();
  }

  @AfterAll
  void closeClouds() {
    if (clouds != null) {
      clouds.close();
    }
  }

  @Override
  protected SwitchProvider provider(String key) {
    return new Designate(key, zoneId());
  }

  @Override
  protected String rightMissing() {
    return "403";
  }

  @Override
  protected String probeDenied() {
    return "403";
  }

  @Override
  protected boolean takes(RecordType type) {
    return type != RecordType.HTTPS;
  }

  @Override
  protected long version() {
    settle();
    return zone().path("serial").asLong();
  }

  private JsonNode zone() {
    return front().ask("GET", "/zones/" + zoneId(), "");
  }

  @Override
  protected void settle() {
    await()
        .atMost(FOLLOW_MAX)
        .untilAsserted(() -> assertThat(zone().path("status").asText()).isEqualTo("ACTIVE"));
  }

  @Override
  protected String traced() {
    return "and never by whom";
  }

  @Override
  protected void overwrite(RecordSet set) {
    write(set);
    settle();
  }

  @Override
  protected Switched meetingWriter(Switched name, RecordSet set) {
    front().raceNext(() -> write(set));
    return name;
  }

  private void write(RecordSet set) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("ttl", set.ttlSeconds());
    set.values().forEach(body.putArray("records")::add);
    String id = id(set.name(), set.type());
    if (id.isEmpty()) {
      body.put("name", set.name()).put("type", set.type().name());
      front().ask("POST", path(""), body.toString());
    } else {
      front().ask("PUT", path("/" + id), body.toString());
    }
  }

  private String path(String rest) {
    return "/zones/%s/recordsets%s".formatted(zoneId(), rest);
  }

  private String id(String name, RecordType type) {
    return front()
        .ask("GET", path("?name=%s&type=%s".formatted(name, type)), "")
        .path("recordsets")
        .path(0)
        .path("id")
        .asText();
  }

  /** Record sets are made when a test needs them: a real Designate takes its time for each. */
  @Override
  protected Switched switched() {
    Switched name = super.switched();
    name.captured().forEach(this::write);
    await()
        .atMost(FOLLOW_MAX)
        .untilAsserted(
            () ->
                assertThat(name.captured())
                    .allMatch(
                        set ->
                            read(authorities().secondary(), set.name(), set.type()).equals(set)));
    settle();
    return name;
  }

  // ---- refusals

  @Test
  void shouldSayThatTheCloudIsNotAllowed() {
    // given
    Switched name = switched().withKey("elsewhere");
    // when
    Reply reply = handle(new RevertTraffic(header(1), name.spec()));
    // then
    assertFailed(reply, FailureKind.REFUSED, "CUTOVER_DNS_DESIGNATE_CLOUDS");
  }

  @Test
  void shouldSayThatTheSecretIsWrongOrTheRegionIsMissing() {
    // given
    Switched name = switched();
    // when
    Reply wrong = handle(new CaptureRecords(header(1), name.withKey("wrong").spec()));
    Reply adrift = handle(new CaptureRecords(header(1), name.withKey("adrift").spec()));
    // then
    assertFailed(wrong, FailureKind.REFUSED, "Keystone of cloud wrong");
    assertThat(((StepFailed) wrong).failure().retryable()).isFalse();
    assertFailed(adrift, FailureKind.UNSUITABLE, "but found 2: configure its region");
  }

  @Test
  void shouldSayThatTheZoneIsAnothersOrOfAnotherName() {
    // given
    Switched name = switched();
    // when
    Reply foreign = handle(new CaptureRecords(header(1), name.withKey("stranger").spec()));
    Reply misnamed = handle(new CaptureRecords(header(1), elsewhere()));
    // then
    assertFailed(foreign, FailureKind.UNSUITABLE, "404 zone_not_found");
    assertFailed(misnamed, FailureKind.UNSUITABLE, "to be other.example., but it is shop.example.");
  }

  @Test
  void shouldRefuseATypeThatDesignateLacksBeforeAnythingIsChanged() {
    // given
    Switched plain = switched();
    Switched name =
        plain.withNames(
            new SwitchedName(
                plain.name(),
                plain.spec().names().getFirst().source(),
                List.of(set(plain.name(), RecordType.HTTPS, "1 . alpn=h2"))));
    // when
    Reply reply = handle(new StageSwitch(header(10), name.spec(), name.captured()));
    // then
    assertFailed(reply, FailureKind.UNSUITABLE, "'HTTPS' is not a valid record type");
    assertThat(name.mark()).isEmpty();
  }

  // ---- tokens

  @Test
  void shouldUseATokenUntilItIsRefusedAndThenRenewItOnce() {
    // given
    Switched name = lowered();
    int before = front().logins().size();
    // when
    Reply kept = handle(new CaptureRecords(header(12), name.spec()));
    int renewedNone = front().logins().size() - before;
    front().forgetTokens();
    Reply renewed = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertThat(kept).isInstanceOf(RecordsCaptured.class);
    assertThat(renewedNone).isZero();
    assertThat(renewed).isInstanceOf(TrafficShifted.class);
    assertThat(front().logins()).hasSize(before + 1);
    assertThat(front().logins().getLast()).isEqualTo("application_credential");
  }

  @Test
  void shouldRenewATokenBeforeItEnds() {
    // given
    front().tokenLife(Duration.ofMinutes(1));
    Switched name = switched().withKey("brief");
    handle(new CaptureRecords(header(1), name.spec()));
    int before = front().logins().size();
    // when
    Reply reply = handle(new CaptureRecords(header(2), name.spec()));
    // then
    assertThat(reply).isInstanceOf(RecordsCaptured.class);
    assertThat(front().logins()).hasSizeGreaterThan(before);
  }

  @Test
  void shouldLogInAsAUserOfAProject() {
    // given
    Switched name = switched().withKey("user");
    // when
    Reply reply = handle(new CaptureRecords(header(1), name.spec()));
    // then
    assertThat(reply).isInstanceOf(RecordsCaptured.class);
    assertThat(front().logins()).contains("password");
  }

  // ---- one call after another

  @Test
  void shouldFinishItsOwnHalfMadeShift() {
    for (long next : List.of(20, 21)) {
      // given a process that ended between two calls
      Switched name = lowered();
      front().failNext(Fault.NONE, Fault.LOST_REQUEST);
      int before = front().changes().size();
      Reply halfMade = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
      List<RecordSet> half = name.served();
      List<String> mark = name.mark();
      // when the same order comes again, or its next attempt
      Reply reply = handle(new ShiftTraffic(header(next), name.spec(), 10, 100));
      // then
      assertFailed(halfMade, FailureKind.UNREACHABLE, "may have taken effect");
      assertThat(((StepFailed) halfMade).failure().retryable()).isTrue();
      assertThat(half).contains(set(name.name(), RecordType.A, "10.1.0.1")).hasSize(2);
      assertThat(mark).as("the mark comes last").containsExactly(epoch(10));
      assertThat(reply).isInstanceOf(TrafficShifted.class);
      assertThat(name.served()).containsExactly(set(name.name(), RecordType.A, "10.1.0.1"));
      assertThat(name.mark()).containsExactly(epoch(next));
      assertThat(front().changes()).as("A, AAAA lost, AAAA, mark").hasSize(before + 4);
    }
  }

  @Test
  void shouldRevertAHalfMadeShift() {
    // given
    Switched name = lowered();
    front().failNext(Fault.NONE, Fault.LOST_REQUEST);
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // when
    Reply reply = handle(new RevertTraffic(header(30), name.spec()));
    Reply late = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertThat(reply)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertFailed(late, FailureKind.SUPERSEDED, "epoch=30");
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  @Test
  void shouldFinishItsOwnHalfMadeRevertAndLetNoShiftInBetween() {
    // given a revert that got no further than its mark
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    front().failNext(Fault.NONE);
    front().failNext(Collections.nCopies(20, Fault.LOST_REQUEST).toArray(Fault[]::new));
    Reply halfMade = handle(new RevertTraffic(header(30), name.spec()));
    front().failNoMore();
    List<String> mark = name.mark();
    // when
    Reply shifted = handle(new ShiftTraffic(header(21), name.spec(), 10, 100));
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertFailed(halfMade, FailureKind.UNREACHABLE, "may have taken effect");
    assertThat(mark).as("the mark comes first").containsExactly(epoch(30));
    assertFailed(shifted, FailureKind.SUPERSEDED, "epoch=30");
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
  }

  @Test
  void shouldSucceedWhenEveryReplyIsLost() {
    // given
    Switched name = lowered();
    int before = front().changes().size();
    // when
    front().failNext(Fault.LOST_REPLY, Fault.LOST_REPLY, Fault.LOST_REPLY);
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    int sent = front().changes().size() - before;
    front().failNext(Fault.LOST_REPLY, Fault.LOST_REPLY, Fault.LOST_REPLY);
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(sent).as("one call for each set, none of them twice").isEqualTo(3);
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  @Test
  void shouldTellWhoWroteAtTheSameMoment() {
    // given
    Switched name = lowered();
    // when
    front().failNext(Fault.RACE);
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    front().failNext(Fault.NONE, Fault.RACE);
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertFailed(shifted, FailureKind.CONFLICT, "somebody else wrote it at the same moment");
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  @Test
  void shouldBelieveWhatIsStoredWhenTheServiceFails() {
    // given
    Switched name = lowered();
    int before = front().changes().size();
    // when
    front().failNext(Fault.UNAVAILABLE);
    Reply failed = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertFailed(failed, FailureKind.UNREACHABLE, "answered 503");
    assertThat(((StepFailed) failed).failure().retryable()).isTrue();
    assertThat(front().changes()).hasSize(before + 1);
    assertThat(name.servedWithTtl()).noneMatch(set -> set.values().contains("10.1.0.1"));
    assertThat(name.mark()).containsExactly(epoch(10));
  }

  @Test
  void shouldTakeTheZonesTtlWhenASetHasNone() {
    // given
    Switched name = switched();
    front().ask("PUT", path("/" + id(name.name(), RecordType.A)), "{\"ttl\": null}");
    // when
    Reply reply = handle(new CaptureRecords(header(1), name.spec()));
    // then
    assertThat(((RecordsCaptured) reply).records())
        .allMatch(set -> set.ttlSeconds() == zone().path("ttl").asInt());
  }

  @Test
  void shouldRefuseAWildcardWhoseMarkDesignateDoesNotTake() {
    // given
    Switched plain = switched();
    String wild = "*." + plain.name();
    Switched name =
        plain.withNames(
            new SwitchedName(
                wild,
                List.of(set(wild, RecordType.A, "10.0.0.1")),
                List.of(set(wild, RecordType.A, "10.1.0.1"))));
    // when
    Reply reply = handle(new StageSwitch(header(10), name.spec(), name.captured()));
    // then
    assertFailed(reply, FailureKind.UNSUITABLE, "takes one as the first label alone");
    assertThatThrownBy(() -> write(set("_cutover." + wild, RecordType.TXT, "\"x\"")))
        .hasMessageContaining("Host name _cutover." + wild + " is invalid");
  }

  @Test
  void shouldMoveManyNamesWithOneCallForEachSetAndAListForALook() {
    // given
    SwitchSpec spec = ofThree();
    handle(new StageSwitch(header(10), spec, captured(spec)));
    int changes = front().changes().size();
    long requests = front().requests();
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), spec, 10, 100));
    int sent = front().changes().size() - changes;
    long asked = front().requests() - requests;
    Reply reverted = handle(new RevertTraffic(header(30), spec));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
    assertThat(sent).as("A and AAAA of each name, and its mark").isEqualTo(9);
    assertThat(asked).as("at most one look before each, one after").isLessThan(2 * 9 + 3);
  }

  /** Three names in one switch. */
  final SwitchSpec ofThree() {
    List<Switched> names = List.of(switched(), switched(), switched());
    return offered()
        .normalise(
            names
                .getFirst()
                .spec()
                .withNames(names.stream().map(name -> name.spec().names().getFirst()).toList()));
  }

  static List<RecordSet> captured(SwitchSpec spec) {
    return spec.plain(Side.SOURCE).stream()
        .map(set -> set.withTtlSeconds(CAPTURED_TTL_SECONDS))
        .toList();
  }

  @Test
  void shouldMoveTheZonesApex() {
    // given
    String apex = Authorities.ZONE;
    Switched name =
        switched()
            .withNames(
                new SwitchedName(
                    apex,
                    List.of(set(apex, RecordType.A, "10.0.0.1")),
                    List.of(set(apex, RecordType.A, "10.1.0.1"))));
    name.captured().forEach(this::write);
    settle();
    // when
    stage(name, 10);
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(name.served()).containsExactly(set(apex, RecordType.A, "10.0.0.1"));
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  // ---- the provider's word

  @Test
  void shouldNotBeThereBeforeDesignateSaysSo() throws Exception {
    // given a change of which the servers that are asked have all, since it changes nothing there
    Switched name = lowered();
    settle();
    failServers(true);
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    awaitError();
    int before = front().changes().size();
    // when
    Reply waiting =
        handle(new VerifyTraffic(header(31, Duration.ofSeconds(3)), name.spec(), Side.SOURCE));
    failServers(false);
    settle();
    Reply verified = handle(new VerifyTraffic(header(32), name.spec(), Side.SOURCE));
    // then
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
    assertFailed(waiting, FailureKind.TIMED_OUT, "");
    assertThat(front().changes()).as("nothing is sent again").hasSize(before);
    assertThat(verified)
        .isInstanceOfSatisfying(
            TrafficVerified.class,
            v ->
                assertThat(v.servers())
                    .anySatisfy(
                        server ->
                            assertThat(server.detail())
                                .contains("zone shop.example. is ACTIVE (NONE) at serial")));
  }

  @Test
  void shouldNeverServeTheTargetWhenARevertWasTakenInError() throws Exception {
    // given a shift that the servers never followed
    Switched name = lowered();
    settle();
    failServers(true);
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    awaitError();
    // when
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    failServers(false);
    settle();
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  private void awaitError() {
    await()
        .atMost(FOLLOW_MAX)
        .untilAsserted(() -> assertThat(zone().path("status").asText()).isEqualTo("ERROR"));
  }

  // ---- without effect, and by hand

  @Test
  void shouldTryARevertWithoutAnyEffect() {
    // given
    Switched name = lowered();
    long version = version();
    // when
    Reply read = handle(new ReadSwitch(header(12), name.spec()));
    // then
    assertThat(((SwitchRead) read).stagedRevertValid()).isTrue();
    assertThat(version()).isEqualTo(version);
  }

  @Test
  void shouldRevertByTheStagedTextAloneWhenNothingElseRuns() throws Exception {
    // given
    Installed.require("curl", "curl");
    Installed.require("jq", "jq");
    Switched name = lowered();
    SwitchStaged staged =
        (SwitchStaged) handle(new StageSwitch(header(12), name.spec(), name.captured()));
    handle(new ShiftTraffic(header(20), name.spec(), 12, 100));
    // when
    run(staged.revert());
    List<RecordSet> reverted = name.served();
    List<String> mark = name.mark();
    run(staged.revert());
    run(staged.liftMark());
    run(staged.liftMark());
    // then
    assertThat(reverted).hasSameElementsAs(name.spec().names().getFirst().source());
    assertThat(mark).containsExactly("\"manual\"");
    assertThat(name.mark()).isEmpty();
    assertThat(staged.revert()).doesNotContain(DesignateFront.SECRET);
  }

  private void run(String text) throws Exception {
    Path script = Files.writeString(directory.resolve("by-hand.sh"), text);
    Daemon.run(
        directory,
        List.of(
            "env",
            "OS_TOKEN=" + front().issue("good"),
            "DNS_ENDPOINT=" + front().endpoint(),
            "sh",
            script.toString()));
  }

  static <T> T started(@Nullable T server) {
    return Objects.requireNonNull(server);
  }
}
