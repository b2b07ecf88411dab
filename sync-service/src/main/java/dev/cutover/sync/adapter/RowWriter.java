package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.Coalescer;
import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.Value;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Executes planned steps in the transaction that is open: many rows by one statement where that
 * leaves the same rows and finds the same conflicts, and a batch of single ones elsewhere.
 */
final class RowWriter {
  /** Fewer rows are cheaper one by one: COPY cannot be prepared, and needs two answers. */
  private static final int COPY_MIN = 24;

  private static final int SET_MIN = 4;

  /** A larger row goes alone: an array or a line has it escaped, and may not exceed 1 GiB. */
  private static final int ROW_CHARS_MAX = 1 << 20;

  private static final int SET_CHARS_MAX = 8 << 20;
  private static final int COPY_BUFFER_CHARS = 128 * 1024;

  private final Connection connection;
  private final Map<TableName, TableShape> shapes;
  private final boolean isBySet;
  private final AppliedTables tables;
  private final Map<TableName, Set<TableName>> cascades;
  private final Set<TableName> deletedFrom = new HashSet<>();
  private boolean isLenient;

  /**
   * @param connection the applier's
   * @param isBySet whether triggers and foreign keys are out of the way; otherwise every change is
   *     a statement of its own, as it was on the captured side
   */
  RowWriter(Connection connection, Map<TableName, TableShape> shapes, boolean isBySet)
      throws SQLException {
    this.connection = connection;
    this.shapes = shapes;
    this.isBySet = isBySet;
    tables = new AppliedTables(connection, isBySet ? shapes.values() : List.of());
    cascades = isBySet ? Map.of() : AppliedTables.references(connection, true);
    if (isBySet) {
      // The set's rows are looked up by the primary key, whatever the statistics say of a table
      // that was just copied: a scan of a large table for a few rows would be the end of streaming.
      PostgresSql.execute(
          connection,
          "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off;"
              + " SET enable_nestloop = on; SET enable_indexscan = on; SET jit = off;"
              + " SET plan_cache_mode = force_generic_plan");
    }
  }

  /** A change did not find its row. */
  static final class Missed extends Exception {
    private static final long serialVersionUID = 1L;

    Missed(Change.OfTable change) {
      super("no row for a change of " + change.table());
    }
  }

  /** Begins a transaction: all that is written until the next one belongs to it. */
  void begin() {
    deletedFrom.clear();
  }

  /** Updates rows that are there, and leaves alone those that are not. */
  void overwrite(List<Change> updates) throws SQLException, Missed {
    isLenient = true;
    try {
      write(updates);
    } finally {
      isLenient = false;
    }
  }

  void write(List<Change> changes) throws SQLException, Missed {
    List<Coalescer.Step> steps = Coalescer.coalesce(changes, isBySet, tables.orderFree());
    if (!steps.isEmpty()) {
      // A captured transaction may have broken a deferrable constraint for a while.
      PostgresSql.execute(connection, "SET CONSTRAINTS ALL DEFERRED");
    }
    for (Coalescer.Step step : steps) {
      switch (step) {
        case Coalescer.Rows rows -> inOrder(rows.changes());
        case Coalescer.RowSet set -> inAnyOrder(set.changes());
        case Coalescer.Truncation truncation -> truncate(truncation.tables());
      }
    }
  }

  private void truncate(Set<TableName> truncated) throws SQLException {
    PostgresSql.execute(
        connection,
        "TRUNCATE " + truncated.stream().map(PostgresSql::quote).collect(Collectors.joining(", ")));
  }

  private void inOrder(List<Change.OfTable> changes) throws SQLException, Missed {
    boolean isCopied =
        changes.getFirst() instanceof Change.Insert
            && tables.isPlain(changes.getFirst().table())
            && changes.size() >= COPY_MIN
            && changes.stream().allMatch(change -> chars(change) <= ROW_CHARS_MAX);
    if (isCopied) {
      copy(changes);
    } else {
      oneByOne(changes);
    }
  }

  private void inAnyOrder(List<Change.OfTable> changes) throws SQLException, Missed {
    List<Change.OfTable> alone = new ArrayList<>();
    List<Change.OfTable> set = new ArrayList<>();
    long chars = 0;
    for (Change.OfTable change : changes) {
      int size = chars(change);
      if (size > ROW_CHARS_MAX) {
        alone.add(change);
        continue;
      }
      set.add(change);
      chars += size;
      if (chars > SET_CHARS_MAX) {
        asSet(set);
        set = new ArrayList<>();
        chars = 0;
      }
    }
    if (!set.isEmpty()) {
      asSet(set);
    }
    if (!alone.isEmpty()) {
      oneByOne(alone);
    }
  }

  private void asSet(List<Change.OfTable> changes) throws SQLException, Missed {
    boolean isInsert = changes.getFirst() instanceof Change.Insert;
    if (changes.size() < (isInsert ? COPY_MIN : SET_MIN)) {
      oneByOne(changes);
    } else if (isInsert) {
      copy(changes);
    } else {
      byKey(changes);
    }
  }

  private void byKey(List<Change.OfTable> changes) throws SQLException, Missed {
    Change.OfTable first = changes.getFirst();
    SetStatement sql = SetStatement.of(first, shape(first.table()), tables);
    try (PreparedStatement statement = connection.prepareStatement(sql.sql())) {
      for (int i = 0; i < sql.columns().size(); i++) {
        statement.setString(i + 1, sql.array(i, changes));
      }
      if (statement.executeUpdate() != changes.size() && !isLenient) {
        throw new Missed(first);
      }
    }
  }

  // COPY writes identity columns as they come, like OVERRIDING SYSTEM VALUE.
  private void copy(List<Change.OfTable> changes) throws SQLException {
    Change.OfTable first = changes.getFirst();
    if (!(first instanceof Change.Insert shaped)) {
      throw new IllegalArgumentException("Expected inserts");
    }
    CopyIn copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn(
                "COPY %s (%s) FROM STDIN"
                    .formatted(
                        PostgresSql.quote(first.table()),
                        PostgresSql.columns(shaped.after().columns())));
    try {
      StringBuilder lines = new StringBuilder(COPY_BUFFER_CHARS * 2);
      for (Change.OfTable change : changes) {
        if (change instanceof Change.Insert insert) {
          CopyLines.append(insert.after(), lines);
        }
        if (lines.length() > COPY_BUFFER_CHARS) {
          send(lines, copy);
        }
      }
      send(lines, copy);
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  private static void send(StringBuilder lines, CopyIn copy) throws SQLException {
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    copy.writeToCopy(bytes, 0, bytes.length);
    lines.setLength(0);
  }

  private void oneByOne(List<Change.OfTable> changes) throws SQLException, Missed {
    Change.OfTable first = changes.getFirst();
    TableShape shape = shape(first.table());
    PostgresStatement sql = PostgresStatement.of(first, shape);
    try (PreparedStatement statement = connection.prepareStatement(sql.sql())) {
      for (Change.OfTable change : changes) {
        PostgresStatement.bind(statement, change, shape);
        statement.addBatch();
      }
      int[] counts = statement.executeBatch();
      for (int i = 0; i < counts.length && !sql.isInsert(); i++) {
        if (counts[i] != 1 && !isLenient && !isGoneAlready(changes.get(i))) {
          throw new Missed(changes.get(i));
        }
        if (first instanceof Change.Delete) {
          deletedFrom.add(first.table());
        }
      }
    }
  }

  /**
   * A foreign key in force took the row with the one that it refers to, as it did on the captured
   * side, whose log has both; the one that it refers to comes first there.
   */
  private boolean isGoneAlready(Change.OfTable change) {
    return change instanceof Change.Delete
        && cascades.getOrDefault(change.table(), Set.of()).stream().anyMatch(deletedFrom::contains);
  }

  private static int chars(Change.OfTable change) {
    Row row =
        switch (change) {
          case Change.Insert insert -> insert.after();
          case Change.Update update -> update.after();
          case Change.Delete delete -> delete.key();
          case Change.Truncate _ -> new Row(List.of(), List.of());
        };
    int chars = 0;
    for (Value value : row.values()) {
      chars += value instanceof Value.Text(String text) ? text.length() : 4;
    }
    return chars;
  }

  private TableShape shape(TableName table) {
    TableShape shape = shapes.get(table);
    if (shape == null) {
      throw new IllegalStateException("Expected table " + table + " to be replicated");
    }
    return shape;
  }
}
