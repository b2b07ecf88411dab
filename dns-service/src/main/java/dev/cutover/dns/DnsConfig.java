package dev.cutover.dns;

import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Wire;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Configuration of the dns-service.
 *
 * @param kafka where messages go
 * @param wire topics and how messages are written there
 * @param providers what may be touched, and how
 * @param watchPeriod how often watched records are read; key {@code CUTOVER_DNS_WATCH_PERIOD}, 1 s
 *     to 10 minutes, 30 s by default
 */
public record DnsConfig(
    KafkaSettings kafka, Wire wire, ProviderConfig providers, Duration watchPeriod) {

  /** Reads the keys above; throws with every fault found. */
  public static DnsConfig read(ConfigReader reader) {
    KafkaSettings kafka = KafkaSettings.read(reader);
    Wire wire = Wire.read(reader);
    Supplier<ProviderConfig> providers = ProviderConfig.reading(reader);
    Duration watchPeriod =
        reader.duration(
            "CUTOVER_DNS_WATCH_PERIOD",
            Duration.ofSeconds(1),
            Duration.ofMinutes(10),
            DnsService.WATCH_PERIOD);
    return reader.build(() -> new DnsConfig(kafka, wire, providers.get(), watchPeriod));
  }
}
