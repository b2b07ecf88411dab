package dev.cutover.orchestrator.adapter;

import dev.cutover.orchestrator.domain.Autonomy;
import dev.cutover.orchestrator.domain.Autonomy.Level;
import dev.cutover.orchestrator.domain.Runbook;
import dev.cutover.orchestrator.domain.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads how much is done without asking: one word, or a default and steps by name. */
final class PlanAutonomy {
  private static final String LEVELS = "observe, confirm or act";
  private static final String SHAPE = "observe|confirm|act";

  private final Optional<YamlSection> section;
  private final Autonomy autonomy;

  private PlanAutonomy(Optional<YamlSection> section, Autonomy autonomy) {
    this.section = section;
    this.autonomy = autonomy;
  }

  static PlanAutonomy read(YamlSection root) {
    if (!root.isSection("autonomy")) {
      return new PlanAutonomy(
          Optional.empty(),
          new Autonomy(
              level(root.valueOr("autonomy", LEVELS, "act", PlanValues.matching(SHAPE))),
              Map.of()));
    }
    YamlSection section = root.section("autonomy");
    Level level = level(section.valueOr("default", LEVELS, "act", PlanValues.matching(SHAPE)));
    Map<String, Level> steps = new TreeMap<>();
    for (Map.Entry<String, String> entry : section.map("steps").entrySet()) {
      if (!entry.getValue().matches("confirm|act") || level == Level.OBSERVE) {
        section.fault(
            "steps",
            level == Level.OBSERVE
                ? "Expected no steps of their own in a plan that only observes, but found '%s'"
                    .formatted(entry.getKey())
                : "Expected confirm or act for '%s', but found '%s'"
                    .formatted(entry.getKey(), entry.getValue()));
      } else {
        steps.put(entry.getKey(), level(entry.getValue()));
      }
    }
    section.end();
    return new PlanAutonomy(Optional.of(section), new Autonomy(level, steps));
  }

  Autonomy autonomy() {
    return autonomy;
  }

  /** Names of steps that the runbook does not have are faults. */
  void check(Runbook runbook) {
    List<String> known = new ArrayList<>();
    for (Stage stage : runbook.stages()) {
      if (stage instanceof Stage.Work work) {
        work.steps().forEach(step -> known.add(step.name()));
      }
    }
    for (String step : autonomy.steps().keySet()) {
      if (!known.contains(step)) {
        section.ifPresent(
            at ->
                at.fault(
                    "steps",
                    "Expected a step of the runbook, but found '%s'%s"
                        .formatted(step, YamlSection.suggestion(step, known))));
      }
    }
  }

  private static Level level(String word) {
    return Level.valueOf(word.toUpperCase(Locale.ROOT));
  }
}
