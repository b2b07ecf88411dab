package dev.cutover.orchestrator.domain;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * When the switch may be.
 *
 * @param zone IANA name of the zone in which people read its times
 * @param opensAt not before; empty means as soon as approved
 * @param closesAt no fence after this; empty means never
 * @param expected how long the team thinks that the switch takes
 * @param requestsPerSecondMax traffic that the team expects at most in the window
 */
public record Window(
    String zone,
    Optional<Instant> opensAt,
    Optional<Instant> closesAt,
    Optional<Duration> expected,
    Optional<Double> requestsPerSecondMax) {
  /** At any time. */
  public static final Window ALWAYS = within("UTC", Optional.empty(), Optional.empty());

  /** A window of which nothing but its ends is known. */
  public static Window within(String zone, Optional<Instant> opensAt, Optional<Instant> closesAt) {
    return new Window(zone, opensAt, closesAt, Optional.empty(), Optional.empty());
  }

  /** Whether the switch may begin at that time. */
  public boolean contains(Instant at) {
    return opensAt.map(opens -> !at.isBefore(opens)).orElse(true)
        && closesAt.map(at::isBefore).orElse(true);
  }

  /** The same hours on the same day of a later week; empty when it has no beginning. */
  Optional<Instant> next(Instant after) {
    return opensAt.map(
        opens -> {
          ZonedDateTime next = opens.atZone(ZoneId.of(zone));
          while (!next.toInstant().isAfter(after)) {
            next = next.plusWeeks(1);
          }
          return next.toInstant();
        });
  }

  /** How long it is open; empty when it has no beginning or no end. */
  public Optional<Duration> length() {
    return opensAt.flatMap(opens -> closesAt.map(closes -> Duration.between(opens, closes)));
  }

  /** What the window must be able to hold: half as much again as is expected. */
  public Optional<Duration> needed() {
    return expected.map(length -> length.plus(length.dividedBy(2)));
  }
}
