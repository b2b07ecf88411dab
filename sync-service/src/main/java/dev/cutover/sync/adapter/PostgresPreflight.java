package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.Preflight;
import dev.cutover.sync.domain.SequenceAlignment;
import dev.cutover.sync.domain.SequenceRegister;
import dev.cutover.sync.domain.SideRights;
import dev.cutover.sync.domain.TableDefinition;
import dev.cutover.sync.domain.TableDefinition.Column;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Examines two PostgreSQL databases before anything is done to them: tables here, servers in {@link
 * PostgresServerCheck}.
 */
public final class PostgresPreflight implements Preflight {
  private final PostgresConnections connections;
  private final SequenceRegister sequences;
  private final Predicate<String> isVerifiedType;
  private final PostgresSchemaCarrier carrier;

  /**
   * Examines through the service's own logins.
   *
   * @param isVerifiedType whether the stream carries a type faithfully, by its base name
   */
  public PostgresPreflight(
      PostgresConnections connections,
      SequenceRegister sequences,
      Predicate<String> isVerifiedType) {
    this.connections = connections;
    this.sequences = sequences;
    this.isVerifiedType = isVerifiedType;
    this.carrier = new PostgresSchemaCarrier(connections);
  }

  @Override
  public Findings examine(ReplicationSpec spec) throws GateRefused, InterruptedException {
    List<String> faults = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    List<SideRights> rights = new ArrayList<>();
    for (Side side : Side.values()) {
      rights.add(new PostgresServerCheck(connections, spec, side).examine(faults, warnings));
    }
    List<String> refetched = new ArrayList<>();
    boolean isCarried = carrier.isDue(spec);
    compareTables(spec, isCarried, faults, refetched);
    if (faults.isEmpty()) {
      strayTables(spec, warnings);
      extensions(spec, warnings);
      timetzValues(spec, faults);
    }
    if (isCarried) {
      faults.addAll(carrier.examine(spec));
    } else {
      faults.addAll(
          SequenceAlignment.plan(
                  sequences.read(spec.source()),
                  sequences.read(spec.target()),
                  spec.sequenceMargin())
              .faults());
    }
    return new Findings(faults, warnings, refetched, rights);
  }

  private void compareTables(
      ReplicationSpec spec, boolean isCarried, List<String> faults, List<String> refetched)
      throws GateRefused {
    Map<TableName, TableDefinition> source = definitions(spec.source());
    Map<TableName, TableDefinition> target = definitions(spec.target());
    boolean isUnfinished = carrier.isUnfinished(spec);
    for (TableName table : spec.tables()) {
      TableDefinition here = source.get(table);
      TableDefinition there = isCarried ? here : target.get(table);
      if (isUnfinished && here != null && there != null && there.key().isEmpty()) {
        there = there.withKey(here.key()); // it follows the rows
      }
      if (here == null || there == null) {
        faults.add(
            "Expected table %s on the %s, but it is not there: create it or leave it out"
                .formatted(table, here == null ? "source" : "target"));
        continue;
      }
      if (here.key().isEmpty()) {
        faults.add(
            "Expected a primary key on %s, but it has none, so its changes cannot be applied to exactly one row: ALTER TABLE %s ADD PRIMARY KEY (...), or leave it out"
                .formatted(table, table));
      }
      if (here.isUnlogged() || there.isUnlogged()) {
        faults.add(
            "Expected %s to be logged, but it is UNLOGGED and its changes are in no WAL: ALTER TABLE %s SET LOGGED, or leave it out"
                .formatted(table, table));
      }
      if (here.hasRowSecurity() || there.hasRowSecurity()) {
        faults.add(
            "Expected the applier to see all rows of %s, but row security hides some from it: ALTER ROLE %s BYPASSRLS on both sides"
                .formatted(table, connections.user(spec.source(), DatabaseRole.APPLIER)));
      }
      faults.addAll(TableDefinition.differences(here, there));
      for (Column column : here.columns()) {
        if (!column.isGenerated() && !isVerifiedType.test(column.base())) {
          refetched.add(table + "." + column.name());
          if (here.key().contains(column.name())) {
            faults.add(
                "Expected the key of %s to have a type that the stream carries faithfully, but %s is %s: rows could not be read again by it"
                    .formatted(table, column.name(), column.type()));
          }
        }
      }
    }
  }

  private Map<TableName, TableDefinition> definitions(DatabaseEndpoint database)
      throws GateRefused {
    try (PostgresSession fencer =
        PostgresSession.open(connections, database, DatabaseRole.FENCER)) {
      Map<TableName, List<Column>> columns = new HashMap<>();
      fencer
          .list(
              row ->
                  Map.entry(
                      new TableName(row.getString(1), row.getString(2)),
                      new Column(
                          row.getString(3),
                          row.getString(4),
                          row.getString(5),
                          row.getBoolean(6),
                          row.getString(7),
                          row.getBoolean(8))),
              PreflightSql.COLUMNS)
          .forEach(
              entry ->
                  columns
                      .computeIfAbsent(entry.getKey(), _ -> new ArrayList<>())
                      .add(entry.getValue()));
      Map<TableName, TableDefinition> definitions = new HashMap<>();
      fencer
          .list(
              row ->
                  new TableDefinition(
                      new TableName(row.getString(1), row.getString(2)),
                      List.of(),
                      List.of((String[]) row.getArray(3).getArray()),
                      row.getBoolean(4),
                      row.getBoolean(5)),
              PreflightSql.TABLES,
              connections.user(database, DatabaseRole.APPLIER))
          .forEach(
              table ->
                  definitions.put(
                      table.name(),
                      new TableDefinition(
                          table.name(),
                          columns.getOrDefault(table.name(), List.of()),
                          table.key(),
                          table.isUnlogged(),
                          table.hasRowSecurity())));
      return definitions;
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  /** Tables that are fenced but not replicated: what is written there does not come along. */
  private void strayTables(ReplicationSpec spec, List<String> warnings) throws GateRefused {
    try (PostgresSession fencer =
        PostgresSession.open(connections, spec.source(), DatabaseRole.FENCER)) {
      Set<TableName> replicated = new HashSet<>(spec.tables());
      List<String> stray =
          fencer.list(
              row -> {
                TableName table = new TableName(row.getString(1), row.getString(2));
                TableName root = new TableName(row.getString(3), row.getString(4));
                return replicated.contains(table) || replicated.contains(root)
                    ? ""
                    : table.toString();
              },
              PreflightSql.TABLES_WITH_ROOTS);
      stray.removeIf(String::isEmpty);
      if (!stray.isEmpty()) {
        warnings.add(
            "Expected all tables of the source in the plan, but these are fenced and not replicated: %s. Rows written there stay behind"
                .formatted(String.join(", ", stray)));
      }
    } catch (SQLException e) {
      throw WriterTable.refusal(spec.source(), e);
    }
  }

  private void extensions(ReplicationSpec spec, List<String> warnings) throws GateRefused {
    String sql = "SELECT extname || ' ' || extversion FROM pg_extension ORDER BY 1";
    try (PostgresSession source =
            PostgresSession.open(connections, spec.source(), DatabaseRole.FENCER);
        PostgresSession target =
            PostgresSession.open(connections, spec.target(), DatabaseRole.FENCER)) {
      List<String> missing = source.texts(sql);
      missing.removeAll(target.texts(sql));
      if (!missing.isEmpty()) {
        warnings.add(
            "Expected the source's extensions on the target in the same version, but these are not there: %s"
                .formatted(String.join(", ", missing)));
      }
    } catch (SQLException e) {
      throw WriterTable.refusal(spec.target(), e);
    }
  }

  /** An offset with seconds kills the capture, and it would die again at every start. */
  private void timetzValues(ReplicationSpec spec, List<String> faults) throws GateRefused {
    Map<TableName, TableDefinition> source = definitions(spec.source());
    try (PostgresSession fencer =
        PostgresSession.open(connections, spec.source(), DatabaseRole.FENCER)) {
      for (TableName table : spec.tables()) {
        TableDefinition definition = source.get(table);
        List<Column> columns = definition == null ? List.of() : definition.columns();
        for (Column column : columns) {
          if (column.base().equals("timetz")
              && fencer.isTrue(
                  "SELECT EXISTS (SELECT FROM %s.%s WHERE extract(timezone FROM %s)::int %% 60 <> 0)"
                      .formatted(
                          CutoverSql.identifier(table.schema()),
                          CutoverSql.identifier(table.name()),
                          CutoverSql.identifier(column.name())))) {
            faults.add(
                "Expected no seconds in the offsets of %s.%s, but there are some, and the capture (%s) fails on them: correct those rows"
                    .formatted(table, column.name(), Direction.FORWARD));
          }
        }
      }
    } catch (SQLException e) {
      throw WriterTable.refusal(spec.source(), e);
    }
  }
}
