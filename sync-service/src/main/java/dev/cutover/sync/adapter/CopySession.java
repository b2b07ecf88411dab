package dev.cutover.sync.adapter;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one worker of a copy: the source in the snapshot, the target to write rows,
 * and the target to build what belongs to them. Used by one thread; closed by any.
 */
final class CopySession implements AutoCloseable {
  // Sorts in memory what most tables' indexes need; bounded by the number of workers. A lock is
  // waited for as long as another worker may build on the same table.
  private static final String BUILDING =
      "SET maintenance_work_mem = '256MB'; SET lock_timeout = '1h'; SET synchronous_commit = off;"
          + " SET search_path = ''; SET check_function_bodies = false; SET row_security = off;"
          + " SET client_min_messages = warning; SET statement_timeout = 0;"
          + " SET idle_in_transaction_session_timeout = 0";

  private final CopyPlaces places;
  private final String snapshot;
  private final List<Connection> open = new ArrayList<>();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private @Nullable Connection source;
  private @Nullable Connection target;
  private @Nullable Connection owner;
  private boolean isFree;

  /**
   * Opens nothing yet.
   *
   * @param snapshot exported on the source
   */
  CopySession(CopyPlaces places, String snapshot) {
    this.places = places;
    this.snapshot = snapshot;
  }

  /** The source, reading in the snapshot. The first call must come while the snapshot is held. */
  Connection source() throws SQLException {
    if (source == null) {
      source = keep(places.source().open());
      PostgresSql.pin(source);
      PostgresSql.execute(
          source,
          "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '%s'"
              .formatted(snapshot.replace("'", "''")));
    }
    return source;
  }

  /** Lets the source go: a snapshot that is held keeps dead rows there (data.md B14). */
  void releaseSource() throws SQLException {
    if (source != null) {
      source.close();
      source = null;
    }
  }

  /** The target, in a transaction; what is flushed late is flushed by the position's commit. */
  Connection target() throws SQLException {
    if (target == null) {
      target = keep(places.target().open());
      PostgresSql.pin(target);
      isFree = PostgresSql.tryReplicaRole(target);
      PostgresSql.execute(target, "SET synchronous_commit = off");
      target.setAutoCommit(false);
    }
    return target;
  }

  /** Whether foreign keys and triggers of the target are off for this session. */
  boolean isFree() throws SQLException {
    target();
    return isFree;
  }

  /** The target as who may alter its tables; each statement commits by itself. */
  Connection owner() throws SQLException {
    if (owner == null) {
      owner = keep(places.owner().open());
      PostgresSql.execute(owner, BUILDING);
    }
    return owner;
  }

  private Connection keep(Connection connection) throws SQLException {
    synchronized (open) {
      open.add(connection);
    }
    if (isClosed.get()) {
      connection.close();
      throw new SQLException("The copy was stopped");
    }
    return connection;
  }

  @Override
  public void close() {
    isClosed.set(true);
    synchronized (open) {
      for (Connection connection : open) {
        try {
          // A COPY does not notice an interrupt; its connection's end it does.
          connection.abort(Runnable::run);
        } catch (SQLException e) {
          // Nothing is left to be done on it: what it had not committed is gone.
          assert e != null;
        }
      }
    }
  }
}
