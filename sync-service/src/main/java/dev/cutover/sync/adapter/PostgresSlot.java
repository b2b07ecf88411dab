package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The logical replication slot and the publication of one stream, on the captured side. */
final class PostgresSlot {
  private static final int TERMINATE_MS = 2000;
  private final String name;

  /**
   * @param name of the slot and of the publication
   */
  PostgresSlot(String name) {
    this.name = name;
  }

  /**
   * A slot as the server has it.
   *
   * @param confirmed everything up to here is never sent again
   * @param lost why it is of no use any more; empty while it is
   */
  record State(Lsn confirmed, Optional<String> lost) {}

  /**
   * Reads the slot.
   *
   * @return empty when there is none of that name
   * @throws ReplicationFailed when one of that name belongs to something else
   */
  Optional<State> state(Connection captured) throws SQLException, ReplicationFailed {
    String sql =
        """
        SELECT plugin, database = current_database(), database, confirmed_flush_lsn, wal_status, temporary
        FROM pg_replication_slots WHERE slot_name = ?""";
    try (PreparedStatement statement = captured.prepareStatement(sql)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        if (!"pgoutput".equals(row.getString(1)) || !row.getBoolean(2) || row.getBoolean(6)) {
          throw new ReplicationFailed(
              "Expected slot '%s' to be ours, but it is one of plugin %s in database %s: drop it, or name the replication otherwise"
                  .formatted(name, row.getString(1), row.getString(3)));
        }
        String confirmed = row.getString(4);
        boolean isLost = "lost".equals(row.getString(5)) || confirmed == null;
        return Optional.of(
            new State(
                confirmed == null ? Lsn.ZERO : Lsn.parse(confirmed),
                isLost
                    ? Optional.of("the server gave up the log that slot '" + name + "' needs")
                    : Optional.empty()));
      }
    }
  }

  /**
   * Reads the slot, which must be there and have its log.
   *
   * @param address of the server, for people
   * @param since what is needed of it
   * @throws ReplicationFailed when it is gone or lost
   */
  State require(Connection captured, String address, Lsn since)
      throws SQLException, ReplicationFailed {
    State slot =
        state(captured)
            .orElseThrow(
                () ->
                    new ReplicationFailed(
                        "Expected slot '%s' on %s, but it is gone, and changes since %s with it: drop the replication and copy again"
                            .formatted(name, address, since)));
    if (slot.lost().isPresent()) {
      throw new ReplicationFailed(
          "Expected slot '%s' on %s to hold the changes since %s, but %s: drop the replication and copy again"
              .formatted(name, address, since, slot.lost().get()));
    }
    return slot;
  }

  /**
   * Refuses a slot that does not hold everything after a position.
   *
   * @param address of the server, for people
   * @throws ReplicationFailed when it is gone, given up by the server, or was moved on or made anew
   */
  void requireAll(Connection captured, String address, Lsn since)
      throws SQLException, ReplicationFailed {
    State slot = require(captured, address, since);
    if (!slot.confirmed().isUpTo(since)) {
      throw new ReplicationFailed(
          "Expected slot '%s' on %s to hold the changes since %s, but it was moved on to %s by somebody: drop the replication and copy again"
              .formatted(name, address, since, slot.confirmed()));
    }
  }

  /**
   * Creates a slot whose snapshot can be imported until the connection is used again or closed.
   *
   * @param replication a connection opened with {@link #replication()}
   */
  Exported create(Connection replication) throws SQLException {
    return create(replication, PostgresSql.quote(name));
  }

  /**
   * Exports a snapshot of now, and its position on the slot's scale, by a slot that lives as long
   * as the connection; the slot itself is not touched.
   */
  Exported again(Connection replication) throws SQLException {
    return create(replication, PostgresSql.quote(name + "_again") + " TEMPORARY");
  }

  private Exported create(Connection replication, String slot) throws SQLException {
    try (Statement statement = replication.createStatement();
        ResultSet row =
            statement.executeQuery(
                "CREATE_REPLICATION_SLOT %s LOGICAL pgoutput EXPORT_SNAPSHOT".formatted(slot))) {
      if (!row.next()) {
        throw new SQLException("Expected a row about the new slot '" + name + "', but got none");
      }
      return new Exported(
          Lsn.parse(row.getString("consistent_point")), row.getString("snapshot_name"));
    }
  }

  /**
   * A new slot.
   *
   * @param consistent the slot sends what commits after it, the snapshot shows what did before
   * @param snapshot name to import
   */
  record Exported(Lsn consistent, String snapshot) {}

  /** Properties of a connection that speaks the replication protocol. */
  static Properties replication() {
    Properties settings = new Properties();
    settings.setProperty("replication", "database");
    settings.setProperty("assumeMinServerVersion", "13");
    settings.setProperty("preferQueryMode", "simple");
    return settings;
  }

  /** Ends whoever reads the slot: a capture that died may keep it until the network notices. */
  void release(Connection captured) throws SQLException {
    PostgresSql.query(
        captured,
        "SELECT pg_terminate_backend(active_pid, "
            + TERMINATE_MS
            + ") FROM pg_replication_slots WHERE slot_name = ? AND active_pid IS NOT NULL",
        name);
  }

  /** Drops the slot; none is no error. */
  void drop(Connection captured) throws SQLException {
    // Another process's capture would make it again: now it finds that the stream is not its own.
    if (PostgresSql.query(captured, "SELECT to_regclass('cutover.capture')").isPresent()) {
      PostgresSql.update(
          captured, "UPDATE cutover.capture SET epoch = epoch + 1 WHERE stream = ?", name);
    }
    release(captured);
    PostgresSql.query(
        captured,
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = ?",
        name);
  }

  /**
   * Makes the publication anew, with exactly these tables, the markers and the positions.
   *
   * <p>Columns of untrusted types are left out of it where the server can do that (PostgreSQL 15):
   * some of their values would end the capture, again and again, even where it ignores the column.
   * A table with REPLICA IDENTITY FULL keeps all its columns: the server would refuse updates.
   */
  void publish(Connection owner, Collection<TableShape> shapes) throws SQLException {
    boolean isSelective = owner.getMetaData().getDatabaseMajorVersion() >= 15;
    List<String> tables = new ArrayList<>();
    for (TableShape shape : shapes) {
      boolean isListed =
          isSelective && !shape.refetched().isEmpty() && !hasFullIdentity(owner, shape.table());
      tables.add(PostgresSql.quote(shape.table()) + (isListed ? trusted(shape) : ""));
    }
    tables.add("cutover.marker");
    tables.add("cutover.position");
    publish(owner, tables);
  }

  /** Makes the publication anew for a server's own subscription: whole rows, and the markers. */
  void publishWhole(Connection owner, Collection<TableName> tables) throws SQLException {
    publish(
        owner,
        Stream.concat(tables.stream().map(PostgresSql::quote), Stream.of("cutover.marker"))
            .toList());
  }

  private void publish(Connection owner, List<String> tables) throws SQLException {
    owner.setAutoCommit(false);
    unpublish(owner);
    PostgresSql.execute(
        owner,
        "CREATE PUBLICATION %s FOR TABLE %s WITH (publish = 'insert, update, delete, truncate', publish_via_partition_root = true)"
            .formatted(PostgresSql.quote(name), String.join(", ", tables)));
    owner.commit();
  }

  private static String trusted(TableShape shape) {
    return shape.columns().stream()
        .filter(TableShape.Column::verified)
        .map(column -> PostgresSql.quote(column.name()))
        .collect(Collectors.joining(", ", " (", ")"));
  }

  private static boolean hasFullIdentity(Connection owner, TableName table) throws SQLException {
    return PostgresSql.query(
            owner,
            "SELECT 1 FROM pg_class WHERE oid = to_regclass(?) AND relreplident = 'f'",
            PostgresSql.quote(table))
        .isPresent();
  }

  /** Drops the publication; none is no error. */
  void unpublish(Connection owner) throws SQLException {
    PostgresSql.execute(owner, "DROP PUBLICATION IF EXISTS " + PostgresSql.quote(name));
  }
}
