package dev.cutover.sync.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.DatabaseState.ManualMark;
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
 * @param manual a person has taken over: every order that changes anything is refused meanwhile
 * @param cutover the cutover that owns the row: epochs of different cutovers cannot be compared, so
 *     commands of another one are refused; empty when none does
 * @param by the database session's user that wrote it
 * @param lease the promise to open the source again, on a source fenced under a lease; or the fence
 *     that the target owes, on a source that was opened without it
 * @param endsAt a drill's fence: past this moment, on the database's clock, the triggers let
 *     everybody through whatever the row says, so nothing may rest on it; empty for a fence that
 *     stands
 */
public record WriterRow(
    long epoch,
    State state,
    Optional<String> step,
    Optional<Instant> at,
    Optional<ManualMark> manual,
    Optional<String> by,
    Optional<CutoverId> cutover,
    Optional<Lease> lease,
    Optional<Instant> endsAt) {

  /** Whether a side accepts writes of everybody, or of the applier only. */
  public enum State {
    OPEN,
    FENCED
  }

  /**
   * When a fence gives itself back, or the other side gets its own.
   *
   * @param until expiry, on the service's clock; it only triggers the try, epochs decide
   * @param epoch the epoch of the fence, or of the opening, that this belongs to; another epoch in
   *     the row voids it
   * @param other the other side, so that a restarted service can find it without being told
   */
  public record Lease(Instant until, long epoch, DatabaseEndpoint other) {}

  /** Refuses because a person has taken over. */
  public void requireNotManual(String address) throws GateRefused {
    if (manual.isPresent()) {
      throw new GateRefused(
          GateRefused.Reason.MANUAL,
          "Expected to be in charge of %s, but %s has set the manual mark%s%s: UPDATE cutover.writer SET manual = false when the machine may go on"
              .formatted(
                  address,
                  manual.get().who().orElse("a person"),
                  manual.get().at().map(" at %s"::formatted).orElse(""),
                  manual.get().why().map(" (%s)"::formatted).orElse("")));
    }
  }

  public boolean isOpen() {
    return state == State.OPEN;
  }

  public boolean isFenced() {
    return state == State.FENCED;
  }
}
