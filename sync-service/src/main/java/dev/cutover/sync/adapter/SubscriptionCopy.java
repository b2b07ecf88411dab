package dev.cutover.sync.adapter;

import dev.cutover.contract.CopyMeasured.CopiedTable;
import dev.cutover.contract.CopyMeasured.CopyState;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.CopyProgress;
import dev.cutover.sync.domain.Replicator.CopyResult;
import dev.cutover.sync.domain.Replicator.Progress;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Watches the servers copy the tables of a subscription, until each is ready. While they do, rows
 * and bytes are what {@code pg_stat_progress_copy} said last of each table; at the end rows are
 * what the target's statistics say, and bytes stay what was seen.
 */
final class SubscriptionCopy {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration TOLD = Duration.ofSeconds(1);
  private static final Duration STANDS_AFTER = Duration.ofMinutes(5);

  private static final String COPYING =
      "SELECT relid::regclass::text, tuples_processed, bytes_processed FROM pg_stat_progress_copy"
          + " WHERE command = 'COPY FROM' AND datname = current_database()";

  /** Of an ordinary table, or of the leaves of a partitioned one. */
  private static final String ROWS =
      """
      SELECT sum(GREATEST(c.reltuples, 0))::bigint
        FROM (SELECT to_regclass(?) AS oid) t
        JOIN pg_class c ON c.oid = t.oid OR c.oid IN (SELECT relid FROM pg_partition_tree(t.oid))
       WHERE c.relkind <> 'p'\
      """;

  private final ReplicationSpec spec;
  private final PostgresSubscription subscription;
  private final Progress progress;
  private final Map<TableName, String> names = new LinkedHashMap<>();
  private final Map<TableName, Long> expected = new HashMap<>();
  private final Map<String, Long> rows = new HashMap<>();
  private final Map<String, Long> bytes = new HashMap<>();
  private long earlierBytes;

  SubscriptionCopy(ReplicationSpec spec, PostgresSubscription subscription, Progress progress) {
    this.spec = spec;
    this.subscription = subscription;
    this.progress = progress;
  }

  /** Reads what is to be expected. */
  void begin(Connection captured, Connection applied) throws SQLException {
    for (TableName table : spec.tables()) {
      names.put(
          table,
          PostgresSql.query(applied, "SELECT to_regclass(?)::text", PostgresSql.quote(table))
              .orElse(table.toString()));
      expected.put(
          table,
          PostgresSql.query(captured, ROWS, PostgresSql.quote(table))
              .map(Long::parseLong)
              .orElse(-1L));
    }
  }

  /**
   * Takes the rows that a table has from the target's new statistics: the last look came before.
   */
  void count(Connection applied) throws SQLException {
    for (Map.Entry<TableName, String> table : names.entrySet()) {
      PostgresSql.query(applied, ROWS, PostgresSql.quote(table.getKey()))
          .ifPresent(found -> rows.merge(table.getValue(), Long.parseLong(found), Math::max));
    }
  }

  /**
   * Waits until each table is ready: copied, and level with the stream.
   *
   * @throws ReplicationFailed when the servers give up, or nothing moves for minutes; the
   *     subscription is disabled then, and goes on with the next attempt
   */
  void awaitReady(Connection applied) throws SQLException, InterruptedException, ReplicationFailed {
    long movedNanos = System.nanoTime();
    long toldNanos = 0;
    String last = "";
    while (true) {
      look(applied);
      Map<String, String> states = subscription.tables(applied);
      if (!states.isEmpty() && states.values().stream().allMatch("r"::equals)) {
        tell(states);
        return;
      }
      requireEnabled(applied);
      String now = states + " " + rows;
      if (!now.equals(last)) {
        last = now;
        movedNanos = System.nanoTime();
      }
      if (System.nanoTime() - movedNanos > STANDS_AFTER.toNanos()) {
        subscription.disable(applied);
        throw new ReplicationFailed(
            "Expected the servers to copy, but nothing has moved for %d s (%s): see the log of %s for why, and whether it has free workers (max_logical_replication_workers)"
                .formatted(STANDS_AFTER.toSeconds(), states, spec.target().address()));
      }
      if (System.nanoTime() - toldNanos > TOLD.toNanos()) {
        tell(states);
        toldNanos = System.nanoTime();
      }
      Thread.sleep(LOOK);
    }
  }

  private void requireEnabled(Connection applied) throws SQLException, ReplicationFailed {
    PostgresSubscription.State state =
        subscription
            .state(applied)
            .orElseThrow(() -> new ReplicationFailed("The subscription was dropped meanwhile"));
    if (!state.isEnabled()) {
      throw new ReplicationFailed(
          SubscriptionStream.stopped(spec.target(), state.errors(), "copying"));
    }
  }

  private void look(Connection applied) throws SQLException {
    try (PreparedStatement statement = applied.prepareStatement(COPYING);
        ResultSet found = statement.executeQuery()) {
      while (found.next()) {
        rows.merge(found.getString(1), found.getLong(2), Math::max);
        bytes.merge(found.getString(1), found.getLong(3), Math::max);
      }
    }
  }

  private void tell(Map<String, String> states) {
    List<CopiedTable> tables = new ArrayList<>();
    long all = 0;
    for (Map.Entry<TableName, String> table : names.entrySet()) {
      long expectedRows = expected.getOrDefault(table.getKey(), -1L);
      CopyState state = state(states.getOrDefault(table.getValue(), "i"));
      long copied =
          rows.getOrDefault(
              table.getValue(), state == CopyState.DONE ? Math.max(0, expectedRows) : 0L);
      all += copied;
      tables.add(
          new CopiedTable(
              table.getKey(),
              copied,
              bytes.getOrDefault(table.getValue(), 0L),
              expectedRows,
              0,
              state == CopyState.DONE ? 0 : -1,
              state));
    }
    long sum = bytes.values().stream().mapToLong(Long::longValue).sum();
    progress.copied(new CopyProgress(all, sum, Math.max(0, sum - earlierBytes), -1, false, tables));
    earlierBytes = sum;
  }

  private static CopyState state(String state) {
    return switch (state) {
      case "d" -> CopyState.COPYING;
      case "f", "s" -> CopyState.FINISHING;
      case "r" -> CopyState.DONE;
      default -> CopyState.WAITING;
    };
  }

  /** What was copied, as far as it was seen. */
  CopyResult result(long tookMs) {
    Map<TableName, Long> perTable = new LinkedHashMap<>();
    names.forEach((table, name) -> perTable.put(table, rows.getOrDefault(name, 0L)));
    return new CopyResult(
        perTable.values().stream().mapToLong(Long::longValue).sum(),
        bytes.values().stream().mapToLong(Long::longValue).sum(),
        perTable,
        tookMs);
  }
}
