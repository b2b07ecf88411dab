package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Replicator.Progress;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.TableShape;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/**
 * Copies tables by COPY from one exported snapshot, on several connections at once, without looking
 * into the rows (data.md 5a).
 *
 * <p>Text format with pinned session settings: binary would need types of equal internals on both
 * sides (data.md C18). Tables are cut into ranges of blocks, the biggest come first. Where foreign
 * keys cannot be switched off, one connection copies whole tables in the plan's order instead.
 */
final class PostgresCopy {
  private static final long BLOCKS_PER_PIECE = 16_384;
  private static final int BUFFER_BYTES = 64 * 1024;

  private final ConnectionSource captured;
  private final ConnectionSource applied;
  private final Progress progress;
  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final Map<TableName, Long> perTable = new ConcurrentHashMap<>();

  /** Opens a connection of one side. */
  @FunctionalInterface
  interface ConnectionSource {
    Connection open() throws SQLException;
  }

  PostgresCopy(ConnectionSource captured, ConnectionSource applied, Progress progress) {
    this.captured = captured;
    this.applied = applied;
    this.progress = progress;
  }

  /** Part of a table: blocks from {@code from} (inclusive) to {@code to}; both negative: all. */
  private record Piece(TableShape shape, long from, long to, long size) {}

  /**
   * Copies; returns when every row is committed. The target's tables must be empty.
   *
   * @param snapshot exported, and valid until every worker has it
   * @throws ReplicationFailed when either side refuses, with the table
   */
  void run(Collection<TableShape> shapes, String snapshot, int workers)
      throws InterruptedException, ReplicationFailed {
    List<Worker> team = new ArrayList<>();
    try {
      team.add(new Worker(snapshot));
      boolean isFree = team.getFirst().isFree();
      for (int i = 1; isFree && i < workers; i++) {
        team.add(new Worker(snapshot));
      }
      Queue<Piece> pieces = pieces(team.getFirst().from, shapes, isFree);
      work(team, pieces);
    } catch (SQLException e) {
      throw new ReplicationFailed("The copy could not go on: " + e.getMessage(), e);
    } finally {
      team.forEach(Worker::close);
    }
  }

  long rows() {
    return rows.get();
  }

  long bytes() {
    return bytes.get();
  }

  Map<TableName, Long> perTable() {
    return Map.copyOf(perTable);
  }

  private static void work(List<Worker> team, Queue<Piece> pieces)
      throws InterruptedException, ReplicationFailed {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ExecutorCompletionService<Void> done = new ExecutorCompletionService<>(threads);
      for (Worker worker : team) {
        done.submit(() -> worker.work(pieces));
      }
      try {
        for (int i = 0; i < team.size(); i++) {
          done.take().get();
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof ReplicationFailed failed
            ? failed
            : new ReplicationFailed("The copy failed: " + e.getMessage(), e);
      } finally {
        pieces.clear();
        threads.shutdownNow();
        // A COPY does not notice an interrupt; its connection's end it does.
        team.forEach(Worker::close);
      }
    }
  }

  private static Queue<Piece> pieces(
      Connection captured, Collection<TableShape> shapes, boolean isFree) throws SQLException {
    List<Piece> pieces = new ArrayList<>();
    for (TableShape shape : shapes) {
      long blocks =
          Long.parseLong(
              PostgresSql.query(
                      captured,
                      "SELECT pg_relation_size(to_regclass(?)) / current_setting('block_size')::bigint",
                      PostgresSql.quote(shape.table()))
                  .orElse("0"));
      if (!isFree || blocks <= BLOCKS_PER_PIECE) {
        pieces.add(new Piece(shape, -1, -1, blocks));
        continue;
      }
      for (long from = 0; from < blocks; from += BLOCKS_PER_PIECE) {
        boolean isLast = from + BLOCKS_PER_PIECE >= blocks;
        pieces.add(new Piece(shape, from, isLast ? -1 : from + BLOCKS_PER_PIECE, blocks));
      }
    }
    if (isFree) {
      pieces.sort(Comparator.comparingLong(Piece::size).reversed());
    }
    return new java.util.concurrent.ConcurrentLinkedQueue<>(new ArrayDeque<>(pieces));
  }

  /** One connection to each side, in the snapshot. */
  private final class Worker implements AutoCloseable {
    private final Connection from;
    private final Connection to;
    private final boolean isFree;

    Worker(String snapshot) throws SQLException {
      from = captured.open();
      try {
        PostgresSql.pin(from);
        PostgresSql.execute(
            from,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '%s'"
                .formatted(snapshot.replace("'", "''")));
        to = applied.open();
        PostgresSql.pin(to);
        isFree = PostgresSql.tryReplicaRole(to);
      } catch (SQLException e) {
        from.close();
        throw e;
      }
    }

    boolean isFree() {
      return isFree;
    }

    @org.jspecify.annotations.Nullable
    Void work(Queue<Piece> pieces) throws ReplicationFailed {
      for (Piece piece = pieces.poll(); piece != null; piece = pieces.poll()) {
        TableName table = piece.shape().table();
        try {
          copy(piece);
        } catch (SQLException | IOException e) {
          throw new ReplicationFailed(
              "Table %s could not be copied: %s".formatted(table, e.getMessage()), e);
        }
        progress.copied(table, rows.get(), bytes.get());
      }
      return null;
    }

    private void copy(Piece piece) throws SQLException, IOException {
      String table = PostgresSql.quote(piece.shape().table());
      String columns = PostgresSql.columns(piece.shape().names());
      String range = piece.from() < 0 ? "" : " WHERE ctid >= '(%d,0)'".formatted(piece.from());
      if (piece.to() >= 0) {
        range += " AND ctid < '(%d,0)'".formatted(piece.to());
      }
      CopyOut out =
          from.unwrap(PGConnection.class)
              .getCopyAPI()
              .copyOut("COPY (SELECT %s FROM %s%s) TO STDOUT".formatted(columns, table, range));
      CopyIn in = null;
      try {
        in =
            to.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY %s(%s) FROM STDIN".formatted(table, columns));
        pump(out, in);
        long copied = in.endCopy();
        rows.addAndGet(copied);
        perTable.merge(piece.shape().table(), copied, Long::sum);
      } finally {
        if (in != null && in.isActive()) {
          in.cancelCopy();
        }
        if (out.isActive()) {
          out.cancelCopy();
        }
      }
    }

    private void pump(CopyOut out, CopyIn in) throws SQLException {
      byte[] buffer = new byte[BUFFER_BYTES];
      int filled = 0;
      for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
        bytes.addAndGet(row.length);
        if (filled + row.length > buffer.length) {
          in.writeToCopy(buffer, 0, filled);
          filled = 0;
        }
        if (row.length > buffer.length) {
          in.writeToCopy(row, 0, row.length);
        } else {
          System.arraycopy(row, 0, buffer, filled, row.length);
          filled += row.length;
        }
      }
      in.writeToCopy(buffer, 0, filled);
    }

    @Override
    public void close() {
      for (Connection connection : List.of(from, to)) {
        try {
          connection.close();
        } catch (SQLException e) {
          // Nothing is left to be done on it: what it had not committed is gone.
          assert e != null;
        }
      }
    }
  }
}
