package dev.cutover.sync.adapter;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Where a copy reads and writes.
 *
 * @param source reads all rows
 * @param watcher of the source too: sees what all its sessions do
 * @param target writes rows, also while the target is fenced
 * @param owner alters the target's tables; like source and target by a name that only attempts at
 *     this copy have
 */
record CopyPlaces(
    ConnectionSource source,
    ConnectionSource watcher,
    ConnectionSource target,
    ConnectionSource owner) {
  /** Ends what an earlier attempt at the same copy has left on both servers. */
  void endEarlier() throws SQLException {
    for (ConnectionSource place : List.of(source, target, owner)) {
      try (Connection connection = place.open()) {
        EarlierSessions.end(connection);
      }
    }
  }

  /** Opens a connection of one side. */
  @FunctionalInterface
  interface ConnectionSource {
    Connection open() throws SQLException;
  }
}
