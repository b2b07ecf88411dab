package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Topics;
import dev.cutover.sync.domain.Deltas;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replicates between two PostgreSQL databases: COPY from the slot's snapshot, then Debezium on that
 * slot, a change topic, and one applier for each direction.
 */
public final class PostgresReplicator implements Replicator {
  private static final Logger LOGGER = LoggerFactory.getLogger(PostgresReplicator.class);

  private final PostgresConnections connections;
  private final KafkaSettings kafka;
  private final Topics topics;
  private final int copyWorkers;
  private final Map<String, PostgresStream> streams = new ConcurrentHashMap<>();
  private final Map<String, StreamGauge> echoes = new ConcurrentHashMap<>();

  /**
   * Makes a replicator; connects to nothing yet.
   *
   * @param topics gives the change topics' prefix and number of replicas
   * @param copyWorkers connections to each side during the copy, at least 1
   */
  public PostgresReplicator(
      PostgresConnections connections, KafkaSettings kafka, Topics topics, int copyWorkers) {
    this.connections = connections;
    this.kafka = kafka;
    this.topics = topics;
    this.copyWorkers = copyWorkers;
  }

  @Override
  public CopyResult copyAndStream(ReplicationSpec spec, Direction direction, Progress progress)
      throws InterruptedException, ReplicationFailed {
    String name = StreamName.of(spec, direction);
    CopyResult result = new CopyResult(0, 0, Map.of(), 0);
    try (Connection applied =
            connections.openUnhurried(spec.endpoint(direction.applied()), DatabaseRole.APPLIER);
        Connection captured =
            connections.openUnhurried(spec.endpoint(direction.captured()), DatabaseRole.APPLIER)) {
      if (!hasPosition(applied, name)) {
        PostgresStreamSetup setup =
            new PostgresStreamSetup(connections, spec, name, topic(name), copyWorkers);
        switch (direction) {
          case FORWARD -> result = setup.copy(captured, applied, progress);
          case REVERSE -> setup.prepareReverse(captured, applied);
        }
      }
    } catch (SQLException e) {
      throw failed(name, e);
    }
    start(spec, direction);
    return result;
  }

  @Override
  public void start(ReplicationSpec spec, Direction direction)
      throws InterruptedException, ReplicationFailed {
    String name = StreamName.of(spec, direction);
    PostgresStream running = streams.get(name);
    if (running != null && running.gauge().error().isEmpty()) {
      return;
    }
    stop(spec, direction);
    try (Connection applied = open(spec, direction.applied(), DatabaseRole.APPLIER);
        Connection captured = open(spec, direction.captured(), DatabaseRole.APPLIER)) {
      if (!hasPosition(applied, name)) {
        throw new ReplicationFailed(
            "Expected a position of stream %s on %s, but there is none: copy first"
                .formatted(name, endpoint(spec, direction.applied()).address()));
      }
      new PostgresSlot(name)
          .requireAll(
              captured,
              endpoint(spec, direction.captured()).address(),
              PostgresApplier.position(applied, name).lsn());
      KafkaChangeTopic topic = topic(name);
      topic.create();
      streams.put(
          name,
          new PostgresStream(
              name,
              endpoint(spec, direction.captured()),
              endpoint(spec, direction.applied()),
              connections,
              PostgresCatalog.shapes(captured, spec.tables()),
              Echo.of(spec, direction, captured, heard(StreamName.opposite(name))),
              topic,
              isHeld(applied, name)));
    } catch (SQLException | KafkaException e) {
      throw failed(name, e);
    }
  }

  /** What is heard of a stream in the log of the side that it is applied to. */
  StreamGauge heard(String stream) {
    return echoes.computeIfAbsent(stream, _ -> new StreamGauge(Lsn.ZERO));
  }

  @Override
  public StreamHealth health(ReplicationSpec spec, Direction direction) {
    PostgresStream stream = streams.get(StreamName.of(spec, direction));
    return stream == null ? StreamHealth.notStarted() : stream.gauge().health();
  }

  @Override
  public void guardSlot(ReplicationSpec spec, Direction direction) {
    Optional<PostgresStream> stream =
        Optional.ofNullable(streams.get(StreamName.of(spec, direction)));
    new SlotGuard(connections, spec, direction)
        .look(stream.map(PostgresStream::gauge))
        .ifPresent(reason -> stream.ifPresent(running -> running.fail(reason)));
  }

  @Override
  public long lateWrites(ReplicationSpec spec, Direction direction, long fenceEpoch) {
    PostgresStream stream = streams.get(StreamName.of(spec, direction));
    return stream == null ? 0 : stream.gauge().lateWrites(fenceEpoch);
  }

  @Override
  public void awaitMarker(
      ReplicationSpec spec, Direction direction, String markerId, Instant deadline)
      throws InterruptedException, DrainTimedOut, ReplicationFailed {
    String name = StreamName.of(spec, direction);
    if (!streams.containsKey(name)) {
      // The process was started again since: the world has all that the stream needs.
      start(spec, direction);
    }
    PostgresStream stream = streams.get(name);
    if (stream == null) {
      throw new ReplicationFailed("Stream %s was stopped meanwhile".formatted(name));
    }
    CompletableFuture<@Nullable Void> seen = stream.gauge().waitFor(markerId);
    if (!seen.isDone()) {
      Thread.ofVirtual().start(() -> lookUp(spec, direction, markerId, seen));
    }
    try {
      long leftMs = Math.max(1, Duration.between(Instant.now(), deadline).toMillis());
      seen.get(leftMs, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new ReplicationFailed(
          "Stream %s failed before the marker came: %s"
              .formatted(name, stream.gauge().error().orElse(e.getMessage())),
          e);
    } catch (TimeoutException e) {
      throw new DrainTimedOut(
          "Expected marker '%s' on %s by %s, but stream %s has only come to %s: its lag is the answer to why"
              .formatted(
                  markerId,
                  endpoint(spec, direction.applied()).address(),
                  deadline,
                  name,
                  stream.gauge().applied()));
    }
  }

  // Applied before this process knew of it. If the database does not answer, the stream's own
  // signal
  // or the deadline ends the wait.
  private void lookUp(
      ReplicationSpec spec,
      Direction direction,
      String markerId,
      CompletableFuture<@Nullable Void> seen) {
    try (Connection applied = open(spec, direction.applied(), DatabaseRole.APPLIER)) {
      if (PostgresSql.query(applied, "SELECT id FROM cutover.marker WHERE id = ?", markerId)
          .isPresent()) {
        seen.complete(null);
      }
    } catch (SQLException e) {
      LOGGER.atDebug().addKeyValue("marker", markerId).setCause(e).log("marker not looked up");
    }
  }

  @Override
  public void stop(ReplicationSpec spec, Direction direction) {
    PostgresStream stream = streams.remove(StreamName.of(spec, direction));
    if (stream != null) {
      stream.close();
    }
  }

  @Override
  public void drop(ReplicationSpec spec) throws InterruptedException, ReplicationFailed {
    for (Direction direction : List.of(Direction.REVERSE, Direction.FORWARD)) {
      stop(spec, direction);
      String name = StreamName.of(spec, direction);
      PostgresSlot slot = new PostgresSlot(name);
      try (Connection captured = open(spec, direction.captured(), DatabaseRole.APPLIER);
          Connection owner = open(spec, direction.captured(), DatabaseRole.FENCER);
          Connection applied = open(spec, direction.applied(), DatabaseRole.APPLIER)) {
        if (slot.state(captured).isPresent()) {
          slot.drop(captured);
        }
        slot.unpublish(owner);
        if (PostgresSql.query(applied, "SELECT to_regclass('cutover.position')").isPresent()) {
          PostgresSql.update(applied, "DELETE FROM cutover.position WHERE stream = ?", name);
          PostgresSql.update(
              applied,
              "DELETE FROM cutover.marker WHERE id IN (?, ?)",
              "copy:" + name,
              "slot:" + name);
          new CopyRecord(name).forget(applied);
        }
        topic(name).prune(-1);
      } catch (SQLException | KafkaException e) {
        throw failed(name, e);
      }
    }
  }

  @Override
  public void close() {
    List<PostgresStream> all = List.copyOf(streams.values());
    streams.clear();
    all.forEach(PostgresStream::close);
  }

  static ReplicationFailed failed(String name, Exception e) {
    return new ReplicationFailed("Stream %s cannot go on: %s".formatted(name, e.getMessage()), e);
  }

  static boolean hasPosition(Connection applied, String name) throws SQLException {
    return PostgresSql.query(applied, "SELECT stream FROM cutover.position WHERE stream = ?", name)
        .isPresent();
  }

  private static boolean isHeld(Connection applied, String name) throws SQLException {
    return PostgresSql.query(
            applied, "SELECT stream FROM cutover.position WHERE stream = ? AND held", name)
        .isPresent();
  }

  /**
   * What the reverse stream holds back.
   *
   * @param directory where files are written
   */
  public Deltas deltas(Optional<Path> directory) {
    return new PostgresDeltas(
        connections, spec -> topic(StreamName.of(spec, Direction.REVERSE)), directory);
  }

  private Connection open(ReplicationSpec spec, Side side, DatabaseRole role) throws SQLException {
    return connections.open(endpoint(spec, side), role);
  }

  private static DatabaseEndpoint endpoint(ReplicationSpec spec, Side side) {
    return spec.endpoint(side);
  }

  private KafkaChangeTopic topic(String name) {
    Map<String, Object> client =
        kafka.properties().entrySet().stream()
            .collect(Collectors.toMap(e -> (String) e.getKey(), Map.Entry::getValue));
    return new KafkaChangeTopic(
        client, topics.prefix() + ".changes." + name, (short) topics.replicas());
  }
}
