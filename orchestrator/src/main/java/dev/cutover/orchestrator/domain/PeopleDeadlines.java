package dev.cutover.orchestrator.domain;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** What people said or were asked, and until when. Pure. */
final class PeopleDeadlines {
  private PeopleDeadlines() {}

  static Stream<Instant> next(Cutover cutover) {
    return Stream.of(
            Approvals.nextExpiry(cutover), RollbackQuestion.next(cutover), Disarming.next(cutover))
        .flatMap(Optional::stream);
  }

  static void on(Draft draft) {
    Approvals.expire(draft);
    RollbackQuestion.onDeadline(draft);
    Disarming.onDeadline(draft);
  }
}
