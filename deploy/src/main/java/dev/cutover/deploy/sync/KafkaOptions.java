package dev.cutover.deploy.sync;

import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.EmbeddedBroker;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where changes are on their way between two databases. */
final class KafkaOptions {
  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:KAFKA_BOOTSTRAP_SERVERS}",
      description =
          "Kafka that changes go through, with KAFKA_CLIENT_PROPERTIES and TOPICS_* as services have"
              + " them; KAFKA_BOOTSTRAP_SERVERS unless given. Without both a broker runs in this"
              + " process: nothing is lost with it, what was not applied comes from the slot again.")
  private @Nullable String servers;

  /** A broker, perhaps an own one. */
  record Place(KafkaSettings kafka, Topics topics, Optional<EmbeddedBroker> own, List<Path> scratch)
      implements AutoCloseable {
    Place {
      scratch = List.copyOf(scratch);
    }

    @Override
    public void close() throws IOException {
      own.ifPresent(EmbeddedBroker::close);
      for (Path directory : scratch) {
        try (Stream<Path> files = Files.walk(directory)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.deleteIfExists(file);
          }
        }
      }
    }
  }

  /**
   * Opens it.
   *
   * @throws dev.cutover.runtime.ConfigException when the environment is not as services want it
   */
  Place open() throws IOException {
    if (servers != null && !servers.isBlank()) {
      Map<String, String> environment = new HashMap<>(System.getenv());
      environment.put("KAFKA_BOOTSTRAP_SERVERS", servers);
      ConfigReader reader = ConfigReader.ofEnvironment(environment);
      KafkaSettings kafka = KafkaSettings.read(reader);
      Topics topics = Topics.read(reader);
      return reader.build(() -> new Place(kafka, topics, Optional.empty(), List.of()));
    }
    Path state = Path.of(System.getProperty("cutover.home", ".")).resolve(".cutover");
    Files.createDirectories(state);
    Path directory = Files.createTempDirectory(state, "sync-kafka-");
    EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
    return new Place(
        new KafkaSettings(broker.bootstrapServers()),
        new Topics("cutover", 1, 1, 1),
        Optional.of(broker),
        List.of(directory));
  }
}
