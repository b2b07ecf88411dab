package dev.cutover.monitor;

import dev.cutover.monitor.adapter.SendersFile;
import dev.cutover.monitor.domain.Sender;
import dev.cutover.runtime.ConfigReader;
import java.time.Duration;
import java.util.List;

/**
 * Which outsiders may ask for rollbacks.
 *
 * @param senders none: then every request is refused
 * @param requestAgeMax an older request is refused, by this service's clock; 10 s to 1 h, 5 minutes
 *     by default
 */
public record IntakeConfig(List<Sender> senders, Duration requestAgeMax) {
  static final String SENDERS = "CUTOVER_MONITOR_SENDERS";

  /** Nobody outside is believed. */
  public static final IntakeConfig NOBODY = new IntakeConfig(List.of(), Duration.ofMinutes(5));

  public IntakeConfig {
    senders = List.copyOf(senders);
  }

  static IntakeConfig read(ConfigReader reader) {
    List<Sender> senders = SendersFile.read(SENDERS, reader);
    Duration requestAgeMax =
        reader.duration(
            "CUTOVER_MONITOR_REQUEST_AGE_MAX",
            Duration.ofSeconds(10),
            Duration.ofHours(1),
            NOBODY.requestAgeMax());
    return new IntakeConfig(senders, requestAgeMax);
  }
}
