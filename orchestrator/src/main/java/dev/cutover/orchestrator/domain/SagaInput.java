package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Reply;
import dev.cutover.contract.Report;
import dev.cutover.contract.Request;
import java.time.Instant;
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

  /**
   * A request to change the plan, with the changed one already read.
   *
   * @param keys what was changed, such as {@code bounds.observation}
   */
  record AmendAsked(Request.Amend request, Plan plan, List<String> keys) implements SagaInput {
    public AmendAsked {
      keys = List.copyOf(keys);
    }
  }

  /**
   * A request to change the plan to one that can't be read or can't work.
   *
   * @param faults all of them, with their places
   */
  record AmendRefused(Request.Amend request, List<String> faults) implements SagaInput {
    public AmendRefused {
      faults = List.copyOf(faults);
    }
  }

  /** A request to start a programme, already read. */
  record ProgrammeAsked(Request.StartProgramme request, ProgrammePlan plan) implements SagaInput {}

  /**
   * A request to start a programme that can't be read or can't work.
   *
   * @param faults all of them, with their places
   */
  record ProgrammeRefused(Request.StartProgramme request, List<String> faults)
      implements SagaInput {
    public ProgrammeRefused {
      faults = List.copyOf(faults);
    }
  }

  /** The answer to an order. */
  record Answered(Reply reply) implements SagaInput {}

  /**
   * Something that a service said unasked.
   *
   * @param saidAt by its own clock; long ago when it lay in the log while nobody decided
   * @param late it lay in the log when this instance began, with more behind it
   */
  record Told(Report report, Instant saidAt, boolean late) implements SagaInput {}

  /**
   * A deadline may have passed.
   *
   * @param heardAll nothing that was said before this instance began lies unread in the log; only
   *     then is anything accepted
   */
  record TimePassed(boolean heardAll) implements SagaInput {}
}
