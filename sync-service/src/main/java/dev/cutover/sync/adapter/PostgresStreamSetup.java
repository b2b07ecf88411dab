package dev.cutover.sync.adapter;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.CopyResult;
import dev.cutover.sync.domain.Replicator.Progress;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Makes what a stream needs before its first start: publication, slot, rows, position.
 *
 * <p>What exists tells how far an earlier attempt came: a marker {@code copy:<stream>} on the
 * target (the tables were empty, what is in them is ours), the slot, and last the position, which
 * says that the copy is complete.
 */
final class PostgresStreamSetup {
  private final PostgresConnections connections;
  private final ReplicationSpec spec;
  private final String name;
  private final KafkaChangeTopic topic;
  private final int copyWorkers;

  /**
   * @param name of the stream, its slot and its publication
   * @param topic the stream's change topic
   * @param copyWorkers connections to each side during the copy
   */
  PostgresStreamSetup(
      PostgresConnections connections,
      ReplicationSpec spec,
      String name,
      KafkaChangeTopic topic,
      int copyWorkers) {
    this.connections = connections;
    this.spec = spec;
    this.name = name;
    this.topic = topic;
    this.copyWorkers = copyWorkers;
  }

  /** Copies all tables to an empty target under a new slot's snapshot, and stores the position. */
  CopyResult copy(Connection captured, Connection applied, Progress progress)
      throws SQLException, InterruptedException, ReplicationFailed {
    long startedNanos = System.nanoTime();
    Map<TableName, TableShape> shapes = PostgresCatalog.shapes(captured, spec.tables());
    PostgresSlot slot = new PostgresSlot(name);
    emptyTarget(captured, applied, slot);
    publish(Direction.FORWARD, slot, shapes);
    topic.create();
    boolean isComplete = false;
    try (Connection replication =
        connections.open(spec.source(), DatabaseRole.APPLIER, PostgresSlot.replication())) {
      PostgresSlot.Exported exported = slot.create(replication);
      PostgresCopy copy =
          new PostgresCopy(
              () -> connections.open(spec.endpoint(Side.SOURCE), DatabaseRole.APPLIER),
              () -> connections.open(spec.endpoint(Side.TARGET), DatabaseRole.APPLIER),
              progress);
      copy.run(shapes.values(), exported.snapshot(), copyWorkers);
      analyze();
      storePosition(applied, exported.consistent());
      isComplete = true;
      return new CopyResult(
          copy.rows(),
          copy.bytes(),
          copy.perTable(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos));
    } finally {
      if (!isComplete) {
        // A slot that nobody reads would make the source keep its log.
        slot.drop(captured);
      }
    }
  }

  private void emptyTarget(Connection captured, Connection applied, PostgresSlot slot)
      throws SQLException, ReplicationFailed {
    String marker = "copy:" + name;
    boolean isOurs =
        PostgresSql.query(applied, "SELECT id FROM cutover.marker WHERE id = ?", marker)
            .isPresent();
    if (isOurs) {
      slot.drop(captured);
      PostgresSql.execute(
          applied,
          "TRUNCATE "
              + spec.tables().stream().map(PostgresSql::quote).collect(Collectors.joining(", ")));
      return;
    }
    if (slot.state(captured).isPresent()) {
      throw new ReplicationFailed(
          "Expected no slot '%s' on %s before the copy, but there is one: drop it if nothing uses it, or name the replication otherwise"
              .formatted(name, spec.source().address()));
    }
    for (TableName table : spec.tables()) {
      if (PostgresSql.query(applied, "SELECT 1 FROM %s LIMIT 1".formatted(PostgresSql.quote(table)))
          .isPresent()) {
        throw new ReplicationFailed(
            "Expected table %s on %s to be empty before the copy, but it has rows of its own: empty it, or correct the plan's target"
                .formatted(table, spec.target().address()));
      }
    }
    PostgresSql.update(applied, "INSERT INTO cutover.marker VALUES (?, clock_timestamp())", marker);
  }

  /**
   * Creates the slot of the way back, before anything but us writes to the target.
   *
   * @throws ReplicationFailed when the copy is not complete, or the slot is somebody else's
   */
  void prepareReverse(Connection captured, Connection applied)
      throws SQLException, InterruptedException, ReplicationFailed {
    if (!PostgresReplicator.hasPosition(
        captured, PostgresReplicator.name(spec, Direction.FORWARD))) {
      throw new ReplicationFailed(
          "Expected the copy to %s to be complete before the way back is prepared, but it is not: start the forward stream first"
              .formatted(spec.target().address()));
    }
    PostgresSlot slot = new PostgresSlot(name);
    publish(Direction.REVERSE, slot, PostgresCatalog.shapes(captured, spec.tables()));
    topic.create();
    String marker = "slot:" + name;
    Optional<PostgresSlot.State> state = slot.state(captured);
    Optional<String> ours =
        PostgresSql.query(applied, "SELECT id FROM cutover.marker WHERE id = ?", marker);
    if (state.isPresent() && ours.isEmpty()) {
      throw new ReplicationFailed(
          "Expected no slot '%s' on %s yet, but there is one: drop it if nothing uses it, or name the replication otherwise"
              .formatted(name, spec.target().address()));
    }
    // One that we made and whose position we did not store any more has lost nothing since.
    Lsn from = state.isPresent() ? state.get().confirmed() : createSlot(applied, marker, slot);
    storePosition(applied, from);
  }

  private Lsn createSlot(Connection applied, String marker, PostgresSlot slot) throws SQLException {
    PostgresSql.update(
        applied,
        "INSERT INTO cutover.marker VALUES (?, clock_timestamp()) ON CONFLICT DO NOTHING",
        marker);
    try (Connection replication =
        connections.open(spec.target(), DatabaseRole.APPLIER, PostgresSlot.replication())) {
      return slot.create(replication).consistent();
    }
  }

  private void storePosition(Connection applied, Lsn from) throws SQLException {
    try (KafkaChangeTopic.Reader reader = topic.reader()) {
      PostgresSql.update(
          applied,
          "INSERT INTO cutover.position VALUES (?, ?::pg_lsn, ?, clock_timestamp())",
          name,
          from.toString(),
          reader.endOffset());
    }
  }

  // Statistics are not copied; without them the target's first minute is its worst (data.md C15).
  private void analyze() throws SQLException {
    try (Connection owner = connections.open(spec.endpoint(Side.TARGET), DatabaseRole.FENCER)) {
      for (TableName table : spec.tables()) {
        PostgresSql.execute(owner, "ANALYZE " + PostgresSql.quote(table));
      }
    }
  }

  private void publish(Direction direction, PostgresSlot slot, Map<TableName, TableShape> shapes)
      throws SQLException {
    try (Connection owner =
        connections.open(spec.endpoint(direction.captured()), DatabaseRole.FENCER)) {
      PostgresSql.execute(owner, "SET lock_timeout = '5s'");
      slot.publish(owner, shapes.values());
    }
  }
}
