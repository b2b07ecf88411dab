package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.Command;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.NoticeKind;
import dev.cutover.contract.OutboundCommand.DeliverNotice;
import dev.cutover.contract.PeopleStatus.Question;
import dev.cutover.contract.PersonCommand;
import dev.cutover.contract.RollbackChoice;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.orchestrator.domain.Action;
import dev.cutover.orchestrator.domain.Adoption;
import dev.cutover.orchestrator.domain.ByHandEvent;
import dev.cutover.orchestrator.domain.Cause;
import dev.cutover.orchestrator.domain.NoticeEvent.*;
import dev.cutover.orchestrator.domain.PeopleEvent.*;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.Programme;
import dev.cutover.orchestrator.domain.ProgrammeEvent;
import dev.cutover.orchestrator.domain.ProgrammePlan;
import dev.cutover.orchestrator.domain.ReconciliationEvent;
import dev.cutover.orchestrator.domain.Runbook;
import dev.cutover.orchestrator.domain.SagaEvent;
import dev.cutover.orchestrator.domain.SagaEvent.*;
import dev.cutover.orchestrator.domain.Step;
import dev.cutover.orchestrator.domain.StrategyEvent;
import dev.cutover.orchestrator.domain.TeamEvent;
import dev.cutover.orchestrator.simulation.Plans;
import dev.cutover.runtime.Payload;
import dev.cutover.testkit.SampleMessages;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class JournalCodecTest {
  private static final Instant AT = Instant.parse("2026-12-01T02:00:00.123456Z");

  private final JournalCodec codec = new JournalCodec();

  /** Of whole runs, and by hand what they don't show. */
  private static List<SagaEvent> samples() {
    List<SagaEvent> events = new ArrayList<>();
    events.addAll(new ScriptedRun().toGo().go().observed().events());
    events.addAll(new ScriptedRun().toGo().go().breached().events());
    events.add(new RequestRefused("r", "ana", "Hold", "why"));
    events.add(new RequestHeeded("r", "ana", "Hold", "why"));
    events.add(
        new AttemptFailed(
            new StepRef(ScriptedRun.ID, "fence-source", 1),
            new Failure(FailureKind.UNREACHABLE, "no answer", true),
            AT,
            Optional.of(AT)));
    events.add(new OutagePaged("why"));
    events.add(new RetryBegan("r", "bo"));
    events.add(new CutoverHeld("why"));
    events.add(new CutoverResumed("r", "bo", "because"));
    events.add(new HealthNoted(HealthVerdict.BLIND, "nothing heard", -1, AT, Optional.empty()));
    events.add(new HealthNoted(HealthVerdict.HEALTHY, "", 7, AT, Optional.of(AT)));
    events.add(new WayBackChanged(false, "down"));
    events.add(new LeaseExpiryNoted(7, AT));
    events.add(new TargetDeclaredDead("r", "bo", "network cut"));
    events.add(new FenceLossNoted(Side.SOURCE, true, "trigger disabled"));
    events.add(new UnreadableNoted("t/0/1", "not JSON"));
    Command byHand =
        new PersonCommand.DoByHand(
            new CommandHeader(new StepRef(ScriptedRun.ID, "team-lever", 1), 2, AT),
            List.of("bo"),
            "pull the lever",
            false);
    Step lever =
        new Step("team-lever", Action.DO_BY_HAND, Duration.ofSeconds(1), 1, Step.OnFailure.HOLD);
    events.add(new TeamEvent.StepShown(lever, byHand, "pull it", AT, AT));
    events.add(new TeamEvent.StepConfirmed("r", "bo", "team-lever", "pull it"));
    events.add(new TeamEvent.ConfirmationMissed("team-lever", AT));
    events.add(new TeamEvent.ReportedByHand("r", "bo", "team-lever", true, "it moved"));
    events.add(new TeamEvent.WayBackAdvised(Cause.TRIGGER, "errors", List.of("open-source"), AT));
    events.addAll(ReadinessSamples.events(AT));
    DeliverNotice order = SampleMessages.of(DeliverNotice.class);
    Failure failure = new Failure(FailureKind.UNREACHABLE, "no answer", true);
    events.add(new NoticeOrdered(order, 2, AT, AT));
    events.add(new NoticeDelivered("shop/started/mail", "<id@example.com>", AT));
    events.add(new NoticeFailed("shop/started/mail", failure, AT, Optional.of(AT)));
    events.add(new NoticeSkipped("week-before", NoticeKind.WEEK_BEFORE, "too late", AT));
    events.add(new CompletionAnnounced(AT));
    events.add(new RollCallAnswered("r", "bo", AT));
    events.add(new StabilityReported("r", "bo", false, "slow at first", "target serves", AT));
    events.add(new CauseNamed("r", "bo", "a cold cache", Optional.of(AT), AT));
    Question question = new Question("d", "errors", AT, AT, RollbackChoice.STAY, List.of("ana"));
    events.add(new ApprovalExpired("ana", "go", AT));
    events.add(new GateRejected("r", "ana", "go", "no"));
    events.add(new OperatorChanged("r", "ana", "my turn"));
    Plan plan = Plans.asking(ScriptedRun.ID);
    events.add(
        new PlanAmended(
            "r", "ana", "better", plan, Runbook.of(plan), "cutover: golden", List.of("people")));
    events.add(new RollbackArmed("r", "ana", "mended"));
    events.add(new RollbackAsked(question));
    events.add(new RollbackDecided("r", "ana", RollbackChoice.ROLL_BACK, "bad", question, AT));
    events.add(new RollbackDefaulted(RollbackChoice.STAY, question, AT));
    events.add(new RollbackDisarmed("r", "ana", "known", AT, AT));
    events.add(new RollbackMissed("errors"));
    events.add(new RollbackRearmed(AT));
    events.add(new SkipProposed("r", "ana", "check-target", "broken"));
    events.add(new StepSkipped("r", "bo", "check-target", "ana", "broken", AT));
    var member = new ProgrammePlan.Member(ScriptedRun.ID, "cutover: golden", List.of());
    var programme = new ProgrammePlan(ScriptedRun.ID, List.of(member), 1, true);
    events.add(new ProgrammeEvent.ProgrammeStarted("r", "ana", programme));
    events.add(new ProgrammeEvent.MemberStarted(ScriptedRun.ID, AT));
    events.add(
        new ProgrammeEvent.MemberNoted(
            ScriptedRun.ID, 7, Programme.Progress.COMPLETED, "finished", ""));
    events.add(new ProgrammeEvent.ProgrammeHeld("why", AT));
    events.add(new ProgrammeEvent.ProgrammeResumed(AT));
    events.add(new ProgrammeEvent.ProgrammeAborted("why", AT));
    events.add(new ProgrammeEvent.ProgrammeFinished(AT));
    events.add(new StrategyEvent.SoakBegan(7, AT, AT));
    events.add(new ReconciliationEvent.PolicySigned("r", "bo", "accept-loss", "so be it"));
    events.add(new ReconciliationEvent.ReviewBegan("sha", "9 rows", AT));
    events.add(new ReconciliationEvent.DeltaApproved("r", "bo", "sha", "looked at it"));
    events.add(new ReconciliationEvent.LossApproved("r", "bo", "worthless"));
    events.add(new ReconciliationEvent.LossAccepted("too late", AT));
    events.add(new ByHandEvent.ManualMarkMet("open-target", "ana has it in hand", AT));
    events.add(new ByHandEvent.AdoptionAsked("r", "ana", "mended by hand", AT));
    Adoption found =
        new Adoption(
            Adoption.Outcome.TARGET_SERVES, false, true, true, true, 7, 9, 8, "target is open");
    events.add(new ByHandEvent.WorldAdopted(found, AT));
    return events;
  }

  /** Every event, whatever interface of an area it has. */
  @Test
  void shouldHaveANameAndASampleForEveryEvent() {
    // given
    Set<Class<?>> sampled = new HashSet<>();
    samples().forEach(event -> sampled.add(event.getClass()));
    // when, then
    assertThat(JournalCodec.types().values())
        .containsExactlyInAnyOrderElementsOf(records(SagaEvent.class).toList());
    assertThat(sampled).containsAll(JournalCodec.types().values());
    assertThat(JournalCodec.types()).containsKey("saga.attempt-failed.v1");
  }

  private static Stream<Class<? extends SagaEvent>> records(Class<?> type) {
    return type.isRecord()
        ? Stream.of(type.asSubclass(SagaEvent.class))
        : Arrays.stream(type.getPermittedSubclasses()).flatMap(JournalCodecTest::records);
  }

  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(JournalCodecTest::leaves)
        : Stream.of(type);
  }

  @Test
  void shouldReadWhatItWroteWhenItIsAnyEvent() {
    for (SagaEvent event : samples()) {
      // given
      JournalEntry entry =
          new JournalEntry(
              ScriptedRun.ID,
              12,
              "0af1",
              AT,
              Optional.of(new JournalEntry.Input("cutover.events", 3, 99)),
              event);
      // when
      byte[] bytes = codec.bytes(entry);
      // then
      assertThat(codec.entry(bytes)).isEqualTo(entry);
      assertThat(new String(bytes, StandardCharsets.UTF_8))
          .doesNotContain("\n")
          .contains("\"event\":{\"type\":\"" + JournalCodec.nameOf(event) + "\"");
      JournalGlance glance = JournalGlance.of(Payload.of(bytes));
      assertThat(glance.sequence()).isEqualTo(12);
      assertThat(glance.type()).isEqualTo(JournalCodec.nameOf(event));
      assertThat(glance.accepted()).isEqualTo(!(event instanceof RequestRefused));
      if (event instanceof SagaEvent.Answer answer) {
        assertThat(glance.requestId()).isEqualTo(answer.requestId());
      }
    }
  }

  @Test
  void shouldRefuseWhenAnEntryIsNotExactlyOne() {
    String good =
        new String(
            codec.bytes(
                new JournalEntry(
                    ScriptedRun.ID, 1, "0af1", AT, Optional.empty(), new StageEntered(2))),
            StandardCharsets.UTF_8);
    assertThat(codec.entry(good.getBytes(StandardCharsets.UTF_8)).event())
        .isEqualTo(new StageEntered(2));
    for (String bad :
        List.of(
            "",
            "nothing",
            good + good,
            good.replace("stage-entered.v1", "stage-entered.v9"),
            good.replace("\"stage\":2", "\"stage\":\"2\""),
            good.replace("\"stage\":2", "\"stage\":2,\"more\":1"),
            good.replace("\"stage\":2", ""),
            good.replace("\"sequence\":1,", ""),
            good.replace("\"previous\":\"0af1\",", ""),
            good.replace("\"cutover\":\"golden\"", "\"cutover\":null"))) {
      assertThatThrownBy(() -> codec.entry(bad.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("Expected a journal entry, but");
    }
  }
}
