package dev.cutover.orchestrator.domain;

import dev.cutover.contract.ReadinessStatus;
import dev.cutover.contract.ReadinessStatus.LineStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What people see of readiness, of the freeze, and of time. Pure. */
final class ReadinessView {
  private ReadinessView() {}

  static ReadinessStatus of(Cutover cutover, Instant now) {
    if (cutover.plan().isEmpty()) {
      return ReadinessStatus.NONE;
    }
    List<LineStatus> lines = Checklist.lines(cutover, now);
    List<String> warnings = new ArrayList<>(Checklist.warnings(lines, cutover));
    warnings.addAll(Schedule.warnings(cutover, now));
    List<String> evidence = Readiness.evidence(lines, cutover, now);
    return new ReadinessStatus(
        evidence.isEmpty(),
        evidence,
        lines,
        warnings,
        WayBack.status(cutover, now),
        Freeze.status(cutover),
        Schedule.status(cutover, now),
        Forecasts.of(cutover));
  }

  /** What else a go waits for. */
  static String waitingFor(Cutover cutover) {
    List<String> open =
        cutover.requiredPlan().readiness().requireCritical()
            ? cutover.readiness().open().stream().map(line -> line.wireName()).toList()
            : List.of();
    List<String> reviews = Rechecks.inTheWay(cutover);
    return (open.isEmpty() ? "" : "; neither proven nor signed: " + String.join(", ", open))
        + (reviews.isEmpty() ? "" : "; under way: " + String.join(", ", reviews));
  }
}
