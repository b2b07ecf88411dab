package dev.cutover.sync.adapter;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The fence's triggers of one database: installs, completes and removes them, each table in a short
 * transaction of its own, so that writers never wait longer than the lock timeout (one transaction
 * over all tables deadlocks: correctness.md 2.1).
 */
final class FenceTriggers {
  private static final int LOCK_ATTEMPTS_MAX = 50;
  private static final String FENCED = "SELECT state = 'FENCED' FROM cutover.writer";

  private final PostgresSession fencer;

  /**
   * Works in a session of the fencer, whose time-outs it sets.
   *
   * @param fencer stays the caller's to close
   */
  FenceTriggers(PostgresSession fencer) throws SQLException {
    this.fencer = fencer;
    fencer.execute("SET lock_timeout = '200ms'");
    fencer.succeeds("SET deadlock_timeout = '20ms'");
  }

  /**
   * Installs what is missing: disabled where the row is OPEN, ENABLE ALWAYS where it is FENCED.
   *
   * @return what could not be done, as sentences
   */
  List<String> install() throws SQLException {
    List<String> faults = new ArrayList<>();
    for (String table : fencer.texts(CutoverSql.TABLES_WITHOUT_TRIGGER)) {
      Optional<String> fault = missingOwnership(table);
      if (fault.isEmpty()) {
        fault = onTable(table, () -> createTrigger(table));
      }
      fault.ifPresent(faults::add);
    }
    if (faults.isEmpty() && fencer.isTrue(FENCED)) {
      for (String table : fencer.texts(CutoverSql.UNFENCED_TABLES)) {
        onTable(table, () -> fencer.execute(CutoverSql.ENABLE_TRIGGER.formatted(table)))
            .ifPresent(faults::add);
      }
    }
    return faults;
  }

  /** Says what has drifted since the installation; changes nothing. */
  List<String> drift() throws SQLException {
    List<String> drift = new ArrayList<>();
    for (String table : fencer.texts(CutoverSql.TABLES_WITHOUT_TRIGGER)) {
      drift.add(
          "Expected the fence's trigger on every table, but %s has none: prepare again"
              .formatted(table));
    }
    if (drift.isEmpty() && fencer.isTrue(FENCED)) {
      for (String table : fencer.texts(CutoverSql.UNFENCED_TABLES)) {
        drift.add(
            "Expected the fence's trigger ENABLE ALWAYS, but on %s it is not: prepare again"
                .formatted(table));
      }
    }
    return drift;
  }

  /**
   * Installs the event trigger that refuses changes of the schema while fenced.
   *
   * @return what is weaker without it; empty when it is there
   */
  Optional<String> installEventTrigger() throws SQLException {
    Optional<Boolean> owned = ownsEventTrigger(fencer);
    if (owned.isEmpty()) {
      owned =
          fencer.succeeds(
                  "CREATE EVENT TRIGGER cutover_ddl ON ddl_command_start"
                      + " EXECUTE FUNCTION cutover.refuse_ddl()")
              ? Optional.of(true)
              : Optional.of(false);
    }
    if (!owned.get()) {
      return Optional.of(
          "Expected %s to be allowed an event trigger, but it is not: changes of the schema are not refused while fenced, so keep the change freeze"
              .formatted(fencer.text("SELECT session_user")));
    }
    fencer.execute(
        fencer.isTrue(FENCED)
            ? "ALTER EVENT TRIGGER cutover_ddl ENABLE ALWAYS"
            : "ALTER EVENT TRIGGER cutover_ddl DISABLE");
    return Optional.empty();
  }

  /**
   * Removes all triggers.
   *
   * @return what could not be done, as sentences
   */
  List<String> remove() throws SQLException {
    List<String> faults = new ArrayList<>();
    for (String table : fencer.texts(CutoverSql.TABLES_WITH_TRIGGER)) {
      onTable(
              table,
              () ->
                  fencer.execute(
                      "DROP TRIGGER IF EXISTS %s ON %s".formatted(CutoverSql.TRIGGER, table)))
          .ifPresent(faults::add);
    }
    if (ownsEventTrigger(fencer).orElse(false)) {
      fencer.execute("DROP EVENT TRIGGER IF EXISTS cutover_ddl");
    }
    return faults;
  }

  /** Whether the fencer may alter the event trigger; empty when there is none. */
  static Optional<Boolean> ownsEventTrigger(PostgresSession fencer) throws SQLException {
    return fencer.one(
        row -> row.getBoolean(1),
        "SELECT pg_has_role(evtowner, 'USAGE') FROM pg_event_trigger WHERE evtname = 'cutover_ddl'");
  }

  /** Creates it in the state that the row asks for: on an open side no moment of refusal. */
  private void createTrigger(String table) throws SQLException {
    // FOR SHARE: no fence may pass between reading the row and the trigger's being there.
    boolean fenced = fencer.isTrue(FENCED + " FOR SHARE");
    fencer.execute(CutoverSql.CREATE_TRIGGER.formatted(table));
    fencer.execute(
        (fenced ? CutoverSql.ENABLE_TRIGGER : CutoverSql.DISABLE_TRIGGER).formatted(table));
  }

  private Optional<String> missingOwnership(String table) throws SQLException {
    return fencer.one(
        row ->
            "Expected %1$s to own %2$s or to be a member of its owner, but it is not: run GRANT %3$s TO %1$s"
                .formatted(row.getString(1), table, row.getString(2)),
        // By name: a cast to regclass would need rights on the schema.
        "SELECT quote_ident(session_user), quote_ident(pg_get_userbyid(c.relowner))"
            + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE quote_ident(n.nspname) || '.' || quote_ident(c.relname) = ?"
            + " AND NOT pg_has_role(c.relowner, 'USAGE')",
        table);
  }

  private Optional<String> onTable(String table, PostgresSession.Action action)
      throws SQLException {
    for (int attempt = 1; attempt <= LOCK_ATTEMPTS_MAX; attempt++) {
      try {
        fencer.transact(action);
        return Optional.empty();
      } catch (SQLException e) {
        if (PostgresSession.UNDEFINED_TABLE.equals(e.getSQLState())) {
          return Optional.empty(); // dropped meanwhile
        }
        if (!PostgresSession.isBusy(e)) {
          throw e;
        }
      }
    }
    return Optional.of(
        "Expected a short lock on %s within %d attempts of 200 ms, but it was held all the time: prepare again when no long transaction writes it"
            .formatted(table, LOCK_ATTEMPTS_MAX));
  }
}
