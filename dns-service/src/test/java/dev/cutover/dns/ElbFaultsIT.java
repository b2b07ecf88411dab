package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Reply;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.elb.ElbServer.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can't be switched at a load balancer of AWS, and what becomes of orders that go wrong. */
class ElbFaultsIT extends ElbSwitchFixture {
  private static final String TO_OTHER = "[{\"Type\": \"forward\", \"TargetGroupArn\": \"%s\"}]";

  ElbFaultsIT() throws IOException {}

  // ---- what can't be switched

  @Test
  void shouldRefuseAListenerThatIsNotAllowed() {
    // given
    SwitchSpec other = spec("good", List.of(HTTP, HTTP.replace("web", "another")));
    // when
    Reply reply = handle(new RevertTraffic(header(1), other));
    // then
    assertFailed(reply, FailureKind.REFUSED, "CUTOVER_DNS_ALLOWED_LISTENERS");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void shouldRefuseWhatIsNoTargetGroupOfTheListenersAccount() {
    for (String group :
        List.of("green'; shutdown", GREEN.replace("123456789012", "999999999999"))) {
      SwitchSpec strange =
          SwitchSpec.ofTargetGroups("good", List.of(HTTP), List.of(BLUE), List.of(group));
      assertFailed(
          handle(new CaptureRecords(header(1), strange)),
          FailureKind.UNSUITABLE,
          "Expected ARNs of target groups in the region and account of " + HTTP);
    }
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void shouldRefuseAListenerRuleOrTargetGroupThatDoesNotExist() {
    // given
    SwitchSpec nowhere = spec("good", List.of(MISSING));
    SwitchSpec ruleless = spec("good", List.of(RULE));
    server.delete(RULE);
    SwitchSpec groupless =
        SwitchSpec.ofTargetGroups(
            "good", List.of(HTTP), List.of(BLUE), List.of(GREEN.replace("green", "missing")));
    // when
    Reply listener = handle(new CaptureRecords(header(1), nowhere));
    Reply rule = handle(new RevertTraffic(header(1), ruleless));
    Reply group = handle(new StageSwitch(header(10), groupless, groupless.at(0)));
    // then
    assertFailed(listener, FailureKind.UNSUITABLE, "ListenerNotFound");
    assertFailed(rule, FailureKind.UNSUITABLE, "RuleNotFound");
    assertFailed(group, FailureKind.UNSUITABLE, "TargetGroupNotFound");
    assertThat(server.mark(HTTP)).isEmpty();
  }

  @Test
  void shouldRefuseToCaptureWhatIsNotTheSourcesAlone() {
    // given
    server.write(HTTP, json(TO_OTHER.formatted(OTHER)));
    Reply foreign = handle(new CaptureRecords(header(1), spec));
    server.write(
        HTTP,
        json(
            "[{\"Type\": \"fixed-response\", \"FixedResponseConfig\": {\"StatusCode\": \"503\"}}]"));
    // when
    Reply closed = handle(new CaptureRecords(header(1), spec));
    // then
    assertFailed(foreign, FailureKind.MISMATCH, OTHER + " weight=1");
    assertFailed(closed, FailureKind.MISMATCH, "SERVER [fixed-response]");
  }

  @Test
  void shouldRefuseStickinessThatWouldHoldClientsOnTheirSide() {
    // given
    server.write(HTTP, sticky(1, 0));
    // when
    Reply reply = handle(new StageSwitch(header(10), spec, spec.at(0)));
    // then
    assertFailed(reply, FailureKind.UNSUITABLE, "stays on its side for up to 600 s");
    assertThat(server.mark(HTTP)).isEmpty();
  }

  @Test
  void shouldSayBeforehandThatAStickyGroupCanNotBeSharedOut() {
    // given a group that binds clients to its targets, alone in its rule: which is allowed
    server.makeSticky(BLUE);
    SwitchSpec rule = spec("good", List.of(RULE));
    // when
    Reply reply = handle(new StageSwitch(header(10), rule, rule.at(0)));
    // then
    assertFailed(reply, FailureKind.UNSUITABLE, "You must enable group stickiness");
    assertThat(server.mark(RULE)).isEmpty();
  }

  @Test
  void shouldRefuseADefaultRuleInTheListenersPlace() {
    SwitchSpec wrong = spec("good", List.of(DEFAULT_RULE));
    assertFailed(
        handle(new StageSwitch(header(10), wrong, wrong.at(0))),
        FailureKind.UNSUITABLE,
        "Expected the listener in the place of its default rule");
  }

  @ParameterizedTest
  @CsvSource({
    "weak,     REFUSED,    'AccessDenied: User: arn:aws:iam::123456789012:user/WEAK is not authorized to perform: elasticloadbalancing:Modify'",
    "untagged, REFUSED,    elasticloadbalancing:AddTags",
    "nobody,   REFUSED,    InvalidClientTokenId",
    "absent,   UNSUITABLE, absent.elb",
  })
  void shouldSayWhichRightOrCredentialsAreMissing(String profile, FailureKind kind, String words) {
    // given
    SwitchSpec other = spec(profile, List.of(HTTP, RULE));
    // when
    Reply staged = handle(new StageSwitch(header(10), other, other.at(0)));
    // then
    assertFailed(staged, kind, words);
    assertThat(server.mark(HTTP) + server.mark(RULE)).isEmpty();
    assertThat(server.weights(HTTP)).isEqualTo(SOURCE);
  }

  @Test
  void shouldRefuseToStageOverAnotherCutoverOrAPerson() {
    // given
    server.mark(RULE, "epoch=7 cutover=another");
    // when
    Reply held = handle(new StageSwitch(header(10), spec, spec.at(0)));
    server.mark(RULE, "manual");
    Reply byHand = handle(new StageSwitch(header(10), spec, spec.at(0)));
    Reply reverted = handle(new RevertTraffic(header(11), spec));
    server.mark(RULE, "epoch=7 cutover=another ended");
    Reply free = handle(new StageSwitch(header(10), spec, spec.at(0)));
    // then
    assertFailed(held, FailureKind.SUPERSEDED, "cutover another holds this name");
    assertFailed(byHand, FailureKind.MANUAL, "a person has taken over");
    assertFailed(reverted, FailureKind.MANUAL, "a person has taken over");
    assertThat(free).isInstanceOf(SwitchStaged.class);
  }

  @ParameterizedTest
  @CsvSource({
    "unhealthy Target.Timeout,         i-1 in %s is unhealthy (Target.Timeout)",
    "initial Elb.InitialHealthChecking, i-1 in %s is initial (Elb.InitialHealthChecking)",
    "unavailable Elb.InternalError,    i-1 in %s is unavailable (Elb.InternalError)",
  })
  void shouldRefuseATargetInTheWordsOfTheHealthCheck(String state, String words) {
    // given
    prepared();
    server.group(GREEN, "HTTP", "healthy", state);
    // when
    Reply reply = handle(new ShiftTraffic(header(20), spec, 10, 10));
    // then
    assertFailed(reply, FailureKind.CONFLICT, words.formatted(GREEN));
    assertUntouched();
  }

  @Test
  void shouldRefuseATargetThatNobodyIsIn() {
    // given
    prepared();
    server.group(GREEN, "HTTP", "draining Target.DeregistrationInProgress");
    // when
    Reply reply = handle(new ShiftTraffic(header(20), spec, 10, 100));
    // then
    assertFailed(reply, FailureKind.CONFLICT, GREEN + " has no targets");
    assertUntouched();
  }

  @Test
  void shouldTakeAFunctionThatNobodyChecks() {
    // given
    prepared();
    server.group(GREEN, "HTTP", "unavailable Target.HealthCheckDisabled");
    // when, then
    assertThat(handle(new ShiftTraffic(header(20), spec, 10, 100)))
        .isInstanceOf(TrafficShifted.class);
  }

  @Test
  void shouldRefuseATargetThatIsCheckedByNobodySinceItIsNotPrepared() {
    // given
    SwitchSpec rule = spec("good", List.of(RULE));
    server.delete(HTTP);
    assertThat(handle(new StageSwitch(header(10), rule, rule.at(0))))
        .isInstanceOf(SwitchStaged.class);
    // when
    Reply early = handle(new ShiftTraffic(header(20), rule, 10, 100));
    handle(new LowerTtl(header(11), rule, rule.at(0)));
    Reply later = handle(new ShiftTraffic(header(20), rule, 10, 100));
    // then
    assertFailed(early, FailureKind.CONFLICT, "is unused (Target.NotInUse)");
    assertThat(later).isInstanceOf(TrafficShifted.class);
  }

  @Test
  void shouldRefuseWhatIsLateOrNotStagedOrByHand() {
    // given
    Reply unstaged = handle(new ShiftTraffic(header(5), spec, 4, 100));
    prepared();
    handle(new ShiftTraffic(header(20), spec, 10, 10));
    handle(new RevertTraffic(header(30), spec));
    // when
    Reply late = handle(new ShiftTraffic(header(21), spec, 20, 25));
    Reply stale = handle(new ShiftTraffic(header(40), spec, 20, 25));
    Reply older = handle(new RevertTraffic(header(29), spec));
    server.mark(RULE, "manual");
    Reply byHand = handle(new RevertTraffic(header(50), spec));
    // then
    assertFailed(unstaged, FailureKind.CONFLICT, "no mark");
    assertFailed(late, FailureKind.SUPERSEDED, "a newer decision has been here");
    assertFailed(stale, FailureKind.CONFLICT, "epoch=30");
    assertFailed(older, FailureKind.SUPERSEDED, "a newer decision has been here");
    assertFailed(byHand, FailureKind.MANUAL, "a person has taken over");
    assertThat(server.weights(HTTP)).isEqualTo(SOURCE).isEqualTo(server.weights(RULE));
  }

  // ---- somebody else

  @Test
  void shouldShowFoundAndExpectedWhenSomebodyElseHasWrittenSinceTheStage() {
    // given
    prepared();
    server.write(HTTP, json(TO_OTHER.formatted(OTHER)));
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), spec, 10, 100));
    Reply verified =
        handle(new VerifyTraffic(header(21, Duration.ofSeconds(3)), spec, Side.SOURCE));
    // then
    assertFailed(shifted, FailureKind.CONFLICT, OTHER + " weight=1");
    assertFailed(shifted, FailureKind.CONFLICT, BLUE + " weight=1");
    assertFailed(verified, FailureKind.CONFLICT, "somebody else writes");
    assertThat(server.weights(RULE)).isEqualTo(SOURCE);
    // and the way back goes over it, and leaves it where it is at weight 0
    assertThat(handle(new RevertTraffic(header(30), spec))).isInstanceOf(TrafficReverted.class);
    assertThat(server.weights(HTTP)).isEqualTo("blue=1 green=0 other=0");
  }

  @Test
  void shouldTellThatSomebodyElseHasWrittenOverItsOwnChange() {
    // given
    prepared();
    server.passNext("ModifyListener"); // the attempt without effect
    server.afterNext("ModifyListener", () -> server.write(HTTP, forward(3, 7)));
    // when
    Reply reply = handle(new ShiftTraffic(header(20), spec, 10, 50));
    // then
    assertFailed(reply, FailureKind.CONFLICT, "somebody else has changed it since");
    assertFailed(reply, FailureKind.CONFLICT, "it was made at " + RULE);
  }

  @Test
  void shouldGoOverWhatSomebodyWritesBetweenReadingAndWritingSinceItCanNotBeKeptOut() {
    // given
    prepared();
    server.passNext("ModifyListener");
    server.beforeNext("ModifyListener", () -> server.write(HTTP, forward(3, 7)));
    // when
    Reply reply = handle(new ShiftTraffic(header(20), spec, 10, 100));
    // then
    assertThat(reply).isInstanceOf(TrafficShifted.class);
    assertThat(server.weights(HTTP)).isEqualTo("blue=0 green=1");
  }

  @Test
  void shouldNotLetAChangeThatWasHeldUpUndoARevert() {
    // given somebody who has looked before the revert, and writes after it
    prepared();
    handle(new ShiftTraffic(header(20), spec, 10, 25));
    server.afterNext(
        "ModifyListener",
        () -> {
          server.mark(HTTP, "epoch=21 cutover=balanced");
          server.write(HTTP, forward(0, 1));
        });
    // when
    Reply reply = handle(new RevertTraffic(header(30), spec));
    // then
    assertThat(reply).isInstanceOf(TrafficReverted.class);
    assertThat(server.weights(HTTP)).isEqualTo(SOURCE);
    assertThat(server.mark(HTTP)).isEqualTo("epoch=30 cutover=balanced");
  }

  @Test
  void shouldMoveNothingWhileOneIsGone() {
    // given
    prepared();
    server.delete(RULE);
    // when
    Reply reply = handle(new ShiftTraffic(header(20), spec, 10, 100));
    // then
    assertFailed(reply, FailureKind.UNSUITABLE, "RuleNotFound");
    assertFailed(reply, FailureKind.UNSUITABLE, "nothing was changed at any");
    assertThat(server.weights(HTTP)).isEqualTo(SOURCE);
    assertThat(server.mark(HTTP)).isEqualTo("epoch=10 cutover=balanced");
  }

  @Test
  void shouldRevertWhomItReachesAndSayWhomItDoesNot() {
    // given
    prepared();
    handle(new ShiftTraffic(header(20), spec, 10, 100));
    server.delete(RULE);
    // when
    Reply reply = handle(new RevertTraffic(header(30), spec));
    // then
    assertFailed(reply, FailureKind.UNSUITABLE, RULE);
    assertFailed(reply, FailureKind.UNSUITABLE, "it was made at " + HTTP);
    assertThat(server.weights(HTTP)).isEqualTo(SOURCE);
  }

  // ---- the provider

  @Test
  void shouldWaitForNobodyWhenThrottledAndFinishWhenItComesAgain() {
    // given
    prepared();
    server.passNext("ModifyListener");
    server.failNext("ModifyListener", Fault.THROTTLING);
    long before = sent("ModifyListener");
    // when
    Reply refused = handle(new ShiftTraffic(header(20), spec, 10, 100));
    long sent = sent("ModifyListener") - before;
    String half = server.weights(HTTP) + ", " + server.weights(RULE);
    Reply again = handle(new ShiftTraffic(header(20), spec, 10, 100));
    // then
    assertRetryable(refused, "Throttling");
    assertRetryable(refused, "it was made at " + RULE);
    assertThat(sent).as("the attempt without effect, and the change").isEqualTo(2);
    assertThat(half).isEqualTo("blue=1 green=0, blue=0 green=1");
    assertThat(again).isInstanceOf(TrafficShifted.class);
    assertThat(server.weights(HTTP)).isEqualTo("blue=0 green=1");
  }

  @Test
  void shouldMoveNothingWhenItsMarkIsRefused() {
    // given
    prepared();
    server.failNext("AddTags", Fault.THROTTLING, Fault.THROTTLING);
    // when
    Reply refused = handle(new ShiftTraffic(header(20), spec, 10, 100));
    // then
    assertRetryable(refused, "Throttling");
    assertRetryable(refused, "it was made at none");
    assertUntouched();
  }

  @Test
  void shouldGoBackWithoutItsMarkAndSayThatItIsMissing() {
    // given
    prepared();
    handle(new ShiftTraffic(header(20), spec, 10, 100));
    SwitchSpec untagged = spec("untagged", List.of(HTTP, RULE));
    // when
    Reply reply = handle(new RevertTraffic(header(30), untagged));
    // then
    assertFailed(reply, FailureKind.REFUSED, "elasticloadbalancing:AddTags");
    assertThat(server.weights(HTTP)).isEqualTo(SOURCE).isEqualTo(server.weights(RULE));
  }

  @Test
  void shouldSucceedWhenRepliesAreLost() {
    // given
    prepared();
    server.passNext("ModifyListener");
    server.failNext("ModifyListener", Fault.LOST_REPLY);
    server.failNext("AddTags", Fault.LOST_REPLY);
    int before = server.accepted();
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), spec, 10, 100));
    int made = server.accepted() - before;
    server.failNext("ModifyListener", Fault.LOST_REPLY);
    Reply reverted = handle(new RevertTraffic(header(30), spec));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(made).as("two marks and two lists of actions, none of them twice").isEqualTo(4);
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
    assertThat(server.weights(HTTP)).isEqualTo(SOURCE);
  }

  @Test
  void shouldBelieveWhatIsStoredWhenTheServiceFails() {
    // given
    prepared();
    server.passNext("ModifyListener");
    server.failNext("ModifyListener", Fault.UNAVAILABLE);
    // when
    Reply failed = handle(new ShiftTraffic(header(20), spec, 10, 100));
    // then
    assertRetryable(failed, "503 ServiceUnavailable");
    assertThat(server.weights(HTTP)).isEqualTo(SOURCE);
    // and the way back looks at what is stored, and goes on
    server.failNext("ModifyRule", Fault.UNAVAILABLE);
    assertThat(handle(new RevertTraffic(header(30), spec))).isInstanceOf(TrafficReverted.class);
    assertThat(server.weights(RULE)).isEqualTo(SOURCE);
    assertThat(server.mark(RULE)).isEqualTo("epoch=30 cutover=balanced");
  }

  @Test
  void shouldSayThatNobodyAnswers() {
    // given
    prepared();
    server.close();
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), spec, 10, 100));
    Reply reverted = handle(new RevertTraffic(header(30), spec));
    // then
    assertRetryable(shifted, "Expected an answer of Elastic Load Balancing");
    assertRetryable(reverted, "it was made at none");
  }

  @Test
  void shouldWaitForWhatIsSeenLate() {
    // given
    prepared();
    server.describeLate(2);
    // when
    Reply shifted = handle(new ShiftTraffic(header(20), spec, 10, 25));
    Reply verified = handle(new ShiftTraffic(header(30), spec, 20, 100));
    Reply reverted = handle(new RevertTraffic(header(40), spec));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(verified).isInstanceOf(TrafficShifted.class);
    assertThat(reverted)
        .isInstanceOfSatisfying(TrafficReverted.class, r -> assertThat(r.changed()).isTrue());
  }

  @Test
  void shouldNotBelieveAChangeThatIsNeverSeen() {
    // given
    prepared();
    server.describeLate(1000);
    // when
    Reply reply = handle(new ShiftTraffic(header(20), spec, 10, 100));
    // then
    assertRetryable(reply, "Expected to read the accepted change back within 2000 ms");
  }

  @Test
  void shouldTryARevertWithoutAnyEffect() {
    // given
    prepared();
    int made = server.accepted();
    JsonNode actions = server.actions(RULE);
    long tried = sent("ModifyRule");
    // when
    Reply read = handle(new ReadSwitch(header(12), spec));
    Reply weak = handle(new ReadSwitch(header(12), spec("weak", List.of(HTTP, RULE))));
    // then
    assertThat(((SwitchRead) read).stagedRevertValid()).isTrue();
    assertThat(((SwitchRead) weak).stagedRevertValid()).isFalse();
    assertThat(((SwitchRead) weak).detail()).contains("AccessDenied");
    assertThat(server.accepted()).isEqualTo(made);
    assertThat(server.actions(RULE)).isEqualTo(actions);
    assertThat(sent("ModifyRule")).isGreaterThan(tried);
  }
}
