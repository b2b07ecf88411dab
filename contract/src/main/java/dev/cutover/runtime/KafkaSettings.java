package dev.cutover.runtime;

import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Says how to reach Kafka.
 *
 * @param bootstrapServers {@code host:port}, several separated by commas
 * @param instance a name that stays the same over restarts of one process and is unique in its
 *     service: the same instance restarted then takes its partitions up again at once
 * @param security client properties for encryption and authentication, may be empty; never shown
 */
public record KafkaSettings(
    String bootstrapServers, Optional<String> instance, Map<String, String> security) {
  public KafkaSettings {
    if (bootstrapServers.isBlank()) {
      throw new IllegalArgumentException("Expected Kafka's host:port, but got nothing");
    }
    security = Map.copyOf(security);
  }

  public KafkaSettings(String bootstrapServers) {
    this(bootstrapServers, Optional.empty(), Map.of());
  }

  /**
   * Reads {@code KAFKA_BOOTSTRAP_SERVERS}, {@code KAFKA_INSTANCE} (optional) and {@code
   * KAFKA_CLIENT_PROPERTIES} (optional: a file with security settings of the client).
   */
  public static KafkaSettings read(ConfigReader reader) {
    String servers = reader.string("KAFKA_BOOTSTRAP_SERVERS");
    Optional<String> instance = reader.optional("KAFKA_INSTANCE");
    Map<String, String> security = new TreeMap<>();
    if (reader.optional("KAFKA_CLIENT_PROPERTIES").isPresent()) {
      Properties file =
          ConfigReader.properties(
              "KAFKA_CLIENT_PROPERTIES", reader.file("KAFKA_CLIENT_PROPERTIES"));
      file.stringPropertyNames().forEach(name -> security.put(name, file.getProperty(name)));
    }
    return new KafkaSettings(servers.isEmpty() ? "missing:0" : servers, instance, security);
  }

  /** Returns fresh client properties; also for clients that a service makes itself. */
  public Properties properties() {
    Properties properties = new Properties();
    properties.putAll(security);
    properties.put("bootstrap.servers", bootstrapServers);
    return properties;
  }

  @Override
  public String toString() {
    return "KafkaSettings[bootstrapServers=%s, instance=%s, security=%s]"
        .formatted(bootstrapServers, instance.orElse("none"), security.keySet());
  }
}
