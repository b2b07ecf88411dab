package dev.cutover.validator;

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
 * @param kafka where commands come from
 * @param wire topics and signatures
 * @param credentials properties file with {@code <credential>.<role>.user} and {@code .password},
 *     roles {@code reader} and {@code application}; key {@value #CREDENTIALS}
 * @param allowedHosts every host of a database or an application that may be touched, whatever a
 *     plan says; no default; key {@value #ALLOWED_HOSTS}
 * @param authorities certificate authorities, PEM, that are trusted beside the JDK's; key {@value
 *     #AUTHORITIES}
 * @param checking how databases are compared
 */
public record ValidatorConfig(
    KafkaSettings kafka,
    Wire wire,
    Path credentials,
    AllowedHosts allowedHosts,
    Optional<Path> authorities,
    Checking checking) {
  static final String AUTHORITIES = "CUTOVER_VALIDATOR_AUTHORITIES";
  static final String CREDENTIALS = "CUTOVER_VALIDATOR_CREDENTIALS";
  static final String ALLOWED_HOSTS = "CUTOVER_VALIDATOR_ALLOWED_HOSTS";

  /**
   * How databases are compared.
   *
   * @param sessionsMax sessions to one database; 2 to 64, 8 by default; key {@code
   *     CUTOVER_VALIDATOR_SESSIONS_MAX}
   * @param statementMax bound of one statement; 1 s to 1 h, 1 minute by default; key {@code
   *     CUTOVER_VALIDATOR_STATEMENT_MAX}
   * @param settle how long a difference must stand still where no stream tells its position; 100 ms
   *     to 10 minutes, 5 s by default; key {@code CUTOVER_VALIDATOR_SETTLE}
   * @param settleMax how long the differing rows of one chunk are watched; 1 s to 1 h, 30 s by
   *     default; key {@code CUTOVER_VALIDATOR_SETTLE_MAX}
   * @param finalSharePercent share of the final validation's budget that its work is planned for; 1
   *     to 90, 50 by default; key {@code CUTOVER_VALIDATOR_FINAL_SHARE_PERCENT}
   */
  public record Checking(
      int sessionsMax,
      Duration statementMax,
      Duration settle,
      Duration settleMax,
      int finalSharePercent) {
    public Checking {
      if (settle.compareTo(settleMax) >= 0) {
        throw new IllegalArgumentException(
            "Expected CUTOVER_VALIDATOR_SETTLE below CUTOVER_VALIDATOR_SETTLE_MAX, but got %s and %s"
                .formatted(settle, settleMax));
      }
    }
  }

  /** Reads it; throws with every fault found. */
  public static ValidatorConfig read(ConfigReader reader) {
    KafkaSettings kafka = KafkaSettings.read(reader);
    Wire wire = Wire.read(reader);
    Path credentials = reader.file(CREDENTIALS);
    List<String> hosts = reader.list(ALLOWED_HOSTS);
    Optional<Path> authorities =
        reader.optional(AUTHORITIES).isPresent()
            ? Optional.of(reader.file(AUTHORITIES))
            : Optional.empty();
    int sessionsMax = reader.integer("CUTOVER_VALIDATOR_SESSIONS_MAX", 2, 64, 8);
    Duration statementMax = duration(reader, "STATEMENT_MAX", 1_000, 3_600_000, 60_000);
    Duration settle = duration(reader, "SETTLE", 100, 600_000, 5_000);
    Duration settleMax = duration(reader, "SETTLE_MAX", 1_000, 3_600_000, 30_000);
    int share = reader.integer("CUTOVER_VALIDATOR_FINAL_SHARE_PERCENT", 1, 90, 50);
    return reader.build(
        () ->
            new ValidatorConfig(
                kafka,
                wire,
                credentials,
                new AllowedHosts(hosts),
                authorities,
                new Checking(sessionsMax, statementMax, settle, settleMax, share)));
  }

  private static Duration duration(
      ConfigReader reader, String key, long minMs, long maxMs, long fallbackMs) {
    return reader.duration(
        "CUTOVER_VALIDATOR_" + key,
        Duration.ofMillis(minMs),
        Duration.ofMillis(maxMs),
        Duration.ofMillis(fallbackMs));
  }
}
