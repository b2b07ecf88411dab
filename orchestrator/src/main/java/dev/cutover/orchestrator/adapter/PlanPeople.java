package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.RollbackChoice;
import dev.cutover.orchestrator.domain.Governance;
import dev.cutover.orchestrator.domain.RollbackDecision;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads who decides: section {@code people}, or {@code approvers} alone as its short form. */
final class PlanPeople {
  /** Nobody may go alone. */
  private static final int APPROVALS_MIN = 2;

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration WEEK = Duration.ofDays(7);

  private PlanPeople() {}

  static Governance read(YamlSection root) {
    if (!root.has("people")) {
      return new Governance(names(root, "approvers", APPROVALS_MIN), APPROVALS_MIN);
    }
    YamlSection people = root.section("people");
    if (root.has("approvers")) {
      root.fault(
          "approvers",
          "Expected approvers either in people.approvers or at the top, but they are in both");
    }
    List<String> approvers = names(people, "approvers", APPROVALS_MIN);
    int needed =
        people.valueOr(
            "approvalsNeeded",
            "a whole number of 2 to 20",
            APPROVALS_MIN,
            PlanValues.number(APPROVALS_MIN, 20));
    if (needed > approvers.size() && approvers.size() >= APPROVALS_MIN) {
      people.fault(
          "approvalsNeeded",
          "Expected at most as many approvals as there are approvers (%d), but found %d"
              .formatted(approvers.size(), needed));
    }
    Duration validFor =
        people.valueOr(
            "approvalValidFor",
            PlanValues.durationWord(MINUTE, WEEK),
            Governance.USUAL_VALIDITY,
            PlanValues.duration(MINUTE, WEEK));
    Optional<String> operator = people.optionalText("operator");
    Optional<String> validator = people.optionalText("validator");
    if (operator.isPresent() && operator.equals(validator)) {
      people.fault(
          "validator",
          "Expected another person than the operator, but found '%s' for both"
              .formatted(operator.get()));
    }
    RollbackDecision decision = decision(people);
    List<Governance.Contact> contacts = contacts(people.map("contacts"));
    people.end();
    return new Governance(approvers, needed, validFor, operator, validator, decision, contacts);
  }

  private static RollbackDecision decision(YamlSection people) {
    RollbackDecision usual = RollbackDecision.AUTOMATIC;
    boolean asks =
        people
            .valueOr(
                "decision", "automatic or ask", "automatic", PlanValues.matching("automatic|ask"))
            .equals("ask");
    Duration within =
        people.valueOr(
            "askWithin",
            PlanValues.durationWord(Duration.ofSeconds(1), HOUR),
            usual.within(),
            PlanValues.duration(Duration.ofSeconds(1), HOUR));
    RollbackChoice byDefault =
        people
                .valueOr(
                    "default", "rollBack or stay", "rollBack", PlanValues.matching("rollBack|stay"))
                .equals("stay")
            ? RollbackChoice.STAY
            : RollbackChoice.ROLL_BACK;
    List<String> makers = names(people, "decisionMakers", asks ? 1 : 0);
    for (String key : List.of("askWithin", "default", "decisionMakers")) {
      if (!asks && people.has(key)) {
        people.fault(
            key, "Expected people.%s only with decision: ask, but nobody is asked".formatted(key));
      }
    }
    return new RollbackDecision(asks, makers, within, byDefault);
  }

  private static List<Governance.Contact> contacts(Map<String, String> found) {
    return new TreeMap<>(found)
        .entrySet().stream()
            .map(entry -> new Governance.Contact(entry.getKey(), entry.getValue()))
            .toList();
  }

  private static List<String> names(YamlSection section, String key, int min) {
    Map<String, String> byPerson = new LinkedHashMap<>();
    for (YamlSection.Text text : section.texts(key)) {
      if (byPerson.putIfAbsent(text.value().toLowerCase(Locale.ROOT), text.value()) != null) {
        section.fault(
            text, "Expected different people, but '%s' is there twice".formatted(text.value()));
      }
    }
    if (byPerson.size() < min) {
      section.fault(
          key,
          "Expected at least %s in %s, but found %d"
              .formatted(min == 1 ? "one person" : "two different people", key, byPerson.size()));
    }
    return List.copyOf(byPerson.values());
  }
}
