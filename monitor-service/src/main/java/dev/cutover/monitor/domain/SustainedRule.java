package dev.cutover.monitor.domain;

/**
 * The slow test, for a share just above its limit at good traffic: over thirty ticks the share is
 * above the limit, and so it is in most of ten equal parts. A blip of nine ticks cannot fill seven
 * parts. Source: monitor.md D2.
 */
public final class SustainedRule {
  private static final int PARTS = 10;
  private static final int PART_TICKS = 3;
  private static final int TICKS = PARTS * PART_TICKS;

  private final double limit;
  private final int partsMin;
  private final long requestsMin;
  private final long[] requests = new long[TICKS];
  private final long[] bad = new long[TICKS];
  private long ticks;

  private SustainedRule(double limit, int partsMin, long requestsMin) {
    this.limit = limit;
    this.partsMin = partsMin;
    this.requestsMin = requestsMin;
  }

  /**
   * Chooses how strict to be: where the source itself comes near the limit (above 60 % of it),
   * chance alone fills seven parts now and then, so eight and more requests are asked for.
   *
   * @param baseline the source's own share, 0 to 1
   */
  public static SustainedRule of(double limit, double baseline) {
    return baseline > 0.6 * limit
        ? new SustainedRule(limit, 8, 1_000)
        : new SustainedRule(limit, 7, 400);
  }

  /** Adds the counts of one tick. */
  public void add(long n, long e) {
    int slot = (int) (ticks % TICKS);
    requests[slot] = n;
    bad[slot] = e;
    ticks++;
  }

  /** Whether the last thirty ticks are a breach; false until there are that many. */
  public boolean isFired() {
    return ticks >= TICKS
        && requests() >= requestsMin
        && bad() > limit * requests()
        && partsAbove() >= partsMin;
  }

  /** Parts of the last thirty ticks in which the share was above the limit. */
  public int partsAbove() {
    int above = 0;
    for (int part = 0; part < PARTS; part++) {
      long n = 0;
      long e = 0;
      for (int i = 0; i < PART_TICKS; i++) {
        int slot = (int) ((ticks + (long) part * PART_TICKS + i) % TICKS);
        n += requests[slot];
        e += bad[slot];
      }
      if (e > limit * n) {
        above++;
      }
    }
    return above;
  }

  public int partsMin() {
    return partsMin;
  }

  /** Requests in the last thirty ticks. */
  public long requests() {
    long sum = 0;
    for (long n : requests) {
      sum += n;
    }
    return sum;
  }

  /** Bad requests in the last thirty ticks. */
  public long bad() {
    long sum = 0;
    for (long e : bad) {
      sum += e;
    }
    return sum;
  }

  /** Ticks that the rule looks at. */
  public static int ticks() {
    return TICKS;
  }
}
