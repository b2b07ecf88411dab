package dev.cutover.monitor.domain;

import dev.cutover.contract.HealthBaseline;
import dev.cutover.contract.Objectives;
import dev.cutover.monitor.domain.Observation.Counted;
import dev.cutover.monitor.domain.Observation.Gap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Errors and latency of the target under one set of limits. Belongs to one thread. */
final class RateSignals {
  private final String histogram;
  private final double slowSeconds;
  private final double slowSecondsLeast;
  private final Optional<RateSignal> errors;
  private final Optional<RateSignal> latency;
  private @Nullable String clipped;

  RateSignals(Criteria criteria) {
    Objectives objectives = criteria.spec().objectives();
    HealthBaseline baseline = criteria.baseline();
    boolean metrics = !criteria.spec().target().metricsUrl().isBlank();
    histogram = objectives.latencyHistogram();
    slowSeconds = criteria.slowSeconds();
    slowSecondsLeast = criteria.slowSecondsLeast();
    errors =
        metrics && !objectives.requestsCounter().isBlank()
            ? Optional.of(criteria.errorRate())
            : Optional.empty();
    latency =
        metrics && !histogram.isBlank() && baseline.latencyQuantileMs() >= 0
            ? Optional.of(criteria.latency())
            : Optional.empty();
  }

  /** Whether there is nothing to judge: the plan names no metrics. */
  boolean isEmpty() {
    return errors.isEmpty() && latency.isEmpty();
  }

  /** Whether the target's histogram cannot show what is slow. */
  boolean isClipped() {
    return clipped != null;
  }

  void addTarget(Counted counted, Instant now) {
    errors.ifPresent(signal -> signal.addTarget(now, counted.requests(), counted.errors()));
    latency.ifPresent(
        signal -> {
          OptionalDouble edge = edge(counted);
          if (edge.isPresent()) {
            clipped = null;
            signal.addTarget(
                now, counted.latency().count(), counted.latency().slowerThan(edge.getAsDouble()));
          } else {
            clipped =
                "The target's %s has no bucket edge at or above %s: slow requests cannot be told apart"
                    .formatted(histogram, Text.ms(slowSecondsLeast));
          }
        });
  }

  void addSource(Counted counted, Instant now) {
    errors.ifPresent(signal -> signal.addSource(now, counted.requests(), counted.errors()));
    latency.ifPresent(
        signal ->
            edge(counted)
                .ifPresent(
                    edge ->
                        signal.addSource(
                            now, counted.latency().count(), counted.latency().slowerThan(edge))));
  }

  /** Requests of our own on the target. */
  void addTargetProbe(Instant at, long requests) {
    errors.ifPresent(signal -> signal.addTargetProbe(at, requests));
    latency.ifPresent(signal -> signal.addTargetProbe(at, requests));
  }

  /** A walk of a reading journey on the source. */
  void addSourceProbe(Instant at, boolean passed) {
    errors.ifPresent(signal -> signal.addSourceProbe(at, passed));
  }

  /**
   * One signal each.
   *
   * @param gap why nothing is known of the target at this moment
   */
  List<Signal> judge(Instant now, Optional<Gap> gap) {
    List<Signal> signals = new ArrayList<>();
    errors.ifPresent(signal -> signals.add(judged("error-rate", signal, gap, now)));
    latency.ifPresent(
        signal -> {
          String reason = clipped;
          signals.add(
              reason == null
                  ? judged("latency", signal, gap, now)
                  : Signal.of("latency", SignalState.NO_DATA, reason));
        });
    return signals;
  }

  private OptionalDouble edge(Counted counted) {
    return counted.latency().edgeFrom(slowSeconds, slowSecondsLeast);
  }

  private static Signal judged(String name, RateSignal signal, Optional<Gap> gap, Instant now) {
    return gap.map(found -> Signal.of(name, found.state(), "Target's metrics: " + found.reason()))
        .orElseGet(() -> signal.judge(now));
  }
}
