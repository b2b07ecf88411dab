package dev.cutover.monitor;

import dev.cutover.contract.Event;
import dev.cutover.contract.HealthReported;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.MonitorCommand.WatchHealth;
import dev.cutover.contract.Objectives;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.WatchSpec;
import dev.cutover.contract.WatchSpec.Journey;
import dev.cutover.monitor.MonitorService.Outlets;
import dev.cutover.monitor.domain.BreachDetector;
import dev.cutover.monitor.domain.BreachDetector.Judgement;
import dev.cutover.monitor.domain.MetricSource;
import dev.cutover.monitor.domain.Probe;
import dev.cutover.monitor.domain.ProbeResult;
import dev.cutover.monitor.domain.ProbeRule;
import dev.cutover.monitor.domain.Reading;
import dev.cutover.monitor.domain.Recorded;
import dev.cutover.monitor.domain.Recorder;
import dev.cutover.monitor.domain.WatchDisplay;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One standing watch: looks at both sides, each thing on a virtual thread of its own so that a slow
 * one delays no other, and judges on one more. Says how it stands every second, and the decision
 * once.
 */
final class Watch implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Watch.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);
  private static final Duration CONTROL_MIN = Duration.ofMillis(100);
  private static final Duration AFTER_HORIZON = Duration.ofMinutes(10);
  private static final String PINNED = "pinned";

  private final WatchHealth command;
  private final Looks looks;
  private final Consumer<Event> reports;
  private final InstantSource clock;
  private final Pace pace;
  private final BreachDetector detector;
  private final Recorder recorder;
  private final WatchDisplay display;
  private boolean ended;
  private final Duration tick;
  private final Instant endsAt;
  private final Queue<Recorded> inbox = new ConcurrentLinkedQueue<>();
  private final List<Future<Boolean>> turning = new ArrayList<>();
  private @Nullable HealthVerdict said;
  private Instant saidAt = Instant.MIN;

  /** How a side is looked at. */
  record Looks(MetricSource metrics, Probe probe) {
    /** Reads a side's counters; a fault of the adapter is no answer. */
    Reading read(WatchSpec spec, Side side) throws InterruptedException {
      Objectives objectives = spec.objectives();
      try {
        return metrics.read(
            new MetricSource.Query(
                spec.watched(side).metricsUrl(),
                objectives.requestsCounter(),
                objectives.statusLabel(),
                objectives.latencyHistogram()));
      } catch (RuntimeException e) {
        return new Reading.Unreadable("Expected a reading, but the reader failed: " + e);
      }
    }

    /** Walks a journey on a side; a fault of the adapter is told as one, and fails both sides. */
    ProbeResult.Outcome walk(WatchSpec spec, Side side, Journey journey)
        throws InterruptedException {
      try {
        return probe.walk(spec.watched(side).probeUrl(), journey);
      } catch (RuntimeException e) {
        return new ProbeResult.Outcome.Failed("Expected a walk, but the walker failed: " + e);
      }
    }
  }

  /**
   * Prepares a watch.
   *
   * @param reports takes heartbeats and the decision, at once and from any thread
   * @param outlets where else all of it goes
   */
  Watch(
      WatchHealth command,
      Looks looks,
      Consumer<Event> reports,
      InstantSource clock,
      Pace pace,
      Duration triggerLifetime,
      Outlets outlets) {
    this.command = command;
    this.looks = looks;
    this.reports = reports;
    this.display = outlets.display();
    this.clock = clock;
    this.pace = pace;
    tick = Duration.ofMillis(command.spec().objectives().tickMs());
    Instant beganAt = clock.instant();
    endsAt =
        beganAt.plusSeconds(2 * command.spec().objectives().horizonSeconds()).plus(AFTER_HORIZON);
    detector =
        new BreachDetector(
            command.cutover(),
            command.header().epoch(),
            command.spec(),
            command.baseline(),
            triggerLifetime,
            beganAt);
    recorder =
        outlets
            .recorders()
            .begin(
                new Recorded.Began(
                    command.cutover(),
                    command.header().epoch(),
                    command.spec(),
                    command.baseline(),
                    triggerLifetime,
                    beganAt));
  }

  StepRef step() {
    return command.header().step();
  }

  long epoch() {
    return command.header().epoch();
  }

  /** Begins; once. */
  void start() {
    WatchSpec spec = command.spec();
    for (Side side : Side.values()) {
      if (!spec.watched(side).metricsUrl().isBlank()) {
        every(tick, "metrics-" + side, () -> read(side));
      }
      if (!spec.watched(side).probeUrl().isBlank()) {
        spec.journeys().stream()
            .filter(journey -> side == Side.TARGET || ProbeRule.isReading(journey))
            .forEach(
                journey ->
                    every(
                        side == Side.TARGET ? tick : controlPeriod(),
                        "probe-%s-%s".formatted(side, journey.name()),
                        () -> walk(side, journey)));
      }
    }
    every(tick.compareTo(HEARTBEAT) < 0 ? tick : HEARTBEAT, "judge", this::judge);
  }

  /** The source is the control arm: to compare in time, it is asked oftener (monitor.md D4). */
  private Duration controlPeriod() {
    Duration quarter = tick.dividedBy(4);
    return quarter.compareTo(CONTROL_MIN) < 0
        ? CONTROL_MIN
        : quarter.compareTo(HEARTBEAT) > 0 ? HEARTBEAT : quarter;
  }

  /** Ends; what is under way is interrupted. */
  @Override
  public void close() {
    turning.forEach(turn -> turn.cancel(true));
    recorder.close();
    synchronized (display) {
      ended = true;
      display.end(command.cutover());
    }
  }

  private void read(Side side) throws InterruptedException {
    Reading reading = looks.read(command.spec(), side);
    inbox.add(new Recorded.Measured(side, reading, clock.instant()));
  }

  private void walk(Side side, Journey journey) throws InterruptedException {
    Instant beganAt = clock.instant();
    ProbeResult.Outcome outcome = looks.walk(command.spec(), side, journey);
    inbox.add(
        new Recorded.Walked(
            new ProbeResult(journey.name(), side, PINNED, beganAt, clock.instant(), outcome)));
  }

  private void judge() {
    for (Recorded seen = inbox.poll(); seen != null; seen = inbox.poll()) {
      recorder.add(seen);
      switch (seen) {
        case Recorded.Measured measured ->
            detector.add(measured.side(), measured.reading(), measured.at());
        case Recorded.Walked walked -> detector.add(walked.result());
        case Recorded.Began _, Recorded.Judged _ -> {
          // not what was seen
        }
      }
    }
    Instant now = clock.instant();
    if (now.isAfter(endsAt)) {
      // Nobody stopped it, so its order went to another instance or was lost: it must not walk
      // journeys on production for ever. Silence is read as blindness.
      LOGGER
          .atWarn()
          .addKeyValue(LogKeys.CUTOVER_ID, command.cutover())
          .addKeyValue(LogKeys.EPOCH, epoch())
          .log("watch ended: nobody stopped it long after its horizon");
      close();
      return;
    }
    Judgement judgement = detector.judge(now);
    judgement.decision().ifPresent(this::decide);
    HealthVerdict verdict = judgement.shown();
    recorder.add(new Recorded.Judged(now, verdict, judgement.detail(), judgement.decision()));
    if (verdict != said || !now.isBefore(saidAt.plus(HEARTBEAT))) {
      say(verdict, judgement, now);
    }
  }

  private void say(HealthVerdict verdict, Judgement judgement, Instant now) {
    if (verdict != said) {
      LOGGER
          .atInfo()
          .addKeyValue(LogKeys.CUTOVER_ID, command.cutover())
          .addKeyValue(LogKeys.FROM, said)
          .addKeyValue(LogKeys.TO, verdict)
          .addKeyValue(LogKeys.REASON, judgement.detail())
          .log("verdict changed");
    }
    said = verdict;
    saidAt = now;
    HealthReported report =
        new HealthReported(
            command.cutover(),
            epoch(),
            verdict,
            judgement.detail(),
            judgement.source(),
            judgement.target());
    show(report);
    reports.accept(report);
  }

  /** What is being judged while the watch is closed is not shown after its end. */
  private void show(HealthReported report) {
    synchronized (display) {
      if (!ended) {
        display.show(report);
      }
    }
  }

  private void decide(RollbackTrigger trigger) {
    LOGGER
        .atWarn()
        .addKeyValue(LogKeys.CUTOVER_ID, command.cutover())
        .addKeyValue(LogKeys.EPOCH, epoch())
        .addKeyValue(LogKeys.REASON, trigger.sentence())
        .log("rollback triggered");
    reports.accept(trigger);
  }

  private void every(Duration period, String name, Turn turn) {
    turning.add(
        pace.fork(
            "watch-%s-%s".formatted(command.cutover(), name), () -> turns(period, name, turn)));
  }

  private boolean turns(Duration period, String name, Turn turn) {
    long next = pace.nanoTime();
    try {
      while (true) {
        turn.take();
        next = Math.max(next + period.toNanos(), pace.nanoTime());
        pace.sleep(Duration.ofNanos(next - pace.nanoTime()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    } catch (RuntimeException e) {
      // The judge falls silent then, which holds progress and pages: never read as health.
      LOGGER
          .atError()
          .addKeyValue(LogKeys.CUTOVER_ID, command.cutover())
          .addKeyValue(LogKeys.CAUSE, name)
          .setCause(e)
          .log("watch broke");
    }
    return false; // it goes on until it is ended
  }

  @FunctionalInterface
  private interface Turn {
    void take() throws InterruptedException;
  }
}
