package dev.cutover.sync.adapter;

/** The queries of the preflight. */
final class PreflightSql {
  private static final String USER_TABLE =
      "c.relkind IN ('r','p') AND c.relpersistence <> 't' AND n.nspname NOT IN"
          + " ('pg_catalog','information_schema','cutover') AND n.nspname !~ '^pg_'";

  /** Schema, table, column, type, base type, generated, identity, needs a value. */
  static final String COLUMNS =
      """
      WITH RECURSIVE base(oid, at) AS (
        SELECT oid, oid FROM pg_type
        UNION ALL SELECT base.oid, t.typbasetype FROM base JOIN pg_type t ON t.oid = base.at WHERE t.typtype = 'd')
      SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
             CASE WHEN t.typtype = 'e' THEN 'enum' ELSE t.typname END,
             a.attgenerated <> '', a.attidentity::text,
             a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN base ON base.oid = a.atttypid JOIN pg_type t ON t.oid = base.at AND t.typtype <> 'd'
       WHERE %s AND a.attnum > 0 AND NOT a.attisdropped
       ORDER BY 1, 2, a.attnum
      """
          .formatted(USER_TABLE);

  /** Schema, table, key columns, unlogged, row security that binds the role asked for. */
  static final String TABLES =
      """
      SELECT n.nspname, c.relname,
             ARRAY(SELECT a.attname::text FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
                     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
                    WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY k.place),
             c.relpersistence = 'u',
             c.relrowsecurity AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ? AND (rolbypassrls OR rolsuper))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE %s
      """
          .formatted(USER_TABLE);

  /** Schema and table, schema and table of its topmost partitioned ancestor. */
  static final String TABLES_WITH_ROOTS =
      """
      SELECT n.nspname, c.relname, rn.nspname, r.relname
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_class r ON r.oid = COALESCE(pg_partition_root(c.oid), c.oid)
        JOIN pg_namespace rn ON rn.oid = r.relnamespace
       WHERE %s ORDER BY 1, 2
      """
          .formatted(USER_TABLE);

  /** Enabled subscriptions of this database but for one's name and one's origin: name, table. */
  static final String SUBSCRIBED_TABLES =
      """
      SELECT s.subname || ' writes ' || srrelid::regclass::text
        FROM pg_subscription s JOIN pg_subscription_rel r ON r.srsubid = s.oid
       WHERE s.subname <> ? AND 'pg_' || s.oid <> ? AND s.subenabled AND s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       ORDER BY 1
      """;

  /** Triggers that fire for the applier's rows too. */
  static final String ALWAYS_TRIGGERS =
      """
      SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ': ' || g.tgname
        FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE NOT g.tgisinternal AND g.tgenabled IN ('A','R') AND g.tgname <> '00_cutover_fence' AND %s ORDER BY 1
      """
          .formatted(USER_TABLE);

  /**
   * Parameter: the plan's tables, as schema.table. Their foreign keys to tables that are not among
   * them.
   */
  static final String LEAVING_KEYS =
      """
      WITH planned AS (
        SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname || '.' || c.relname = ANY (?::text[]))
      SELECT k.conname || ' of ' || k.conrelid::regclass::text || ' to ' || k.confrelid::regclass::text
        FROM pg_constraint k
       WHERE k.contype = 'f' AND k.conparentid = 0
         AND k.conrelid IN (SELECT oid FROM planned) AND k.confrelid NOT IN (SELECT oid FROM planned)
       ORDER BY 1
      """;

  private PreflightSql() {}
}
