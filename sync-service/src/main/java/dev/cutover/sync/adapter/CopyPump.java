package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** Pipes one COPY into another, byte for byte, counted and throttled. */
final class CopyPump {
  private static final int BUFFER_BYTES = 128 * 1024;

  private final CopyThrottle throttle;
  private final CopyTally.Counter counter;

  CopyPump(CopyThrottle throttle, CopyTally.Counter counter) {
    this.throttle = throttle;
    this.counter = counter;
  }

  /**
   * Copies a piece; the target's transaction stays open. Where it fails, both connections are cut
   * off: to cancel a COPY whose connection was closed meanwhile the driver (pgjdbc 42.7) asks again
   * and again, and keeps each refusal, until there is no memory left.
   */
  void copy(
      Connection source,
      Connection target,
      CopyPieces.Piece piece,
      TableShape shape,
      boolean isBinary)
      throws SQLException, InterruptedException {
    String columns = PostgresSql.columns(shape.names());
    String form = isBinary ? " (FORMAT binary)" : "";
    CopyOut out =
        source
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut(
                "COPY (SELECT %s FROM %s%s) TO STDOUT%s"
                    .formatted(columns, piece.from(), piece.where(), form));
    boolean isDone = false;
    try {
      CopyIn in =
          target
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn(
                  "COPY %s(%s) FROM STDIN%s"
                      .formatted(PostgresSql.quote(shape.table()), columns, form));
      long told = pump(out, in);
      // Header and trailer of a binary COPY came as rows, perhaps.
      counter.add(in.endCopy() - told, 0);
      isDone = true;
    } finally {
      if (!isDone) {
        source.abort(Runnable::run);
        target.abort(Runnable::run);
      }
    }
  }

  /** Returns how many rows were told of. */
  private long pump(CopyOut out, CopyIn in) throws SQLException, InterruptedException {
    byte[] buffer = new byte[BUFFER_BYTES];
    int filled = 0;
    long rows = 0;
    long told = 0;
    for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
      if (filled + row.length > buffer.length) {
        write(in, buffer, filled, rows);
        told += rows;
        rows = 0;
        filled = 0;
      }
      rows++;
      if (row.length > buffer.length) {
        write(in, row, row.length, 0);
      } else {
        System.arraycopy(row, 0, buffer, filled, row.length);
        filled += row.length;
      }
    }
    write(in, buffer, filled, rows);
    return told + rows;
  }

  private void write(CopyIn in, byte[] bytes, int length, long rows)
      throws SQLException, InterruptedException {
    throttle.take(length);
    in.writeToCopy(bytes, 0, length);
    counter.add(rows, length);
  }
}
