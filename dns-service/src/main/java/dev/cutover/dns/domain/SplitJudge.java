package dev.cutover.dns.domain;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Split;
import java.util.List;

/**
 * Judges whether what a server answered speaks against the weights that it shall share traffic out
 * by. Weights are chances, so a count never proves them; it can only be too unlikely. Pure.
 */
public final class SplitJudge {
  /**
   * How unlikely a count must be to speak against the weights. A sound server is told so once in a
   * million counts, and is counted again.
   */
  private static final double UNLIKELY = 1e-6;

  private static final int ANSWERS_MIN = 400;
  private static final int ANSWERS_MAX = 2000;

  private SplitJudge() {}

  /** The target's part by the weights of a set, 0 to 1, if the target's values are these. */
  public static double targetPart(RecordSet held, List<String> targetValues) {
    double all = 0;
    double target = 0;
    for (Split.Share share : Split.shares(held)) {
      all += share.weight();
      target += targetValues.contains(share.value()) ? share.weight() : 0;
    }
    return all == 0 ? 0 : target / all;
  }

  /**
   * How many answers tell the split from all of the traffic on one side: none of the smaller side's
   * is too unlikely then. Bounded: of a part below 0.7 % nothing is told but what is counted.
   */
  public static int answersNeeded(double targetPart) {
    double smaller = Math.min(targetPart, 1 - targetPart);
    double needed = Math.ceil(Math.log(UNLIKELY) / Math.log1p(-smaller)) + 1;
    return (int) Math.clamp(needed, ANSWERS_MIN, ANSWERS_MAX);
  }

  /** Whether that many answers of the target speak against its part. */
  public static boolean contradicts(int answers, int target, double targetPart) {
    return chanceOf(answers, target, targetPart) < UNLIKELY;
  }

  /** How likely as few answers of the target are, or as many: whichever is less. */
  public static double chanceOf(int answers, int target, double targetPart) {
    double upTo = 0;
    double from = 0;
    for (int count = 0; count <= answers; count++) {
      double chance = chance(answers, count, targetPart);
      upTo += count <= target ? chance : 0;
      from += count >= target ? chance : 0;
    }
    return Math.min(upTo, from);
  }

  /** The binomial distribution, by logarithms: the factors alone leave what a double can hold. */
  private static double chance(int answers, int count, double part) {
    if (part <= 0 || part >= 1) {
      return count == (part <= 0 ? 0 : answers) ? 1 : 0;
    }
    double logarithm = count * Math.log(part) + (answers - count) * Math.log1p(-part);
    for (int i = 1; i <= count; i++) {
      logarithm += Math.log((double) (answers - count + i) / i);
    }
    return Math.exp(logarithm);
  }
}
