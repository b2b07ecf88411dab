package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * PostgreSQL's own subscription of one stream, in the target. The applier's login owns it, and its
 * workers are of that login: so the fence lets them through, and nobody else.
 *
 * <p>{@code origin = none} leaves out what the way back has applied on the source: that is marked
 * by {@link ReplicationOrigin}. {@code disable_on_error} hands each error to {@link
 * SubscriptionStream}, which alone decides whether it is tried again. Both: PostgreSQL, "CREATE
 * SUBSCRIPTION".
 */
final class PostgresSubscription {
  private static final String CONNECTION_SETTING = "cutover.connection";

  private static final String STATE =
      """
      SELECT s.oid, s.subenabled, COALESCE(t.apply_error_count + t.sync_error_count, 0), w.pid IS NOT NULL
        FROM pg_subscription s
        LEFT JOIN pg_stat_subscription_stats t ON t.subid = s.oid
        LEFT JOIN pg_stat_subscription w ON w.subid = s.oid AND w.relid IS NULL
       WHERE s.subname = ? AND s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())""";

  private final String name;
  private final PostgresConnections connections;
  private final DatabaseEndpoint source;

  /**
   * @param name of subscription, publication and slot
   */
  PostgresSubscription(String name, PostgresConnections connections, DatabaseEndpoint source) {
    this.name = name;
    this.connections = connections;
    this.source = source;
  }

  /**
   * A subscription as the server has it.
   *
   * @param isEnabled false after an error of its workers too
   * @param errors of its workers since it was made
   * @param isRunning whether its apply worker is there at this moment
   */
  record State(long oid, boolean isEnabled, long errors, boolean isRunning) {
    /** The name under which its workers apply, as the log of the target has it. */
    String origin() {
      return "pg_" + oid;
    }
  }

  /** Reads the subscription; empty when there is none of that name. */
  Optional<State> state(Connection target) throws SQLException {
    try (PreparedStatement statement = target.prepareStatement(STATE)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new State(row.getLong(1), row.getBoolean(2), row.getLong(3), row.getBoolean(4)))
            : Optional.empty();
      }
    }
  }

  /**
   * How many tables are in which state: {@code i} waits, {@code d} copies, {@code f} and {@code s}
   * catch up, {@code r} is ready (PostgreSQL, "pg_subscription_rel").
   */
  Map<String, String> tables(Connection target) throws SQLException {
    Map<String, String> states = new TreeMap<>();
    try (PreparedStatement statement =
        target.prepareStatement(
            "SELECT r.srrelid::regclass::text, r.srsubstate FROM pg_subscription_rel r"
                + " JOIN pg_subscription s ON s.oid = r.srsubid WHERE s.subname = ?")) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          states.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    return states;
  }

  /**
   * Subscribes to the publication by the slot of that name, which is there; the servers begin to
   * copy at once.
   *
   * @throws ReplicationFailed when the target's server does not get through to the source, or would
   *     write the password down
   */
  void create(Connection target) throws SQLException, ReplicationFailed {
    // What the session's setting holds is bound, and no statement that is logged has it.
    withConnection(
        target,
        """
        CREATE SUBSCRIPTION %1$s CONNECTION %%L PUBLICATION %1$s WITH (create_slot = false,
          slot_name = '%2$s', copy_data = true, origin = none, disable_on_error = true,
          run_as_owner = true)"""
            .formatted(PostgresSql.quote(name), name));
  }

  /** Has its workers log on as the credentials file says by now. */
  void logOnAnew(Connection target) throws SQLException, ReplicationFailed {
    withConnection(
        target, "ALTER SUBSCRIPTION %s CONNECTION %%L".formatted(PostgresSql.quote(name)));
  }

  private void withConnection(Connection target, String statement)
      throws SQLException, ReplicationFailed {
    String password = connections.password(source, DatabaseRole.APPLIER);
    UnloggedPassword.require(target);
    PostgresSql.query(
        target,
        "SELECT set_config(?, ?, false) IS NULL",
        CONNECTION_SETTING,
        connection(source, connections.user(source, DatabaseRole.APPLIER), password));
    try {
      PostgresSql.execute(
          target,
          """
          DO $subscribe$ BEGIN
            EXECUTE format('%s', current_setting('%s'));
          EXCEPTION WHEN OTHERS THEN
            RAISE EXCEPTION '%%', SQLERRM;
          END $subscribe$"""
              .formatted(statement.replace("'", "''"), CONNECTION_SETTING));
    } catch (SQLException e) {
      // No cause: what the server says may repeat what it was given.
      throw new ReplicationFailed(
          "Expected the server of the target to subscribe to %s, but: %s. It must reach that address itself, and be asked for a password there"
              .formatted(
                  source.address(),
                  String.valueOf(e.getMessage())
                      .replace(password, "...")
                      .lines()
                      .findFirst()
                      .orElse("")));
    } finally {
      PostgresSql.query(target, "SELECT set_config(?, '', false)", CONNECTION_SETTING);
    }
  }

  /** In the form of libpq, "Connection Strings". */
  static String connection(DatabaseEndpoint source, String user, String password) {
    return "host=%s port=%d dbname=%s user=%s password=%s connect_timeout=5"
        .formatted(
            value(source.host()),
            source.port(),
            value(source.database()),
            value(user),
            value(password));
  }

  private static String value(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  void enable(Connection target) throws SQLException {
    PostgresSql.execute(target, "ALTER SUBSCRIPTION %s ENABLE".formatted(PostgresSql.quote(name)));
  }

  /** Ends its workers; the slot stays, and keeps what is not applied. */
  void disable(Connection target) throws SQLException {
    PostgresSql.execute(target, "ALTER SUBSCRIPTION %s DISABLE".formatted(PostgresSql.quote(name)));
  }

  /**
   * Drops the subscription; none is no error. The source is not asked, as it may not answer: its
   * slots are dropped there, by {@link #dropSlots}.
   */
  void drop(Connection target) throws SQLException {
    if (state(target).isPresent()) {
      disable(target);
      PostgresSql.execute(
          target,
          "ALTER SUBSCRIPTION %s SET (slot_name = NONE)".formatted(PostgresSql.quote(name)));
      PostgresSql.execute(target, "DROP SUBSCRIPTION " + PostgresSql.quote(name));
    }
  }

  /**
   * Drops what the copying of tables may have left on the source.
   *
   * @param origin of the subscription that is gone
   */
  static void dropSlots(Connection source, String origin) throws SQLException {
    // Named pg_<subscription>_sync_<table>_<system> (PostgreSQL, "Replication Slot Management").
    List<String> left =
        PostgresSql.texts(
            source,
            "SELECT slot_name FROM pg_replication_slots WHERE starts_with(slot_name, ?) AND database = current_database()",
            origin + "_sync_");
    for (String slot : left) {
      new PostgresSlot(slot).drop(source);
    }
  }
}
