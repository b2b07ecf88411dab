package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.domain.CutoverReport.NoticeLine;
import dev.cutover.orchestrator.domain.CutoverReport.Saying;
import dev.cutover.orchestrator.domain.CutoverReport.StepLine;
import dev.cutover.orchestrator.domain.PeopleEvent.*;
import dev.cutover.orchestrator.domain.ReadinessEvent.*;
import dev.cutover.orchestrator.domain.ReconciliationEvent.*;
import dev.cutover.orchestrator.domain.RehearsalEvent.DrillOrdered;
import dev.cutover.orchestrator.domain.RehearsalEvent.RehearsalCredited;
import dev.cutover.orchestrator.domain.SagaEvent.*;
import dev.cutover.orchestrator.domain.SagaState.Finished;
import dev.cutover.orchestrator.domain.TeamEvent.*;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads a journal as a report. Pure; used within one call only. */
public final class Chronicle {
  private final List<StepLine> steps = new ArrayList<>();
  private final List<Saying> people = new ArrayList<>();
  private final Reckoning reckoning = new Reckoning();
  private Cutover cutover;

  private Chronicle(CutoverId id) {
    this.cutover = Cutover.named(id);
  }

  /** An entry of the journal. */
  public record Entry(Instant at, SagaEvent event) {}

  /**
   * What a journal says.
   *
   * @param cutover as it stands behind it
   */
  public record Read(CutoverReport report, Cutover cutover) {}

  /**
   * Reads it, whole.
   *
   * @param entries from the first; one of them says that it was planned
   * @param journalHead as in {@link CutoverReport}
   */
  public static Read of(CutoverId id, List<Entry> entries, String journalHead) {
    Chronicle chronicle = new Chronicle(id);
    entries.forEach(chronicle::on);
    return new Read(chronicle.report(entries, journalHead), chronicle.cutover);
  }

  private void on(Entry entry) {
    Cutover before = cutover;
    if (before.plan().isPresent()) {
      reckoning.on(before, entry.event(), entry.at());
    }
    cutover = Evolution.evolve(before, entry.event());
    switch (entry.event()) {
      case StepSent sent -> sent(sent);
      case StepDone done -> end(done.step().step(), done.at(), "done", Evidence.of(done.reply()));
      case AttemptFailed failed ->
          end(failed.step().step(), failed.at(), "failed", failed.failure().reason());
      case StepSkipped skipped -> {
        end(skipped.step(), skipped.at(), "left out", skipped.reason());
        said(before, entry, skipped);
      }
      case RollbackStarted started -> voidUnderWay(started.at());
      case RequestRefused _ -> {} // nothing came of it
      case Answer answer -> said(before, entry, answer);
      default -> {} // its effects are told by others
    }
  }

  private void sent(StepSent sent) {
    steps.add(
        new StepLine(
            sent.step().name(),
            sent.step().action().receiver().wireName(),
            sent.command().header().step().attempt(),
            reckoning.number(),
            sent.at(),
            Optional.empty(),
            "under way",
            ""));
  }

  private void end(String step, Instant at, String result, String detail) {
    for (int index = steps.size() - 1; index >= 0; index--) {
      StepLine line = steps.get(index);
      if (line.step().equals(step) && line.endedAt().isEmpty()) {
        steps.set(index, ended(line, at, result, detail));
        return;
      }
    }
  }

  private void voidUnderWay(Instant at) {
    steps.replaceAll(
        line ->
            line.endedAt().isEmpty() && line.result().equals("under way")
                ? ended(line, at, "void", "it went back meanwhile")
                : line);
  }

  private static StepLine ended(StepLine line, Instant at, String result, String detail) {
    return new StepLine(
        line.step(),
        line.service(),
        line.attempt(),
        line.round(),
        line.sentAt(),
        Optional.of(at),
        result,
        detail);
  }

  private void said(Cutover before, Entry entry, Answer answer) {
    boolean rests = answer instanceof GateApproved || answer instanceof PolicySigned;
    people.add(
        new Saying(
            entry.at(),
            answer.actor(),
            name(answer),
            words(answer),
            rests ? GoEvidence.of(before).facts() : List.of()));
  }

  private static String name(Answer answer) {
    return answer
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }

  private static String words(Answer answer) {
    return switch (answer) {
      case GateApproved e -> e.gate() + (e.comment().isBlank() ? "" : ": " + e.comment());
      case GateRejected e -> e.gate() + ": " + e.reason();
      case PolicySigned e -> e.gate() + (e.comment().isBlank() ? "" : ": " + e.comment());
      case PlanAmended e -> "%s (%s)".formatted(e.reason(), String.join(", ", e.keys()));
      case OperatorChanged e -> e.reason();
      case SkipProposed e -> e.step() + ": " + e.reason();
      case StepSkipped e ->
          "%s, as %s had proposed: %s".formatted(e.step(), e.proposedBy(), e.reason());
      case RollbackDecided e -> "%s: %s".formatted(StrategyView.word(e.choice()), e.reason());
      case RollbackDisarmed e -> "until %s: %s".formatted(e.until(), e.reason());
      case RollbackArmed e -> e.reason();
      case LineSigned e -> "%s until %s: %s".formatted(e.line().wireName(), e.until(), e.reason());
      case LineUnsigned e -> e.line().wireName() + ": " + e.reason();
      case DeltaApproved e -> e.comment();
      case LossApproved e -> e.comment();
      case StepConfirmed e -> e.step() + ": " + e.explanation();
      case ReportedByHand e ->
          "%s %s: %s".formatted(e.step(), e.done() ? "done" : "failed", e.evidence());
      case NoticeEvent.StabilityReported e ->
          (e.stable() ? "stable" : e.summary()) + "; " + e.evidence();
      case NoticeEvent.CauseNamed e ->
          e.cause() + e.retryAt().map(at -> "; next go planned for " + at).orElse("");
      case DrillOrdered e -> "at most " + Durations.written(e.max());
      case RehearsalCredited e -> e.result().rehearsal() + ": " + e.result().detail();
      case RequestHeeded e -> "%s: %s".formatted(e.request(), e.reason());
      case CutoverResumed e -> e.reason();
      case TargetDeclaredDead e -> e.reason();
      default -> ""; // it says all by its name
    };
  }

  private CutoverReport report(List<Entry> entries, String journalHead) {
    Plan plan = cutover.requiredPlan();
    var status = SagaView.of(cutover, journalHead, entries.getLast().at());
    return new CutoverReport(
        cutover.id(),
        status.state(),
        status.outcome(),
        status.reason(),
        plan.rehearsal().marked(),
        StrategyView.name(plan.strategy()),
        StrategyView.word(plan.rollback().way()),
        cutover.people().authorship().hash(),
        entries.getFirst().at(),
        entries.getLast().at(),
        cutover.sequence(),
        journalHead,
        plan.decisions(),
        PlanRules.notes(plan).stream().map(PlanRules.Finding::sentence).toList(),
        KeptRecords.lines(cutover, status.outcome()),
        reckoning.rounds(),
        cutover.state() instanceof Finished ? withoutUnderWay() : steps,
        people,
        status.notices().notices().stream().map(Chronicle::notice).toList(),
        cutover.readiness().aftermath().milestones(),
        status.readiness().forecast().drill(),
        cutover.readiness().foresight().rehearsal());
  }

  /** Nothing is under way in what is finished. */
  private List<StepLine> withoutUnderWay() {
    return steps.stream()
        .map(
            line ->
                line.result().equals("under way")
                    ? new StepLine(
                        line.step(),
                        line.service(),
                        line.attempt(),
                        line.round(),
                        line.sentAt(),
                        Optional.empty(),
                        "void",
                        "no answer came")
                    : line)
        .toList();
  }

  private static NoticeLine notice(dev.cutover.contract.NoticeBoard.NoticeState notice) {
    return new NoticeLine(
        notice.at(),
        notice.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
        notice.channel(),
        notice.subject(),
        notice.progress().name().toLowerCase(Locale.ROOT).replace('_', ' '),
        notice.detail());
  }
}
