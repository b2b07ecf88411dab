package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one database says of itself.
 *
 * @param unreachable why it could not be read; everything else is empty then
 * @param standby in recovery, so that it takes no writes at all
 * @param fence the row of {@code cutover.writer}; empty where the replication was never prepared
 * @param unfencedTables tables that a fence does not cover at this moment; those of an open side
 *     are not named
 * @param streams what is applied here
 * @param slots what is captured here, of this replication
 * @param sequencesAhead whether this side's sequences are ahead of the other's; empty when one of
 *     both could not be read
 * @param longestTransactionMs age of the oldest transaction of other sessions that has written; 0
 *     without any
 * @param preparedTransactions how many two-phase transactions wait
 */
public record DatabaseState(
    Optional<String> unreachable,
    boolean standby,
    Optional<Fence> fence,
    List<String> unfencedTables,
    List<AppliedStream> streams,
    List<Slot> slots,
    Optional<Boolean> sequencesAhead,
    long longestTransactionMs,
    int preparedTransactions) {
  public DatabaseState {
    unfencedTables = List.copyOf(unfencedTables);
    streams = List.copyOf(streams);
    slots = List.copyOf(slots);
  }

  /** Nothing is known, for that reason. */
  public static DatabaseState unreachable(String reason) {
    return new DatabaseState(
        Optional.of(reason),
        false,
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        0,
        0);
  }

  /** The same, with what only a look at the other side can tell. */
  public DatabaseState withSequencesAhead(boolean ahead) {
    return new DatabaseState(
        unreachable,
        standby,
        fence,
        unfencedTables,
        streams,
        slots,
        Optional.of(ahead),
        longestTransactionMs,
        preparedTransactions);
  }

  /**
   * Who may write.
   *
   * @param fenced refuses everybody but the applier; otherwise it is open
   * @param epoch of the decision that wrote the row
   * @param step that wrote it, as {@code cutover/step/attempt}
   * @param cutover that owns the row
   * @param at when, on the database's clock
   * @param by user of the session that wrote it
   * @param leaseUntil when the fence is given back unless somebody speaks
   * @param drill a fence that ends by itself; nothing may rest on it
   * @param manual a person has taken over
   * @param everOpened whether it was opened at any time since this cutover prepared it: then it may
   *     hold writes of its own
   */
  public record Fence(
      boolean fenced,
      long epoch,
      Optional<String> step,
      Optional<CutoverId> cutover,
      Optional<Instant> at,
      Optional<String> by,
      Optional<Instant> leaseUntil,
      boolean drill,
      Optional<ManualMark> manual,
      boolean everOpened) {}

  /** A person's mark: everything that changes this database is refused while it is there. */
  public record ManualMark(Optional<String> who, Optional<String> why, Optional<Instant> at) {}

  /**
   * A stream whose changes are applied here.
   *
   * @param lsn position in the other side's log up to which they are
   * @param ageMs since the position moved; a running stream moves it each second
   * @param held captured and kept, not applied
   */
  public record AppliedStream(String name, String lsn, long ageMs, boolean held) {}

  /**
   * A replication slot.
   *
   * @param active somebody reads from it
   * @param retainedBytes log that the server keeps for it
   * @param lagBytes log that was written and is not confirmed yet
   * @param walStatus as PostgreSQL says: {@code reserved}, {@code extended}, {@code unreserved} or
   *     {@code lost}
   */
  public record Slot(
      String name, boolean active, long retainedBytes, long lagBytes, String walStatus) {}
}
