package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends connections that wait for a server which is not there any more. Their statements (a COPY, an
 * index, a slot that waits for everybody's transactions) may take hours, so no time-out tells;
 * instead the server is asked on another connection: whether it answers at all, and whether it
 * still has theirs.
 */
final class LifeSigns {
  private static final Logger LOGGER = LoggerFactory.getLogger(LifeSigns.class);

  /** How often a server is asked while it may be silent. */
  private static final int LOOKS = 5;

  private final Duration patience;
  private final Glances glances;
  private final Map<Login, List<Watched>> watched = new HashMap<>();

  /** Opens a connection for a glance; what is asked on it is answered at once or not at all. */
  @FunctionalInterface
  interface Glances {
    Connection open(DatabaseEndpoint database, DatabaseRole role) throws SQLException;
  }

  private record Login(DatabaseEndpoint database, DatabaseRole role) {}

  private static final class Watched {
    private final Connection connection;
    private final String pid;
    private boolean isSeen;

    Watched(Connection connection, String pid) {
      this.connection = connection;
      this.pid = pid;
    }
  }

  LifeSigns(Duration patience, Glances glances) {
    this.patience = patience;
    this.glances = glances;
  }

  /** Watches over a connection until it is closed. */
  void watch(DatabaseEndpoint database, DatabaseRole role, Connection connection)
      throws SQLException {
    String pid = Integer.toString(connection.unwrap(PGConnection.class).getBackendPID());
    Login login = new Login(database, role);
    synchronized (this) {
      List<Watched> others = watched.get(login);
      if (others == null) {
        watched.put(login, new ArrayList<>(List.of(new Watched(connection, pid))));
        Thread.ofVirtual().name("life-signs").start(() -> look(login));
      } else {
        others.add(new Watched(connection, pid));
      }
    }
  }

  private void look(Login login) {
    long signNanos = System.nanoTime();
    Connection glance = null;
    while (pause()) {
      List<Watched> all = open(login);
      if (all.isEmpty()) {
        break;
      }
      try {
        if (glance == null) {
          glance = glances.open(login.database(), login.role());
        }
        requirePresent(login, all, glance);
        signNanos = System.nanoTime();
      } catch (SQLException e) {
        close(glance);
        glance = null;
        if (System.nanoTime() - signNanos > patience.toNanos()) {
          all.forEach(one -> end(login, one, "the server does not answer: " + e.getMessage()));
        }
      }
    }
    close(glance);
  }

  private boolean pause() {
    try {
      Thread.sleep(patience.dividedBy(LOOKS));
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Those that are in use; when there are none, the watch over this login ends. */
  private synchronized List<Watched> open(Login login) {
    List<Watched> all = watched.getOrDefault(login, new ArrayList<>());
    all.removeIf(one -> isClosed(one.connection));
    if (all.isEmpty()) {
      watched.remove(login);
    }
    return List.copyOf(all);
  }

  private static boolean isClosed(Connection connection) {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  /** A pooler shows other numbers than the server: only who was there can be missing. */
  private static void requirePresent(Login login, List<Watched> all, Connection glance)
      throws SQLException {
    Set<String> present =
        new HashSet<>(PostgresSql.texts(glance, "SELECT pid::text FROM pg_stat_activity"));
    for (Watched one : all) {
      if (present.contains(one.pid)) {
        one.isSeen = true;
      } else if (one.isSeen) {
        end(login, one, "the server has it no longer");
      }
    }
  }

  private static void end(Login login, Watched one, String reason) {
    LOGGER
        .atWarn()
        .addKeyValue("database", login.database().address())
        .addKeyValue("role", login.role().key())
        .addKeyValue("error", reason)
        .log("a connection is ended that nobody answers on");
    try {
      one.connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOGGER.atDebug().setCause(e).log("connection was gone");
    }
  }

  private static void close(@Nullable Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      LOGGER.atDebug().setCause(e).log("connection was gone");
    }
  }
}
