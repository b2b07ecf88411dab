package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsCommand.LowerTtl;
import dev.cutover.contract.DnsCommand.ReadSwitch;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.VerifyTraffic;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Reply;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.route53.HostedZone;
import dev.cutover.dns.route53.Route53Server.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract over simple records, and what there is of Route 53 beside it. */
class Route53TrafficSwitchIT extends Route53SwitchContract {
  @Override
  protected Authorities start(Path directory) throws IOException {
    Authorities authorities = super.start(directory);
    server().addResource("Z0LB", "lb.example.");
    return authorities;
  }

  @AfterEach
  void letChangesSpread() {
    server().holdPending(false);
    server().answerMessagesInList(false);
    server().makePrivate(false);
  }

  // ---- refusals

  @Test
  void shouldSayThatTheKeyIsUnknown() {
    assertStageRefused("nobody", "InvalidClientTokenId");
  }

  @Test
  void shouldSayThatTheHostedZoneIsNotAllowedOrNotThere() {
    // given
    Switched forbidden = switched().withProvider(new Route53("Z0FORBIDDEN", "good"));
    Switched absent = switched().withProvider(new Route53("Z0ELSEWHERE", "good"));
    // when
    Reply refused = handle(new RevertTraffic(header(1), forbidden.spec()));
    Reply captured = handle(new CaptureRecords(header(1), absent.spec()));
    Reply reverted = handle(new RevertTraffic(header(1), absent.spec()));
    // then
    assertFailed(refused, FailureKind.REFUSED, "CUTOVER_DNS_ALLOWED_HOSTED_ZONES");
    assertFailed(captured, FailureKind.UNSUITABLE, "NoSuchHostedZone");
    assertFailed(reverted, FailureKind.UNSUITABLE, "NoSuchHostedZone");
  }

  @Test
  void shouldRefuseAHostedZoneOfAnotherNameOrAPrivateOne() {
    // given
    SwitchSpec spec = elsewhere();
    // when
    Reply misnamed = handle(new CaptureRecords(header(1), spec));
    server().makePrivate(true);
    Reply hidden = handle(new CaptureRecords(header(1), switched().withKey("fresh").spec()));
    // then
    assertFailed(misnamed, FailureKind.UNSUITABLE, "to be other.example., but it is shop.example.");
    assertFailed(hidden, FailureKind.UNSUITABLE, "Z1TEST is private");
  }

  @Test
  void shouldWaitForNobodyWhenThrottled() {
    assertTriedAgain(Fault.THROTTLING, "Throttling");
  }

  @Test
  void shouldWaitForNobodyWhenAnEarlierChangeIsUnderWay() {
    assertTriedAgain(Fault.PRIOR_REQUEST_NOT_COMPLETE, "PriorRequestNotComplete");
  }

  @Test
  void shouldBelieveWhatIsStoredWhenTheServiceFails() {
    // given
    Switched name = lowered();
    long changes = changesSent();
    // when
    server().failNext(Fault.UNAVAILABLE);
    Reply failed = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertFailed(failed, FailureKind.UNREACHABLE, "503 ServiceUnavailable");
    assertThat(((StepFailed) failed).failure().retryable()).isTrue();
    assertThat(changesSent() - changes).isEqualTo(1);
    assertThat(name.mark()).containsExactly(epoch(10));
    // and the way back looks at what is stored, and goes on
    server().failNext(Fault.UNAVAILABLE);
    assertThat(handle(new RevertTraffic(header(30), name.spec())))
        .isInstanceOf(TrafficReverted.class);
    assertThat(name.mark()).containsExactly(epoch(30));
  }

  /** Nothing is changed, one request was sent, and the orchestrator may send the order again. */
  private void assertTriedAgain(Fault fault, String words) {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    long changes = changesSent();
    // when
    server().failNext(fault);
    Reply refused = handle(new RevertTraffic(header(30), name.spec()));
    long sent = changesSent() - changes;
    Reply again = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(refused)
        .isInstanceOfSatisfying(
            StepFailed.class,
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(FailureKind.UNREACHABLE);
              assertThat(failed.failure().retryable()).isTrue();
              assertThat(failed.failure().reason()).contains(words);
            });
    assertThat(sent).isEqualTo(1);
    assertThat(again)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
  }

  // ---- lost replies and races

  @Test
  void shouldChangeNothingWhenATtlChangesBetweenReadingAndWriting() {
    for (boolean inList : List.of(false, true)) {
      // given
      server().answerMessagesInList(inList);
      Switched name = lowered();
      // when
      server().failNext(Fault.RACE);
      Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
      // then
      assertFailed(shifted, FailureKind.CONFLICT, "do not match the current values");
      assertThat(name.mark()).containsExactly(epoch(10));
      // and the way back gets there over whoever else writes
      handle(new ShiftTraffic(header(21), name.spec(), 10, 100));
      server().failNext(Fault.RACE, Fault.RACE);
      assertThat(handle(new RevertTraffic(header(30), name.spec())))
          .isInstanceOf(TrafficReverted.class);
      assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
    }
  }

  // ---- INSYNC

  @Test
  void shouldNotBeThereBeforeRoute53SaysSo() {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    server().holdPending(true);
    handle(new RevertTraffic(header(30), name.spec()));
    // when the servers that are asked lag like the rest
    Reply pending =
        handle(new VerifyTraffic(header(31, Duration.ofSeconds(3)), name.spec(), Side.SOURCE));
    server().holdPending(false);
    Reply verified = handle(new VerifyTraffic(header(32), name.spec(), Side.SOURCE));
    // then
    assertFailed(pending, FailureKind.TIMED_OUT, "OTHER_SIDE");
    assertThat(verified)
        .isInstanceOfSatisfying(
            TrafficVerified.class,
            v ->
                assertThat(v.servers())
                    .anySatisfy(server -> assertThat(server.detail()).contains("INSYNC")));
  }

  @Test
  void shouldTimeOutWithoutHarmWhenAChangeStaysPending() {
    // given a change of which the servers that are asked have all, since it changes nothing there
    Switched name = lowered();
    server().holdPending(true);
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    long changes = changesSent();
    // when
    Reply pending =
        handle(new VerifyTraffic(header(31, Duration.ofSeconds(3)), name.spec(), Side.SOURCE));
    // then
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
    assertFailed(pending, FailureKind.TIMED_OUT, "is PENDING");
    assertThat(changesSent()).as("a stuck change is not sent again").isEqualTo(changes);
  }

  // ---- what is no simple record

  @Test
  void shouldShowAndRevertWeightedSetsOfSomebodyElse() {
    // given
    Switched name = lowered();
    server().write(HostedZone.weighted(name.name(), "10.9.9.9"));
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertFailed(shifted, FailureKind.CONFLICT, "weight 10");
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
    assertThat(name.served()).hasSameElementsAs(name.spec().names().getFirst().source());
  }

  @Test
  void shouldRefuseAnAliasBeforeAnythingIsChanged() {
    // given
    Switched name = switched();
    server().write(HostedZone.alias(name.name()));
    // when
    Reply captured = handle(new CaptureRecords(header(1), name.spec()));
    // then
    assertFailed(captured, FailureKind.MISMATCH, "alias of lb.example.");
  }

  @Test
  void shouldMoveAWildcardThatTheApiWritesWithEscapes() {
    // given
    String wild = "*.wild." + Authorities.ZONE;
    Switched name =
        switched()
            .withNames(
                new SwitchedName(
                    wild,
                    List.of(set(wild, RecordType.A, "10.0.0.1")),
                    List.of(set(wild, RecordType.A, "10.1.0.1"))));
    // when
    stage(name, 10);
    handle(new LowerTtl(header(11), name.spec(), name.captured()));
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    Reply reverted = handle(new RevertTraffic(header(30), name.spec()));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(server().stored("\\052.wild." + Authorities.ZONE).getFirst().values())
        .containsExactly("10.0.0.1");
  }

  @Test
  void shouldTryARevertWithoutAnyEffect() {
    // given
    Switched name = lowered();
    int made = server().accepted();
    // when
    Reply read = handle(new ReadSwitch(header(12), name.spec()));
    // then
    assertThat(((SwitchRead) read).stagedRevertValid()).isTrue();
    assertThat(server().accepted()).isEqualTo(made);
    assertThat(changesSent()).isPositive();
  }
}
