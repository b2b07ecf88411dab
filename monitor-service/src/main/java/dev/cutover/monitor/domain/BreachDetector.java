package dev.cutover.monitor.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.HealthBaseline;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.HealthReported.SideHealth;
import dev.cutover.contract.Objectives;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.Side;
import dev.cutover.contract.WatchSpec;
import dev.cutover.contract.WatchSpec.Journey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Fuses all signals of one watch, tick by tick, into one verdict and at most one decision ever
 * (monitor.md D7, trap 42).
 *
 * <p>Deterministic: the same readings at the same times give the same decision, with the same id.
 * Belongs to one thread.
 */
public final class BreachDetector {
  private static final Duration BLIND_MIN = Duration.ofSeconds(2);
  private static final Duration STALE_MIN = Duration.ofSeconds(5);

  private final CutoverId cutover;
  private final long epoch;
  private final Objectives objectives;
  private final Duration triggerLifetime;
  private final Duration blindAfter;
  private final SideMeter source;
  private final SideMeter target;
  private final PhasedRates rates;
  private final ProbeRule probes;
  private final Set<String> readingJourneys;
  private final Map<String, Integer> stepsOf;
  private @Nullable RollbackTrigger decided;

  /**
   * Begins a watch.
   *
   * @param epoch of the watch; part of the decision's id
   * @param triggerLifetime past this a decision holds instead of rolling back
   */
  public BreachDetector(
      CutoverId cutover,
      long epoch,
      WatchSpec spec,
      HealthBaseline baseline,
      Duration triggerLifetime,
      Instant startedAt) {
    this.cutover = cutover;
    this.epoch = epoch;
    this.objectives = spec.objectives();
    this.triggerLifetime = triggerLifetime;
    Criteria criteria = Criteria.usual(spec, baseline);
    blindAfter = criteria.ticksMin(BLIND_MIN);
    Duration staleAfter = criteria.ticksMin(STALE_MIN);
    source = new SideMeter(criteria.tick(), staleAfter, startedAt);
    target = new SideMeter(criteria.tick(), staleAfter, startedAt);
    rates = new PhasedRates(spec, baseline, startedAt);
    probes =
        new ProbeRule(
            spec.journeys(),
            objectives.probeFailuresMax(),
            objectives.worseThanSource(),
            Criteria.longer(staleAfter, criteria.journeysMax()),
            startedAt);
    stepsOf =
        spec.journeys().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Journey::name, journey -> journey.steps().size(), Math::max));
    readingJourneys =
        spec.journeys().stream()
            .filter(ProbeRule::isReading)
            .map(Journey::name)
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Takes a reading of one side's metrics, in the order of their taking. */
  public void add(Side side, Reading reading, Instant now) {
    switch (side) {
      case SOURCE ->
          source.observe(reading, now).ifPresent(counted -> rates.addSource(counted, now));
      case TARGET ->
          target.observe(reading, now).ifPresent(counted -> rates.addTarget(counted, now));
    }
  }

  /** Takes the end of one walk of a journey. */
  public void add(ProbeResult result) {
    probes.add(result);
    if (result.side() == Side.TARGET) {
      rates.addTargetProbe(result.at(), stepsOf.getOrDefault(result.journey(), 0));
    }
    if (!readingJourneys.contains(result.journey())) {
      return;
    }
    switch (result.side()) {
      case SOURCE -> {
        source.walked(result.at(), result.isPassed());
        rates.addSourceProbe(result.at(), result.isPassed());
      }
      case TARGET -> target.walked(result.at(), result.isPassed());
    }
  }

  /** Judges all that was added up to now. */
  public Judgement judge(Instant now) {
    List<Signal> signals = signals(now);
    List<Signal> breaches =
        signals.stream().filter(signal -> signal.state() == SignalState.BREACH).toList();
    SideHealth sourceHealth = source.health(now, objectives.latencyQuantile());
    SideHealth targetHealth = target.health(now, objectives.latencyQuantile());
    Optional<RollbackTrigger> decision = Optional.empty();
    RollbackTrigger standing = decided;
    if (standing == null && !breaches.isEmpty()) {
      standing = trigger(breaches, now);
      decided = standing;
      decision = Optional.of(standing);
    }
    // A decision stands: while traffic drains from the target the signals go on as they please.
    if (standing != null) {
      return new Judgement(
          new Verdict.Breached(standing.reasons()),
          standing.sentence(),
          sourceHealth,
          targetHealth,
          decision);
    }
    Verdict verdict = verdict(signals, now);
    String detail =
        switch (verdict) {
          case Verdict.Healthy healthy ->
              signals.stream().map(Signal::detail).collect(Collectors.joining("; "));
          case Verdict.Inconclusive inconclusive -> inconclusive.reason();
          case Verdict.Blind blind -> blind.reason();
          case Verdict.Breached breached -> "";
        };
    return new Judgement(verdict, detail, sourceHealth, targetHealth, decision);
  }

  /**
   * The outcome of one tick.
   *
   * @param detail one sentence
   * @param decision present once in the life of a watch, at the tick that decides
   */
  public record Judgement(
      Verdict verdict,
      String detail,
      SideHealth source,
      SideHealth target,
      Optional<RollbackTrigger> decision) {
    /** The verdict as it is published. */
    public HealthVerdict shown() {
      return switch (verdict) {
        case Verdict.Healthy _ -> HealthVerdict.HEALTHY;
        case Verdict.Breached _ -> HealthVerdict.BREACHED;
        case Verdict.Inconclusive _ -> HealthVerdict.INCONCLUSIVE;
        case Verdict.Blind _ -> HealthVerdict.BLIND;
      };
    }
  }

  private Verdict verdict(List<Signal> signals, Instant now) {
    if (signals.isEmpty()) {
      return new Verdict.Blind("Nothing is watched: the plan names no metrics and no journeys");
    }
    List<Signal> unseen = signals.stream().filter(signal -> signal.state().isBlind()).toList();
    if (!unseen.isEmpty()) {
      String reason = details(unseen);
      boolean probeUnseen =
          unseen.stream().anyMatch(signal -> signal.name().startsWith("critical"));
      return probeUnseen || rates.isClipped(now) || target.silence(now).compareTo(blindAfter) >= 0
          ? new Verdict.Blind(reason)
          : new Verdict.Inconclusive(reason);
    }
    List<Signal> unsure =
        signals.stream().filter(signal -> signal.state() != SignalState.OK).toList();
    // Looser limits prove nothing: progress has to wait for the usual ones.
    Optional<String> warming =
        rates.warmingFor(now).map(left -> "Warming up for another %s: ".formatted(Text.of(left)));
    return unsure.isEmpty() && warming.isEmpty()
        ? new Verdict.Healthy()
        : new Verdict.Inconclusive(
            warming.orElse("") + details(unsure.isEmpty() ? signals : unsure));
  }

  private static String details(List<Signal> signals) {
    return signals.stream().map(Signal::detail).distinct().collect(Collectors.joining("; "));
  }

  private List<Signal> signals(Instant now) {
    List<Signal> signals = new ArrayList<>(rates.judge(now, target.gap(now, blindAfter)));
    signals.addAll(probes.judge(now));
    return signals;
  }

  private RollbackTrigger trigger(List<Signal> breaches, Instant now) {
    List<Signal.Breach> evidence =
        breaches.stream().flatMap(signal -> signal.breach().stream()).toList();
    return new RollbackTrigger(
        cutover,
        DecisionId.rollback(cutover, epoch),
        epoch,
        evidence.stream().map(Signal.Breach::since).min(Instant::compareTo).orElse(now),
        now,
        now.plus(triggerLifetime),
        details(breaches),
        evidence.stream().map(Signal.Breach::reason).toList());
  }
}
