package dev.cutover.monitor.domain;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * The fast test: is the share of bad requests above its limit? A sequential likelihood-ratio test
 * (CUSUM) against a grid of worse shares at once, so that it may be asked at every tick without
 * more false alarms than were bought.
 *
 * <p>With threshold {@code ln(ticks x alternatives / alpha)} the probability of firing falsely in
 * that many ticks is at most {@code alpha} at the worst innocent share, exactly the limit, and far
 * smaller below it. One tick adds at most a {@code ticksMin}-th of the threshold: a blip of fewer
 * ticks never fires, however bad. Both that cap and the division by the dispersion only delay.
 * Source: monitor.md D1.
 */
public final class GridCusum {
  private static final double ROUNDING = 1e-9;

  private final Settings settings;
  private final double[] logBad;
  private final double[] logGood;
  private final double[] statistic;
  private final long[] requests;
  private final long[] bad;
  private final @Nullable Instant[] since;

  public GridCusum(Settings settings) {
    this.settings = settings;
    int size = settings.alternatives().size();
    logBad = new double[size];
    logGood = new double[size];
    for (int i = 0; i < size; i++) {
      double alternative = settings.alternatives().get(i);
      logBad[i] = Math.log(alternative / settings.limit());
      logGood[i] = Math.log((1 - alternative) / (1 - settings.limit()));
    }
    statistic = new double[size];
    requests = new long[size];
    bad = new long[size];
    since = new @Nullable Instant[size];
  }

  /**
   * Adds the counts of one tick.
   *
   * @param n requests in the tick, 0 or more
   * @param e bad ones among them, at most {@code n}
   */
  public void add(Instant at, long n, long e) {
    for (int i = 0; i < statistic.length; i++) {
      double gain = (e * logBad[i] + (n - e) * logGood[i]) / settings.dispersion();
      double sum = statistic[i] + Math.min(gain, settings.cap());
      if (sum <= 0) {
        statistic[i] = 0;
        requests[i] = 0;
        bad[i] = 0;
        since[i] = null;
        continue;
      }
      // Held below twice the threshold: after a long breach (shared with the source, say) it would
      // otherwise take as long again to forgive. The first crossing, which the bound is about,
      // stays as it is.
      statistic[i] = Math.min(sum, 2 * settings.threshold());
      requests[i] += n;
      bad[i] += e;
      if (since[i] == null) {
        since[i] = at;
      }
    }
  }

  /** The largest statistic of the grid. */
  public double statistic() {
    return Arrays.stream(statistic).max().orElse(0);
  }

  public double threshold() {
    return settings.threshold();
  }

  public boolean isSuspect() {
    return statistic() >= settings.threshold() / 2;
  }

  /** The evidence, when the test fires: of the alternatives that do, the one that began last. */
  public Optional<Excursion> fired() {
    Excursion latest = null;
    for (int i = 0; i < statistic.length; i++) {
      Instant begun = since[i];
      if (statistic[i] >= settings.threshold() - ROUNDING
          && begun != null
          && (latest == null || begun.isAfter(latest.since()))) {
        latest = new Excursion(begun, requests[i], bad[i], statistic[i]);
      }
    }
    return Optional.ofNullable(latest);
  }

  /**
   * What a firing rests on.
   *
   * @param since the first tick that counted
   * @param requests since then
   * @param bad bad ones since then
   * @param statistic at least the threshold
   */
  public record Excursion(Instant since, long requests, long bad, double statistic) {}

  /**
   * What is tested, how surely.
   *
   * @param limit share that may be bad, 0 to 1 exclusive
   * @param alternatives worse shares, each above the limit and below 1
   * @param threshold the statistic that fires
   * @param cap the most that one tick may add
   * @param dispersion variance of the counts over the binomial's, at least 1
   */
  public record Settings(
      double limit, List<Double> alternatives, double threshold, double cap, double dispersion) {
    public Settings {
      alternatives = List.copyOf(alternatives);
      if (!(limit > 0 && limit < 1 && threshold > 0 && cap > 0 && dispersion >= 1)) {
        throw new IllegalArgumentException(
            "Expected 0 < limit < 1, a positive threshold and cap, and a dispersion of 1 or more,"
                + " but got limit=%s threshold=%s cap=%s dispersion=%s"
                    .formatted(limit, threshold, cap, dispersion));
      }
    }

    /**
     * Settings that fire falsely with at most {@code alpha} in {@code ticks}.
     *
     * @param ticksMin fewest bad ticks that may fire
     */
    public static Settings of(
        double limit, double alpha, long ticks, int ticksMin, double dispersion) {
      List<Double> alternatives = alternatives(limit);
      double threshold = Math.log(ticks * (double) alternatives.size() / alpha);
      return new Settings(limit, alternatives, threshold, threshold / ticksMin, dispersion);
    }

    /** 0.06, 0.075, 0.1, 0.15, 0.25, 0.5 and 0.9 for a limit of 0.05. */
    private static List<Double> alternatives(double limit) {
      DoubleStream grid =
          limit <= 0.2
              ? DoubleStream.of(1.2, 1.5, 2, 3, 5, 10, 18).map(factor -> limit * factor)
              : DoubleStream.of(0.1, 0.25, 0.45, 0.7, 1).map(s -> limit + s * (0.95 - limit));
      return grid.map(p -> Math.min(p, Math.max(0.95, (1 + limit) / 2)))
          .distinct()
          .boxed()
          .toList();
    }
  }
}
