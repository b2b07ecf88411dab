package dev.cutover.monitor.domain;

import java.util.random.RandomGenerator;

/** Seeded traffic: Poisson arrivals, of which a share fails, evenly or in bursts. */
final class Traffic {
  private final RandomGenerator random;
  private final double perTick;
  private final double burstiness;

  /**
   * Makes traffic.
   *
   * @param burstiness correlation of the failures within a tick; 0 is independent
   */
  Traffic(RandomGenerator random, double perTick, double burstiness) {
    this.random = random;
    this.perTick = perTick;
    this.burstiness = burstiness;
  }

  long requests() {
    return poisson(perTick);
  }

  long failures(long requests, double share) {
    if (share >= 1) {
      return requests;
    }
    double p = burstiness == 0 ? share : beta(share, (1 - burstiness) / burstiness);
    return binomial(requests, p);
  }

  private long poisson(double mean) {
    if (mean > 60) {
      return Math.max(0, Math.round(mean + random.nextGaussian() * Math.sqrt(mean)));
    }
    double limit = Math.exp(-mean);
    long k = 0;
    for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
      k++;
    }
    return k;
  }

  /** Skips from failure to failure: cheap where few fail. */
  private long binomial(long n, double p) {
    if (p > 0.5) {
      return n - binomial(n, 1 - p);
    }
    if (p <= 1e-12) {
      return 0;
    }
    double logGood = Math.log1p(-p);
    long count = -1;
    long position = 0;
    do {
      count++;
      position += 1 + (long) Math.min(1e15, Math.log(1 - random.nextDouble()) / logGood);
    } while (position <= n);
    return count;
  }

  private double beta(double mean, double weight) {
    double a = gamma(mean * weight);
    double b = gamma((1 - mean) * weight);
    return a + b == 0 ? 0 : a / (a + b);
  }

  /** Marsaglia and Tsang. */
  private double gamma(double shape) {
    if (shape < 1) {
      return gamma(shape + 1) * Math.pow(1 - random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double v = Math.pow(1 + c * x, 3);
      if (v > 0 && Math.log(1 - random.nextDouble()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
        return d * v;
      }
    }
  }
}
