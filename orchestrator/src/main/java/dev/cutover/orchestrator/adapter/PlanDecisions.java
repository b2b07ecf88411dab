package dev.cutover.orchestrator.adapter;

import dev.cutover.orchestrator.domain.PlanDecision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads what the team decided and why: section {@code decisions} of a plan. */
final class PlanDecisions {
  private PlanDecisions() {}

  static List<PlanDecision> read(YamlSection root) {
    List<PlanDecision> decisions = new ArrayList<>();
    Set<String> questions = new HashSet<>();
    for (YamlSection entry : root.sections("decisions")) {
      PlanDecision decision =
          new PlanDecision(
              entry.text("question", "what was decided"),
              entry.text("choice", "what was chosen"),
              entry.text("reason", "why"));
      if (!questions.add(decision.question())) {
        entry.fault(
            "question",
            "Expected each question once, but '%s' is there twice".formatted(decision.question()));
      }
      entry.end();
      decisions.add(decision);
    }
    return decisions;
  }
}
