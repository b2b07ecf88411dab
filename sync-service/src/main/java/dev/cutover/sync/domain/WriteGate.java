package dev.cutover.sync.domain;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.StepRef;
import dev.cutover.sync.domain.WriterRow.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Closes and opens one database for writing, in the database itself. Holds no state between calls:
 * everything is in the row {@link WriterRow} and the triggers.
 *
 * <p>Two rules make it safe whatever is late, doubled or undead (correctness.md 3): a fence takes
 * effect on any lower epoch and always writes its own; an open takes effect only at exactly the
 * epoch that it names, and only while the other side is fenced.
 */
public interface WriteGate {

  /**
   * Fences one side: when it returns, nothing but the applier can commit a change, whatever its
   * role, isolation level or snapshot, and no transaction that could is left. Then the marker was
   * committed, so that whoever has applied the marker has applied everything.
   *
   * <p>Phases: row (with the epoch), trigger per table, barrier over older transactions,
   * completeness, marker. A failure leaves what was done: some tables refuse, none leaks; the same
   * command goes on, an {@link #open} gives it back.
   *
   * @throws GateRefused NEWER_EPOCH, MANUAL, BLOCKED, NOT_PREPARED, NOT_PROVEN, UNREACHABLE; a
   *     drill also UNEXPECTED_STATE
   */
  Fenced fence(FenceOrder order) throws GateRefused, InterruptedException;

  /**
   * Opens one side by compare-and-set on its row, while the other side's row is locked as fenced.
   *
   * @throws GateRefused UNEXPECTED_STATE, OTHER_SIDE_NOT_FENCED, MANUAL, NOT_PREPARED, UNREACHABLE
   */
  Opened open(OpenOrder order) throws GateRefused;

  /**
   * Raises the epoch of a side that is fenced, so that an open under way finds another epoch. Done
   * already at that epoch: no change.
   *
   * @throws GateRefused UNEXPECTED_STATE when the side is open, NEWER_EPOCH, MANUAL, UNREACHABLE
   */
  void raise(DatabaseEndpoint database, long epoch, StepRef step) throws GateRefused;

  /**
   * Sets a new expiry on what a row owes, or none; no effect once the row has another epoch.
   *
   * @throws GateRefused UNREACHABLE, NOT_PREPARED
   */
  void renewLease(DatabaseEndpoint database, long epoch, Optional<Instant> until)
      throws GateRefused;

  /**
   * Reads the row.
   *
   * @throws GateRefused UNREACHABLE, NOT_PREPARED
   */
  WriterRow state(DatabaseEndpoint database) throws GateRefused;

  /**
   * Reads everything that a fence consists of, without changing anything.
   *
   * @throws GateRefused UNREACHABLE, NOT_PREPARED
   */
  FenceEvidence evidence(DatabaseEndpoint database) throws GateRefused;

  /**
   * Tries to write each user table, as the application where its login is known, without side
   * effects ({@code DELETE .. WHERE false}).
   *
   * @throws GateRefused NOT_PROVEN naming the tables that took it, UNREACHABLE
   */
  Probed probe(DatabaseEndpoint database) throws GateRefused;

  /**
   * Commits a row of {@code cutover.marker} as the applier, who may write on either side.
   *
   * @return its id
   */
  String mark(DatabaseEndpoint database) throws GateRefused;

  /**
   * Once the source serves again, whatever the fenced target once took of its own is history: its
   * row says no more that it was opened. Does nothing otherwise.
   */
  void forgetOpening(DatabaseEndpoint target, DatabaseEndpoint source) throws GateRefused;

  /**
   * Disables the triggers of a side that was opened at this epoch, table by table, never waiting
   * long for a lock; stops by itself when the row changes. Not needed for correctness: it only
   * saves their cost.
   *
   * @return how many tables still have the trigger enabled; 0 when done or when the row has changed
   */
  int relax(DatabaseEndpoint database, long epoch) throws GateRefused;

  /**
   * What to fence.
   *
   * @param step written into the row, for people; its cutover must own the row
   * @param endBlockers whether sessions that block the fence may be ended; only those
   * @param deadline bounds the trying, not the fence
   * @param lease written with the row; empty for a fence that is never given back by itself
   * @param endsAfter a drill: only an open side is fenced, and so long after that the database lets
   *     everybody through again by itself
   */
  record FenceOrder(
      DatabaseEndpoint database,
      long epoch,
      StepRef step,
      boolean endBlockers,
      Instant deadline,
      Optional<Lease> lease,
      Optional<Duration> endsAfter) {
    /** A fence that stands. */
    public FenceOrder(
        DatabaseEndpoint database,
        long epoch,
        StepRef step,
        boolean endBlockers,
        Instant deadline,
        Optional<Lease> lease) {
      this(database, epoch, step, endBlockers, deadline, lease, Optional.empty());
    }
  }

  /**
   * What the fence did. Instants are on the service's clock, durations in milliseconds since {@code
   * begunAt}.
   *
   * @param firstRefusedAt from when on a write may have been refused: the outage's beginning
   * @param markerId key of the marker's row
   * @param tables how many tables carry the fence
   * @param sessionsEnded how many sessions were ended because they blocked it
   * @param ddlRefused whether the event trigger is in force too
   * @param unreached logins that could take the triggers away, for want of the event trigger
   */
  record Fenced(
      long epoch,
      Instant begunAt,
      Instant firstRefusedAt,
      String markerId,
      int tables,
      int sessionsEnded,
      boolean ddlRefused,
      List<String> unreached,
      double tablesMs,
      double barrierMs,
      double markerMs) {}

  /**
   * What to open.
   *
   * @param expectedEpoch the epoch at which the side must be fenced
   * @param newEpoch written with the state OPEN; above expectedEpoch
   * @param otherSide re-read as fenced; empty only when people have declared it dead
   * @param deadSide that side, then: the row keeps that it owes a fence, and it gets one as soon as
   *     it answers ({@link FenceLease})
   */
  record OpenOrder(
      DatabaseEndpoint database,
      long expectedEpoch,
      long newEpoch,
      StepRef step,
      Optional<DatabaseEndpoint> otherSide,
      Optional<DatabaseEndpoint> deadSide) {
    /** Opens beside a side that is fenced. */
    public OpenOrder(
        DatabaseEndpoint database,
        long expectedEpoch,
        long newEpoch,
        StepRef step,
        DatabaseEndpoint otherSide) {
      this(database, expectedEpoch, newEpoch, step, Optional.of(otherSide), Optional.empty());
    }

    public OpenOrder {
      if (otherSide.isPresent() == deadSide.isPresent()) {
        throw new IllegalArgumentException("Expected another side that is fenced, or a dead one");
      }
      if (newEpoch <= expectedEpoch) {
        throw new IllegalArgumentException(
            "Expected the new epoch to be above the expected one (%d), but it is %d"
                .formatted(expectedEpoch, newEpoch));
      }
    }
  }

  /**
   * What the open did.
   *
   * @param neverFenced it was open at a lower epoch than expected, as when a fence that never ran
   *     is aborted: only the epoch rose
   * @param byLease the lease of its fence had opened it already: only the epoch rose
   */
  record Opened(long epoch, Instant at, boolean neverFenced, boolean byLease, double tookMs) {}

  /**
   * Evidence that a fence stands.
   *
   * @param unfencedTables user tables whose trigger is missing or not ENABLE ALWAYS
   * @param ddlRefused whether the event trigger is in force; empty where it was never installed
   * @param timeline WAL timeline; another one means a failover, which may have lost the fence
   */
  record FenceEvidence(
      WriterRow row, List<String> unfencedTables, Optional<Boolean> ddlRefused, long timeline) {
    public FenceEvidence {
      unfencedTables = List.copyOf(unfencedTables);
    }
  }

  /**
   * What the probes met.
   *
   * @param refused tables that refused by the fence
   * @param withoutRight tables that the probing login may not write at all
   * @param asRole which login probed
   */
  record Probed(int refused, int withoutRight, String asRole, double tookMs) {}
}
