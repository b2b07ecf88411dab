package dev.cutover.orchestrator.domain;

import java.time.Instant;
import java.util.Optional;

/** What is known of a line of the readiness checklist, before any signature. */
sealed interface Finding {
  /**
   * It is so.
   *
   * @param origin step, report or part of the plan that proves it
   */
  record Proven(String what, Optional<Instant> at, String origin) implements Finding {}

  /** Nothing proves it yet. */
  record Unproven(String why) implements Finding {}

  /** Something shows that it is not so, since then. */
  record Failed(String why, Instant since, String origin) implements Finding {}

  /** It is of no concern: the plan lacks that part. */
  record Missing(String part) implements Finding {}

  static Finding byPlan(String what, String key) {
    return new Proven(what, Optional.empty(), key);
  }
}
