package dev.cutover.sync.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import java.time.Instant;
import java.util.Optional;

/**
 * The one row of {@code cutover.writer}: who may write on this side. It lives in the database, so
 * it outlives every process and Kafka itself.
 *
 * @param epoch the journal's sequence of the decision that wrote it; only ever rises
 * @param state whether this side accepts writes
 * @param step the step that wrote it, for people
 * @param at when, on the database's clock
 * @param manual a person has taken over: every command is refused while it is set
 * @param cutover the cutover that owns the row: epochs of different cutovers cannot be compared, so
 *     commands of another one are refused; empty when none does
 * @param by the database session's user that wrote it
 * @param lease the promise to open the source again; present only on a source fenced under a lease
 */
public record WriterRow(
    long epoch,
    State state,
    Optional<String> step,
    Optional<Instant> at,
    boolean manual,
    Optional<String> by,
    Optional<CutoverId> cutover,
    Optional<Lease> lease) {

  /** Whether a side accepts writes of everybody, or of the applier only. */
  public enum State {
    OPEN,
    FENCED
  }

  /**
   * When a fence gives itself back.
   *
   * @param until expiry, on the service's clock; it only triggers the try, epochs decide
   * @param epoch the fence's epoch that this lease belongs to; another epoch in the row voids it
   * @param other the other side, so that a restarted service can find it without being told
   */
  public record Lease(Instant until, long epoch, DatabaseEndpoint other) {}

  public boolean isOpen() {
    return state == State.OPEN;
  }

  public boolean isFenced() {
    return state == State.FENCED;
  }
}
