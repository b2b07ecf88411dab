package dev.cutover.monitor.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.HealthReported;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.HealthReported.SideHealth;
import dev.cutover.contract.Side;
import dev.cutover.monitor.domain.WatchDisplay;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What watches show, as gauges for Prometheus: both sides by the same names, whatever their own
 * metrics are called. What is not known is NaN, never zero.
 */
public final class WatchGauges implements WatchDisplay {
  private static final double MS_PER_SECOND = 1000;

  private final MeterRegistry registry;
  private final Map<CutoverId, Shown> shown = new HashMap<>();

  /** One watch; scrapes read what its judge writes. */
  private static final class Shown {
    private final List<Meter> meters = new ArrayList<>();
    private volatile HealthReported last;

    Shown(HealthReported first) {
      last = first;
    }

    SideHealth health(Side side) {
      HealthReported now = last;
      return side == Side.SOURCE ? now.source() : now.target();
    }
  }

  public WatchGauges(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public synchronized void show(HealthReported report) {
    shown.computeIfAbsent(report.cutover(), _ -> register(report)).last = report;
  }

  @Override
  public synchronized void end(CutoverId cutover) {
    Shown ended = shown.remove(cutover);
    if (ended != null) {
      ended.meters.forEach(registry::remove);
    }
  }

  private Shown register(HealthReported first) {
    Shown begun = new Shown(first);
    for (Side side : Side.values()) {
      gauge(
          begun,
          side,
          "cutover.side.requests.per.second",
          "Requests per second over the last ten seconds",
          SideHealth::requestsPerSecond);
      gauge(
          begun,
          side,
          "cutover.side.error.ratio",
          "Share of requests that failed, 0 to 1",
          SideHealth::errorRate);
      gauge(
          begun,
          side,
          "cutover.side.latency.seconds",
          "The quantile of durations that the plan judges by",
          health -> health.latencyMs() / MS_PER_SECOND);
      gauge(
          begun,
          side,
          "cutover.side.probe.failure.ratio",
          "Share of walks of reading journeys that failed, 0 to 1",
          SideHealth::probeErrorRate);
    }
    for (HealthVerdict verdict : HealthVerdict.values()) {
      begun.meters.add(
          Gauge.builder("cutover.target.verdict", () -> begun.last.verdict() == verdict ? 1 : 0)
              .description("1 at what is said of the target now")
              .tag("cutover", first.cutover().value())
              .tag("verdict", verdict.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    return begun;
  }

  private void gauge(
      Shown begun, Side side, String name, String description, ToDoubleFunction<SideHealth> value) {
    begun.meters.add(
        Gauge.builder(name, () -> known(value.applyAsDouble(begun.health(side))))
            .description(description)
            .tag("cutover", begun.last.cutover().value())
            .tag("side", side.name().toLowerCase(Locale.ROOT))
            .register(registry));
  }

  private static double known(double value) {
    return value < 0 ? Double.NaN : value;
  }
}
