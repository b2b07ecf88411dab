package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Reply;
import dev.cutover.contract.StepRef;
import dev.cutover.orchestrator.domain.StepRecord.Status;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What was ordered, what was answered, and which epochs that left in the world.
 *
 * @param steps last record of each step in this round by its name, in the order in which they were
 *     first sent
 * @param attempts how often each step was ever sent, by its name
 * @param targetEpoch epoch of the last fence that was sent to the target
 * @param markEpoch epoch of the last mark that was sent to the switch
 * @param epochBase what every new epoch is above: the world had higher ones than the journal when
 *     it was adopted; even
 */
public record Ledger(
    SequencedMap<String, StepRecord> steps,
    Map<String, Integer> attempts,
    long targetEpoch,
    long markEpoch,
    long epochBase) {
  /** Nothing was ever ordered. */
  public static final Ledger EMPTY = new Ledger(new LinkedHashMap<>(), Map.of(), 0, 0, 0);

  public Ledger {
    steps = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(steps));
    attempts = Map.copyOf(attempts);
  }

  /** The record of the step of that name in this round. */
  public Optional<StepRecord> step(String name) {
    return Optional.ofNullable(steps.get(name));
  }

  /** The record of the last step with that action in this round. */
  public Optional<StepRecord> step(Action action) {
    return steps.sequencedValues().reversed().stream()
        .filter(record -> record.step().action() == action)
        .findFirst();
  }

  /** The record of the attempt that a reply names, while it still waits for it. */
  public Optional<StepRecord> outstanding(StepRef ref) {
    return step(ref.step())
        .filter(StepRecord::wasSent)
        .filter(record -> record.attempt() == ref.attempt() && record.outstanding());
  }

  /** Whether the order was sent in this round, answered or not. */
  public boolean sent(Action action) {
    return step(action).filter(StepRecord::wasSent).isPresent();
  }

  /** Whether it was carried out in this round. */
  public boolean done(Action action) {
    return step(action).filter(record -> record.status() == Status.DONE).isPresent();
  }

  /** Whether it was sent in this round, answered or not, and not undone since by the other. */
  boolean sentAndNotUndone(Action action, Action undo) {
    Optional<StepRecord> undone = step(undo).filter(record -> record.status() == Status.DONE);
    return steps.values().stream()
        .filter(record -> record.step().action() == action && record.wasSent())
        .anyMatch(record -> undone.filter(done -> done.epoch() > record.epoch()).isEmpty());
  }

  /** The answer to that action in this round, if it is of that type. */
  public <R extends Reply> Optional<R> reply(Action action, Class<R> type) {
    return step(action).flatMap(StepRecord::reply).filter(type::isInstance).map(type::cast);
  }

  /** Attempt number of the next order of the step of that name. */
  public int nextAttempt(String name) {
    return attempts.getOrDefault(name, 0) + 1;
  }

  Ledger with(StepRecord record) {
    SequencedMap<String, StepRecord> next = new LinkedHashMap<>(steps);
    next.put(record.step().name(), record);
    return new Ledger(next, attempts, targetEpoch, markEpoch, epochBase);
  }

  /**
   * An answered one. What was put back has left its mark: before the answer it may have been
   * refused, and the mark of the shift still stand.
   */
  Ledger withDone(StepRecord record) {
    Ledger next = with(record);
    return record.step().action() == Action.PUT_BACK_RECORDS
        ? new Ledger(
            next.steps, attempts, targetEpoch, Math.max(markEpoch, record.epoch()), epochBase)
        : next;
  }

  Ledger withSent(SagaEvent.StepSent sent) {
    Action action = sent.step().action();
    long epoch = sent.command().header().epoch();
    String name = sent.step().name();
    StepRecord before = steps.get(name);
    Instant since = sent.tries() > 1 && before != null ? before.sentAt() : sent.at();
    int attempt = sent.command().header().step().attempt();
    StepRecord record =
        new StepRecord(
            sent.step(),
            attempt,
            sent.tries(),
            epoch,
            sent.command(),
            sent.undo(),
            Status.SENT,
            since,
            Optional.of(sent.dueAt()),
            Optional.empty(),
            Optional.empty(),
            "",
            sent.tries() > 1 && before != null ? before.lastFailure() : Optional.empty());
    Map<String, Integer> counts = new HashMap<>(attempts);
    counts.put(name, attempt);
    boolean fencesTarget = action == Action.PREPARE_REPLICATION || action == Action.FENCE_TARGET;
    boolean marks =
        action == Action.STAGE_SWITCH
            || action == Action.SHIFT_TRAFFIC
            || action == Action.REVERT_TRAFFIC;
    SequencedMap<String, StepRecord> next = new LinkedHashMap<>(steps);
    next.put(name, record);
    return new Ledger(
        next, counts, fencesTarget ? epoch : targetEpoch, marks ? epoch : markEpoch, epochBase);
  }

  Ledger withTargetEpoch(long epoch) {
    return new Ledger(steps, attempts, epoch, markEpoch, epochBase);
  }

  /** As the world was found: these epochs are there, and every new one is above the base. */
  Ledger found(long targetEpoch, long markEpoch, long epochBase) {
    return new Ledger(steps, attempts, targetEpoch, markEpoch, epochBase);
  }

  /** Whatever is outstanding is void: nobody waits for it any more. */
  Ledger withOutstandingVoid(String why) {
    SequencedMap<String, StepRecord> next = new LinkedHashMap<>(steps);
    next.values().removeIf(record -> !record.wasSent());
    next.replaceAll((_, record) -> record.outstanding() ? record.failed(why) : record);
    return new Ledger(next, attempts, targetEpoch, markEpoch, epochBase);
  }

  Ledger without(String name) {
    SequencedMap<String, StepRecord> next = new LinkedHashMap<>(steps);
    next.remove(name);
    return new Ledger(next, attempts, targetEpoch, markEpoch, epochBase);
  }

  /**
   * What another go begins with.
   *
   * @param prepared names of steps that stay done
   */
  Ledger withoutRound(Set<String> prepared) {
    SequencedMap<String, StepRecord> next = new LinkedHashMap<>(steps);
    next.values()
        .removeIf(
            record ->
                !prepared.contains(record.step().name())
                    && record.step().action() != Action.START_REVERSE_SYNC);
    return new Ledger(next, attempts, targetEpoch, markEpoch, epochBase);
  }
}
