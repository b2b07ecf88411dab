package dev.cutover.orchestrator;

import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Wire;
import java.nio.file.Path;

/**
 * What this service needs to know.
 *
 * @param kafka where the log is
 * @param wire topics and signatures
 * @param topics whether missing topics are made or complained of; key {@code TOPICS}
 * @param apiHost address that the API listens on, 127.0.0.1 by default; key {@code API_HOST}
 * @param apiPort 0 chooses a free one, 8090 by default; key {@code API_PORT}
 * @param tokens file with people and roles; key {@code API_TOKENS}
 */
public record OrchestratorConfig(
    KafkaSettings kafka, Wire wire, TopicMode topics, String apiHost, int apiPort, Path tokens) {
  /** What is done about topics at the start. */
  public enum TopicMode {
    CREATE,
    VERIFY
  }

  /** Reads it; throws with every fault found. */
  public static OrchestratorConfig read(ConfigReader reader) {
    KafkaSettings kafka = KafkaSettings.read(reader);
    Wire wire = Wire.read(reader);
    TopicMode topics = reader.choice("TOPICS", TopicMode.class, TopicMode.VERIFY);
    String apiHost = reader.string("API_HOST", "127.0.0.1");
    int apiPort = reader.integer("API_PORT", 0, 65_535, 8090);
    Path tokens = reader.file("API_TOKENS");
    return reader.build(
        () -> new OrchestratorConfig(kafka, wire, topics, apiHost, apiPort, tokens));
  }
}
