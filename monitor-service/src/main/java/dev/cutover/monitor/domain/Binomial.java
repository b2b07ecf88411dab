package dev.cutover.monitor.domain;

/** Exact binomial probabilities, by logarithms of the gamma function. Pure. */
final class Binomial {
  private static final double[] LANCZOS = {
    676.5203681218851,
    -1259.1392167224028,
    771.3234287776531,
    -176.6150291621406,
    12.507343278686905,
    -0.13857109526572012,
    9.984369578019572e-6,
    1.5056327351493116e-7
  };

  /** Terms smaller than this share of the sum change nothing that a double can show. */
  private static final double NEGLIGIBLE = 1e-17;

  private Binomial() {}

  /**
   * Probability of {@code successes} or more in {@code trials} of probability {@code p}.
   *
   * @return 1 when {@code successes} is 0 or less, 0 when it is above {@code trials}
   */
  static double upperTail(long successes, long trials, double p) {
    if (successes <= 0) {
      return 1;
    }
    if (successes > trials) {
      return 0;
    }
    // The far tail is summed away from the mean, where terms fall: a sum of small numbers that
    // keeps
    // its precision. On the near side the complement is the far tail.
    return successes > trials * p
        ? sum(successes, trials, p, true)
        : 1 - sum(successes - 1, trials, p, false);
  }

  /**
   * The smallest rank k such that fewer than k of {@code trials} lie at or below the p-quantile
   * with at least {@code confidence}: the k-th smallest value bounds that quantile from above.
   *
   * @return {@code trials + 1} when there are too few trials for any such bound
   */
  static long upperRank(long trials, double p, double confidence) {
    // P(Bin <= k-1) >= confidence  <=>  P(Bin >= k) <= 1 - confidence, falling in k.
    long low = 0;
    long high = trials + 1;
    while (high - low > 1) {
      long middle = (low + high) >>> 1;
      if (upperTail(middle, trials, p) <= 1 - confidence) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  private static double sum(long from, long trials, double p, boolean upwards) {
    if (p <= 0) {
      return from == 0 ? 1 : upwards ? 0 : 1;
    }
    if (p >= 1) {
      return from == trials || upwards ? 1 : 0;
    }
    double term = Math.exp(logMass(from, trials, p));
    double odds = p / (1 - p);
    double total = 0;
    for (long k = from; term > total * NEGLIGIBLE && term > 0; ) {
      total += term;
      if (upwards) {
        if (k == trials) {
          break;
        }
        term *= odds * (trials - k) / (k + 1);
        k++;
      } else {
        if (k == 0) {
          break;
        }
        term *= k / (odds * (trials - k + 1));
        k--;
      }
    }
    return Math.min(1, total);
  }

  private static double logMass(long k, long trials, double p) {
    return logGamma(trials + 1.0)
        - logGamma(k + 1.0)
        - logGamma(trials - k + 1.0)
        + k * Math.log(p)
        + (trials - k) * Math.log1p(-p);
  }

  /** Lanczos' approximation, 15 digits; {@code x} at least 0.5. */
  private static double logGamma(double x) {
    double shifted = x - 1;
    double series = 0.9999999999998099;
    for (int i = 0; i < LANCZOS.length; i++) {
      series += LANCZOS[i] / (shifted + i + 1);
    }
    double t = shifted + LANCZOS.length - 0.5;
    return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(series);
  }
}
