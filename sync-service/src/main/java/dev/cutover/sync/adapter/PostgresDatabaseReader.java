package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.DatabaseState;
import dev.cutover.contract.DatabaseState.AppliedStream;
import dev.cutover.contract.DatabaseState.Fence;
import dev.cutover.contract.DatabaseState.Slot;
import dev.cutover.sync.domain.DatabaseReader;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.WriterRow;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Reads a PostgreSQL database's own state in a few queries. */
public final class PostgresDatabaseReader implements DatabaseReader {
  private static final String STREAMS =
      "SELECT stream, lsn::text, COALESCE(extract(epoch FROM clock_timestamp() - at) * 1000, -1)::bigint,"
          + " held FROM cutover.position ORDER BY 1";

  private static final String SLOTS =
      """
      SELECT slot_name, active, COALESCE(pg_wal_lsn_diff(at, restart_lsn), 0)::bigint,
             COALESCE(pg_wal_lsn_diff(at, confirmed_flush_lsn), 0)::bigint, COALESCE(wal_status, 'lost')
        FROM pg_replication_slots,
             (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS at) w
       WHERE database = current_database() AND slot_name IN (?, ?) ORDER BY 1""";

  /** Only what has written can stand in a fence's way. */
  private static final String LONGEST_TRANSACTION =
      """
      SELECT COALESCE(max(extract(epoch FROM clock_timestamp() - xact_start)) * 1000, 0)::bigint
        FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND backend_type = 'client backend' AND backend_xid IS NOT NULL""";

  private final PostgresConnections connections;

  public PostgresDatabaseReader(PostgresConnections connections) {
    this.connections = connections;
  }

  @Override
  public DatabaseState read(DatabaseEndpoint database, String replication) {
    try (PostgresSession fencer =
        PostgresSession.open(connections, database, DatabaseRole.FENCER)) {
      boolean prepared =
          fencer.isTrue(
              "SELECT to_regclass('cutover.writer') IS NOT NULL"
                  + " AND to_regclass('cutover.position') IS NOT NULL");
      Optional<WriterRow> row =
          prepared ? Optional.of(WriterTable.read(fencer, database)) : Optional.empty();
      return new DatabaseState(
          Optional.empty(),
          fencer.isTrue("SELECT pg_is_in_recovery()"),
          prepared
              ? Optional.of(
                  fence(
                      row.orElseThrow(),
                      fencer.isTrue("SELECT opened_lsn IS NOT NULL FROM cutover.writer")))
              : Optional.empty(),
          row.isPresent() && row.get().isFenced()
              ? fencer.texts(CutoverSql.UNFENCED_TABLES)
              : List.of(),
          prepared
              ? fencer.list(
                  found ->
                      new AppliedStream(
                          found.getString(1),
                          found.getString(2),
                          found.getLong(3),
                          found.getBoolean(4)),
                  STREAMS)
              : List.of(),
          fencer.list(
              found ->
                  new Slot(
                      found.getString(1),
                      found.getBoolean(2),
                      found.getLong(3),
                      found.getLong(4),
                      found.getString(5)),
              SLOTS,
              "cutover_" + replication + "_forward",
              "cutover_" + replication + "_reverse"),
          Optional.empty(),
          Long.parseLong(fencer.text(LONGEST_TRANSACTION)),
          Integer.parseInt(
              fencer.text(
                  "SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()")));
    } catch (SQLException e) {
      return DatabaseState.unreachable(
          String.valueOf(WriterTable.refusal(database, e).getMessage()));
    } catch (GateRefused e) {
      return DatabaseState.unreachable(String.valueOf(e.getMessage()));
    }
  }

  private static Fence fence(WriterRow row, boolean everOpened) {
    return new Fence(
        row.isFenced(),
        row.epoch(),
        row.step(),
        row.cutover(),
        row.at(),
        row.by(),
        row.lease().filter(_ -> row.isFenced()).map(WriterRow.Lease::until),
        row.endsAt().isPresent(),
        row.manual(),
        everOpened);
  }
}
