package dev.cutover.dns;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchView;
import dev.cutover.dns.adapter.DnsjavaProbe;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Configuration of the dns-service.
 *
 * @param kafka where messages go
 * @param wire topics and how messages are written there
 * @param providers what may be touched, and how
 * @param watchPeriod how often watched records are read; key {@code CUTOVER_DNS_WATCH_PERIOD}, 1 s
 *     to 10 minutes, 30 s by default
 * @param parentVia resolvers through which the zones above a switch's zone are found; empty to look
 *     at none; key {@code CUTOVER_DNS_PARENT_VIA}, {@code host} or {@code host:port}, or {@code
 *     none}; this machine's own by default
 * @param vantage where this instance is, for plans whose views are proven from there: it then
 *     proves those and does nothing else; key {@code CUTOVER_DNS_VANTAGE}, none by default
 */
public record DnsConfig(
    KafkaSettings kafka,
    Wire wire,
    ProviderConfig providers,
    Duration watchPeriod,
    Optional<List<ServerAddress>> parentVia,
    Optional<String> vantage) {
  private static final String PARENT_VIA = "CUTOVER_DNS_PARENT_VIA";
  private static final String NONE = "none";
  private static final String VANTAGE = "CUTOVER_DNS_VANTAGE";
  private static final int DNS_PORT = 53;

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
    Optional<List<ServerAddress>> parentVia = parentVia(reader);
    Optional<String> vantage = reader.optional(VANTAGE);
    vantage
        .filter(name -> !SwitchView.isName(name))
        .ifPresent(
            name ->
                reader.fault(
                    "%s: Expected the name of a vantage point in lower-case letters, digits and dashes, but found '%s'"
                        .formatted(VANTAGE, name)));
    return reader.build(
        () -> new DnsConfig(kafka, wire, providers.get(), watchPeriod, parentVia, vantage));
  }

  private static Optional<List<ServerAddress>> parentVia(ConfigReader reader) {
    List<String> given = reader.list(PARENT_VIA, List.of());
    if (given.equals(List.of(NONE))) {
      return Optional.empty();
    }
    List<ServerAddress> resolvers = new ArrayList<>();
    for (String text : given) {
      try {
        resolvers.add(ServerAddress.parse(text, DNS_PORT));
      } catch (IllegalArgumentException e) {
        reader.fault(
            "%s: Expected resolvers as host or host:port, or %s, but found '%s'"
                .formatted(PARENT_VIA, NONE, text));
      }
    }
    return Optional.of(given.isEmpty() ? DnsjavaProbe.systemResolvers() : resolvers);
  }
}
