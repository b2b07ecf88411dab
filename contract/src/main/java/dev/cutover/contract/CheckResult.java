package dev.cutover.contract;

import java.util.List;

/**
 * How one check ended.
 *
 * @param outcome never a boolean: what could not be found out is neither good nor bad
 * @param detail one sentence
 * @param evidence keys, hashes, counts; never customers' rows
 */
public record CheckResult(
    String name, Outcome outcome, String detail, List<String> evidence, long tookMs) {
  public CheckResult {
    evidence = List.copyOf(evidence);
  }

  /** How a check can end. */
  public enum Outcome {
    MATCH,
    MISMATCH,
    INCONCLUSIVE
  }
}
