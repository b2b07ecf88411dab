package dev.cutover.validator.adapter;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.TableName;
import dev.cutover.validator.domain.Chunk;
import dev.cutover.validator.domain.ChunkDigest;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.RowHash;
import dev.cutover.validator.domain.RowKey;
import dev.cutover.validator.domain.SourcePoint;
import dev.cutover.validator.domain.TableReader;
import dev.cutover.validator.domain.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.StringJoiner;
import javax.sql.DataSource;

/**
 * Reads a PostgreSQL database with digests computed in the server. Needs SELECT on the tables and
 * nothing more; its sessions are read-only.
 */
public final class PostgresTableReader implements TableReader {
  private static final int RESULT_ROWS_MAX = 10_000;
  private static final int RESULT_CHARACTERS_MAX = 1 << 20;
  private final DataSource sessions;
  private final String address;
  private final Duration statementMax;

  /**
   * @param sessions read-only, with {@code CanonicalColumns.SESSION_SETTINGS}
   * @param address for messages to people
   * @param statementMax bound of each statement, kept by the server
   */
  public PostgresTableReader(DataSource sessions, String address, Duration statementMax) {
    this.sessions = sessions;
    this.address = address;
    this.statementMax = statementMax;
  }

  @Override
  public PostgresTableReader within(Duration bound) {
    return new PostgresTableReader(sessions, address, bound);
  }

  @Override
  public TableShape shape(TableName table) throws ReadFailed {
    try (Connection connection = sessions.getConnection()) {
      return PostgresCatalogue.shape(connection, table, address);
    } catch (SQLException e) {
      throw failed("the shape of " + table, e);
    }
  }

  @Override
  public long count(TableName table) throws ReadFailed {
    String sql = "SELECT count(*) FROM " + RowSql.table(table.schema(), table.name());
    return one("the number of rows of " + table, sql, rows -> rows.getLong(1));
  }

  @Override
  public ChunkDigest digest(TableShape shape, Chunk chunk) throws ReadFailed {
    RowSql.Statement statement = new RowSql(shape).digest(chunk);
    return read(
        "a digest of " + shape.table(),
        statement.sql(),
        strings(statement),
        rows -> {
          rows.next();
          return digest(rows, 1);
        });
  }

  @Override
  public Map<Integer, ChunkDigest> bucketDigests(
      TableShape shape, Chunk.KeyRange range, int buckets) throws ReadFailed {
    RowSql.Statement statement = new RowSql(shape).bucketDigests(range, buckets);
    return read(
        "digests of " + shape.table(),
        statement.sql(),
        strings(statement),
        rows -> {
          Map<Integer, ChunkDigest> digests = new HashMap<>();
          while (rows.next()) {
            digests.put(rows.getInt(1), digest(rows, 2));
          }
          return digests;
        });
  }

  @Override
  public Optional<RowKey> keyAfter(TableShape shape, Chunk.KeyRange range, long rows)
      throws ReadFailed {
    return key(shape, new RowSql(shape).keyAfter(range, rows));
  }

  @Override
  public Optional<RowKey> keyBeforeLast(TableShape shape, long rows) throws ReadFailed {
    return key(shape, new RowSql(shape).keyBeforeLast(rows));
  }

  @Override
  public Map<RowKey, RowHash> rows(TableShape shape, Chunk chunk, int limit) throws ReadFailed {
    return listed(shape, new RowSql(shape).rows(chunk, limit));
  }

  @Override
  public Map<RowKey, RowHash> rows(TableShape shape, Collection<RowKey> keys) throws ReadFailed {
    int width = shape.hasKey() ? shape.key().size() : 2;
    return read(
        "rows of " + shape.table(),
        new RowSql(shape).rowsByKeys(),
        statement -> {
          for (int i = 0; i < width; i++) {
            int column = i;
            Object[] values = keys.stream().map(key -> key.values().get(column)).toArray();
            statement.setArray(i + 1, statement.getConnection().createArrayOf("text", values));
          }
        },
        rows -> hashes(rows, width));
  }

  @Override
  public Map<RowKey, RowHash> changedSince(TableShape shape, long position, int limit)
      throws ReadFailed {
    boolean reached =
        one(
            "its newest transaction",
            "SELECT txid_snapshot_xmax(txid_current_snapshot())",
            rows -> rows.getLong(1) >= position);
    if (!reached) {
      throw failed(
          "rows of " + shape.table(),
          new SQLException("its transactions are younger: it is another server", "55000"));
    }
    return listed(shape, new RowSql(shape).changedSince(position, limit + 1));
  }

  @Override
  public KeySet keys(TableShape shape) throws ReadFailed {
    return one(
        "the keys of " + shape.table(),
        new RowSql(shape).keys(),
        rows -> new KeySet(rows.getLong(1), rows.getBigDecimal(2).toBigIntegerExact()));
  }

  @Override
  public long position() throws ReadFailed {
    return one(
        "the oldest open transaction",
        "SELECT txid_snapshot_xmin(txid_current_snapshot())",
        rows -> rows.getLong(1));
  }

  @Override
  public String query(String sql) throws ReadFailed {
    String text = sql.strip().replaceFirst(";$", "");
    if (text.contains(";")) {
      throw new ReadFailed(
          FailureKind.UNSUITABLE,
          "Expected one SELECT, but the sample query holds a semicolon: make it two checks",
          false);
    }
    // As a subquery it can be nothing but a query; the comment sign needs the newline.
    return read(
        "a sample query",
        "SELECT * FROM (" + text + "\n) q LIMIT " + (RESULT_ROWS_MAX + 1),
        _ -> {},
        PostgresTableReader::text);
  }

  @Override
  public SourcePoint point() throws ReadFailed {
    return one(
        "its position",
        "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint, clock_timestamp()",
        rows ->
            new SourcePoint(rows.getLong(1), rows.getObject(2, OffsetDateTime.class).toInstant()));
  }

  @Override
  public OptionalLong appliedLsn(String stream) throws ReadFailed {
    boolean kept =
        one(
            "its tables",
            "SELECT to_regclass('cutover.position') IS NOT NULL",
            rows -> rows.getBoolean(1));
    if (!kept) {
      return OptionalLong.empty();
    }
    return read(
        "the position of the stream",
        "SELECT (min(lsn) - '0/0')::bigint FROM cutover.position WHERE stream = ?",
        statement -> statement.setString(1, stream),
        rows -> {
          rows.next();
          long lsn = rows.getLong(1);
          return rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(lsn);
        });
  }

  private Optional<RowKey> key(TableShape shape, RowSql.Statement statement) throws ReadFailed {
    return read(
        "keys of " + shape.table(),
        statement.sql(),
        strings(statement),
        rows -> rows.next() ? Optional.of(key(rows, shape.key().size())) : Optional.empty());
  }

  private Map<RowKey, RowHash> listed(TableShape shape, RowSql.Statement statement)
      throws ReadFailed {
    int width = shape.hasKey() ? shape.key().size() : 2;
    return read(
        "rows of " + shape.table(),
        statement.sql(),
        strings(statement),
        rows -> hashes(rows, width));
  }

  private <T> T one(String what, String sql, Answer<T> answer) throws ReadFailed {
    return read(
        what,
        sql,
        _ -> {},
        rows -> {
          rows.next();
          return answer.from(rows);
        });
  }

  /** The bound travels with the statement in one exchange, because a session serves many bounds. */
  private <T> T read(String what, String sql, Binding binding, Answer<T> answer) throws ReadFailed {
    String bounded =
        "SET statement_timeout=%d; %s".formatted(Math.max(1, statementMax.toMillis()), sql);
    try (Connection connection = sessions.getConnection();
        PreparedStatement statement = connection.prepareStatement(bounded)) {
      binding.bind(statement);
      statement.execute();
      statement.getMoreResults();
      try (ResultSet rows = statement.getResultSet()) {
        return answer.from(rows);
      }
    } catch (SQLException e) {
      throw failed(what, e);
    }
  }

  private ReadFailed failed(String what, SQLException e) {
    String state = String.valueOf(e.getSQLState());
    String sentence =
        "Expected to read %s in %s, but it answered '%s'".formatted(what, address, e.getMessage());
    if (state.equals("57014") || state.equals("55P03")) {
      return new ReadFailed(
          FailureKind.TIMED_OUT,
          "Expected to read %s in %s within %d ms, but it took longer"
              .formatted(what, address, statementMax.toMillis()),
          true,
          e);
    }
    if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")) {
      return new ReadFailed(
          FailureKind.UNREACHABLE, sentence + ": check the server and the network", true, e);
    }
    if (state.startsWith("28") || state.equals("42501")) {
      return new ReadFailed(
          FailureKind.REFUSED,
          sentence + ": check the reader's entry in the credentials file and grant it SELECT",
          false,
          e);
    }
    if (state.startsWith("42") || state.startsWith("22") || state.startsWith("25")) {
      return new ReadFailed(FailureKind.UNSUITABLE, sentence, false, e);
    }
    return new ReadFailed(FailureKind.INTERNAL, sentence, true, e);
  }

  private static Binding strings(RowSql.Statement sql) {
    return statement -> {
      for (int i = 0; i < sql.parameters().size(); i++) {
        statement.setString(i + 1, sql.parameters().get(i));
      }
    };
  }

  private static ChunkDigest digest(ResultSet rows, int column) throws SQLException {
    return new ChunkDigest(
        rows.getLong(column),
        rows.getBigDecimal(column + 1).toBigIntegerExact(),
        rows.getBigDecimal(column + 2).toBigIntegerExact());
  }

  private static Map<RowKey, RowHash> hashes(ResultSet rows, int width) throws SQLException {
    Map<RowKey, RowHash> hashes = new HashMap<>();
    while (rows.next()) {
      hashes.put(
          key(rows, width),
          new RowHash(
              true, rows.getLong(width + 1), rows.getLong(width + 2), rows.getLong(width + 3)));
    }
    return hashes;
  }

  private static RowKey key(ResultSet rows, int width) throws SQLException {
    List<String> values = new ArrayList<>();
    for (int i = 1; i <= width; i++) {
      values.add(rows.getString(i));
    }
    return new RowKey(values);
  }

  private static String text(ResultSet rows) throws SQLException {
    int width = rows.getMetaData().getColumnCount();
    StringJoiner lines = new StringJoiner("\n");
    int count = 0;
    while (rows.next()) {
      StringJoiner line = new StringJoiner("|");
      for (int i = 1; i <= width; i++) {
        line.add(String.valueOf(rows.getString(i)));
      }
      lines.add(line.toString());
      count++;
      if (count > RESULT_ROWS_MAX || lines.length() > RESULT_CHARACTERS_MAX) {
        throw new SQLException(
            "more than %d rows or %d characters: aggregate in the query"
                .formatted(RESULT_ROWS_MAX, RESULT_CHARACTERS_MAX),
            "22000");
      }
    }
    return lines.toString();
  }

  @FunctionalInterface
  private interface Binding {
    void bind(PreparedStatement statement) throws SQLException;
  }

  @FunctionalInterface
  private interface Answer<T> {
    T from(ResultSet rows) throws SQLException;
  }
}
