package dev.cutover.sync.adapter;

import java.util.Optional;

/** The SQL of the fence that more than one class speaks; from correctness.md 2.3. */
final class CutoverSql {
  static final String TRIGGER = "\"00_cutover_fence\"";

  private static final String USER_TABLE =
      """
      c.relkind IN ('r','p') AND c.relpersistence <> 't'
        AND n.nspname NOT IN ('pg_catalog','information_schema','cutover') AND n.nspname !~ '^pg_'
      """;

  /** Every user table, roots and leaves, quoted and qualified; the busiest last. */
  static final String USER_TABLES =
      """
      SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
       WHERE %s
       ORDER BY COALESCE(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, 0), 1
      """
          .formatted(USER_TABLE);

  /** User tables without the trigger. */
  static final String TABLES_WITHOUT_TRIGGER =
      """
      SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_trigger g ON g.tgrelid = c.oid AND g.tgname = '00_cutover_fence'
       WHERE %s AND g.oid IS NULL ORDER BY 1
      """
          .formatted(USER_TABLE);

  /** User tables whose trigger is missing or not ENABLE ALWAYS: none while fenced. */
  static final String UNFENCED_TABLES =
      """
      SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_trigger g ON g.tgrelid = c.oid AND g.tgname = '00_cutover_fence'
       WHERE %s AND COALESCE(g.tgenabled, 'D') <> 'A' ORDER BY 1
      """
          .formatted(USER_TABLE);

  /** User tables that have the trigger, in whatever state. */
  static final String TABLES_WITH_TRIGGER =
      """
      SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_trigger g ON g.tgrelid = c.oid AND g.tgname = '00_cutover_fence' ORDER BY 1
      """;

  /** User tables whose trigger still costs something. */
  static final String TABLES_WITH_ENABLED_TRIGGER =
      """
      SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_trigger g ON g.tgrelid = c.oid AND g.tgname = '00_cutover_fence'
       WHERE %s AND g.tgenabled <> 'D' ORDER BY 1
      """
          .formatted(USER_TABLE);

  static final String CREATE_TRIGGER =
      "CREATE TRIGGER \"00_cutover_fence\" BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s"
          + " FOR EACH STATEMENT EXECUTE FUNCTION cutover.refuse_write()";

  static final String ENABLE_TRIGGER = "ALTER TABLE %s ENABLE ALWAYS TRIGGER \"00_cutover_fence\"";
  static final String DISABLE_TRIGGER = "ALTER TABLE %s DISABLE TRIGGER \"00_cutover_fence\"";

  /** Schemas with tables or sequences that a role cannot reach. */
  static final String SCHEMAS_WITHOUT_USAGE =
      """
      SELECT DISTINCT quote_ident(n.nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r','p','S') AND n.nspname NOT IN ('pg_catalog','information_schema','cutover')
         AND n.nspname !~ '^pg_' AND NOT has_schema_privilege(?, n.oid, 'USAGE')
      """;

  /** User tables on which a role lacks one of the rights that applying needs. */
  static final String TABLES_WITHOUT_RIGHTS =
      """
      SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN (SELECT ?::name) AS r(role)
       WHERE %s AND EXISTS (SELECT FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE']) AS p
                             WHERE NOT has_table_privilege(r.role, c.oid, p))
       ORDER BY 1
      """
          .formatted(USER_TABLE);

  /** Owners of user tables whose rights the session has not got. */
  static final String OWNERS_WITHOUT_MEMBERSHIP =
      """
      SELECT DISTINCT pg_get_userbyid(c.relowner)::text
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE %s AND NOT pg_has_role(c.relowner, 'USAGE') ORDER BY 1
      """
          .formatted(USER_TABLE);

  private CutoverSql() {}

  /**
   * The trigger's function. It knows owner and epoch of the last fence as literals, because the row
   * alone is not enough: a REPEATABLE READ transaction whose snapshot is older than the fence still
   * sees the row OPEN. The function's code it always sees new, and an OPEN row whose epoch is not
   * above the last fence's is an old one.
   *
   * @param applier the login that is let through
   * @param cutover owner of the row
   * @param fencedEpoch epoch of the last fence
   * @param endsAt when a drill's fence lets everybody through, as PostgreSQL writes it
   */
  static String refuseWrite(
      String applier, String cutover, long fencedEpoch, Optional<String> endsAt) {
    return """
    CREATE OR REPLACE FUNCTION cutover.refuse_write() RETURNS trigger LANGUAGE plpgsql AS $fence$ BEGIN
      IF session_user = %s THEN RETURN NULL; END IF;
      IF (SELECT state = 'OPEN' AND epoch > %d AND cutover = %s FROM cutover.writer) THEN RETURN NULL; END IF;
      IF %s THEN RETURN NULL; END IF;
      RAISE EXCEPTION 'writes to %%.%% are refused: cutover fence', tg_table_schema, tg_table_name
        USING ERRCODE = '25006';
    END $fence$"""
        .formatted(literal(applier), fencedEpoch, literal(cutover), isOver(endsAt));
  }

  private static String isOver(Optional<String> endsAt) {
    return endsAt
        .map(at -> "clock_timestamp() >= %s::timestamptz".formatted(literal(at)))
        .orElse("false");
  }

  /** The event trigger's function; exempts the fencer too, which enables the triggers by DDL. */
  static String refuseDdl(
      String fencer, String applier, String cutover, long fencedEpoch, Optional<String> endsAt) {
    return """
    CREATE OR REPLACE FUNCTION cutover.refuse_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $fence$ BEGIN
      IF session_user IN (%s, %s) THEN RETURN; END IF;
      IF (SELECT state = 'OPEN' AND epoch > %d AND cutover = %s FROM cutover.writer) THEN RETURN; END IF;
      IF %s THEN RETURN; END IF;
      RAISE EXCEPTION '%% refused: cutover fence', tg_tag USING ERRCODE = '25006';
    END $fence$"""
        .formatted(
            literal(fencer), literal(applier), fencedEpoch, literal(cutover), isOver(endsAt));
  }

  /** A string literal; names come from configuration, so quoting is a matter of correctness. */
  static String literal(String value) {
    if (value.indexOf('\\') >= 0 || value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "Expected a name without backslash, but got '%s'".formatted(value));
    }
    return "'" + value.replace("'", "''") + "'";
  }

  /** A quoted identifier. */
  static String identifier(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
