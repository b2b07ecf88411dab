package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Reply;
import dev.cutover.contract.Report;
import dev.cutover.contract.Request;
import java.util.List;

/** Everything that can reach a saga, in the one order of its log. */
public sealed interface SagaInput {
  /** A request of a person or an authorised system. */
  record Asked(Request request) implements SagaInput {}

  /** A request to start, with its plan already read. */
  record StartAsked(Request.StartCutover request, Plan plan) implements SagaInput {}

  /**
   * A request to start whose plan can't be read or can't work.
   *
   * @param faults all of them, with their places
   */
  record StartRefused(Request.StartCutover request, List<String> faults) implements SagaInput {
    public StartRefused {
      faults = List.copyOf(faults);
    }
  }

  /** The answer to an order. */
  record Answered(Reply reply) implements SagaInput {}

  /** Something that a service said unasked. */
  record Told(Report report) implements SagaInput {}

  /** A deadline may have passed. */
  record TimePassed() implements SagaInput {}
}
