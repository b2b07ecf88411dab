package dev.cutover.deploy.demo;

import dev.cutover.contract.Side;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Remembers every write that was acknowledged, with all columns of its rows, and says at the end
 * which of them the authoritative database does not hold. Rows that change count their versions: a
 * row must be found at the highest version that was acknowledged or above it, and equal in every
 * column where the version is the same; above it only as far as writes without an answer explain.
 *
 * <p>Safe for use by many threads.
 */
final class Ledger {
  /** Values longer than this are kept as their hash. */
  private static final int KEPT_CHARACTERS_MAX = 512;

  /** The number under which rows are kept that were there before the first write. */
  private static final long BEFORE = 0;

  private static final int EXAMPLES_MAX = 20;

  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<String, Long> deletions = new HashMap<>();
  private final Set<String> versions = new HashSet<>();
  private final Set<Long> contradictions = new TreeSet<>();
  private final List<Acknowledged> acknowledged = new ArrayList<>();
  private final Set<String> perhapsDeleted = new HashSet<>();
  private long uncertain;

  /**
   * One acknowledged write.
   *
   * @param committing when the shop sent COMMIT: the write was not durable before
   * @param at when the client had the answer
   */
  record Acknowledged(long number, Side side, Instant committing, Instant at) {}

  /**
   * What was found at the end.
   *
   * @param writesMissing acknowledged writes of which a row is missing, differs, is back from the
   *     dead, or was contradicted by another acknowledged write of the same row and version
   * @param rowsBeyond rows that are newer than acknowledged, as writes without an answer explain
   * @param examples keys and what is wrong with them; never values
   */
  record Account(
      long writesMissing,
      long rowsCompared,
      long valuesCompared,
      long rowsBeyond,
      List<String> examples) {}

  private record Entry(long write, long version, Map<String, @Nullable String> columns) {}

  /** Keeps what a side holds before the first write, so that the copy is accounted for too. */
  synchronized void open(Connection connection) throws SQLException {
    for (Row row : everyRow(connection)) {
      keep(BEFORE, row);
    }
  }

  synchronized void acknowledge(Acknowledged write, List<Row> rows, List<String> deleted) {
    acknowledged.add(write);
    rows.forEach(row -> keep(write.number, row));
    deleted.forEach(key -> deletions.put(key, write.number));
  }

  /**
   * Notes a write whose answer was lost: it may or may not be there at the end.
   *
   * @param deletedOrder the order that it was to delete, or null
   */
  synchronized void doubt(@Nullable String deletedOrder) {
    uncertain++;
    if (deletedOrder != null) {
      perhapsDeleted.add(deletedOrder);
    }
  }

  synchronized long uncertain() {
    return uncertain;
  }

  synchronized List<Acknowledged> acknowledged() {
    return List.copyOf(acknowledged);
  }

  /** Compares with the database that is authoritative at the end. Clients must have stopped. */
  Account account(Connection authoritative) throws SQLException {
    return account(everyRow(authoritative));
  }

  synchronized Account account(List<Row> authoritative) {
    Map<String, Row> found = new HashMap<>();
    for (Row row : authoritative) {
      found.put(row.key(), row);
    }
    Set<Long> missing = new TreeSet<>(contradictions);
    List<String> examples = new ArrayList<>();
    contradictions.forEach(
        write -> note(examples, "write " + write + ": another write was given the same version"));
    long values = 0;
    long beyond = 0;
    for (Map.Entry<String, Entry> expected : entries.entrySet()) {
      Entry entry = expected.getValue();
      Row row = found.get(expected.getKey());
      if (deletions.containsKey(expected.getKey())) {
        continue;
      }
      String fault = null;
      if (row == null) {
        boolean explained =
            expected.getKey().startsWith("order")
                && perhapsDeleted.contains(expected.getKey().split("/")[1]);
        fault = explained ? null : "is missing";
        beyond += explained ? 1 : 0;
      } else if (row.version() < entry.version) {
        fault = "is at version " + row.version() + ", acknowledged was " + entry.version;
      } else if (row.version() > entry.version) {
        beyond += row.version() - entry.version;
        fault =
            row.version() - entry.version > uncertain
                ? "is at version " + row.version() + ", nobody wrote beyond " + entry.version
                : null;
      } else {
        values += entry.columns.size();
        fault = difference(entry.columns, shortened(row.columns()));
      }
      if (fault != null) {
        missing.add(entry.write);
        note(examples, expected.getKey() + " of write " + entry.write + " " + fault);
      }
    }
    for (Map.Entry<String, Long> deletion : deletions.entrySet()) {
      if (found.containsKey(deletion.getKey())) {
        missing.add(deletion.getValue());
        note(
            examples,
            deletion.getKey() + " was deleted by write " + deletion.getValue() + " and is there");
      }
    }
    return new Account(
        missing.size(), entries.size() + deletions.size(), values, beyond, List.copyOf(examples));
  }

  private void keep(long write, Row row) {
    String key = row.key();
    if (!versions.add(key + "@" + row.version())) {
      contradictions.add(write);
    }
    Entry known = entries.get(key);
    if (known == null || known.version < row.version()) {
      entries.put(key, new Entry(write, row.version(), shortened(row.columns())));
    }
  }

  private static @Nullable String difference(
      Map<String, @Nullable String> expected, Map<String, @Nullable String> found) {
    List<String> columns = new ArrayList<>();
    Set<String> names = new TreeSet<>(expected.keySet());
    names.addAll(found.keySet());
    for (String name : names) {
      if (!java.util.Objects.equals(expected.get(name), found.get(name))) {
        columns.add(name);
      }
    }
    return columns.isEmpty() ? null : "differs in " + String.join(", ", columns);
  }

  private static void note(List<String> examples, String sentence) {
    if (examples.size() < EXAMPLES_MAX) {
      examples.add(sentence);
    }
  }

  private static Map<String, @Nullable String> shortened(Map<String, @Nullable String> columns) {
    Map<String, @Nullable String> kept = new LinkedHashMap<>();
    columns.forEach(
        (name, value) ->
            kept.put(
                name,
                value == null || value.length() <= KEPT_CHARACTERS_MAX ? value : hash(value)));
    return kept;
  }

  private static String hash(String value) {
    try {
      return "sha256:"
          + HexFormat.of()
              .formatHex(
                  MessageDigest.getInstance("SHA-256")
                      .digest(value.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static List<Row> everyRow(Connection connection) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      for (String table : Row.TABLES.keySet()) {
        try (ResultSet result = statement.executeQuery("SELECT * FROM shop." + table)) {
          while (result.next()) {
            Row row = Row.fromResult(table, result);
            rows.add(new Row(table, shortened(row.columns())));
          }
        }
      }
    }
    return rows;
  }
}
