package dev.cutover.sync.adapter;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Where a copy reads and writes.
 *
 * @param source reads all rows
 * @param watcher of the source too: sees what all its sessions do
 * @param target writes rows, also while the target is fenced
 * @param owner alters the target's tables
 */
record CopyPlaces(
    ConnectionSource source,
    ConnectionSource watcher,
    ConnectionSource target,
    ConnectionSource owner) {
  /** Opens a connection of one side. */
  @FunctionalInterface
  interface ConnectionSource {
    Connection open() throws SQLException;
  }
}
