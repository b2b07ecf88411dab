package dev.cutover.validator.adapter;

import dev.cutover.validator.domain.CanonicalColumns;
import dev.cutover.validator.domain.Chunk;
import dev.cutover.validator.domain.RowKey;
import dev.cutover.validator.domain.TableShape;
import dev.cutover.validator.domain.TableShape.KeyColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The SQL that reads one table. Values of keys are always parameters, given as text and cast to the
 * key column's type.
 *
 * <p>OFFSET 0 keeps the server from printing each row twice, once for each hash.
 */
final class RowSql {
  private static final String FIRST = CanonicalColumns.firstHash("x");
  private static final String SECOND = CanonicalColumns.secondHash("x");
  private final TableShape shape;
  private final String table;
  private final String text;

  RowSql(TableShape shape) {
    this.shape = shape;
    this.table = table(shape.table().schema(), shape.table().name());
    this.text = CanonicalColumns.text(shape.columns());
  }

  /** A statement and the texts of its parameters, in order. */
  record Statement(String sql, List<String> parameters) {
    Statement {
      parameters = List.copyOf(parameters);
    }
  }

  static String table(String schema, String name) {
    return CanonicalColumns.quoted(schema) + "." + CanonicalColumns.quoted(name);
  }

  /** Answers with number of rows, sum of first hashes, sum of second hashes. */
  Statement digest(Chunk chunk) {
    Statement where = where(chunk);
    return new Statement(
        "SELECT count(*), coalesce(sum(%s), 0), coalesce(sum(%s), 0) FROM (SELECT %s AS x FROM %s t %s OFFSET 0) r"
            .formatted(FIRST, SECOND, text, table, where.sql()),
        where.parameters());
  }

  /** As {@link #digest}, with the bucket before. */
  Statement bucketDigests(Chunk.KeyRange range, int buckets) {
    Statement where = where(range);
    return new Statement(
        "SELECT b, count(*), coalesce(sum(%s), 0), coalesce(sum(%s), 0) FROM (SELECT %s AS b, %s AS x FROM %s t %s OFFSET 0) r GROUP BY b"
            .formatted(FIRST, SECOND, bucket(buckets), text, table, where.sql()),
        where.parameters());
  }

  Statement keyAfter(Chunk.KeyRange range, long rows) {
    Statement where = where(range);
    return new Statement(key(where.sql(), "", rows - 1), where.parameters());
  }

  Statement keyBeforeLast(long rows) {
    return new Statement(key("", " DESC", rows), List.of());
  }

  /** Printed outside: the server would print the keys that it passes over, too. */
  private String key(String where, String direction, long offset) {
    return "SELECT %s FROM (SELECT %s FROM %s t %s ORDER BY %s OFFSET %d LIMIT 1) r"
        .formatted(
            perKeyColumn(", ", (i, _) -> "k%d::text".formatted(i)),
            perKeyColumn(", ", (i, column) -> "t.%s AS k%d".formatted(quoted(column), i)),
            table,
            where,
            keyNames(direction),
            offset);
  }

  /** Answers with the key's columns, both hashes, number of copies. */
  Statement rows(Chunk chunk, int limit) {
    Statement where = where(chunk);
    return new Statement(listed(where.sql(), "") + " LIMIT " + limit, where.parameters());
  }

  /** As {@link #rows}; parameters are one array of texts for each column of the row key. */
  String rowsByKeys() {
    if (!shape.hasKey()) {
      // A row without a key is known by its two hashes.
      return listed(
          "",
          "WHERE (%s, %s) IN (SELECT CAST(a AS bigint), CAST(b AS bigint) FROM unnest(CAST(? AS text[]), CAST(? AS text[])) AS wanted(a, b))"
              .formatted(FIRST, SECOND));
    }
    String join =
        "JOIN unnest(%s) AS wanted(%s) ON %s"
            .formatted(
                perKeyColumn(", ", (_, _) -> "CAST(? AS text[])"),
                perKeyColumn(", ", (i, _) -> "w" + i),
                perKeyColumn(
                    " AND ",
                    (i, column) ->
                        "t.%s = CAST(w%d AS %s)".formatted(quoted(column), i, column.type())));
    return listed(join, "");
  }

  /** Answers with number of rows and sum of key hashes. */
  String keys() {
    return "SELECT count(*), coalesce(sum(%s), 0) FROM %s"
        .formatted(CanonicalColumns.keyHash(shape), table);
  }

  /**
   * As {@link #rows}; the position is a 64-bit transaction id, of which rows carry the lower half.
   */
  Statement changedSince(long position, int limit) {
    String since = "(SELECT age(%s))".formatted(xid(position));
    return new Statement(
        listed("WHERE age(t.xmin) <= " + since, "") + " LIMIT " + limit, List.of());
  }

  private static String xid(long position) {
    return "CAST('%d' AS xid)".formatted(position & 0xffff_ffffL);
  }

  private String listed(String joinOrWhere, String outerWhere) {
    if (!shape.hasKey()) {
      return "SELECT %s, %s, %s, %s, count(*) FROM (SELECT %s AS x FROM %s t %s OFFSET 0) r %s GROUP BY 1, 2, 3, 4"
          .formatted(FIRST, SECOND, FIRST, SECOND, text, table, joinOrWhere, outerWhere);
    }
    return "SELECT %s, %s, %s, 1 FROM (SELECT %s, %s AS x FROM %s t %s OFFSET 0) r"
        .formatted(
            perKeyColumn(", ", (i, _) -> "k" + i),
            FIRST,
            SECOND,
            perKeyColumn(", ", (i, column) -> "t.%s::text AS k%d".formatted(quoted(column), i)),
            text,
            table,
            joinOrWhere);
  }

  private Statement where(Chunk chunk) {
    return switch (chunk) {
      case Chunk.KeyRange range -> {
        List<String> parameters = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        bound(range.after(), ">", conditions, parameters);
        bound(range.upTo(), "<=", conditions, parameters);
        String sql = conditions.isEmpty() ? "" : "WHERE " + String.join(" AND ", conditions);
        yield new Statement(sql, parameters);
      }
      case Chunk.Buckets buckets -> {
        Statement range = where(buckets.range());
        yield new Statement(
            "%s %s = ANY (ARRAY[%s])"
                .formatted(
                    range.sql().isEmpty() ? "WHERE" : range.sql() + " AND",
                    bucket(buckets.of()),
                    buckets.ids().stream().map(String::valueOf).collect(Collectors.joining(","))),
            range.parameters());
      }
    };
  }

  private void bound(
      Optional<RowKey> key, String operator, List<String> conditions, List<String> parameters) {
    if (key.isPresent()) {
      String values = perKeyColumn(", ", (_, column) -> "CAST(? AS %s)".formatted(column.type()));
      conditions.add("(%s) %s (%s)".formatted(keyNames(""), operator, values));
      parameters.addAll(key.get().values());
    }
  }

  private String bucket(int buckets) {
    // The server groups by an int faster than by a bigint.
    return "CAST((%s) & %d AS int)".formatted(CanonicalColumns.keyHash(shape), buckets - 1);
  }

  private String keyNames(String suffix) {
    return perKeyColumn(", ", (_, column) -> "t." + quoted(column) + suffix);
  }

  private String perKeyColumn(String separator, BiFunction<Integer, KeyColumn, String> print) {
    return IntStream.range(0, shape.key().size())
        .mapToObj(i -> print.apply(i, shape.key().get(i)))
        .collect(Collectors.joining(separator));
  }

  private static String quoted(KeyColumn column) {
    return CanonicalColumns.quoted(column.name());
  }
}
