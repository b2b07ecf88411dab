package dev.cutover.orchestrator.domain;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who decides, and how.
 *
 * @param approvers names that may say go; at least two
 * @param approvalsNeeded how many different ones have to, 2 or more
 * @param approvalValidFor how long a yes counts
 * @param operator who runs the cutover; whoever started it when the plan names nobody
 * @param validator who judges what the operator does; another person
 * @param decision who decides on a rollback
 * @param contacts how people are reached
 */
public record Governance(
    List<String> approvers,
    int approvalsNeeded,
    Duration approvalValidFor,
    Optional<String> operator,
    Optional<String> validator,
    RollbackDecision decision,
    List<Contact> contacts) {
  /** How long a yes counts unless the plan says otherwise. */
  public static final Duration USUAL_VALIDITY = Duration.ofHours(12);

  public Governance {
    approvers = List.copyOf(approvers);
    contacts = List.copyOf(contacts);
  }

  /** The short form: the rest as usual. */
  public Governance(List<String> approvers, int approvalsNeeded) {
    this(
        approvers,
        approvalsNeeded,
        USUAL_VALIDITY,
        Optional.empty(),
        Optional.empty(),
        RollbackDecision.AUTOMATIC,
        List.of());
  }

  /**
   * How a person is reached.
   *
   * @param how such as a telephone number
   */
  public record Contact(String name, String how) {}
}
