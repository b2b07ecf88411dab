package dev.cutover.orchestrator.simulation;

import dev.cutover.orchestrator.domain.SagaEvent;
import dev.cutover.orchestrator.domain.SagaEvent.*;

/** Prints a journal in one line for each event. */
public final class Compact {
  private Compact() {}

  public static String of(SagaEvent event) {
    return switch (event) {
      case StepSent e ->
          "sent %s epoch %d try %d"
              .formatted(e.command().header().step(), e.command().header().epoch(), e.tries());
      case StepDone e -> "done " + e.step();
      case AttemptFailed e ->
          "failed %s: %s%s"
              .formatted(e.step(), e.failure().reason(), e.retryAt().isPresent() ? " (again)" : "");
      case RollbackStarted e ->
          "going back (%s: %s): %s"
              .formatted(
                  e.route().cause(),
                  e.route().reason(),
                  e.route().stages().stream()
                      .map(stage -> stage.stream().map(s -> s.step().action().stepName()).toList())
                      .toList());
      case CutoverPlanned e -> "planned by " + e.actor();
      default -> event.toString();
    };
  }
}
