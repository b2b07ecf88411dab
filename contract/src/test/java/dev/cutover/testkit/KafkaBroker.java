package dev.cutover.testkit;

import dev.cutover.runtime.EmbeddedBroker;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.TopicAdmin;
import dev.cutover.runtime.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.kafka.KafkaContainer;

/**
 * A real Kafka broker for tests: a container where Docker answers, in this process otherwise.
 *
 * <p>As an extension: {@code @RegisterExtension static final KafkaBroker KAFKA = new
 * KafkaBroker();}. By hand: {@link #start} and {@link #close}.
 */
public final class KafkaBroker implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
  private static final AtomicInteger PREFIXES = new AtomicInteger();

  private final boolean inProcess;
  private final boolean isKillable;
  private @Nullable BrokerProcess process;
  private @Nullable EmbeddedBroker embedded;
  private @Nullable Path directory;
  private @Nullable Container container;

  public KafkaBroker() {
    this(!Container.dockerAnswers(), false);
  }

  private KafkaBroker(boolean inProcess, boolean isKillable) {
    this.inProcess = inProcess;
    this.isKillable = isKillable;
  }

  /**
   * Makes a broker in this process, which can be stopped and started again on its data and port.
   */
  public static KafkaBroker restartable() {
    return new KafkaBroker(true, false);
  }

  /** Makes a broker in a process of its own, for {@link #kill}. */
  public static KafkaBroker killable() {
    return new KafkaBroker(true, true);
  }

  public synchronized KafkaBroker start() {
    if (!inProcess) {
      container = container == null ? Container.start() : container;
      return this;
    }
    if (isKillable) {
      process = process == null ? BrokerProcess.make() : process;
      process.start();
      return this;
    }
    if (embedded == null) {
      try {
        directory = Files.createTempDirectory("cutover-kafka");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      embedded = EmbeddedBroker.start(directory, 0);
    } else {
      embedded.start();
    }
    return this;
  }

  /** Stops a {@link #restartable} broker; {@link #start} goes on with its data. */
  public synchronized void stop() {
    Objects.requireNonNull(embedded, "only a restartable broker that runs can be stopped").stop();
  }

  /** Kills a {@link #killable} broker as {@code kill -9} does; {@link #start} starts it again. */
  public synchronized void kill() {
    Objects.requireNonNull(process, "only a killable broker that runs can be killed").kill();
  }

  public synchronized String bootstrapServers() {
    if (process != null) {
      return process.bootstrapServers();
    }
    return container != null
        ? container.bootstrapServers()
        : Objects.requireNonNull(embedded, "the broker has not been started").bootstrapServers();
  }

  public KafkaSettings settings() {
    return new KafkaSettings(bootstrapServers());
  }

  /** Creates all topics under a prefix that no other test uses. */
  public Topics topics(int partitions) {
    Topics topics = new Topics("t" + PREFIXES.incrementAndGet(), partitions, 1, 2);
    try (TopicAdmin admin = new TopicAdmin(settings())) {
      admin.create(topics);
    }
    return topics;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    start();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  @Override
  public synchronized void close() {
    if (container != null) {
      container.close();
      container = null;
    }
    if (process != null) {
      process.kill();
      delete(process.directory());
      process = null;
    }
    if (embedded != null) {
      embedded.close();
      embedded = null;
      delete(Objects.requireNonNull(directory));
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Loaded only where Docker may be, so that other modules need Testcontainers only there. */
  private record Container(KafkaContainer kafka) {
    static boolean dockerAnswers() {
      return System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
    }

    static Container start() {
      KafkaContainer kafka =
          new KafkaContainer("apache/kafka:4.3.0")
              .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
              .withEnv("KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS", "1000")
              .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
      kafka.start();
      return new Container(kafka);
    }

    String bootstrapServers() {
      return kafka.getBootstrapServers();
    }

    void close() {
      kafka.stop();
    }
  }
}
