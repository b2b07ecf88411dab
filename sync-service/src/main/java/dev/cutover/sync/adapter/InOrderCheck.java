package dev.cutover.sync.adapter;

import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;

/**
 * Finds what would make one side's rows differ, or the stream stand, where the applier may not set
 * {@code session_replication_role}: it applies row by row in commit order then, with foreign keys,
 * triggers and rules in force (data.md C6).
 *
 * <p>Foreign keys: one statement of the captured side may write a row before the one that it refers
 * to; row by row that passes only if the check waits for the commit. DEFERRABLE changes nothing for
 * others: the check stays IMMEDIATE unless a session asks for more. Triggers: what they write comes
 * by the stream too, so they must leave the applier out, by a condition that stands in the
 * catalogue and so can be proven.
 */
final class InOrderCheck {
  private static final String PLANNED =
      "n.oid = c.relnamespace AND (n.nspname, c.relname) IN (SELECT * FROM unnest(?::text[], ?::text[]))";

  private static final String TABLE = "quote_ident(n.nspname) || '.' || quote_ident(c.relname)";

  private static final String TRIGGERS =
      """
      SELECT %s, g.tgname, pg_get_triggerdef(g.oid), g.tgqual IS NULL AND g.tgconstraint = 0
        FROM pg_trigger g, pg_class c, pg_namespace n
       WHERE %s AND g.tgrelid = c.oid AND NOT g.tgisinternal AND g.tgenabled IN ('O','A')
         AND g.tgname <> '00_cutover_fence' ORDER BY 1, 2
      """
          .formatted(TABLE, PLANNED);

  private static final String RULES =
      """
      SELECT quote_ident(r.rulename) || ' on ' || %s FROM pg_rewrite r, pg_class c, pg_namespace n
       WHERE %s AND r.ev_class = c.oid AND r.ev_enabled IN ('O','A') ORDER BY 1
      """
          .formatted(TABLE, PLANNED);

  private static final String STRICT_KEYS =
      """
      SELECT 'ALTER TABLE ' || %s || ' ALTER CONSTRAINT ' || quote_ident(k.conname) || ' DEFERRABLE'
        FROM pg_constraint k, pg_class c, pg_namespace n
       WHERE %s AND k.conrelid = c.oid AND k.contype = 'f' AND k.conparentid = 0 AND NOT k.condeferrable
       ORDER BY 1
      """
          .formatted(TABLE, PLANNED);

  /** Whose action changes the key of the row that refers: the stream would look for the old one. */
  private static final String KEY_CHANGING =
      """
      SELECT quote_ident(k.conname) || ' of ' || %s FROM pg_constraint k, pg_class c, pg_namespace n
       WHERE %s AND k.conrelid = c.oid AND k.contype = 'f'
         AND (k.confupdtype IN ('c','d') OR k.confdeltype = 'd')
         AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary
                      AND i.indkey::int2[] && k.conkey) ORDER BY 1
      """
          .formatted(TABLE, PLANNED);

  private final PostgresSession fencer;
  private final String where;
  private final String applier;
  private final String[][] tables;

  /**
   * @param fencer stays the caller's to close
   * @param where the side, for people
   */
  InOrderCheck(PostgresSession fencer, ReplicationSpec spec, String where, String applier) {
    this.fencer = fencer;
    this.where = where;
    this.applier = applier;
    // By name: a cast to regclass would need rights on the schema.
    this.tables =
        new String[][] {
          spec.tables().stream().map(TableName::schema).toArray(String[]::new),
          spec.tables().stream().map(TableName::name).toArray(String[]::new)
        };
  }

  List<String> faults() throws SQLException {
    List<String> faults = new ArrayList<>();
    fencer
        .list(
            row ->
                triggerFault(
                    row.getString(1), row.getString(2), row.getString(3), row.getBoolean(4)),
            TRIGGERS,
            (Object[]) tables)
        .forEach(fault -> fault.ifPresent(faults::add));
    for (String rule : fencer.texts(RULES, (Object[]) tables)) {
      faults.add(
          "Expected no rule to act on applied rows of %s, but %s does, and %s may not skip it: drop it, or let %s set session_replication_role"
              .formatted(where, rule, applier, applier));
    }
    List<String> strict = fencer.texts(STRICT_KEYS, (Object[]) tables);
    if (!strict.isEmpty()) {
      faults.add(
          "Expected foreign keys of %s to be deferrable, since %s may not skip them, but these are not: %s"
              .formatted(where, applier, String.join("; ", strict)));
    }
    for (String key : fencer.texts(KEY_CHANGING, (Object[]) tables)) {
      faults.add(
          "Expected no foreign key of %s to change primary keys by its action, but %s does, and %s may not skip it: leave the table out, or let %s set session_replication_role"
              .formatted(where, key, applier, applier));
    }
    return faults;
  }

  private Optional<String> triggerFault(
      String table, String name, String definition, boolean isPlain) {
    String condition = "(SESSION_USER <> %s::name)".formatted(CutoverSql.literal(applier));
    if (definition.contains("WHEN (%s)".formatted(condition))
        || definition.contains("WHEN ((%s AND ".formatted(condition))) {
      return Optional.empty();
    }
    String addition = "session_user <> " + CutoverSql.literal(applier);
    return Optional.of(
        "Expected trigger %s on %s of %s to leave %s out, since what it writes comes by the stream too, but it does not: %s"
            .formatted(
                name,
                table,
                where,
                applier,
                isPlain
                    ? definition
                        .replaceFirst("^CREATE TRIGGER", "CREATE OR REPLACE TRIGGER")
                        .replaceFirst(
                            " EXECUTE FUNCTION ",
                            Matcher.quoteReplacement(
                                " WHEN (%s) EXECUTE FUNCTION ".formatted(addition)))
                    : "make it anew, its condition beginning with %s AND".formatted(addition)));
  }
}
