package dev.cutover.orchestrator.domain;

import dev.cutover.contract.PeopleStatus;
import dev.cutover.contract.PeopleStatus.Approval;
import dev.cutover.contract.RollbackChoice;
import java.util.List;
import java.util.Optional;

/** What is shown of people, and of what they are asked. Pure. */
final class PeopleView {
  private PeopleView() {}

  static PeopleStatus of(Cutover cutover) {
    People people = cutover.people();
    Optional<Governance> governance = cutover.plan().map(Plan::governance);
    GoEvidence evidence = GoEvidence.of(cutover);
    return new PeopleStatus(
        people.operator().orElse(""),
        List.copyOf(people.authorship().authors()),
        people.authorship().hash(),
        evidence.facts(),
        governance.map(Governance::approvers).orElse(List.of()),
        governance.map(Governance::approvalsNeeded).orElse(0),
        people.approvals(),
        people.question(),
        people.disarmed(),
        people.skips());
  }

  static String waitingForGo(Cutover cutover) {
    Governance governance = cutover.requiredPlan().governance();
    List<Approval> approvals = cutover.people().approvals();
    boolean onlyAuthors =
        approvals.size() >= governance.approvalsNeeded() && !Approvals.complete(cutover);
    return "go from %d different people of %s, not all of them among %s who wrote the plan; so far %s%s"
        .formatted(
            governance.approvalsNeeded(),
            governance.approvers(),
            cutover.people().authorship().authors(),
            approvals.stream().map(a -> a.actor() + " until " + a.expiresAt()).toList(),
            onlyAuthors ? ": one who did not write the plan is missing" : "");
  }

  /** What a decision maker is asked now. */
  static Optional<String> asked(Cutover cutover) {
    return cutover
        .people()
        .question()
        .map(
            question ->
                "one of %s to decide until %s whether to roll back, else the plan says to %s: %s"
                    .formatted(
                        question.askedOf(),
                        question.until(),
                        question.byDefault() == RollbackChoice.ROLL_BACK ? "roll back" : "stay",
                        question.sentence()));
  }
}
