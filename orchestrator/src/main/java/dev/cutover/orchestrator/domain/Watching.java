package dev.cutover.orchestrator.domain;

import dev.cutover.contract.MonitorCommand.WatchHealth;
import java.time.Duration;
import java.util.Optional;

/** Orders about the watch that are not steps of their own. Pure. */
final class Watching {
  private Watching() {}

  /**
   * Begins the watch anew. The monitor decides once in the life of a watch and says breached from
   * then on; what the target does now is told by another watch, which triggers by itself.
   */
  static void anew(Draft draft) {
    Optional<StepRecord> watch =
        draft
            .ledger()
            .step(Action.WATCH_HEALTH)
            .filter(_ -> !draft.ledger().sent(Action.STOP_WATCHING));
    if (watch.isPresent() && watch.get().command() instanceof WatchHealth order) {
      StepRecord record = watch.get();
      draft.send(record.step(), order.laterBy(Duration.between(record.sentAt(), draft.now())));
    }
  }
}
