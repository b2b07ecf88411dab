package dev.cutover.deploy.bench;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.TableName;
import dev.cutover.deploy.bench.ApplyDatabases.Name;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Topics;
import dev.cutover.sync.adapter.PostgresConnections;
import dev.cutover.sync.adapter.PostgresCutoverSchema;
import dev.cutover.sync.adapter.PostgresReplicator;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.Replicator.DrainTimedOut;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The product's stream, by the code that production runs: capture, change topic, applier. */
final class ProductStream implements AutoCloseable {
  private static final Duration MARKER_MAX = Duration.ofMinutes(10);
  private static final Duration POLL = Duration.ofMillis(50);

  private final ApplyDatabases databases;
  private final KafkaSettings kafka;
  private final Topics topics;
  private final PostgresReplicator replicator;
  private final ReplicationSpec spec;

  /** Prepares both databases, copies the rows that are there and starts the stream. */
  ProductStream(ApplyDatabases databases, KafkaSettings kafka, Topics topics)
      throws InterruptedException {
    this.databases = databases;
    this.kafka = kafka;
    this.topics = topics;
    PostgresConnections connections =
        new PostgresConnections(Credentials.of(databases.credentials()));
    spec =
        new ReplicationSpec(
            "bench",
            databases.endpoint(Name.SOURCE),
            databases.endpoint(Name.CUTOVER),
            ApplyWorkload.TABLE_NAMES.stream()
                .map(table -> new TableName("public", table))
                .toList(),
            true,
            1000);
    replicator = new PostgresReplicator(connections, kafka, topics, 2);
    try {
      PostgresCutoverSchema schema = new PostgresCutoverSchema(connections);
      StepRef step = new StepRef(new CutoverId("bench-1"), "prepare", 1);
      schema.install(spec.source(), Side.SOURCE, step, 1);
      schema.install(spec.target(), Side.TARGET, step, 1);
      replicator.copyAndStream(spec, Direction.FORWARD, _ -> {});
    } catch (GateRefused | ReplicationFailed e) {
      throw new IllegalStateException("Expected the stream to start, but: " + e.getMessage(), e);
    }
  }

  /** Holds the applier up, and nothing before it, until the connection is closed. */
  Connection hold() throws SQLException {
    Connection connection = databases.connect(Name.CUTOVER);
    connection.setAutoCommit(false);
    ApplyDatabases.execute(connection, "SELECT FROM cutover.position FOR UPDATE");
    return connection;
  }

  /** Waits until the change topic has the marker, and so everything before it. */
  void awaitCaptured(String marker) {
    TopicPartition partition =
        new TopicPartition(topics.prefix() + ".changes.cutover_bench_forward", 0);
    Properties settings = kafka.properties();
    settings.put("max.partition.fetch.bytes", 8 * 1024 * 1024);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      String text = "[\"m\",\"" + marker + "\"";
      long untilNanos = System.nanoTime() + MARKER_MAX.toNanos();
      while (System.nanoTime() - untilNanos < 0) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (new String(record.value(), StandardCharsets.UTF_8).contains(text)) {
            return;
          }
        }
      }
      throw new IllegalStateException(
          "Expected marker %s in the change topic within %s, but it is not there"
              .formatted(marker, MARKER_MAX));
    }
  }

  /** Waits until everything before the marker is applied, durably. */
  void awaitApplied(String marker) throws InterruptedException {
    try {
      replicator.awaitMarker(spec, Direction.FORWARD, marker, Instant.now().plus(MARKER_MAX));
    } catch (DrainTimedOut | ReplicationFailed e) {
      throw new IllegalStateException(
          "Expected marker %s to be applied, but: %s".formatted(marker, e.getMessage()), e);
    }
  }

  void stop() {
    replicator.stop(spec, Direction.FORWARD);
  }

  void start() throws InterruptedException {
    try {
      replicator.start(spec, Direction.FORWARD);
    } catch (ReplicationFailed e) {
      throw new IllegalStateException("Expected the stream to start, but: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    replicator.close();
  }
}
