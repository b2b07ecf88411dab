package dev.cutover.monitor;

import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What this service needs to know.
 *
 * @param kafka where messages go
 * @param wire names of the topics: {@code TOPICS_PREFIX} (cutover), {@code TOPICS_PARTITIONS} (6),
 *     {@code TOPICS_REPLICAS} (3) and {@code TOPICS_CHANGE_SLOTS} (4), the same for every service
 * @param allowedHosts every host that may be scraped or probed, whatever a plan says; no default
 * @param exchangeTimeout for one look at a metrics page; 100 ms to 30 s, 2 s by default
 * @param baselineAgeMax a baseline older than this is refused; 1 minute to 30 days, 7 days by
 *     default, so that a watch of the longest observation can be begun again by another instance
 * @param triggerLifetime past this a decision holds instead of rolling back; 10 s to 1 h, 2 minutes
 *     by default
 * @param resolvers name servers that resolve the hosts, {@code address:port}; empty for the
 *     system's
 * @param recordings where what watches see and say is kept, a directory; nowhere unless given
 * @param recordingMebibytesMax how large each recording may get, compressed; 1 to 8192, 256 by
 *     default
 * @param intake which outsiders may ask for rollbacks
 */
public record MonitorConfig(
    KafkaSettings kafka,
    Wire wire,
    AllowedHosts allowedHosts,
    Duration exchangeTimeout,
    Duration baselineAgeMax,
    Duration triggerLifetime,
    List<String> resolvers,
    Optional<Path> recordings,
    int recordingMebibytesMax,
    IntakeConfig intake) {
  static final String ALLOWED_HOSTS = "CUTOVER_MONITOR_ALLOWED_HOSTS";

  public MonitorConfig {
    resolvers = List.copyOf(resolvers);
  }

  /**
   * Reads it.
   *
   * @throws dev.cutover.runtime.ConfigException with every fault found
   */
  public static MonitorConfig read(ConfigReader reader) {
    KafkaSettings kafka = KafkaSettings.read(reader);
    Wire wire = Wire.read(reader);
    List<String> hosts = reader.list(ALLOWED_HOSTS);
    Duration exchangeTimeout =
        reader.duration(
            "CUTOVER_MONITOR_EXCHANGE_TIMEOUT",
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2));
    Duration baselineAgeMax =
        reader.duration(
            "CUTOVER_MONITOR_BASELINE_AGE_MAX",
            Duration.ofMinutes(1),
            Duration.ofDays(30),
            Duration.ofDays(7));
    Duration triggerLifetime =
        reader.duration(
            "CUTOVER_MONITOR_TRIGGER_LIFETIME",
            Duration.ofSeconds(10),
            Duration.ofHours(1),
            Duration.ofMinutes(2));
    List<String> resolvers = reader.list("CUTOVER_MONITOR_RESOLVERS", List.of());
    Optional<Path> recordings = reader.optional("CUTOVER_MONITOR_RECORDINGS").map(Path::of);
    int recordingMebibytesMax =
        reader.integer("CUTOVER_MONITOR_RECORDING_MEBIBYTES_MAX", 1, 8192, 256);
    IntakeConfig intake = IntakeConfig.read(reader);
    return reader.build(
        () ->
            new MonitorConfig(
                kafka,
                wire,
                new AllowedHosts(hosts),
                exchangeTimeout,
                baselineAgeMax,
                triggerLifetime,
                resolvers,
                recordings,
                recordingMebibytesMax,
                intake));
  }
}
