package dev.cutover.orchestrator.domain;

import dev.cutover.contract.RehearsalResult;
import dev.cutover.contract.SwitchFigures;
import dev.cutover.orchestrator.domain.CutoverReport.Round;
import dev.cutover.orchestrator.domain.CutoverReport.StepLine;
import dev.cutover.orchestrator.domain.RehearsalTerms.Rehearsed;
import dev.cutover.orchestrator.domain.SagaState.Finished;
import dev.cutover.orchestrator.domain.SagaState.Prepared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a rehearsal proved, read from its journal. Pure. */
public final class RehearsalOutcome {
  private RehearsalOutcome() {}

  /** What came of asking. */
  public sealed interface Judged {
    /** It has ended. */
    record Ended(RehearsalResult result) implements Judged {}

    /** It can't be credited, and why. */
    record Refused(String reason) implements Judged {}
  }

  /**
   * Judges the journal of a rehearsal.
   *
   * @param production the plan that it is to count for, whoever wrote the rehearsal's own
   */
  public static Judged of(Chronicle.Read read, Plan production) {
    Cutover cutover = read.cutover();
    List<String> touched =
        cutover.plan().map(plan -> Touched.common(plan, production)).orElse(List.of());
    return touched.isEmpty()
        ? of(read)
        : new Judged.Refused(
            "Expected a rehearsal that touched nothing of production, but %s touched %s"
                .formatted(cutover.id(), String.join(", ", touched)));
  }

  /** Judges the journal of a rehearsal. */
  public static Judged of(Chronicle.Read read) {
    Cutover cutover = read.cutover();
    Optional<Rehearsed> rehearsed = cutover.plan().flatMap(plan -> plan.rehearsal().rehearses());
    if (rehearsed.isEmpty()) {
      return new Judged.Refused(
          "Expected a rehearsal, but %s rehearses nothing".formatted(cutover.id()));
    }
    if (!(cutover.state() instanceof Finished) && !(cutover.state() instanceof Prepared)) {
      return new Judged.Refused(
          "Expected a rehearsal that has ended, but %s is %s"
              .formatted(cutover.id(), cutover.state().label()));
    }
    CutoverReport report = read.report();
    List<String> shortfalls = shortfalls(report, cutover.requiredPlan(), rehearsed.get());
    SwitchFigures figures = report.lastRound().map(Round::measured).orElse(SwitchFigures.NONE);
    String detail =
        shortfalls.isEmpty()
            ? "there and back%s%s"
                .formatted(rehearsed.get().withFault() ? " by itself" : "", written(figures))
            : String.join("; ", shortfalls);
    return new Judged.Ended(
        new RehearsalResult(
            cutover.id(),
            rehearsed.get().of(),
            rehearsed.get().subject(),
            report.journalHead(),
            cutover.sequence(),
            shortfalls.isEmpty(),
            detail,
            report.until(),
            figures));
  }

  private static String written(SwitchFigures figures) {
    return figures.outageMs().map(ms -> ", write outage %d ms".formatted(ms)).orElse("")
        + figures.rollbackMs().map(ms -> ", rollback %d ms".formatted(ms)).orElse("");
  }

  private static List<String> shortfalls(CutoverReport report, Plan plan, Rehearsed rehearsed) {
    Optional<Round> last = report.lastRound();
    if (last.isEmpty()) {
      return List.of("Expected it to switch, but nobody said go");
    }
    Round round = last.get();
    SwitchFigures figures = round.measured();
    List<String> found = new ArrayList<>();
    boolean switched =
        plan.data().isPresent() ? figures.openMs().isPresent() : figures.shiftMs().isPresent();
    if (!switched) {
      found.add("Expected it to switch, but it went back before");
    }
    if (round.wentBack().isEmpty() || figures.rollbackMs().isEmpty()) {
      found.add("Expected it to go back, but it did not");
    } else if (rehearsed.withFault() && round.wentBack().get().cause() != Cause.TRIGGER) {
      found.add(
          "Expected it to go back by itself for the fault, but it did for another reason: "
              + round.wentBack().get().reason());
    }
    over(found, "write outage", figures.outageMs(), plan.bounds().maxWriteOutage());
    over(found, "rollback", figures.rollbackMs(), plan.bounds().maxRollbackOutage());
    List<String> failed =
        report.steps().stream()
            .filter(step -> step.round() == report.rounds().size())
            .filter(step -> step.result().equals("failed"))
            .filter(step -> isLast(step, report))
            .map(StepLine::step)
            .toList();
    if (!failed.isEmpty()) {
      found.add("Expected every step to succeed, but these failed: " + String.join(", ", failed));
    }
    return found;
  }

  /** Whether no later attempt of that step did better. */
  private static boolean isLast(StepLine step, CutoverReport report) {
    return report.steps().stream()
        .noneMatch(
            other -> other.step().equals(step.step()) && other.sentAt().isAfter(step.sentAt()));
  }

  private static void over(List<String> found, String name, Optional<Long> ms, Duration bound) {
    ms.filter(took -> took > bound.toMillis())
        .ifPresent(
            took ->
                found.add(
                    "Expected a %s of at most %s, but it took %d ms"
                        .formatted(name, Durations.written(bound), took)));
  }
}
