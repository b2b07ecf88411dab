package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.ChangeChunk;
import dev.cutover.sync.domain.Commit;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.Value;
import dev.cutover.sync.domain.VerifiedTypes;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns Debezium's records into chunks of transactions. One per engine, one thread.
 *
 * <p>A transaction whose first change is the row of the opposite stream in {@code cutover.position}
 * was applied by us from the other side: it is dropped here, whole, so that nothing goes round in
 * circles (correctness.md 1.2). That needs no replication origin, which managed services give to
 * nobody, and of other streams' rows it drops nothing. What PostgreSQL's own apply worker has
 * applied is known by the origin that the worker sets.
 */
final class DebeziumRecords {
  /** Stands for unchanged values stored out of line; must never be a real value. */
  static final String UNAVAILABLE = "cutover-unchanged-3f9b0c1e-7f5b-4a53-9f0e-2f3c8d1a6b77";

  private static final TableName POSITION = new TableName("cutover", "position");
  private static final TableName MARKER = new TableName("cutover", "marker");
  private static final String OLD_KEY = "__debezium.oldkey";
  private static final String NEW_KEY = "__debezium.newkey";
  private static final int CHUNK_CHARS = 256 * 1024;
  private static final int CHUNK_CHANGES = 2000;

  private final long epoch;
  private final Map<TableName, TableShape> shapes;
  private final Consumer<ChangeChunk> chunks;
  private final Echo echo;
  private final IdentityHashMap<Schema, Columns> columnsOf = new IdentityHashMap<>();

  private long number;
  private List<Change> changes = new ArrayList<>();
  private int chars;
  private boolean isFirst;
  private boolean isBegun;
  private boolean isOwn;
  private boolean hasEchoed;

  /** Which column each field of a record's schema is. */
  private record Columns(List<String> names, List<Field> fields, List<String> bases) {}

  /**
   * @param echo the stream whose applied transactions are dropped
   */
  DebeziumRecords(
      long epoch, Echo echo, Map<TableName, TableShape> shapes, Consumer<ChangeChunk> chunks) {
    this.epoch = epoch;
    this.echo = echo;
    this.shapes = shapes;
    this.chunks = chunks;
  }

  /**
   * Takes the next record.
   *
   * @return the commit's end where the record ends a transaction
   */
  Optional<Lsn> accept(SourceRecord record) {
    if (!(record.value() instanceof Struct value)) {
      return Optional.empty();
    }
    Field status = value.schema().field("status");
    if (status != null) {
      return transaction(record, value);
    }
    change(record, value);
    return Optional.empty();
  }

  private Optional<Lsn> transaction(SourceRecord record, Struct value) {
    if (value.getString("status").equals("BEGIN")) {
      changes = new ArrayList<>();
      chars = 0;
      isFirst = true;
      isBegun = false;
      isOwn = false;
      hasEchoed = false;
      return Optional.empty();
    }
    if (!(record.sourceOffset().get("lsn_commit") instanceof Long commit)) {
      throw new IllegalStateException("Expected the end of a transaction to have a commit LSN");
    }
    Lsn end = new Lsn(commit);
    boolean isEmpty = changes.isEmpty() && !isBegun;
    if (!isOwn && !isEmpty) {
      emit(Optional.of(new Commit(end, Instant.ofEpochMilli(value.getInt64("ts_ms")))));
    }
    if (hasEchoed) {
      echo.gauge().wrote();
    }
    return Optional.of(end);
  }

  private void change(SourceRecord record, Struct value) {
    TableName table = table(value.getStruct("source"));
    if (isFirst) {
      isOwn =
          (table.equals(POSITION) && echo.stream().equals(stream(value)))
              || (echo.isNative() && echo.hasOrigin(origin(value)));
      isFirst = false;
    }
    if (isOwn && echo.isNative()) {
      heard(table, value);
    }
    if (isOwn || table.equals(POSITION)) {
      return;
    }
    Change change = table.equals(MARKER) ? mark(value) : change(table, record, value);
    if (change == null) {
      return;
    }
    changes.add(change);
    if (chars > CHUNK_CHARS || changes.size() >= CHUNK_CHANGES) {
      emit(Optional.empty());
    }
  }

  /** What came from the other side is told of, so that writes behind its fence are seen. */
  private void heard(TableName table, Struct value) {
    if (!table.equals(MARKER)) {
      hasEchoed |= !table.equals(POSITION);
    } else if (mark(value) instanceof Change.Mark mark) {
      echo.gauge().passed(mark);
    }
  }

  private static String origin(Struct value) {
    return Objects.requireNonNullElse(value.getStruct("source").getString("origin"), "");
  }

  private void emit(Optional<Commit> end) {
    chunks.accept(new ChangeChunk(epoch, number++, !isBegun, changes, end));
    isBegun = true;
    changes = new ArrayList<>();
    chars = 0;
  }

  private static @Nullable String stream(Struct value) {
    Struct after = value.getStruct("after");
    return after == null ? null : after.getString("stream");
  }

  private static TableName table(Struct source) {
    return new TableName(source.getString("schema"), source.getString("table"));
  }

  private static @Nullable Change mark(Struct value) {
    Struct after = value.getStruct("after");
    if (after == null) {
      return null;
    }
    String at = after.getString("at");
    return new Change.Mark(
        after.getString("id"), at == null ? Instant.EPOCH : OffsetDateTime.parse(at).toInstant());
  }

  private @Nullable Change change(TableName table, SourceRecord record, Struct value) {
    TableShape shape = shapes.get(table);
    if (shape == null) {
      throw new IllegalStateException("Expected no changes of " + table + ", but there are some");
    }
    String operation = value.getString("op");
    return switch (operation) {
      case "c", "r" -> {
        Row after = after(shape, value);
        Header oldKey = record.headers().lastWithName(OLD_KEY);
        yield oldKey == null
            ? new Change.Insert(table, after)
            : new Change.Update(table, key(shape, oldKey.value()), after);
      }
      case "u" -> new Change.Update(table, key(shape, record.key()), after(shape, value));
      // A changed key comes as two records; the second one, with the old key, says it all.
      case "d" ->
          record.headers().lastWithName(NEW_KEY) == null
              ? new Change.Delete(table, key(shape, record.key()))
              : null;
      case "t" -> new Change.Truncate(table);
      default ->
          throw new IllegalStateException(
              "Expected a change of %s, but its operation is '%s'".formatted(table, operation));
    };
  }

  private Row key(TableShape shape, @Nullable Object key) {
    if (!(key instanceof Struct struct)) {
      throw new IllegalStateException(
          "Expected a key in each change of %s, but one has none".formatted(shape.table()));
    }
    return row(shape, struct, false);
  }

  private Row after(TableShape shape, Struct value) {
    return row(shape, value.getStruct("after"), true);
  }

  private Row row(TableShape shape, Struct struct, boolean isWhole) {
    Columns columns =
        columnsOf.computeIfAbsent(struct.schema(), schema -> columns(shape, schema, isWhole));
    List<Value> values = new ArrayList<>(columns.names().size());
    for (int i = 0; i < columns.fields().size(); i++) {
      Object raw = struct.getWithoutDefault(columns.fields().get(i).name());
      chars += raw instanceof String text ? text.length() : 8;
      values.add(VerifiedTypes.convert(columns.bases().get(i), raw, UNAVAILABLE));
    }
    for (int i = values.size(); i < columns.names().size(); i++) {
      values.add(Value.Special.REFETCH);
    }
    return new Row(columns.names(), values);
  }

  /** The trusted columns first, then those that are excluded from the stream. */
  private static Columns columns(TableShape shape, Schema schema, boolean isWhole) {
    List<String> names = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    List<String> bases = new ArrayList<>();
    for (Field field : schema.fields()) {
      TableShape.Column column = shape.column(field.name());
      if (column.verified()) {
        names.add(column.name());
        fields.add(field);
        bases.add(column.base());
      }
    }
    if (isWhole) {
      for (TableShape.Column column : shape.columns()) {
        if (column.verified() && !names.contains(column.name())) {
          throw new IllegalStateException(
              "Expected column %s in the changes of %s, but it is missing: was the table altered?"
                  .formatted(column.name(), shape.table()));
        }
      }
      shape.refetched().forEach(column -> names.add(column.name()));
    }
    return new Columns(List.copyOf(names), fields, bases);
  }
}
