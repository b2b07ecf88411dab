package dev.cutover.contract;

import java.time.Instant;
import java.util.List;

/**
 * Answers of the validator-service. A check that does not match is an answer, not a failure: the
 * saga judges the results.
 */
public sealed interface ValidatorReply extends Reply {
  /** One result for each check, in order. */
  List<CheckResult> results();

  /**
   * @param completedAt when the pass ended: the age of the last full pass counts from its start
   */
  record DataCompared(
      StepRef step, Instant startedAt, Instant completedAt, List<CheckResult> results)
      implements ValidatorReply {
    public DataCompared {
      results = List.copyOf(results);
    }
  }

  /** What changed since the last full pass was checked. */
  record FinalValidated(StepRef step, List<CheckResult> results, long tookMs)
      implements ValidatorReply {
    public FinalValidated {
      results = List.copyOf(results);
    }
  }

  /** The checks of one side have run. */
  record ChecksRun(StepRef step, Side side, List<CheckResult> results) implements ValidatorReply {
    public ChecksRun {
      results = List.copyOf(results);
    }
  }
}
