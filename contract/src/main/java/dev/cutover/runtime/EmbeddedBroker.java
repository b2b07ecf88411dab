package dev.cutover.runtime;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one real Kafka broker (KRaft, broker and controller in one) inside this JVM, on the loopback
 * address, with its data in a directory. It can be stopped and started again on the same directory
 * and port. Topics are never created by themselves. Needs {@code kafka_2.13} on the class path.
 *
 * <p>Its disk is the only copy: a power cut may lose the last records (correctness.md 0.13).
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final String HOST = "127.0.0.1";
  private static final int NODE_ID = 1;

  /** A free port may be taken by somebody else between choosing and binding it. */
  private static final int START_ATTEMPTS = 3;

  private final Path directory;
  private final int port;
  private final int controllerPort;
  private @Nullable KafkaRaftServer server;

  private EmbeddedBroker(Path directory, int port, int controllerPort) {
    this.directory = directory;
    this.port = port;
    this.controllerPort = controllerPort;
  }

  /**
   * Starts a broker and waits until it serves.
   *
   * @param directory made and formatted when it is empty; used as it is otherwise
   * @param port for clients; 0 chooses a free one
   * @throws IllegalStateException when it does not start, for instance because the port is in use
   */
  public static EmbeddedBroker start(Path directory, int port) {
    for (int attempt = 1; ; attempt++) {
      EmbeddedBroker broker =
          new EmbeddedBroker(directory, port == 0 ? FreePort.next() : port, FreePort.next());
      try {
        broker.start();
        return broker;
      } catch (RuntimeException e) {
        if (port != 0 || attempt == START_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  public String bootstrapServers() {
    return HOST + ":" + port;
  }

  /** Starts the broker again on the same directory and port; does nothing while it runs. */
  public synchronized void start() {
    if (server != null) {
      return;
    }
    requireFree(port);
    format();
    long startedNanos = System.nanoTime();
    KafkaRaftServer starting = new KafkaRaftServer(new KafkaConfig(settings()), Time.SYSTEM);
    try {
      starting.startup();
    } catch (RuntimeException e) {
      starting.shutdown();
      throw new IllegalStateException(
          "Expected a Kafka broker to start on %s with data in %s, but %s"
              .formatted(bootstrapServers(), directory, e),
          e);
    }
    server = starting;
    LOGGER
        .atInfo()
        .addKeyValue("bootstrapServers", bootstrapServers())
        .addKeyValue(LogKeys.DURATION_MS, (System.nanoTime() - startedNanos) / 1_000_000)
        .log("embedded broker started");
  }

  /** Stops the broker in order; its data and port stay for the next start. Does nothing twice. */
  public synchronized void stop() {
    KafkaRaftServer running = server;
    if (running != null) {
      server = null;
      running.shutdown();
      running.awaitShutdown();
    }
  }

  @Override
  public void close() {
    stop();
  }

  private void format() {
    try {
      Files.createDirectories(directory);
      if (Files.exists(directory.resolve("meta.properties"))) {
        return;
      }
      new Formatter()
          .setPrintStream(
              new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setNodeId(NODE_ID)
          .setClusterId(Uuid.randomUuid().toString())
          .addDirectory(directory.toString())
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(directory.toString())
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .run();
    } catch (Exception e) {
      throw new IllegalStateException(
          "Expected to format %s for a Kafka broker, but %s".formatted(directory, e), e);
    }
  }

  private Properties settings() {
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE_ID));
    settings.put(
        "listeners",
        "PLAINTEXT://%s:%d,CONTROLLER://%s:%d".formatted(HOST, port, HOST, controllerPort));
    settings.put("advertised.listeners", "PLAINTEXT://%s:%d".formatted(HOST, port));
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("controller.quorum.voters", "%d@%s:%d".formatted(NODE_ID, HOST, controllerPort));
    settings.put("log.dirs", directory.toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("default.replication.factor", "1");
    settings.put("min.insync.replicas", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "4");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
    // Groups form at once, and a dead transaction is ended soon: it would hide what lies behind it.
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.min.session.timeout.ms", "1000");
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");
    // After a kill the broker's own old registration blocks the new one for a session.
    settings.put("broker.session.timeout.ms", "6000");
    settings.put("broker.heartbeat.interval.ms", "1000");
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("background.threads", "2");
    settings.put("log.cleaner.threads", "1");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
    return settings;
  }

  private static void requireFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new IllegalStateException(
          "Expected port %d of %s to be free for the Kafka broker, but %s: stop what uses it or choose another port"
              .formatted(port, HOST, Objects.requireNonNullElse(e.getMessage(), "it is not")),
          e);
    }
  }
}
