package dev.cutover.dns.adapter;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import dev.cutover.dns.domain.SwitchFailure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One change in flight for each name: a provider without conditions is safe only so (Design,
 * "Epochs live in the world"). Names share a fixed number of locks, taken in one order.
 */
final class CloudflareLocks {
  private static final int LOCKS = 256;

  private final ReentrantLock[] locks =
      Stream.generate(ReentrantLock::new).limit(LOCKS).toArray(ReentrantLock[]::new);

  /** A change: what is read for it, and what is sent. */
  interface Change {
    Outcome make() throws SwitchFailure;
  }

  /** Makes it when no other change of these names is in flight. */
  Outcome alone(SwitchSpec spec, CallTurn turn, Change change) throws SwitchFailure {
    Deque<ReentrantLock> held = new ArrayDeque<>();
    try {
      for (int index : indexes(spec).toArray()) {
        if (!locks[index].tryLock(turn.left().toNanos(), TimeUnit.NANOSECONDS)) {
          throw unreachable("another change of these names was in flight all the time");
        }
        held.push(locks[index]);
      }
      return change.make();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("the order was ended");
    } finally {
      held.forEach(ReentrantLock::unlock);
    }
  }

  private static IntStream indexes(SwitchSpec spec) {
    return spec.names().stream()
        .mapToInt(name -> Math.floorMod(name.name().hashCode(), LOCKS))
        .distinct()
        .sorted();
  }

  private static SwitchFailure unreachable(String why) {
    return new SwitchFailure(
        FailureKind.UNREACHABLE,
        "Expected to change the zone within the order's time, but " + why,
        true);
  }
}
