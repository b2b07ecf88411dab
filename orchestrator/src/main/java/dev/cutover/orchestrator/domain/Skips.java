package dev.cutover.orchestrator.domain;

import dev.cutover.contract.PeopleStatus.ProposedSkip;
import dev.cutover.contract.Request.Skip;
import dev.cutover.orchestrator.domain.PeopleEvent.SkipProposed;
import dev.cutover.orchestrator.domain.PeopleEvent.StepSkipped;
import dev.cutover.orchestrator.domain.SagaState.Held;
import dev.cutover.orchestrator.domain.SagaState.Running;
import java.util.Optional;

/**
 * Leaving out a step that can't be done: two different people, while it is held at that step. Pure.
 * Steps that a promise rests on, and whatever takes something back, can't be left out.
 */
final class Skips {
  private Skips() {}

  static void on(Draft draft, Skip request) {
    Optional<String> refusal = refusal(draft.cutover(), request);
    if (refusal.isPresent()) {
      Requests.refuse(draft, request, refusal.get());
      return;
    }
    Optional<ProposedSkip> proposed = proposed(draft.cutover(), request.step());
    draft.add(
        proposed.isEmpty()
            ? new SkipProposed(
                request.requestId(), request.actor(), request.step(), request.reason())
            : new StepSkipped(
                request.requestId(),
                request.actor(),
                request.step(),
                proposed.get().by(),
                request.reason(),
                draft.now()));
  }

  private static Optional<String> refusal(Cutover cutover, Skip request) {
    Optional<StepRecord> record =
        cutover
            .ledger()
            .step(request.step())
            .filter(found -> isHeldAt(cutover, found.step()))
            .filter(found -> !Forward.complete(cutover.ledger(), found.step()));
    if (record.isEmpty()) {
      return Optional.of(
          "Expected to be held at step '%s', undone, but the cutover is %s: hold it there first"
              .formatted(request.step(), cutover.state().label()));
    }
    Optional<String> never = neverBecause(record.get().step().action());
    if (never.isPresent()) {
      return Optional.of(
          "Expected a step that can be left out, but %s can't: %s"
              .formatted(request.step(), never.get()));
    }
    return proposed(cutover, request.step())
        .filter(skip -> skip.by().equals(request.actor()))
        .map(
            _ ->
                "Expected a second, different person to leave out '%s', but %s has said so already"
                    .formatted(request.step(), request.actor()));
  }

  private static boolean isHeldAt(Cutover cutover, Step step) {
    return cutover.state() instanceof Held(String _, Running(int stage))
        && cutover.requiredRunbook().stages().get(stage) instanceof Stage.Work work
        && work.steps().contains(step);
  }

  private static Optional<ProposedSkip> proposed(Cutover cutover, String step) {
    return cutover.people().skips().stream().filter(skip -> skip.step().equals(step)).findFirst();
  }

  /** Why no number of people can leave that out; empty when two can. */
  private static Optional<String> neverBecause(Action action) {
    return switch (action) {
      case CHECK_TARGET,
          CHECK_TARGET_WRITES,
          VERIFY_SPLIT,
          VERIFY_SHIFT,
          VERIFY_VIEW,
          CHECK_SOURCE,
          VERIFY_REVERT,
          VERIFY_REVERTED_VIEW,
          CALL_TEAM,
          ASK_PARTICIPANT,
          DO_BY_HAND,
          PROVE_FOR_TEAM,
          RENDER_SQL,
          WRITE_BUNDLE ->
          Optional.empty();
      case RECHECK_TARGET,
          RECHECK_COUNTS,
          RECHECK_DATA,
          RECHECK_STREAMS,
          RECHECK_TRAFFIC,
          RECHECK_TICKET,
          RECHECK_BACKUP,
          QUERY_BACKUP,
          RECHECK_DATABASES,
          RECHECK_CHANGED,
          DRILL_FENCE ->
          Optional.of("it only looks: sign the line of readiness instead");
      case ADOPT_DATABASES, ADOPT_SWITCH -> Optional.of("what is adopted must be seen");
      case FENCE_SOURCE,
          DRAIN_REVERSE,
          VALIDATE_FINAL,
          VALIDATE_FULL,
          EXPORT_DELTA,
          APPLY_DELTA,
          COUNT_LOSS ->
          Optional.of("without it acknowledged writes would be lost");
      case SHIFT_TRAFFIC, OPEN_TARGET -> Optional.of("it is the switch");
      case PUT_BACK_RECORDS -> Optional.of("nothing waits for it: resume");
      case REVERT_TRAFFIC,
          FENCE_TARGET,
          ALIGN_SOURCE_SEQUENCES,
          OPEN_SOURCE,
          RESTORE_TTL,
          DROP_REPLICATION ->
          Optional.of("it takes back what was done");
      case CAPTURE_RECORDS, STAGE_SWITCH, LOWER_TTL ->
          Optional.of("without it there is no fast way back");
      case WATCH_RECORDS, WATCH_SCHEMA ->
          Optional.of("without it a change during the freeze would not be seen");
      case PREPARE_REPLICATION, START_FORWARD_SYNC, COMPARE_DATA, COMPARE_CHANGED ->
          Optional.of("without it the target has no proven copy");
      case START_REVERSE_SYNC, PROVE_ROUND_TRIP, ALIGN_TARGET_SEQUENCES ->
          Optional.of("without it the way back is not proven");
      case LEARN_BASELINE, WATCH_HEALTH, STOP_WATCHING ->
          Optional.of("without it nothing would be seen: take the watch out of the plan instead");
    };
  }
}
