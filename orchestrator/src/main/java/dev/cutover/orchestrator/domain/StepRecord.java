package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Command;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Reply;
import java.time.Instant;
import java.util.Optional;

/**
 * What the journal knows of a step: its last attempt in this round.
 *
 * @param step what was ordered, within which bounds
 * @param attempt of this step ever, from 1: never used twice
 * @param tries how often it was tried in this round
 * @param epoch of the decision to do it; a retry is the same decision and keeps it
 * @param command as sent
 * @param undo computed before it was sent
 * @param status how far it is
 * @param sentAt when the first try of this round was sent
 * @param dueAt when this attempt counts as failed, or when the next is sent, or nothing
 * @param reply the answer, once it is done
 * @param detail evidence or failure, in words
 * @param lastFailure why the try before failed, if there was one
 */
public record StepRecord(
    Step step,
    int attempt,
    int tries,
    long epoch,
    Command command,
    Undo undo,
    Status status,
    Instant sentAt,
    Optional<Instant> dueAt,
    Optional<Instant> endedAt,
    Optional<Reply> reply,
    String detail,
    Optional<FailureKind> lastFailure) {

  /** How far a step is. */
  public enum Status {
    /** Not sent: it is shown, and waits for a person to confirm it. */
    SHOWN,
    SENT,
    RETRYING,
    DONE,
    FAILED,
    /** Two people left it out. */
    SKIPPED
  }

  StepRecord done(Reply answer, Instant at, String evidence) {
    return new StepRecord(
        step,
        attempt,
        tries,
        epoch,
        command,
        undo,
        Status.DONE,
        sentAt,
        Optional.empty(),
        Optional.of(at),
        Optional.of(answer),
        evidence,
        lastFailure);
  }

  StepRecord retrying(Instant retryAt, Failure failure) {
    return new StepRecord(
        step,
        attempt,
        tries,
        epoch,
        command,
        undo,
        Status.RETRYING,
        sentAt,
        Optional.of(retryAt),
        Optional.empty(),
        Optional.empty(),
        failure.reason(),
        Optional.of(failure.kind()));
  }

  StepRecord failed(String why) {
    return new StepRecord(
        step,
        attempt,
        tries,
        epoch,
        command,
        undo,
        Status.FAILED,
        sentAt,
        Optional.empty(),
        endedAt,
        Optional.empty(),
        why,
        lastFailure);
  }

  StepRecord skipped(Instant at, String why) {
    return new StepRecord(
        step,
        attempt,
        tries,
        epoch,
        command,
        undo,
        Status.SKIPPED,
        sentAt,
        Optional.empty(),
        Optional.of(at),
        Optional.empty(),
        why,
        lastFailure);
  }

  /** A step whose effect was found in the world, whoever did it. */
  static StepRecord found(Step step, Command command, Undo undo, Instant at) {
    return new StepRecord(
        step,
        command.header().step().attempt(),
        1,
        command.header().epoch(),
        command,
        undo,
        Status.DONE,
        at,
        Optional.empty(),
        Optional.of(at),
        Optional.empty(),
        "found so",
        Optional.empty());
  }

  /** A step that is shown and waits for a person. */
  static StepRecord shown(TeamEvent.StepShown event) {
    return new StepRecord(
        event.step(),
        event.command().header().step().attempt(),
        0,
        event.command().header().epoch(),
        event.command(),
        new Undo.Nothing(),
        Status.SHOWN,
        event.at(),
        Optional.of(event.dueAt()),
        Optional.empty(),
        Optional.empty(),
        event.explanation(),
        Optional.empty());
  }

  /** Whether its order left the house: then it may have been carried out. */
  public boolean wasSent() {
    return status != Status.SHOWN;
  }

  /** Whether it still has to be confirmed, answered or tried again. */
  public boolean outstanding() {
    return status == Status.SHOWN || status == Status.SENT || status == Status.RETRYING;
  }
}
