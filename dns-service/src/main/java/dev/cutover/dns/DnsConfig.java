package dev.cutover.dns;

import dev.cutover.dns.domain.AllowList;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * Configuration of the dns-service.
 *
 * @param kafka where messages go
 * @param wire topics and how messages are written there
 * @param credentials properties file with the TSIG keys: {@code <name>.tsig.user=[algorithm:]key}
 *     and {@code <name>.tsig.password=<Base64>}; key {@code CUTOVER_DNS_CREDENTIALS}
 * @param allowed the only zones and servers that it ever touches, whatever a plan says; keys {@code
 *     CUTOVER_DNS_ALLOWED_ZONES} and {@code CUTOVER_DNS_ALLOWED_SERVERS} ({@code host} or {@code
 *     host:port}), without default
 * @param watchPeriod how often watched records are read; key {@code CUTOVER_DNS_WATCH_PERIOD}, 1 s
 *     to 10 minutes, 30 s by default
 */
public record DnsConfig(
    KafkaSettings kafka, Wire wire, Path credentials, AllowList allowed, Duration watchPeriod) {

  /** Reads the keys above; throws with every fault found. */
  public static DnsConfig read(ConfigReader reader) {
    KafkaSettings kafka = KafkaSettings.read(reader);
    Wire wire = Wire.read(reader);
    Path credentials = reader.file("CUTOVER_DNS_CREDENTIALS");
    Set<String> zones = Set.copyOf(reader.list("CUTOVER_DNS_ALLOWED_ZONES"));
    Set<String> servers = Set.copyOf(reader.list("CUTOVER_DNS_ALLOWED_SERVERS"));
    Duration watchPeriod =
        reader.duration(
            "CUTOVER_DNS_WATCH_PERIOD",
            Duration.ofSeconds(1),
            Duration.ofMinutes(10),
            DnsService.WATCH_PERIOD);
    return reader.build(
        () -> new DnsConfig(kafka, wire, credentials, new AllowList(zones, servers), watchPeriod));
  }
}
