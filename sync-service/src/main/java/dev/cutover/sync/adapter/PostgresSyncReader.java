package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.DatabaseState;
import dev.cutover.contract.DatabaseState.AppliedStream;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.SyncStatus;
import dev.cutover.sync.domain.SyncStatus.Stream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Reads what of a sync is in its databases. Changes nothing, and waits for no lock. */
public final class PostgresSyncReader {
  private static final String PUBLISHED =
      "SELECT schemaname, tablename FROM pg_publication_tables"
          + " WHERE pubname = ? AND schemaname <> 'cutover' ORDER BY 1, 2";

  private static final String COMPLETE =
      "SELECT table_schema, table_name FROM cutover.copied WHERE stream = ? ORDER BY 1, 2";

  private static final String LAG =
      "SELECT pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
          + " ELSE pg_current_wal_lsn() END, ?::pg_lsn)::bigint";

  /** Of a partitioned table its partitions together. */
  private static final String WRITTEN =
      """
      SELECT n.nspname, c.relname, sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint
        FROM pg_stat_user_tables s
        JOIN pg_class c ON c.oid = COALESCE(pg_partition_root(s.relid), s.relid)
        JOIN pg_namespace n ON n.oid = c.relnamespace GROUP BY 1, 2""";

  private final PostgresConnections connections;

  public PostgresSyncReader(PostgresConnections connections) {
    this.connections = connections;
  }

  /**
   * Reads both sides; what is on one that does not answer is left out, and its state says so.
   *
   * @throws GateRefused when the fencer may not look
   */
  public SyncStatus read(ReplicationSpec spec) throws GateRefused {
    PostgresDatabaseReader reader = new PostgresDatabaseReader(connections);
    Map<Side, DatabaseState> states = new EnumMap<>(Side.class);
    for (Side side : Side.values()) {
      states.put(side, reader.read(spec.endpoint(side), spec.name()));
    }
    return new SyncStatus(
        state(states, Side.SOURCE),
        state(states, Side.TARGET),
        stream(spec, Direction.FORWARD, states),
        stream(spec, Direction.REVERSE, states),
        ask(
            spec.target(),
            state(states, Side.TARGET),
            target -> PostgresBulkCopy.underWay(target, spec),
            Optional.empty()));
  }

  private static DatabaseState state(Map<Side, DatabaseState> states, Side side) {
    return Objects.requireNonNull(states.get(side));
  }

  private Stream stream(ReplicationSpec spec, Direction direction, Map<Side, DatabaseState> states)
      throws GateRefused {
    String name = StreamName.of(spec, direction);
    DatabaseState captured = state(states, direction.captured());
    DatabaseState applied = state(states, direction.applied());
    Optional<AppliedStream> position =
        applied.streams().stream().filter(stream -> stream.name().equals(name)).findFirst();
    return new Stream(
        name,
        captured.slots().stream().filter(slot -> slot.name().equals(name)).findFirst(),
        ask(
            spec.endpoint(direction.captured()),
            captured,
            session -> session.list(PostgresSyncReader::table, PUBLISHED, name),
            List.of()),
        ask(
            spec.endpoint(direction.applied()),
            applied,
            session ->
                isThere(session, "cutover.marker")
                    && session.isTrue(
                        "SELECT EXISTS (SELECT FROM cutover.marker WHERE id = ?)", "copy:" + name),
            false),
        ask(
            spec.endpoint(direction.applied()),
            applied,
            session ->
                isThere(session, "cutover.copied")
                    ? session.list(PostgresSyncReader::table, COMPLETE, name)
                    : List.of(),
            List.of()),
        position,
        position.isEmpty()
            ? -1
            : ask(
                spec.endpoint(direction.captured()),
                captured,
                session -> Long.parseLong(session.text(LAG, position.get().lsn())),
                -1L));
  }

  @FunctionalInterface
  private interface Query<T> {
    T of(PostgresSession session) throws SQLException;
  }

  private <T> T ask(DatabaseEndpoint database, DatabaseState state, Query<T> query, T unknown)
      throws GateRefused {
    if (state.unreachable().isPresent()) {
      return unknown;
    }
    try (PostgresSession session =
        PostgresSession.open(connections, database, DatabaseRole.FENCER)) {
      return query.of(session);
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  private static boolean isThere(PostgresSession session, String table) throws SQLException {
    return session.isTrue("SELECT to_regclass(?) IS NOT NULL", table);
  }

  private static TableName table(ResultSet row) throws SQLException {
    return new TableName(row.getString(1), row.getString(2));
  }

  /**
   * How far a stream is at this moment.
   *
   * @param lagBytes log of the source that is not applied yet
   * @param written rows of each table that were written on the target since its statistics began; a
   *     second or so late
   */
  public record Progress(long lagBytes, Map<TableName, Long> written) {
    public Progress {
      written = Map.copyOf(written);
    }
  }

  /**
   * Reads how far the forward stream is: one short session on each side.
   *
   * @throws GateRefused UNREACHABLE; NOT_PREPARED when the stream has no position any more
   */
  public Progress progress(ReplicationSpec spec) throws GateRefused {
    Map<TableName, Long> written = new HashMap<>();
    String name = StreamName.of(spec, Direction.FORWARD);
    String position;
    try (PostgresSession target =
        PostgresSession.open(connections, spec.target(), DatabaseRole.FENCER)) {
      position =
          target
              .one(
                  row -> row.getString(1),
                  "SELECT lsn::text FROM cutover.position WHERE stream = ?",
                  name)
              .orElseThrow(
                  () ->
                      new GateRefused(
                          GateRefused.Reason.NOT_PREPARED,
                          "Expected a position of stream %s on %s, but there is none: somebody dropped it"
                              .formatted(name, spec.target().address())));
      target
          .list(row -> Map.entry(table(row), row.getLong(3)), WRITTEN)
          .forEach(entry -> written.put(entry.getKey(), entry.getValue()));
    } catch (SQLException e) {
      throw WriterTable.refusal(spec.target(), e);
    }
    written.keySet().retainAll(spec.tables());
    try (PostgresSession source =
        PostgresSession.open(connections, spec.source(), DatabaseRole.FENCER)) {
      return new Progress(Long.parseLong(source.text(LAG, position)), written);
    } catch (SQLException e) {
      throw WriterTable.refusal(spec.source(), e);
    }
  }
}
