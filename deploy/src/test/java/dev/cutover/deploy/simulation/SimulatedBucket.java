package dev.cutover.deploy.simulation;

import dev.cutover.contract.Side;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A bucket: its objects, and its policy with the fence's epoch or without. */
final class SimulatedBucket {
  /** Until a policy is in force at every server. */
  private static final Duration IN_FORCE_AFTER = Duration.ofMillis(800);

  /**
   * An object.
   *
   * @param content grows with each write of a key
   */
  record Stored(long content, Instant modifiedAt) {}

  private record Written(OptionalLong policy, Instant at) {}

  final Side side;
  final Map<String, Stored> objects = new TreeMap<>();

  /** Writes that clients got an answer for: the last of each key. */
  final Map<String, Long> acknowledged = new TreeMap<>();

  OptionalLong policy = OptionalLong.empty();
  private final Deque<Written> written = new ArrayDeque<>();

  SimulatedBucket(Side side) {
    this.side = side;
    this.written.add(new Written(policy, Instant.MIN));
  }

  Map<String, Stored> listing() {
    return new TreeMap<>(objects);
  }

  @Nullable Stored get(String key) {
    return objects.get(key);
  }

  /** Replaces exactly what was listed. */
  boolean replace(String key, long content, @Nullable Stored before, Instant now) {
    Stored there = objects.get(key);
    boolean isSame = before == null ? there == null : before.equals(there);
    if (isSame) {
      objects.put(key, new Stored(content, now));
    }
    return isSame;
  }

  void write(OptionalLong newPolicy, World world) {
    policy = newPolicy;
    written.addLast(new Written(newPolicy, world.baton.now()));
    world.changed(
        "%s's bucket %s"
            .formatted(
                side, newPolicy.isPresent() ? "fenced at " + newPolicy.getAsLong() : "opened"));
  }

  /** Whether this request is refused: of policies that are not in force yet, either may count. */
  boolean isFenced(World world) {
    while (written.size() > 1 && !second().at().plus(IN_FORCE_AFTER).isAfter(world.baton.now())) {
      written.removeFirst();
    }
    int which = world.baton.random.nextInt(written.size());
    return written.stream().skip(which).findFirst().orElseThrow().policy().isPresent();
  }

  private Written second() {
    return written.stream().skip(1).findFirst().orElseThrow();
  }

  /** Whether a client's write is acknowledged. */
  boolean put(String key, long content, World world) {
    if (!world.database(side).reachable || isFenced(world)) {
      return false;
    }
    objects.put(key, new Stored(content, world.baton.now()));
    acknowledged.put(key, content);
    return true;
  }
}
