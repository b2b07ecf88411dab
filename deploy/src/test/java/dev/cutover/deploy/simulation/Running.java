package dev.cutover.deploy.simulation;

import dev.cutover.runtime.LogException;
import dev.cutover.runtime.MessageLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** A loop of one instance, stepped whenever there is something for it to do. */
final class Running {
  private static final Duration IDLE = Duration.ofMillis(500);
  private static final Duration ROUND_MIN = Duration.ofMillis(2);

  final Instance instance;
  final MessageLoop loop;
  private final Broker.Reached log;
  private final Supplier<Optional<Instant>> due;
  private final Runnable broken;
  private Instant plannedFor = Instant.MAX;

  Running(
      Instance instance,
      MessageLoop loop,
      Broker.Reached log,
      Supplier<Optional<Instant>> due,
      Runnable broken) {
    this.instance = instance;
    this.loop = loop;
    this.log = log;
    this.due = due;
    this.broken = broken;
    loop.open();
    plan(instance.baton.now());
  }

  /** Something was written: perhaps this loop is to see it. */
  void look() {
    log.member.nextShown().ifPresent(this::plan);
  }

  private void plan(Instant wanted) {
    Instant earliest = instance.baton.now().plus(ROUND_MIN);
    Instant at = wanted.isBefore(earliest) ? earliest : wanted;
    if (at.isBefore(plannedFor)) {
      plannedFor = at;
      instance.baton.at(at, () -> round(at));
    }
  }

  private void round(Instant planned) {
    if (!instance.isAlive() || !planned.equals(plannedFor)) {
      return;
    }
    plannedFor = Instant.MAX;
    if (instance.pausedUntil().isPresent()) {
      plan(instance.pausedUntil().get());
      return;
    }
    try {
      loop.round(Duration.ZERO);
    } catch (LogException e) {
      broken.run();
      return;
    }
    plan(instance.baton.now().plus(IDLE));
    due.get().ifPresent(this::plan);
    look();
  }
}
