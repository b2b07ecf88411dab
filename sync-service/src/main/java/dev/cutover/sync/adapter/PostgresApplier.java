package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.ChangeFrame;
import dev.cutover.sync.domain.LargeTransaction;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.TableStarts;
import dev.cutover.sync.domain.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Applies whole transactions to one database, each exactly once: the position is in the same
 * transaction as the rows, and is moved first, by compare-and-set, so a second applier is found out
 * before it changes a row (correctness.md 4). Of two, the one that claimed the position last goes
 * on.
 *
 * <p>A row that is there already, or one that is missing, is a conflict: nothing of the batch is
 * kept, the position stays, and the stream stands. Skipping it would be a silent loss.
 */
final class PostgresApplier implements AutoCloseable {
  private static final int KEYS_TOLD_MAX = 10;

  private final Connection connection;
  private final PostgresRefetch refetch;
  private final String stream;
  private final String owner;
  private final Map<TableName, TableShape> shapes;
  private final RowWriter writer;
  private final TableStarts starts;
  private Lsn position;

  /** Where the applied side stands: what was applied last, and where the topic goes on. */
  record Position(Lsn lsn, long kafkaOffset) {}

  /**
   * Opens an applier.
   *
   * @param connection to the applied side, as the applier's role; owned from now on
   * @param refetch reads the captured side; owned from now on
   * @param owner as which the position was claimed
   */
  PostgresApplier(
      Connection connection,
      PostgresRefetch refetch,
      String stream,
      String owner,
      Map<TableName, TableShape> shapes,
      Lsn position)
      throws SQLException {
    this.connection = connection;
    this.refetch = refetch;
    this.stream = stream;
    this.owner = owner;
    this.shapes = shapes;
    this.position = position;
    PostgresSql.pin(connection);
    starts = new CopyRecord(stream).starts(connection);
    writer = new RowWriter(connection, shapes, PostgresSql.tryReplicaRole(connection));
    // The server gives a statement up a moment before the driver does, and what nobody ends: behind
    // a dead network it would keep the position locked.
    PostgresSql.execute(
        connection,
        "SET synchronous_commit = off; SET statement_timeout = %d; SET idle_in_transaction_session_timeout = '2min'"
            .formatted(connection.getNetworkTimeout() * 9L / 10));
    connection.setAutoCommit(false);
  }

  /** Another applier moved the position. */
  static final class Replaced extends Exception {
    private static final long serialVersionUID = 1L;

    Replaced(String reason) {
      super(reason);
    }
  }

  /** Rows are not as the captured side had them. */
  static final class Conflict extends Exception {
    private static final long serialVersionUID = 1L;

    private final int count;

    Conflict(int count, String reason) {
      super(reason);
      this.count = count;
    }

    int count() {
      return count;
    }
  }

  /** Reads the stored position; none: {@link SQLException}, it is never made up. */
  static Position position(Connection connection, String stream) throws SQLException {
    String sql = "SELECT lsn::text, kafka_offset FROM cutover.position WHERE stream = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, stream);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("Expected a position of stream " + stream + ", but there is none");
        }
        return new Position(Lsn.parse(row.getString(1)), row.getLong(2));
      }
    }
  }

  /**
   * Takes the position over: what another applier has under way is finished first, and it moves
   * nothing after that. Returns where the stream stands then.
   */
  static Position claim(Connection connection, String stream, String owner) throws SQLException {
    PostgresSql.update(
        connection, "UPDATE cutover.position SET owner = ? WHERE stream = ?", owner, stream);
    return position(connection, stream);
  }

  /**
   * Applies transactions, in their order, as one.
   *
   * @param frames never empty
   * @return true if the commit was flushed: then so is everything before it
   */
  boolean apply(List<ChangeFrame> frames) throws SQLException, Replaced, Conflict {
    List<Change> changes = new ArrayList<>();
    frames.forEach(frame -> changes.addAll(starts.due(frame.end(), frame.changes())));
    return apply(frames.getLast(), List.of(changes).iterator(), Change.marks(changes));
  }

  /**
   * Applies a large transaction as one, piece by piece.
   *
   * @param pieces its changes; what it throws leaves the transaction open, so close this then
   * @return true if the commit was flushed: then so is everything before it
   */
  boolean apply(LargeTransaction transaction, Iterator<List<Change>> pieces)
      throws SQLException, Replaced, Conflict {
    return apply(transaction, pieces, transaction.marks());
  }

  private boolean apply(Transaction last, Iterator<List<Change>> pieces, List<Change.Mark> marks)
      throws SQLException, Replaced, Conflict {
    List<Change> piece = List.of();
    Savepoint before = null;
    try {
      advance(last);
      writer.begin();
      while (pieces.hasNext()) {
        List<Change> next = pieces.next();
        boolean isFirst = piece.isEmpty();
        piece = last instanceof LargeTransaction ? starts.due(last.end(), next) : next;
        before = isFirst ? null : replaced(before);
        writer.write(refetch.complete(piece));
      }
      boolean isFlushed = mark(marks);
      connection.commit();
      position = last.end();
      return isFlushed;
    } catch (RowWriter.Missed | SQLException e) {
      if (e instanceof RowWriter.Missed || isConflict((SQLException) e)) {
        throw conflict(piece, before, e);
      }
      connection.rollback();
      throw (SQLException) e;
    } catch (Replaced e) {
      connection.rollback();
      throw e;
    }
  }

  private void advance(Transaction last) throws SQLException, Replaced {
    int moved =
        PostgresSql.update(
            connection,
            "UPDATE cutover.position SET lsn = ?::pg_lsn, kafka_offset = ?, at = clock_timestamp() WHERE stream = ? AND owner = ? AND lsn = ?::pg_lsn AND NOT held",
            last.end().toString(),
            last.nextOffset(),
            stream,
            owner,
            position.toString());
    if (moved != 1) {
      throw new Replaced(
          "Expected stream %s to stand at %s and to be applied, but it does not: another instance applies it now, or its changes are held, so this one stopped"
              .formatted(stream, position));
    }
  }

  // What does not fit is looked for among the piece's changes, on top of the pieces before it.
  private Savepoint replaced(@Nullable Savepoint before) throws SQLException {
    if (before != null) {
      connection.releaseSavepoint(before);
    }
    return connection.setSavepoint();
  }

  // A marker's commit is the one that is waited for, so it is flushed, and with it all before it;
  // heartbeats come each second, so nothing stays unflushed for longer.
  private boolean mark(List<Change.Mark> marks) throws SQLException, RowWriter.Missed {
    boolean isWaitedFor = false;
    for (Change.Mark mark : marks) {
      if (!mark.isHeartbeat()) {
        isWaitedFor = true;
        PostgresSql.update(
            connection,
            "INSERT INTO cutover.marker VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at",
            mark.id(),
            Timestamp.from(mark.at()));
      }
    }
    if (isWaitedFor) {
      // No row here: it was made after the marker, and follows.
      writer.overwrite(refetch.again());
    }
    if (!marks.isEmpty()) {
      PostgresSql.execute(connection, "SET LOCAL synchronous_commit = on");
    }
    return !marks.isEmpty();
  }

  private Conflict conflict(List<Change> changes, @Nullable Savepoint before, Exception cause)
      throws SQLException {
    if (before == null) {
      connection.rollback();
    } else {
      connection.rollback(before);
    }
    List<String> found = new ConflictDiagnosis(connection, shapes).of(refetch.complete(changes));
    int count = Math.max(1, found.size());
    String told =
        found.isEmpty()
            ? String.valueOf(cause.getMessage()).lines().findFirst().orElse("")
            : found.stream().limit(KEYS_TOLD_MAX).collect(Collectors.joining("; "));
    return new Conflict(
        count,
        "Expected the rows of stream %s to be as the captured side had them, but %d changes do not fit: %s. Nothing of them was applied; repair these rows and start the stream again"
            .formatted(stream, count, told));
  }

  static boolean isConflict(SQLException e) {
    return e.getSQLState() != null && e.getSQLState().startsWith("23");
  }

  @Override
  public void close() throws SQLException {
    try {
      refetch.close();
    } finally {
      connection.close();
    }
  }
}
