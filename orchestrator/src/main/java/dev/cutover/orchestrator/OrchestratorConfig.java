package dev.cutover.orchestrator;

import dev.cutover.orchestrator.outbound.OutboundConfig;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Wire;

/**
 * What this service needs to know.
 *
 * @param kafka where the log is
 * @param wire topics and signatures
 * @param topics whether missing topics are made or complained of; key {@code TOPICS}
 * @param api where people come in
 * @param outbound what may go out to systems and people
 */
public record OrchestratorConfig(
    KafkaSettings kafka, Wire wire, TopicMode topics, ApiConfig api, OutboundConfig outbound) {
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
    ApiConfig api = ApiConfig.read(reader);
    OutboundConfig outbound = OutboundConfig.read(reader);
    return reader.build(() -> new OrchestratorConfig(kafka, wire, topics, api, outbound));
  }
}
