package dev.cutover.monitor;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Event;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.MonitorCommand;
import dev.cutover.contract.MonitorCommand.LearnBaseline;
import dev.cutover.contract.MonitorCommand.StopWatching;
import dev.cutover.contract.MonitorCommand.WatchHealth;
import dev.cutover.contract.MonitorReply.BaselineLearned;
import dev.cutover.contract.MonitorReply.WatchStarted;
import dev.cutover.contract.MonitorReply.WatchStopped;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.WatchSpec;
import dev.cutover.contract.WatchSpec.Journey;
import dev.cutover.monitor.Watch.Looks;
import dev.cutover.monitor.domain.Baseline;
import dev.cutover.monitor.domain.CounterMeter;
import dev.cutover.monitor.domain.MetricSource;
import dev.cutover.monitor.domain.Observation;
import dev.cutover.monitor.domain.Observation.Counted;
import dev.cutover.monitor.domain.Probe;
import dev.cutover.monitor.domain.ProbeResult;
import dev.cutover.monitor.domain.Recorder.Recorders;
import dev.cutover.monitor.domain.WatchDisplay;
import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.CommandHandler;
import dev.cutover.runtime.Pace;
import dev.cutover.runtime.Work;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Learns how the source does, watches the target, decides on breaches. Changes nothing anywhere, so
 * that a command run twice is harmless; what it decided has the same id however often it decides.
 */
public final class MonitorService implements CommandHandler<MonitorCommand>, AutoCloseable {
  private static final int WALKS_MAX = 3;

  private final AllowedHosts allowed;
  private final Duration baselineAgeMax;
  private final Duration triggerLifetime;
  private final Looks looks;
  private final InstantSource clock;
  private final Pace pace;
  private final Outlets outlets;
  private final Map<CutoverId, Watch> watches = new ConcurrentHashMap<>();

  /**
   * Where what watches see and say goes beside the orchestrator.
   *
   * @param recorders keeps all of it
   * @param display shows people how they stand
   */
  public record Outlets(Recorders recorders, WatchDisplay display) {
    /** Nowhere. */
    public static final Outlets NONE = new Outlets(Recorders.NONE, WatchDisplay.NONE);
  }

  public MonitorService(
      MonitorConfig config, MetricSource metrics, Probe probe, InstantSource clock) {
    this(config, metrics, probe, clock, Pace.MACHINE, Outlets.NONE);
  }

  /**
   * The same at a pace of its own.
   *
   * @param outlets where what watches see and say goes beside the orchestrator
   */
  public MonitorService(
      MonitorConfig config,
      MetricSource metrics,
      Probe probe,
      InstantSource clock,
      Pace pace,
      Outlets outlets) {
    allowed = config.allowedHosts();
    baselineAgeMax = config.baselineAgeMax();
    triggerLifetime = config.triggerLifetime();
    looks = new Looks(metrics, probe);
    this.clock = clock;
    this.pace = pace;
    this.outlets = outlets;
  }

  /**
   * Carries a command out and answers it.
   *
   * @param reports takes what a watch says later: heartbeats and the decision
   */
  public Event handle(MonitorCommand command, Consumer<Event> reports) throws InterruptedException {
    return switch (command) {
      case LearnBaseline learn -> learn(learn);
      case WatchHealth watch -> watch(watch, reports);
      case StopWatching stop -> stop(stop);
    };
  }

  @Override
  public Event handle(MonitorCommand command, Work work) throws InterruptedException {
    return handle(command, work::publish);
  }

  /** Ends the watches that another instance has now: two would contradict each other. */
  @Override
  public void owns(Predicate<CutoverId> ours) {
    watches.forEach(
        (cutover, watch) -> {
          if (!ours.test(cutover) && watches.remove(cutover, watch)) {
            watch.close();
          }
        });
  }

  /** Ends all watches. */
  @Override
  public void close() {
    watches.values().forEach(Watch::close);
    watches.clear();
  }

  private Event learn(LearnBaseline command) throws InterruptedException {
    WatchSpec spec = command.spec();
    Instant from = clock.instant();
    Optional<StepFailed> refusal = unsuitable(command, spec);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    for (Journey journey : spec.journeys()) {
      Optional<String> fault = fault(spec, journey);
      if (fault.isPresent()) {
        return failed(
            command,
            FailureKind.MISMATCH,
            true,
            "Expected %s to pass on the source before the cutover, but it did not: %s"
                .formatted(journey.name(), fault.get()));
      }
    }
    if (spec.source().metricsUrl().isBlank()) {
      return new BaselineLearned(
          command.header().step(), Baseline.ofJourneysOnly(from, clock.instant()));
    }
    return measure(command, from);
  }

  private Event measure(LearnBaseline command, Instant from) throws InterruptedException {
    WatchSpec spec = command.spec();
    Duration tick = Duration.ofMillis(spec.objectives().tickMs());
    CounterMeter meter = new CounterMeter(tick.multipliedBy(3).plusSeconds(5));
    List<Counted> ticks = new ArrayList<>();
    List<String> gaps = new ArrayList<>();
    Instant end = from.plus(command.span());
    for (Instant now = from; now.isBefore(end); now = clock.instant()) {
      switch (meter.observe(looks.read(spec, Side.SOURCE), clock.instant())) {
        case Counted counted -> ticks.add(counted);
        case Observation.Gap gap -> gaps.add(gap.reason());
      }
      Duration left = Duration.between(clock.instant(), now.plus(tick));
      if (left.isPositive()) {
        pace.sleep(left);
      }
    }
    return switch (Baseline.learn(ticks, gaps, spec.objectives(), from, clock.instant())) {
      case Baseline.Outcome.Learned learned ->
          new BaselineLearned(command.header().step(), learned.baseline());
      case Baseline.Outcome.Refused refused ->
          failed(
              command,
              refused.retryable() ? FailureKind.INCONCLUSIVE : FailureKind.UNSUITABLE,
              refused.retryable(),
              refused.reason());
    };
  }

  private Event watch(WatchHealth command, Consumer<Event> reports) {
    Optional<StepFailed> refusal = unsuitable(command, command.spec()).or(() -> unfit(command));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Watch running = watches.get(command.cutover());
    if (running != null && running.epoch() > command.header().epoch()) {
      return superseded(command, running);
    }
    if (running == null
        || running.epoch() < command.header().epoch()
        || !running.step().equals(command.header().step())) {
      if (running != null) {
        running.close();
      }
      Watch begun = new Watch(command, looks, reports, clock, pace, triggerLifetime, outlets);
      watches.put(command.cutover(), begun);
      begun.start();
    }
    return new WatchStarted(command.header().step());
  }

  private Event stop(StopWatching command) {
    Watch running = watches.get(command.cutover());
    if (running != null && running.epoch() > command.header().epoch()) {
      return superseded(command, running);
    }
    if (running != null) {
      watches.remove(command.cutover(), running);
      running.close();
    }
    return new WatchStopped(command.header().step());
  }

  /** The baseline must be thick and young. */
  private Optional<StepFailed> unfit(WatchHealth command) {
    WatchSpec spec = command.spec();
    if (spec.target().metricsUrl().isBlank()) {
      return Optional.empty();
    }
    long requestsMin = Math.max(1, spec.objectives().baselineRequestsMin());
    if (command.baseline().requests() < requestsMin) {
      return Optional.of(
          failed(
              command,
              FailureKind.UNSUITABLE,
              false,
              "Expected a baseline of at least %d requests, but it has %d: learn it again"
                  .formatted(requestsMin, command.baseline().requests())));
    }
    Duration age = Duration.between(command.baseline().until(), clock.instant());
    if (age.compareTo(baselineAgeMax) > 0) {
      return Optional.of(
          failed(
              command,
              FailureKind.UNSUITABLE,
              false,
              "Expected a baseline younger than %s, but it ends at %s: learn it again"
                  .formatted(baselineAgeMax, command.baseline().until())));
    }
    return Optional.empty();
  }

  private Optional<StepFailed> unsuitable(MonitorCommand command, WatchSpec spec) {
    List<String> urls =
        Stream.of(spec.source(), spec.target())
            .flatMap(side -> Stream.of(side.metricsUrl(), side.probeUrl()))
            .filter(url -> !url.isBlank())
            .distinct()
            .toList();
    List<String> foreign = urls.stream().filter(url -> !allowed.permits(url)).toList();
    if (!foreign.isEmpty()) {
      return Optional.of(
          failed(
              command,
              FailureKind.REFUSED,
              false,
              "Expected addresses on the hosts that this service may touch (%s), but the plan names %s: change the plan, or %s"
                  .formatted(allowed.patterns(), foreign, MonitorConfig.ALLOWED_HOSTS)));
    }
    String fault = "";
    if (spec.source().metricsUrl().isBlank() != spec.target().metricsUrl().isBlank()) {
      fault = "Expected metrics of both sides or of none: the target is judged by the source";
    } else if (!spec.journeys().isEmpty()
        && (spec.source().probeUrl().isBlank() || spec.target().probeUrl().isBlank())) {
      fault = "Expected a probe address of both sides, since the plan names journeys";
    } else if (spec.source().metricsUrl().isBlank() && spec.journeys().isEmpty()) {
      fault = "Expected metrics or journeys to watch, but the plan names neither";
    }
    return fault.isEmpty()
        ? Optional.empty()
        : Optional.of(failed(command, FailureKind.UNSUITABLE, false, fault));
  }

  /** Why a journey fails on the source, three times out of three; empty when it passes. */
  private Optional<String> fault(WatchSpec spec, Journey journey) throws InterruptedException {
    String reason = "";
    for (int walk = 0; walk < WALKS_MAX; walk++) {
      switch (looks.walk(spec, Side.SOURCE, journey)) {
        case ProbeResult.Outcome.Passed _ -> {
          return Optional.empty();
        }
        case ProbeResult.Outcome.Failed failed -> reason = failed.reason();
      }
    }
    return Optional.of(reason);
  }

  private static StepFailed superseded(MonitorCommand command, Watch running) {
    return failed(
        command,
        FailureKind.SUPERSEDED,
        false,
        "Expected an epoch of %d or more, but got %d: a later watch is running"
            .formatted(running.epoch(), command.header().epoch()));
  }

  private static StepFailed failed(
      MonitorCommand command, FailureKind kind, boolean retryable, String reason) {
    return new StepFailed(command.header().step(), new Failure(kind, reason, retryable));
  }
}
