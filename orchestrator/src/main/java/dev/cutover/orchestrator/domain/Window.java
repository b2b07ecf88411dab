package dev.cutover.orchestrator.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * When the switch may be.
 *
 * @param zone IANA name of the zone in which people read its times
 * @param opensAt not before; empty means as soon as approved
 * @param closesAt no fence after this; empty means never
 */
public record Window(String zone, Optional<Instant> opensAt, Optional<Instant> closesAt) {
  /** At any time. */
  public static final Window ALWAYS = new Window("UTC", Optional.empty(), Optional.empty());

  /** Whether the switch may begin at that time. */
  public boolean contains(Instant at) {
    return opensAt.map(opens -> !at.isBefore(opens)).orElse(true)
        && closesAt.map(at::isBefore).orElse(true);
  }
}
