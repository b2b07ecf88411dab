package dev.cutover.deploy.simulation;

import dev.cutover.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time, turns and chance of one simulation. Whatever is due runs next, in an order that the seed
 * decides where instants are equal; blocking code has a thread of its own, and exactly one thread
 * runs at a time: the one that holds the baton. So code that sleeps and waits is as deterministic
 * as the rest, and time passes only between turns.
 */
final class Baton {
  private record Due(Instant at, int tie, long order, Runnable action) {}

  final ManualClock clock = new ManualClock();
  final Random random;
  private final Instant began = clock.instant();
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(
          Comparator.comparing(Due::at).thenComparingInt(Due::tie).thenComparingLong(Due::order));
  private final List<Strand> parked = new ArrayList<>();
  private final Semaphore turnEnded = new Semaphore(0);
  private @Nullable Throwable broken;
  private long order;

  Baton(long seed) {
    random = new Random(seed);
  }

  Instant now() {
    return clock.instant();
  }

  Duration elapsed() {
    return Duration.between(began, now());
  }

  boolean chance(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  Duration millis(int least, int most) {
    return Duration.ofMillis(least + random.nextInt(most - least + 1));
  }

  void at(Duration delay, Runnable action) {
    queue.add(new Due(now().plus(delay), random.nextInt(), order++, action));
  }

  void at(Instant when, Runnable action) {
    at(when.isAfter(now()) ? Duration.between(now(), when) : Duration.ZERO, action);
  }

  void every(Duration period, Runnable action) {
    at(
        period,
        () -> {
          action.run();
          every(period, action);
        });
  }

  /** Runs what is due next; what broke in a turn is thrown here. */
  void step() {
    Due due = queue.remove();
    clock.set(due.at());
    due.action().run();
    for (Strand strand : List.copyOf(parked)) {
      if (strand.mayGoOn()) {
        parked.remove(strand);
        at(Duration.ZERO, () -> turn(strand));
      }
    }
    if (broken != null) {
      throw new AssertionError("Expected no fault in a thread, but " + broken, broken);
    }
  }

  /** Begins a thread of an instance; its first turn comes soon. */
  void start(Instance owner, String name, Runnable work) {
    Strand strand = new Strand(this, owner, name);
    Crew.run(() -> strand.live(work));
    at(Duration.ofNanos(random.nextInt(200_000)), () -> turn(strand));
  }

  void turn(Strand strand) {
    Optional<Instant> pausedUntil = strand.owner.pausedUntil();
    if (pausedUntil.isPresent()) {
      at(pausedUntil.get(), () -> turn(strand));
      return;
    }
    if (!strand.ended) {
      strand.turn.release();
      turnEnded.acquireUninterruptibly();
    }
  }

  /** Ends all threads of an instance that is gone; each unwinds in a turn of its own. */
  void bury(Instance instance) {
    for (Strand strand : List.copyOf(instance.strands)) {
      parked.remove(strand);
      turn(strand);
    }
  }

  void turnIsOver() {
    turnEnded.release();
  }

  void broke(Throwable fault) {
    broken = fault;
  }

  /**
   * Gives the baton away until something holds, a moment has come, or an interrupt.
   *
   * @param until empty: no moment
   * @param condition looked at after every event; without effects
   */
  void hold(Optional<Instant> until, BooleanSupplier condition, boolean interruptible) {
    Strand strand = Strand.current();
    strand.owner.check();
    strand.await(condition, interruptible);
    long ticket = strand.ticket;
    parked.add(strand);
    until.ifPresent(
        moment ->
            at(
                moment,
                () -> {
                  if (strand.ticket == ticket && parked.remove(strand)) {
                    turn(strand);
                  }
                }));
    turnEnded.release();
    strand.park();
  }
}
