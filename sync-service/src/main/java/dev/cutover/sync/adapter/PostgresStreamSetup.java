package dev.cutover.sync.adapter;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.CopyResult;
import dev.cutover.sync.domain.Replicator.Progress;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Makes what a stream needs before its first start: publication, slot, rows, position.
 *
 * <p>What exists tells how far an earlier attempt came: a marker {@code copy:<stream>} on the
 * target (the tables were empty, what is in them is ours), the slot, the tables that are complete
 * ({@link CopyRecord}), and last the position, which says that the copy is.
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

  /**
   * Copies all tables to an empty target under a new slot's snapshot, and stores the position.
   *
   * <p>A copy that was cut off goes on where its slot is as it was: tables whose rows are all there
   * keep them, the others come anew from a snapshot of now, and their changes count from there
   * ({@link CopyRecord}). Otherwise all of it begins anew.
   */
  CopyResult copy(Connection captured, Connection applied, Progress progress)
      throws SQLException, InterruptedException, ReplicationFailed {
    long startedNanos = System.nanoTime();
    Map<TableName, TableShape> shapes = PostgresCatalog.shapes(captured, spec.tables());
    CopyPlaces places = places();
    places.endEarlier();
    PostgresSlot slot = new PostgresSlot(name);
    Resumption resumption = new Resumption(spec, new CopyRecord(name), name);
    Optional<Resumption.Found> found = resumption.prepare(captured, applied, slot);
    if (found.isEmpty()) {
      publish(Direction.FORWARD, slot, shapes);
    }
    topic.create();
    SchemaFinish finish = finish();
    boolean isComplete = false;
    try (Connection replication =
        connections.openUnhurried(
            spec.source(), DatabaseRole.APPLIER, PostgresSlot.replication())) {
      PostgresSlot.Exported exported =
          found.isPresent() ? slot.again(replication) : slot.create(replication);
      PostgresCopy copy = new PostgresCopy(places, new CopyRecord(name), finish, progress::copied);
      copy.run(
          new PostgresCopy.Order(
              shapes.values(),
              found.map(Resumption.Found::complete).orElse(Set.of()),
              exported.snapshot(),
              exported.consistent(),
              replication::close,
              copyWorkers,
              spec.copyTerms()));
      finish.run(places, copyWorkers);
      storePosition(applied, found.map(Resumption.Found::from).orElse(exported.consistent()));
      isComplete = true;
      return new CopyResult(
          copy.rows(),
          copy.bytes(),
          copy.perTable(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos));
    } finally {
      if (!isComplete && !resumption.isWorthwhile(applied)) {
        // A slot that nobody reads would make the source keep its log.
        slot.drop(captured);
      }
    }
  }

  private CopyPlaces places() {
    String session = spec.name() + "-copy";
    return new CopyPlaces(
        () ->
            connections.openUnhurried(
                spec.source(),
                DatabaseRole.APPLIER,
                EarlierSessions.named(session, new Properties())),
        () -> connections.open(spec.source(), DatabaseRole.FENCER),
        () ->
            connections.openUnhurried(
                spec.target(),
                DatabaseRole.APPLIER,
                EarlierSessions.named(session, new Properties())),
        () ->
            connections.openUnhurried(
                spec.target(),
                DatabaseRole.FENCER,
                EarlierSessions.named(session, PostgresSql.simple())));
  }

  private SchemaFinish finish() throws SQLException, InterruptedException, ReplicationFailed {
    try {
      return new PostgresSchemaCarrier(connections).finish(spec);
    } catch (GateRefused | PostgresSchemaCarrier.Unwritten e) {
      throw new ReplicationFailed(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Creates the slot of the way back, before anything but us writes to the target.
   *
   * @throws ReplicationFailed when the copy is not complete, or the slot is somebody else's
   */
  void prepareReverse(Connection captured, Connection applied)
      throws SQLException, InterruptedException, ReplicationFailed {
    if (!PostgresReplicator.hasPosition(captured, StreamName.of(spec, Direction.FORWARD))) {
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
        connections.openUnhurried(
            spec.target(), DatabaseRole.APPLIER, PostgresSlot.replication())) {
      return slot.create(replication).consistent();
    }
  }

  private void storePosition(Connection applied, Lsn from) throws SQLException {
    try (ChangeTopicReader reader = topic.reader()) {
      PostgresSql.update(
          applied,
          "INSERT INTO cutover.position VALUES (?, ?::pg_lsn, ?, clock_timestamp())",
          name,
          from.toString(),
          reader.endOffset());
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
