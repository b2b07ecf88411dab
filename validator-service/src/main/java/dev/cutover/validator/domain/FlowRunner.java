package dev.cutover.validator.domain;

import dev.cutover.contract.DataCheck.HttpFlow;
import java.time.Instant;
import java.util.Map;

/**
 * Runs flows against an application.
 *
 * <p>An implementation must: send the steps in order and stop judging at the first that is not as
 * expected; then still send the DELETE steps that are left and whose variables are known, so that
 * nothing stays behind; follow no redirect; say which step, what was expected and what was found,
 * without secrets. It must not retry.
 */
public interface FlowRunner {
  /**
   * Runs one flow.
   *
   * @param variables to begin with; a step may replace them
   * @param deadline of all steps together
   * @return {@code Inconclusive} when the application could not be asked
   */
  Verdict run(HttpFlow flow, Map<String, String> variables, Instant deadline)
      throws InterruptedException;
}
