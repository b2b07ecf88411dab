package dev.cutover.monitor.domain;

import dev.cutover.contract.HealthBaseline;
import dev.cutover.contract.Objectives.WarmUp;
import dev.cutover.contract.WatchSpec;
import dev.cutover.monitor.domain.Observation.Counted;
import dev.cutover.monitor.domain.Observation.Gap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Errors and latency from the first moment on: looser limits while the target warms up, the usual
 * ones after it (monitor.md trap 18). Belongs to one thread.
 *
 * <p>The usual tests begin afresh: what was counted in the warm-up neither triggers nor dilutes. A
 * tick that began in the warm-up belongs to it. The warm-up's tests go on for the few ticks that
 * the usual ones need at least, so that a target that fails outright at the end of the warm-up is
 * found no later than at any other time; after these ticks they are silent.
 */
final class PhasedRates {
  private final Optional<RateSignals> warming;
  private final RateSignals usual;
  private final Instant warmUntil;
  private final Instant firesUntil;

  PhasedRates(WatchSpec spec, HealthBaseline baseline, Instant startedAt) {
    Criteria criteria = Criteria.usual(spec, baseline);
    usual = new RateSignals(criteria);
    warming =
        Criteria.warming(spec, baseline).map(RateSignals::new).filter(rates -> !rates.isEmpty());
    Duration span =
        warming
            .flatMap(rates -> spec.objectives().warmUp())
            .map(WarmUp::span)
            .orElse(Duration.ZERO);
    warmUntil = startedAt.plus(span);
    firesUntil = warmUntil.plus(criteria.tick().multipliedBy(Criteria.TICKS_MIN));
  }

  /** How much of the warm-up is left; empty when it is over. */
  Optional<Duration> warmingFor(Instant now) {
    return now.isBefore(warmUntil)
        ? Optional.of(Duration.between(now, warmUntil))
        : Optional.empty();
  }

  /** Whether the target's histogram cannot show what is slow. */
  boolean isClipped(Instant now) {
    return warming.filter(rates -> now.isBefore(warmUntil)).orElse(usual).isClipped();
  }

  void addTarget(Counted counted, Instant now) {
    at(now.minus(counted.span())).forEach(rates -> rates.addTarget(counted, now));
  }

  void addSource(Counted counted, Instant now) {
    at(now.minus(counted.span())).forEach(rates -> rates.addSource(counted, now));
  }

  /** Requests of our own on the target. */
  void addTargetProbe(Instant at, long requests) {
    at(at).forEach(rates -> rates.addTargetProbe(at, requests));
  }

  /** A walk of a reading journey on the source. */
  void addSourceProbe(Instant at, boolean passed) {
    at(at).forEach(rates -> rates.addSourceProbe(at, passed));
  }

  /**
   * One signal each for errors and latency.
   *
   * @param gap why nothing is known of the target at this moment
   */
  List<Signal> judge(Instant now, Optional<Gap> gap) {
    if (now.isBefore(warmUntil)) {
      return warming.orElse(usual).judge(now, gap);
    }
    List<Signal> signals = new ArrayList<>(usual.judge(now, gap));
    if (now.isAfter(firesUntil)) {
      return signals;
    }
    for (Signal late : warming.map(rates -> rates.judge(now, gap)).orElse(List.of())) {
      if (late.state() == SignalState.BREACH) {
        signals.replaceAll(
            signal ->
                signal.name().equals(late.name()) && signal.state() != SignalState.BREACH
                    ? late
                    : signal);
      }
    }
    return signals;
  }

  /** Who counts what began at that moment. */
  private List<RateSignals> at(Instant began) {
    List<RateSignals> counting = new ArrayList<>();
    if (began.isBefore(firesUntil)) {
      warming.ifPresent(counting::add);
    }
    if (!began.isBefore(warmUntil)) {
      counting.add(usual);
    }
    return counting;
  }
}
