package dev.cutover.sync.domain;

import dev.cutover.contract.Delta;
import dev.cutover.contract.Delta.TableDelta;
import dev.cutover.contract.TableName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the changes of a delta as they come; owned by one thread. Remembers a hash of each key
 * that was touched, no rows.
 */
public final class DeltaCount {
  private final Map<TableName, Table> tables =
      new TreeMap<>(Comparator.comparing(TableName::toString));
  private final Map<TableName, TableShape> shapes;
  private long transactions;
  private @Nullable Instant firstAt;
  private @Nullable Instant lastAt;

  public DeltaCount(Map<TableName, TableShape> shapes) {
    this.shapes = Map.copyOf(shapes);
  }

  /** Counts a transaction, not its changes; one that only marks something is none. */
  public void begin(Transaction transaction) {
    if (transaction.hasRows()) {
      transactions++;
      firstAt = firstAt == null ? transaction.commit().at() : firstAt;
      lastAt = transaction.commit().at();
    }
  }

  /** Counts changes of the transaction that was begun last, all or the next ones. */
  public void add(List<Change> changes) {
    for (Change change : changes) {
      if (change instanceof Change.OfTable row) {
        tables.computeIfAbsent(row.table(), _ -> new Table()).add(row, keyOf(row));
      }
    }
  }

  /** The count so far. */
  public Delta toDelta(boolean complete) {
    return new Delta(
        tables.entrySet().stream().map(entry -> entry.getValue().of(entry.getKey())).toList(),
        transactions,
        Optional.ofNullable(firstAt),
        Optional.ofNullable(lastAt),
        complete);
  }

  /**
   * The key by which a change finds its row, as the table's key is ordered; none of a truncation.
   */
  public Optional<Row> keyOf(Change.OfTable change) {
    List<String> names =
        Objects.requireNonNull(shapes.get(change.table())).key().stream()
            .map(TableShape.Column::name)
            .toList();
    return switch (change) {
      case Change.Insert insert -> Optional.of(part(insert.after(), names));
      case Change.Update update -> Optional.of(part(update.key(), names));
      case Change.Delete delete -> Optional.of(part(delete.key(), names));
      case Change.Truncate _ -> Optional.empty();
    };
  }

  private static Row part(Row row, List<String> names) {
    return new Row(names, names.stream().map(row::value).toList());
  }

  private static final class Table {
    private final MessageDigest keys = sha256();
    private final Set<Long> touched = new HashSet<>();
    private long inserts;
    private long updates;
    private long deletes;
    private long truncates;

    void add(Change.OfTable change, Optional<Row> key) {
      switch (change) {
        case Change.Insert _ -> inserts++;
        case Change.Update _ -> updates++;
        case Change.Delete _ -> deletes++;
        case Change.Truncate _ -> truncates++;
      }
      key.ifPresent(this::touch);
    }

    private void touch(Row key) {
      StringBuilder text = new StringBuilder();
      for (Value value : key.values()) {
        text.append(value instanceof Value.Text(String part) ? part : "").append('\0');
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      keys.update(bytes);
      byte[] hash = sha256().digest(bytes);
      long first = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        first = (first << 8) | (hash[i] & 0xFF);
      }
      touched.add(first);
    }

    TableDelta of(TableName name) {
      try {
        MessageDigest soFar = (MessageDigest) keys.clone();
        return new TableDelta(
            name,
            touched.size(),
            inserts,
            updates,
            deletes,
            truncates,
            HexFormat.of().formatHex(soFar.digest()));
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
