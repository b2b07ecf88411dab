package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Side;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts the schema {@code cutover} and the fence's triggers into one database, days ahead, and
 * checks that they are still there. Everything is idempotent and in short transactions, so that it
 * never stops production: on a side that is open the triggers are installed disabled.
 *
 * <p>A new schema begins OPEN on the source and FENCED on the target: the target refuses every
 * writer but the applier from before the first copied row. A schema that exists keeps its row.
 */
public final class PostgresCutoverSchema {
  private static final int LOCK_ATTEMPTS_MAX = 50;

  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS cutover.writer(one boolean PRIMARY KEY DEFAULT true CHECK(one),
            epoch bigint NOT NULL, state text NOT NULL CHECK(state IN ('OPEN','FENCED')), step text,
            at timestamptz, manual boolean NOT NULL DEFAULT false, by text DEFAULT session_user,
            cutover text, lease_until timestamptz, lease_epoch bigint, lease_other text)""",
          "CREATE TABLE IF NOT EXISTS cutover.marker(id text PRIMARY KEY, at timestamptz)",
          """
          CREATE TABLE IF NOT EXISTS cutover.position(stream text PRIMARY KEY, lsn pg_lsn NOT NULL,
            kafka_offset bigint NOT NULL, at timestamptz)""",
          """
          CREATE TABLE IF NOT EXISTS cutover.capture(stream text PRIMARY KEY,
            epoch bigint NOT NULL)""");

  private final PostgresConnections connections;

  public PostgresCutoverSchema(PostgresConnections connections) {
    this.connections = connections;
  }

  /**
   * What an installation found and did.
   *
   * @param faults what keeps the fence from working, as sentences that say what to do
   * @param warnings what weakens it
   * @param tables tables that carry the trigger now
   */
  public record Installed(List<String> faults, List<String> warnings, int tables) {
    public Installed {
      faults = List.copyOf(faults);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Creates what is missing; run again at any time.
   *
   * @throws SQLException when the database does not answer
   */
  public Installed install(DatabaseEndpoint database, Side side) throws SQLException {
    List<String> faults = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    String applier = connections.user(database, DatabaseRole.APPLIER);
    int tables = 0;
    try (PostgresSession fencer =
        PostgresSession.open(connections, database, DatabaseRole.FENCER)) {
      fencer.execute("SET lock_timeout = '200ms'");
      fencer.succeeds("SET deadlock_timeout = '20ms'");
      String fencerName = fencer.text("SELECT session_user");
      if (createRole(fencer, database, applier, faults)
          && createSchema(fencer, database, side, fencerName, applier, faults)) {
        grant(fencer, applier, faults);
        createEventTrigger(fencer, warnings);
        tables = installTriggers(fencer, fencerName, faults);
      }
    }
    return new Installed(faults, warnings, tables);
  }

  /**
   * Says what has drifted since the installation: tables born without the trigger, or a fence that
   * is not complete. Changes nothing.
   */
  public List<String> drift(DatabaseEndpoint database) throws SQLException {
    try (PostgresSession fencer =
        PostgresSession.open(connections, database, DatabaseRole.FENCER)) {
      List<String> drift = new ArrayList<>();
      for (String table : fencer.texts(CutoverSql.TABLES_WITHOUT_TRIGGER)) {
        drift.add(
            "Expected the fence's trigger on every table, but %s has none: prepare again"
                .formatted(table));
      }
      if (drift.isEmpty() && fencer.isTrue("SELECT state = 'FENCED' FROM cutover.writer")) {
        for (String table : fencer.texts(CutoverSql.UNFENCED_TABLES)) {
          drift.add(
              "Expected the fence's trigger ENABLE ALWAYS, but on %s it is not: prepare again"
                  .formatted(table));
        }
      }
      return drift;
    }
  }

  private boolean createRole(
      PostgresSession fencer, DatabaseEndpoint database, String applier, List<String> faults)
      throws SQLException {
    if (fencer.isTrue("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = ?)", applier)) {
      return true;
    }
    String password = connections.password(database, DatabaseRole.APPLIER);
    if (fencer.succeeds(
        "CREATE ROLE %s LOGIN PASSWORD %s"
            .formatted(CutoverSql.identifier(applier), CutoverSql.literal(password)))) {
      return true;
    }
    faults.add(
        "Expected the role %s on %s, but there is none and it may not be created by %s: run CREATE ROLE %s LOGIN PASSWORD '...'"
            .formatted(
                applier,
                database.database(),
                fencer.text("SELECT session_user"),
                CutoverSql.identifier(applier)));
    return false;
  }

  private static boolean createSchema(
      PostgresSession fencer,
      DatabaseEndpoint database,
      Side side,
      String fencerName,
      String applier,
      List<String> faults)
      throws SQLException {
    try {
      fencer.transact(
          () -> {
            if (fencer
                .one(row -> 1, "SELECT 1 FROM pg_namespace WHERE nspname = 'cutover'")
                .isEmpty()) {
              fencer.execute("CREATE SCHEMA cutover");
            }
            for (String table : TABLES) {
              fencer.execute(table);
            }
            fencer.execute(
                "INSERT INTO cutover.writer(epoch, state, step, at) VALUES (0, ?, 'prepare',"
                    + " clock_timestamp()) ON CONFLICT DO NOTHING",
                side == Side.SOURCE ? "OPEN" : "FENCED");
            fencer.execute("GRANT USAGE ON SCHEMA cutover TO PUBLIC");
            fencer.execute("GRANT SELECT ON cutover.writer TO PUBLIC");
            // The row is locked, so that no fence changes the epoch between reading and writing it.
            long fencedEpoch =
                fencer
                    .one(
                        row -> row.getLong(1),
                        "SELECT CASE state WHEN 'FENCED' THEN epoch ELSE epoch - 1 END"
                            + " FROM cutover.writer FOR UPDATE")
                    .orElseThrow();
            fencer.execute(CutoverSql.refuseWrite(applier, fencedEpoch));
            fencer.execute(CutoverSql.refuseDdl(fencerName, applier, fencedEpoch));
          });
      return true;
    } catch (SQLException e) {
      if (!PostgresSession.INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
        throw e;
      }
      faults.add(
          "Expected %1$s to own the schema cutover or to be allowed to create it, but: %2$s. Run GRANT CREATE ON DATABASE %3$s TO %1$s"
              .formatted(
                  CutoverSql.identifier(fencerName),
                  e.getMessage(),
                  CutoverSql.identifier(database.database())));
      return false;
    }
  }

  private static void grant(PostgresSession fencer, String applier, List<String> faults)
      throws SQLException {
    String role = CutoverSql.identifier(applier);
    List<String> grants = new ArrayList<>();
    grants.add(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON cutover.marker, cutover.position, cutover.capture TO "
            + role);
    for (String schema :
        fencer.texts(
            """
            SELECT DISTINCT quote_ident(n.nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r','p','S') AND n.nspname NOT IN ('information_schema','cutover') AND n.nspname !~ '^pg_'
               AND NOT has_schema_privilege(?, n.oid, 'USAGE')""",
            applier)) {
      grants.add("GRANT USAGE ON SCHEMA %s TO %s".formatted(schema, role));
    }
    for (String table :
        fencer.texts(
            """
            SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r','p') AND c.relpersistence <> 't'
               AND n.nspname NOT IN ('information_schema','cutover') AND n.nspname !~ '^pg_'
               AND NOT (has_table_privilege(?, c.oid, 'SELECT') AND has_table_privilege(?, c.oid, 'INSERT')
                    AND has_table_privilege(?, c.oid, 'UPDATE') AND has_table_privilege(?, c.oid, 'DELETE')
                    AND has_table_privilege(?, c.oid, 'TRUNCATE'))
             ORDER BY 1""",
            applier,
            applier,
            applier,
            applier,
            applier)) {
      grants.add(
          "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON %s TO %s".formatted(table, role));
    }
    for (String grant : grants) {
      if (!fencer.succeeds(grant)) {
        faults.add(
            "Expected %s to have a right that the fencer may not give: run %s"
                .formatted(applier, grant));
      }
    }
  }

  private static void createEventTrigger(PostgresSession fencer, List<String> warnings)
      throws SQLException {
    Optional<Boolean> owned = eventTriggerOwned(fencer);
    if (owned.isEmpty()) {
      try {
        fencer.transact(
            () -> {
              fencer.execute(
                  "CREATE EVENT TRIGGER cutover_ddl ON ddl_command_start"
                      + " EXECUTE FUNCTION cutover.refuse_ddl()");
              fencer.execute(
                  fencer.isTrue("SELECT state = 'FENCED' FROM cutover.writer")
                      ? "ALTER EVENT TRIGGER cutover_ddl ENABLE ALWAYS"
                      : "ALTER EVENT TRIGGER cutover_ddl DISABLE");
            });
        return;
      } catch (SQLException e) {
        if (!PostgresSession.INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
          throw e;
        }
      }
    }
    if (!owned.orElse(false)) {
      warnings.add(
          "Expected %s to be allowed an event trigger, but it is not: changes of the schema are not refused while fenced, keep the change freeze"
              .formatted(fencer.text("SELECT session_user")));
    } else if (fencer.isTrue("SELECT state = 'FENCED' FROM cutover.writer")) {
      fencer.execute("ALTER EVENT TRIGGER cutover_ddl ENABLE ALWAYS");
    }
  }

  /** Whether the fencer may alter the event trigger; empty when there is none. */
  static Optional<Boolean> eventTriggerOwned(PostgresSession fencer) throws SQLException {
    return fencer.one(
        row -> row.getBoolean(1),
        "SELECT pg_has_role(evtowner, 'USAGE') FROM pg_event_trigger WHERE evtname = 'cutover_ddl'");
  }

  private static int installTriggers(PostgresSession fencer, String fencerName, List<String> faults)
      throws SQLException {
    for (String table : fencer.texts(CutoverSql.TABLES_WITHOUT_TRIGGER)) {
      installTrigger(fencer, fencerName, table, faults);
    }
    if (fencer.isTrue("SELECT state = 'FENCED' FROM cutover.writer")) {
      for (String table : fencer.texts(CutoverSql.UNFENCED_TABLES)) {
        withRetries(
            fencer, table, "ALTER TABLE %s ENABLE ALWAYS TRIGGER " + CutoverSql.TRIGGER, faults);
      }
    }
    return fencer.texts(CutoverSql.USER_TABLES).size();
  }

  private static void installTrigger(
      PostgresSession fencer, String fencerName, String table, List<String> faults)
      throws SQLException {
    if (!fencer.isTrue(
        "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = ?::regclass", table)) {
      String owner =
          fencer.text(
              "SELECT quote_ident(pg_get_userbyid(relowner)) FROM pg_class WHERE oid = ?::regclass",
              table);
      faults.add(
          "Expected %1$s to own %2$s or to be a member of its owner, but it is not: run GRANT %3$s TO %1$s"
              .formatted(CutoverSql.identifier(fencerName), table, owner));
      return;
    }
    withRetries(fencer, table, null, faults);
  }

  /** One short transaction per table, so that writers never wait longer than the lock timeout. */
  private static void withRetries(
      PostgresSession fencer,
      String table,
      @org.jspecify.annotations.Nullable String alter,
      List<String> faults)
      throws SQLException {
    for (int attempt = 1; attempt <= LOCK_ATTEMPTS_MAX; attempt++) {
      try {
        fencer.transact(
            () -> {
              if (alter == null) {
                // In one transaction, so that on an open side there is no moment of refusal.
                boolean fenced =
                    fencer.isTrue("SELECT state = 'FENCED' FROM cutover.writer FOR SHARE");
                fencer.execute(CutoverSql.CREATE_TRIGGER.formatted(table));
                fencer.execute(
                    "ALTER TABLE %s %s TRIGGER %s"
                        .formatted(
                            table, fenced ? "ENABLE ALWAYS" : "DISABLE", CutoverSql.TRIGGER));
              } else {
                fencer.execute(alter.formatted(table));
              }
            });
        return;
      } catch (SQLException e) {
        boolean busy =
            PostgresSession.LOCK_NOT_AVAILABLE.equals(e.getSQLState())
                || PostgresSession.DEADLOCK.equals(e.getSQLState());
        if (!busy && !PostgresSession.isMissingSchema(e)) {
          throw e;
        }
        if (!busy) {
          return; // dropped meanwhile
        }
      }
    }
    faults.add(
        "Expected a short lock on %s within %d attempts of 200 ms, but it was held all the time: prepare again when no long transaction writes it"
            .formatted(table, LOCK_ATTEMPTS_MAX));
  }
}
