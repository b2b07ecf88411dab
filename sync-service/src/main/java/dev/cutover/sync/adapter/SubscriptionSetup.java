package dev.cutover.sync.adapter;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.CopyResult;
import dev.cutover.sync.domain.Replicator.Progress;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Makes what a native forward stream needs: publication, slot, subscription, and the rows, which
 * the servers copy by themselves. What exists tells how far an earlier attempt came, as in {@link
 * PostgresStreamSetup}; last comes the position, which says that the copy is complete.
 */
final class SubscriptionSetup {
  private final PostgresConnections connections;
  private final ReplicationSpec spec;
  private final String name;
  private final PostgresSlot slot;
  private final PostgresSubscription subscription;

  SubscriptionSetup(PostgresConnections connections, ReplicationSpec spec) {
    this.connections = connections;
    this.spec = spec;
    this.name = StreamName.of(spec, Direction.FORWARD);
    this.slot = new PostgresSlot(name);
    this.subscription = new PostgresSubscription(name, connections, spec.source());
  }

  /**
   * Copies all tables to an empty target. A copy that was cut off goes on with the tables that are
   * not ready.
   */
  CopyResult copy(Connection captured, Connection applied, Progress progress)
      throws SQLException, InterruptedException, ReplicationFailed {
    long startedNanos = System.nanoTime();
    PostgresCatalog.shapes(captured, spec.tables()); // refuses what the way back can't carry
    String marker = "copy:" + name;
    boolean isOurs =
        PostgresSql.query(applied, "SELECT id FROM cutover.marker WHERE id = ?", marker)
            .isPresent();
    Optional<PostgresSubscription.State> there = subscription.state(applied);
    if (!isOurs) {
      requireNothing(captured, applied, there);
      PostgresSql.update(
          applied, "INSERT INTO cutover.marker VALUES (?, clock_timestamp())", marker);
    }
    SubscriptionCopy copy = new SubscriptionCopy(spec, subscription, progress);
    copy.begin(captured, applied);
    if (there.isEmpty()) {
      begin(captured, applied);
    } else if (!there.get().isEnabled()) {
      subscription.enable(applied);
    }
    copy.awaitReady(applied);
    analyze();
    copy.count(applied);
    storePosition(captured, applied);
    return copy.result(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos));
  }

  private void requireNothing(
      Connection captured, Connection applied, Optional<PostgresSubscription.State> there)
      throws SQLException, ReplicationFailed {
    if (slot.state(captured).isPresent()) {
      throw new ReplicationFailed(
          "Expected no slot '%s' on %s before the copy, but there is one: drop it if nothing uses it, or name the replication otherwise"
              .formatted(name, spec.source().address()));
    }
    if (there.isPresent()) {
      throw new ReplicationFailed(
          "Expected no subscription '%s' on %s before the copy, but there is one: drop it if nothing uses it, or name the replication otherwise"
              .formatted(name, spec.target().address()));
    }
    Resumption.requireEmpty(applied, spec);
  }

  private void begin(Connection captured, Connection applied)
      throws SQLException, ReplicationFailed {
    // Ours, of an attempt that ended before the subscription was there: nothing was copied by it.
    slot.drop(captured);
    Resumption.requireEmpty(applied, spec);
    try (Connection owner = connections.open(spec.source(), DatabaseRole.FENCER)) {
      PostgresSql.execute(owner, "SET lock_timeout = '5s'");
      slot.publishWhole(owner, spec.tables());
    }
    for (String id : PostgresSql.texts(captured, "SELECT id FROM cutover.marker")) {
      // The source's markers are copied too; one of an earlier time may be on both sides.
      PostgresSql.update(applied, "DELETE FROM cutover.marker WHERE id = ?", id);
    }
    boolean isSubscribed = false;
    try (Connection replication =
        connections.openUnhurried(
            spec.source(), DatabaseRole.APPLIER, PostgresSlot.replication())) {
      slot.create(replication);
      subscription.create(applied);
      isSubscribed = true;
    } finally {
      if (!isSubscribed) {
        // A slot that nobody reads would make the source keep its log.
        slot.drop(captured);
      }
    }
  }

  private void analyze() throws SQLException {
    try (Connection owner = connections.openUnhurried(spec.target(), DatabaseRole.FENCER)) {
      for (TableName table : spec.tables()) {
        PostgresSql.execute(owner, "ANALYZE " + PostgresSql.quote(table));
      }
    }
  }

  /** Beside the position: under which origin the rows come, by which the way back knows them. */
  private void storePosition(Connection captured, Connection applied)
      throws SQLException, ReplicationFailed {
    Lsn confirmed = slot.require(captured, spec.source().address(), Lsn.ZERO).confirmed();
    PostgresSql.update(
        applied,
        "INSERT INTO cutover.position(stream, lsn, kafka_offset, at, owner)"
            + " VALUES (?, ?::pg_lsn, 0, clock_timestamp(), ?)",
        name,
        confirmed.toString(),
        subscription.state(applied).map(PostgresSubscription.State::origin).orElse(""));
  }

  /**
   * Under which origin a native stream applies, as it was when its copy was complete.
   *
   * @param applied the side that it is applied to
   * @throws ReplicationFailed when nothing says it: the way back could not tell rows that came from
   *     the source from those that were written on the target
   */
  static String origin(Connection applied, String stream) throws SQLException, ReplicationFailed {
    return PostgresSql.query(
            applied,
            "SELECT owner FROM cutover.position WHERE stream = ? AND owner LIKE 'pg\\_%'",
            stream)
        .orElseThrow(
            () ->
                new ReplicationFailed(
                    "Expected to know by which origin stream %s is applied, but nothing says so: drop the replication and copy again"
                        .formatted(stream)));
  }
}
