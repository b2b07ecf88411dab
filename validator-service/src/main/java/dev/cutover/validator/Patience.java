package dev.cutover.validator;

import dev.cutover.validator.domain.Applied;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.SourcePoint;
import dev.cutover.validator.domain.Witness;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads things that differ on both sides again and again, in turn, until each is known to be the
 * same or different, or time is up.
 */
final class Patience {
  private static final Duration PAUSE_MIN = Duration.ofMillis(5);
  private static final Duration PAUSE_MAX = Duration.ofMillis(250);
  private final Sides sides;
  private final Duration settle;
  private final InstantSource clock;

  /**
   * @param settle without a stream's position, how long a difference must stand still
   */
  Patience(Sides sides, Duration settle, InstantSource clock) {
    this.sides = sides;
    this.settle = settle;
    this.clock = clock;
  }

  /** Reads some things by name; a value for each. */
  @FunctionalInterface
  interface Reading<K, T> {
    Map<K, T> read(Set<K> things) throws ReadFailed;
  }

  /** What is known of each thing when all are decided, or at {@code until}. */
  <K, T> Map<K, Witness<T>> watch(
      Set<K> things, Reading<K, T> onLeader, Reading<K, T> onFollower, Instant until)
      throws ReadFailed, InterruptedException {
    Map<K, Witness<T>> known = new HashMap<>();
    things.forEach(thing -> known.put(thing, Witness.unseen()));
    Set<K> open = new HashSet<>(things);
    Duration pause = PAUSE_MIN;
    while (true) {
      Map<K, T> source = onLeader.read(open);
      SourcePoint point = sides.leader().point();
      source.forEach(
          (thing, value) -> known.compute(thing, (_, w) -> seen(w).sourceShows(value, point)));
      open.removeIf(thing -> seen(known.get(thing)).state() != Witness.State.PENDING);
      if (open.isEmpty() || clock.instant().isAfter(until)) {
        return known;
      }
      Applied applied = applied();
      Map<K, T> target = onFollower.read(open);
      target.forEach(
          (thing, value) -> known.compute(thing, (_, w) -> seen(w).targetShows(value, applied)));
      open.removeIf(thing -> seen(known.get(thing)).state() != Witness.State.PENDING);
      if (open.isEmpty()) {
        return known;
      }
      sides.pace().sleep(pause);
      pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : pause.multipliedBy(2);
    }
  }

  private Applied applied() throws ReadFailed {
    OptionalLong lsn = sides.follower().appliedLsn(sides.stream());
    return lsn.isPresent()
        ? new Applied.UpTo(lsn.getAsLong())
        : new Applied.Before(sides.leader().point().at().minus(settle));
  }

  private static <T> Witness<T> seen(@org.jspecify.annotations.Nullable Witness<T> witness) {
    return witness == null ? Witness.unseen() : witness;
  }
}
