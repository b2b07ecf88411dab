package dev.cutover.deploy.simulation;

import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One process of one service: alive, asleep (as a machine that stops for a while and then goes on
 * with what it was about), or gone.
 */
final class Instance implements Pace {
  final String name;
  final Baton baton;
  final List<Strand> strands = new ArrayList<>();
  private boolean alive = true;
  private Instant asleepUntil = Instant.MIN;
  private Runnable napper = () -> {};

  /** Ends a thread of a process that is gone, from wherever it was. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  Instance(String name, Baton baton) {
    this.name = name;
    this.baton = baton;
  }

  boolean isAlive() {
    return alive;
  }

  void check() {
    if (!alive) {
      throw new Killed();
    }
  }

  void kill() {
    alive = false;
    asleepUntil = Instant.MIN;
    baton.bury(this);
  }

  void sleepUntil(Instant moment) {
    asleepUntil = moment;
  }

  /** What makes it fall asleep in the middle of something. */
  void onNap(Runnable fallAsleep) {
    napper = fallAsleep;
  }

  /** Time that an effect on the world takes before it happens: long enough to become an undead. */
  void beforeEffect(String step, World world) {
    boolean undead = world.weather.undead().equals(step) && !world.undeadRisen;
    if (Strand.runs() && (undead || baton.chance(world.weather.naps()))) {
      world.undeadRisen |= undead;
      napper.run();
    }
    take(1, 15);
  }

  Optional<Instant> pausedUntil() {
    return baton.now().isBefore(asleepUntil) ? Optional.of(asleepUntil) : Optional.empty();
  }

  Executor executor() {
    return work -> {
      if (alive) {
        baton.start(this, name, work);
      }
    };
  }

  /** Time that something outside takes; an interrupt does not end it. */
  void take(int leastMs, int mostMs) {
    check();
    if (Strand.runs()) {
      baton.hold(Optional.of(baton.now().plus(baton.millis(leastMs, mostMs))), () -> false, false);
    }
  }

  @Override
  public long nanoTime() {
    return baton.elapsed().toNanos();
  }

  @Override
  public void sleep(Duration length) throws InterruptedException {
    check();
    until(Optional.of(baton.now().plus(length)), () -> false);
  }

  /** Waits for something; an interrupt ends it. */
  void until(Optional<Instant> moment, java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (!condition.getAsBoolean()) {
      baton.hold(moment, condition, true);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  @Override
  public <T> Future<T> fork(String what, Callable<T> work) {
    check();
    Turned<T> task = new Turned<>(work);
    baton.start(this, what, task);
    return task;
  }

  /** A result that is waited for by giving the baton away. */
  private final class Turned<T> extends FutureTask<T> {
    Turned(Callable<T> work) {
      super(work);
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
      until(Optional.empty(), this::isDone);
      return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit)
        throws InterruptedException, ExecutionException, TimeoutException {
      until(Optional.of(baton.now().plus(Duration.of(timeout, unit.toChronoUnit()))), this::isDone);
      return super.get(0, TimeUnit.NANOSECONDS);
    }

    @Override
    protected void setException(Throwable fault) {
      super.setException(fault);
      if (fault instanceof Error && !(fault instanceof Killed)) {
        baton.broke(fault);
      }
    }
  }

  /** A write that is waited for by giving the baton away. */
  CompletableFuture<Void> promised() {
    return new CompletableFuture<>() {
      @Override
      public Void join() {
        check();
        if (!isDone()) {
          baton.hold(Optional.empty(), this::isDone, false);
        }
        return super.join();
      }
    };
  }
}
