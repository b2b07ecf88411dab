package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DataCheck;
import dev.cutover.contract.HttpCall;
import dev.cutover.contract.Side;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A step of the team's own.
 *
 * @param name unique in its plan; a-z, 0-9 and -
 * @param place where in the runbook; those of one place are done in the plan's order
 * @param work what is done
 * @param undo what takes it back; empty when nothing has to
 * @param owner who answers for it, for people
 * @param expected how long it usually takes
 * @param deadline bounds one attempt
 * @param attemptsMax 1 or more
 * @param onFailure where its failure goes
 */
public record TeamStep(
    String name,
    Place place,
    Work work,
    Optional<Work> undo,
    String owner,
    Duration expected,
    Duration deadline,
    int attemptsMax,
    OnFailure onFailure) {
  /** Where it is done. */
  public enum Place {
    BEFORE_FREEZE,
    BEFORE_FENCE,
    AFTER_FENCE,
    BEFORE_SWITCH,
    AFTER_SWITCH,
    AFTER_OPENING,
    AFTER_ACCEPTANCE;

    /** Whether nobody can write while it is done, in a plan that fences. */
    public boolean inTheOutage() {
      return switch (this) {
        case AFTER_FENCE, BEFORE_SWITCH, AFTER_SWITCH -> true;
        case BEFORE_FREEZE, BEFORE_FENCE, AFTER_OPENING, AFTER_ACCEPTANCE -> false;
      };
    }

    /**
     * Whether it stands on traffic or writes being on the target: it is undone before those are.
     */
    public boolean onTheTarget() {
      return switch (this) {
        case AFTER_SWITCH, AFTER_OPENING -> true;
        case BEFORE_FREEZE, BEFORE_FENCE, AFTER_FENCE, BEFORE_SWITCH, AFTER_ACCEPTANCE -> false;
      };
    }
  }

  /** What is done. */
  public sealed interface Work {
    /** An HTTP call. */
    record Http(HttpCall call) implements Work {}

    /**
     * An order to a system that takes part over a Kafka topic.
     *
     * @param topic where it listens
     * @param action in its own words
     */
    record Participant(String topic, String action, Map<String, String> parameters)
        implements Work {
      public Participant {
        parameters = Map.copyOf(parameters);
      }
    }

    /**
     * Something that a person does.
     *
     * @param by who may say that it is done; empty means anybody who may operate
     */
    record ByHand(List<String> by, String instruction) implements Work {
      public ByHand {
        by = List.copyOf(by);
      }
    }

    /** Something that must be found so. */
    record Prove(Side side, DataCheck check) implements Work {}
  }

  /** Name of its step in the runbook. */
  public String stepName() {
    return "team-" + name;
  }

  /** Name of the step that takes it back. */
  public String undoName() {
    return "undo-team-" + name;
  }

  /** The step that does it. */
  Step step() {
    return new Step(stepName(), action(work), deadline, attemptsMax, onFailure);
  }

  /**
   * The step that takes it back. Its failure is shown and never keeps a side from opening.
   *
   * @param deadlineMax how long one attempt may take at the most
   */
  Step undoStep(Work undoing, Duration deadlineMax) {
    Duration bounded = deadline.compareTo(deadlineMax) < 0 ? deadline : deadlineMax;
    return new Step(undoName(), action(undoing), bounded, attemptsMax, OnFailure.REPORT);
  }

  private static Action action(Work work) {
    return switch (work) {
      case Work.Http _ -> Action.CALL_TEAM;
      case Work.Participant _ -> Action.ASK_PARTICIPANT;
      case Work.ByHand _ -> Action.DO_BY_HAND;
      case Work.Prove _ -> Action.PROVE_FOR_TEAM;
    };
  }
}
