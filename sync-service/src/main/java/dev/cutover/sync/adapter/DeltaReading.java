package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.Commit;
import dev.cutover.sync.domain.DeltaCount;
import dev.cutover.sync.domain.Deltas.Form;
import dev.cutover.sync.domain.Deltas.Found;
import dev.cutover.sync.domain.Deltas.Search;
import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.Transaction;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** One reading of a delta: counts what it is given, and writes it where that is asked for. */
final class DeltaReading implements AutoCloseable {
  private static final int CHANGES_AT_ONCE = 500;

  private final Map<TableName, TableShape> shapes;
  private final Search search;
  private final DeltaCount count;
  private final PostgresRefetch after;
  private final KeyedRows before;
  private final DeltaFiles files;
  private final Optional<Path> folder;

  /**
   * @param directory where files are written
   * @param source has the rows before
   * @param target has the values that the stream is not trusted with
   */
  DeltaReading(
      Map<TableName, TableShape> shapes,
      Search search,
      Optional<Path> directory,
      CopyPlaces.ConnectionSource source,
      CopyPlaces.ConnectionSource target)
      throws IOException {
    this.shapes = shapes;
    this.search = search;
    count = new DeltaCount(shapes);
    after = new PostgresRefetch(target, shapes);
    before = new KeyedRows(source);
    folder =
        search.form() == Form.FILES
            ? directory.map(path -> path.resolve(search.folder()).toAbsolutePath())
            : Optional.empty();
    files = new DeltaFiles(folder);
  }

  /**
   * Takes the next transaction.
   *
   * @param pieces its changes
   */
  void take(Transaction transaction, Iterator<List<Change>> pieces)
      throws SQLException, IOException {
    count.begin(transaction);
    boolean isWritten = search.form() != Form.COUNT && transaction.hasRows();
    if (isWritten) {
      files.begin(transaction.commit());
    }
    while (pieces.hasNext()) {
      List<Change> piece = pieces.next();
      count.add(piece);
      if (isWritten) {
        write(transaction.commit(), piece);
      }
    }
    if (isWritten) {
      files.end();
    }
  }

  private void write(Commit commit, List<Change> piece) throws SQLException, IOException {
    List<Change.OfTable> changes = new ArrayList<>();
    for (Change change : after.complete(piece)) {
      if (change instanceof Change.OfTable row) {
        changes.add(row);
      }
    }
    for (int from = 0; from < changes.size(); from += CHANGES_AT_ONCE) {
      List<Change.OfTable> some =
          changes.subList(from, Math.min(changes.size(), from + CHANGES_AT_ONCE));
      Map<TableName, Map<Row, Row>> rows = rowsBefore(some);
      for (Change.OfTable change : some) {
        Optional<Row> key = count.keyOf(change);
        files.add(
            commit,
            change,
            shape(change.table()),
            key,
            key.map(one -> rows.getOrDefault(change.table(), Map.of()).get(one)));
      }
    }
  }

  private Map<TableName, Map<Row, Row>> rowsBefore(List<Change.OfTable> changes)
      throws SQLException {
    Map<TableName, Set<Row>> keys = new LinkedHashMap<>();
    for (Change.OfTable change : changes) {
      count
          .keyOf(change)
          .ifPresent(
              key -> keys.computeIfAbsent(change.table(), _ -> new LinkedHashSet<>()).add(key));
    }
    Map<TableName, Map<Row, Row>> rows = new HashMap<>();
    for (Map.Entry<TableName, Set<Row>> entry : keys.entrySet()) {
      TableShape shape = shape(entry.getKey());
      rows.put(entry.getKey(), before.read(shape, List.copyOf(entry.getValue()), shape.names()));
    }
    return rows;
  }

  private TableShape shape(TableName table) {
    return Objects.requireNonNull(shapes.get(table));
  }

  Found found() throws IOException {
    return new Found(
        count.toDelta(search.markerId().isPresent()),
        search.form() == Form.COUNT ? "" : files.finish(),
        folder.map(Path::toString).orElse(""));
  }

  @Override
  public void close() throws SQLException, IOException {
    try (after;
        before) {
      files.close();
    }
  }
}
