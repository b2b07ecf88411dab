package dev.cutover.sync.domain;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Moves rows between the two databases of one spec, in both directions by the same engine.
 *
 * <p>An implementation must: keep every change in commit order; apply each exactly once, by a
 * position that is stored with the rows; never make the change topic the only copy (the slot is
 * confirmed only up to what the other database has applied); give the capture no stored offset
 * (correctness.md 1.1); drop transactions that it applied itself, so that nothing loops. It must
 * not write the fence's rows, and must not retry for ever: a broken stream says so in {@link
 * StreamHealth#error()} and stands.
 *
 * <p>All methods may be called from any thread; calls for the same spec and direction come one at a
 * time, except {@link #health}.
 */
public interface Replicator extends AutoCloseable {

  /**
   * Copies all tables of the spec from one exported snapshot, then streams from that snapshot's
   * position. Returns when the rows are copied and the stream runs; it may still lag.
   *
   * <p>Idempotent: where slot and position are there already, the copy is skipped ({@code rows} is
   * 0) and only the stream is started. A copy that was cut off goes on with the tables that are not
   * complete, from a snapshot and a position of their own. In {@link Direction#REVERSE} there is
   * never a copy: the slot on the target is created here, so it must be called before the target is
   * ever opened, and the stream runs from then on.
   *
   * @throws ReplicationFailed when the world is not as expected, with a sentence for people;
   *     nothing half-made is left that a second call would mistake for success
   */
  CopyResult copyAndStream(ReplicationSpec spec, Direction direction, Progress progress)
      throws InterruptedException, ReplicationFailed;

  /**
   * Starts the stream of a slot and a position that exist, for example after a restart. Does
   * nothing while it runs healthily; replaces it when it has failed.
   *
   * @throws ReplicationFailed when the slot or the position is missing: it is never made up here
   */
  void start(ReplicationSpec spec, Direction direction)
      throws InterruptedException, ReplicationFailed;

  /** How the stream is at this moment; cheap, never blocks on a database. */
  StreamHealth health(ReplicationSpec spec, Direction direction);

  /**
   * How many transactions with rows of the spec's tables the captured side has committed after the
   * marker of its fence at this epoch or a later one, the applier's own left out: nobody should.
   *
   * @return 0 also where no such marker has passed since the stream was started
   */
  long lateWrites(ReplicationSpec spec, Direction direction, long fenceEpoch);

  /**
   * Waits until the row {@code markerId} of {@code cutover.marker}, written on the captured side,
   * has been applied on the other side: then everything committed before it is there too, durably.
   * Of a stream that is held ({@link Deltas}) it only says that everything before it is captured.
   *
   * @throws DrainTimedOut when the deadline passes first
   * @throws ReplicationFailed when the stream fails meanwhile, at once and not at the deadline
   */
  void awaitMarker(ReplicationSpec spec, Direction direction, String markerId, Instant deadline)
      throws InterruptedException, DrainTimedOut, ReplicationFailed;

  /**
   * Looks whether the captured side has the log that the stream needs, and keeps no more of it than
   * the spec allows: past that the slot is dropped, as production goes before the stream. Either
   * way the stream stands and says so. Called every few seconds, also of a stream that stands; asks
   * the database only, and does nothing where it does not answer.
   */
  void guardSlot(ReplicationSpec spec, Direction direction);

  /** Stops the stream; slot, position and topic stay, so that {@link #start} goes on from there. */
  void stop(ReplicationSpec spec, Direction direction) throws InterruptedException;

  /**
   * Stops both directions and removes slots, publications, positions and the change topics'
   * content. Absent things are no error. The schema {@code cutover} itself is not touched.
   */
  void drop(ReplicationSpec spec) throws InterruptedException, ReplicationFailed;

  @Override
  void close();

  /** Told about once a second how far the copy is, from any thread; must return at once. */
  @FunctionalInterface
  interface Progress {
    /** Told how far the copy is. */
    void copied(CopyProgress progress);
  }

  /**
   * What the copy did.
   *
   * @param rows rows copied, over all tables; 0 when the copy was there already
   * @param bytes bytes of COPY data, over all tables
   * @param perTable rows per table
   * @param tookMs from the snapshot's export to the last table's commit, in milliseconds
   */
  record CopyResult(long rows, long bytes, Map<TableName, Long> perTable, long tookMs) {
    public CopyResult {
      perTable = Map.copyOf(perTable);
    }
  }

  /**
   * How one stream is.
   *
   * @param running capture and applier are both alive
   * @param lagMs age of the newest applied heartbeat or row, measured on the captured side's clock,
   *     in milliseconds; {@code Long.MAX_VALUE} when nothing was applied yet
   * @param appliedTransactions applied since the stream was started
   * @param conflicts rows that were not as the stream expected them; above 0 is unhealthy
   * @param lastAppliedLsn commit end LSN of the last applied transaction, e.g. {@code 0/16B3748}
   * @param lastHeartbeatAgeMs milliseconds since a heartbeat row was last seen at the other end;
   *     {@code Long.MAX_VALUE} when none was
   * @param error why it does not run, a sentence for people; empty while it runs
   */
  record StreamHealth(
      boolean running,
      long lagMs,
      long appliedTransactions,
      long conflicts,
      Optional<String> lastAppliedLsn,
      long lastHeartbeatAgeMs,
      Optional<String> error) {

    /** A stream that was never started. */
    public static StreamHealth notStarted() {
      return new StreamHealth(
          false,
          Long.MAX_VALUE,
          0,
          0,
          Optional.empty(),
          Long.MAX_VALUE,
          Optional.of("not started"));
    }
  }

  /** The stream cannot do what was asked; the message is a sentence for people. */
  final class ReplicationFailed extends Exception {
    private static final long serialVersionUID = 1L;

    public ReplicationFailed(String reason) {
      super(reason);
    }

    public ReplicationFailed(String reason, Throwable cause) {
      super(reason, cause);
    }
  }

  /** The marker was not seen at the other end before the deadline. */
  final class DrainTimedOut extends Exception {
    private static final long serialVersionUID = 1L;

    public DrainTimedOut(String reason) {
      super(reason);
    }
  }
}
