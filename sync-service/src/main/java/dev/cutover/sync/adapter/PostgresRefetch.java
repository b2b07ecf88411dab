package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.TableShape.Column;
import dev.cutover.sync.domain.Value;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads values that the stream is not trusted with from the captured side, by key (correctness.md
 * 8).
 *
 * <p>What is read is the row as it is now, perhaps newer than the change; a newer change of that
 * row follows then and reads again. A commit can reach the stream a moment before other sessions
 * see it; so the keys of the last while are read once more when a marker passes ({@link #again}).
 */
final class PostgresRefetch implements AutoCloseable {
  private static final int RECENT_MAX = 20_000;
  private static final long RECENT_NANOS = 30_000_000_000L;

  private final KeyedRows captured;
  private final Map<TableName, TableShape> shapes;
  private final LinkedHashMap<RowKey, Long> recent = new LinkedHashMap<>();

  private record RowKey(TableName table, Row key, List<String> columns) {}

  PostgresRefetch(CopyPlaces.ConnectionSource captured, Map<TableName, TableShape> shapes) {
    this.captured = new KeyedRows(captured);
    this.shapes = shapes;
  }

  /** The changes with every value there; those without untrusted ones are returned as they are. */
  List<Change> complete(List<Change> changes) throws SQLException {
    Map<RowKey, Row> wanted = new HashMap<>();
    Map<TableName, Set<RowKey>> byTable = new LinkedHashMap<>();
    for (Change change : changes) {
      RowKey key = untrusted(change);
      if (key != null) {
        byTable.computeIfAbsent(key.table(), _ -> new LinkedHashSet<>()).add(key);
      }
    }
    if (byTable.isEmpty()) {
      return changes;
    }
    for (Set<RowKey> keys : byTable.values()) {
      read(List.copyOf(keys), wanted);
      keys.forEach(this::remember);
    }
    List<Change> complete = new ArrayList<>(changes.size());
    for (Change change : changes) {
      RowKey key = untrusted(change);
      complete.add(key == null ? change : filled(change, key, wanted.get(key)));
    }
    return complete;
  }

  /**
   * Updates of the untrusted columns of the rows read lately: what they are now. Rows that are gone
   * are not among them.
   */
  List<Change> again() throws SQLException {
    Map<TableName, Set<RowKey>> byTable = new LinkedHashMap<>();
    recent
        .keySet()
        .forEach(key -> byTable.computeIfAbsent(key.table(), _ -> new LinkedHashSet<>()).add(key));
    List<Change> updates = new ArrayList<>();
    for (Set<RowKey> keys : byTable.values()) {
      Map<RowKey, Row> found = new LinkedHashMap<>();
      read(List.copyOf(keys), found);
      found.forEach((key, row) -> updates.add(update(key, row)));
    }
    recent.clear();
    return updates;
  }

  // With its key, so that many are written by one statement: this is done inside the outage.
  private static Change update(RowKey key, Row found) {
    List<String> columns = new ArrayList<>(key.key().columns());
    columns.addAll(found.columns());
    List<Value> values = new ArrayList<>(key.key().values());
    values.addAll(found.values());
    return new Change.Update(key.table(), key.key(), new Row(columns, values));
  }

  private void remember(RowKey key) {
    long now = System.nanoTime();
    recent.putLast(key, now);
    while (recent.size() > RECENT_MAX || now - recent.firstEntry().getValue() > RECENT_NANOS) {
      recent.pollFirstEntry();
    }
  }

  private @Nullable RowKey untrusted(Change change) {
    return switch (change) {
      case Change.Insert insert -> untrusted(insert.table(), insert.after());
      case Change.Update update -> untrusted(update.table(), update.after());
      case Change.Delete delete -> null;
      case Change.Truncate truncate -> null;
      case Change.Mark mark -> null;
    };
  }

  private @Nullable RowKey untrusted(TableName table, Row after) {
    if (!after.values().contains(Value.Special.REFETCH)) {
      return null;
    }
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < after.columns().size(); i++) {
      if (after.values().get(i) == Value.Special.REFETCH) {
        columns.add(after.columns().get(i));
      }
    }
    List<String> names = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    TableShape shape = shape(table);
    for (Column column : shape.key()) {
      names.add(column.name());
      values.add(after.value(column.name()));
    }
    return new RowKey(table, new Row(names, values), columns);
  }

  private TableShape shape(TableName table) {
    TableShape shape = shapes.get(table);
    if (shape == null) {
      throw new IllegalStateException("Expected table " + table + " to be replicated");
    }
    return shape;
  }

  private Change filled(Change change, RowKey key, @Nullable Row found) {
    return switch (change) {
      case Change.Insert insert ->
          new Change.Insert(insert.table(), filled(insert.after(), key, found, true));
      case Change.Update update ->
          new Change.Update(
              update.table(), update.key(), filled(update.after(), key, found, false));
      case Change.Delete delete -> delete;
      case Change.Truncate truncate -> truncate;
      case Change.Mark mark -> mark;
    };
  }

  // The row is gone by now: its deletion, or its new key, follows in the stream. Until then it has
  // what the column allows.
  private Row filled(Row after, RowKey key, @Nullable Row found, boolean isInsert) {
    List<Value> values = new ArrayList<>(after.values());
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) == Value.Special.REFETCH) {
        String column = after.columns().get(i);
        Value stand =
            isInsert ? standIn(shape(key.table()).column(column)) : Value.Special.UNCHANGED;
        values.set(i, found == null ? stand : found.value(column));
      }
    }
    return new Row(after.columns(), values);
  }

  private static Value standIn(Column column) {
    if (column.nullable()) {
      return Value.Special.NULL;
    }
    if (column.base().startsWith("_") || column.type().endsWith("[]")) {
      return new Value.Text("{}");
    }
    return new Value.Text(
        switch (column.base()) {
          case "date", "timestamp" -> "infinity";
          case "timetz" -> "00:00:00+00";
          case "time", "interval" -> "00:00:00";
          case "bit", "varbit", "numeric", "money" -> "0";
          case "point" -> "(0,0)";
          default -> "";
        });
  }

  private void read(List<RowKey> keys, Map<RowKey, Row> found) throws SQLException {
    List<String> columns = keys.stream().flatMap(one -> one.columns().stream()).distinct().toList();
    Map<Row, Row> rows =
        captured.read(
            shape(keys.getFirst().table()), keys.stream().map(RowKey::key).toList(), columns);
    for (RowKey one : keys) {
      Row row = rows.get(one.key());
      if (row != null) {
        found.put(one, new Row(one.columns(), one.columns().stream().map(row::value).toList()));
      }
    }
  }

  @Override
  public void close() throws SQLException {
    captured.close();
  }
}
