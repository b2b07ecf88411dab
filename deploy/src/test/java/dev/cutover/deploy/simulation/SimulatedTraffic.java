package dev.cutover.deploy.simulation;

import dev.cutover.contract.DataCheck.HttpFlow;
import dev.cutover.contract.Side;
import dev.cutover.contract.WatchSpec.Journey;
import dev.cutover.monitor.domain.MetricSource;
import dev.cutover.monitor.domain.Probe;
import dev.cutover.monitor.domain.ProbeResult;
import dev.cutover.monitor.domain.Reading;
import dev.cutover.monitor.domain.Reading.Kind;
import dev.cutover.monitor.domain.Reading.Series;
import dev.cutover.validator.domain.FlowRunner;
import dev.cutover.validator.domain.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The applications of both sides, as metrics, probes and flows see them. Requests come at a steady
 * rate to both; a side that is broken fails most of them.
 */
final class SimulatedTraffic {
  private static final int PER_SECOND = 60;
  private static final double USUAL_ERRORS = 0.004;
  private static final double BROKEN_ERRORS = 0.6;

  private final World world;
  private final Map<Side, Counted> counted = new EnumMap<>(Side.class);

  private static final class Counted {
    Instant at;
    double requests = 1_000;
    double errors = 5;

    Counted(Instant at) {
      this.at = at;
    }
  }

  SimulatedTraffic(World world) {
    this.world = world;
    for (Side side : Side.values()) {
      counted.put(side, new Counted(world.baton.now()));
    }
  }

  boolean isBroken(Side side) {
    SimulatedDatabase database = world.database(side);
    boolean errs = side == Side.TARGET && world.weather.targetBreaks() && brokenSinceOpen();
    return !database.reachable || errs;
  }

  private boolean brokenSinceOpen() {
    return world.target.row != null && world.target.row.isOpen();
  }

  private Counted count(Side side) {
    Counted so = counted.getOrDefault(side, new Counted(world.baton.now()));
    double seconds = Duration.between(so.at, world.baton.now()).toMillis() / 1000.0;
    double share = isBroken(side) ? BROKEN_ERRORS : USUAL_ERRORS;
    so.requests += seconds * PER_SECOND;
    so.errors += seconds * PER_SECOND * share;
    so.at = world.baton.now();
    return so;
  }

  MetricSource metrics(Instance instance) {
    return query -> {
      instance.take(2, 30);
      Side side = query.url().contains(Clients.SOURCE_HOST) ? Side.SOURCE : Side.TARGET;
      if ((world.weather.monitorBlind() && side == Side.TARGET)
          || instance.baton.chance(world.weather.errors())) {
        return new Reading.Unreadable("Expected a page of metrics, but got none");
      }
      Counted now = count(side);
      double requests = Math.floor(now.requests);
      double errors = Math.floor(now.errors);
      String labels = "shop";
      return new Reading.Sample(
          world.baton.now(),
          Map.of(
              new Series(Kind.REQUESTS, labels, 0),
              requests - errors,
              new Series(Kind.ERRORS, labels, 0),
              errors,
              new Series(Kind.LATENCY, labels, 0.1),
              Math.floor(now.requests * 0.97),
              new Series(Kind.LATENCY, labels, 0.5),
              Math.floor(now.requests * 0.999),
              new Series(Kind.LATENCY, labels, 2.5),
              requests,
              new Series(Kind.LATENCY, labels, Double.POSITIVE_INFINITY),
              requests));
    };
  }

  Probe probe(Instance instance) {
    return (url, journey) -> walk(instance, url, journey);
  }

  private ProbeResult.Outcome walk(Instance instance, String url, Journey journey) {
    instance.take(2, 30);
    Side side = url.contains(Clients.SOURCE_HOST) ? Side.SOURCE : Side.TARGET;
    return isBroken(side)
        ? new ProbeResult.Outcome.Failed("Expected %s to pass, but it failed".formatted(journey))
        : new ProbeResult.Outcome.Passed(Duration.ofMillis(20));
  }

  FlowRunner flows(Instance instance) {
    return (flow, variables, deadline) -> run(instance, flow);
  }

  private Verdict run(Instance instance, HttpFlow flow) {
    instance.take(5, 50);
    Side side = flow.baseUrl().contains(Clients.SOURCE_HOST) ? Side.SOURCE : Side.TARGET;
    return world.database(side).reachable
        ? new Verdict.Match("as expected", List.of())
        : new Verdict.Inconclusive("Expected an answer, but got none", List.of());
  }
}
