package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.SequenceAlignment.Sequence;
import dev.cutover.sync.domain.SequenceAlignment.Setting;
import dev.cutover.sync.domain.SequenceRegister;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The sequences of one PostgreSQL database, read in two round trips however many there are. */
public final class PostgresSequences implements SequenceRegister {
  private static final String DEFINITIONS =
      """
      SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname NOT IN ('pg_catalog','information_schema','cutover') AND n.nspname !~ '^pg_'
       ORDER BY 1
      """;

  /** Per owning column, a query for the sequence as its rows show it; none for an empty table. */
  private static final String OWNED_COLUMNS =
      """
      SELECT format('SELECT %L, v.last, true, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle FROM pg_sequence s,'
               || ' (SELECT %s(%I)::bigint AS last FROM %I.%I) v WHERE s.seqrelid = %s AND v.last IS NOT NULL',
               quote_ident(n.nspname) || '.' || quote_ident(c.relname),
               CASE WHEN s.seqincrement > 0 THEN 'max' ELSE 'min' END, a.attname, tn.nspname, t.relname, c.oid)
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a','i')
         AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
       WHERE n.nspname NOT IN ('pg_catalog','information_schema','cutover') AND n.nspname !~ '^pg_'
      """;

  private final PostgresConnections connections;

  public PostgresSequences(PostgresConnections connections) {
    this.connections = connections;
  }

  @Override
  public List<Sequence> read(DatabaseEndpoint database) throws GateRefused {
    try (PostgresSession fencer =
        PostgresSession.open(connections, database, DatabaseRole.FENCER)) {
      List<String> names = fencer.texts(DEFINITIONS);
      if (names.isEmpty()) {
        return List.of();
      }
      // The view pg_sequences hides whether a sequence has been called; the relation itself tells.
      String all =
          names.stream()
              .map(
                  name ->
                      "SELECT %1$s AS name, v.last_value, v.is_called, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle FROM %2$s v, pg_sequence s WHERE s.seqrelid = %1$s::regclass"
                          .formatted(CutoverSql.literal(name), name))
              .collect(Collectors.joining("\nUNION ALL "));
      return fencer.list(PostgresSequences::sequence, all + "\nORDER BY 1");
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  @Override
  public List<Sequence> highestInRows(DatabaseEndpoint database) throws GateRefused {
    try (PostgresSession fencer =
        PostgresSession.open(connections, database, DatabaseRole.FENCER)) {
      List<Sequence> highest = new ArrayList<>();
      for (String query : fencer.texts(OWNED_COLUMNS)) {
        highest.addAll(fencer.list(PostgresSequences::sequence, query));
      }
      return highest;
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  @Override
  public void set(DatabaseEndpoint database, List<Setting> settings) throws GateRefused {
    if (settings.isEmpty()) {
      return;
    }
    try (PostgresSession fencer =
        PostgresSession.open(connections, database, DatabaseRole.FENCER)) {
      for (Setting setting : settings) {
        // Compared in the statement that sets it; on an open side somebody may have gone past.
        fencer.list(
            row -> 1,
            "SELECT setval(%1$s::regclass, ?) FROM %2$s v, pg_sequence s WHERE s.seqrelid = %1$s::regclass AND sign(s.seqincrement) * (?::numeric - v.last_value) > 0"
                .formatted(CutoverSql.literal(setting.name()), setting.name()),
            setting.value(),
            setting.value());
      }
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  private static Sequence sequence(ResultSet row) throws SQLException {
    return new Sequence(
        row.getString(1),
        row.getLong(2),
        row.getBoolean(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getBoolean(7));
  }
}
