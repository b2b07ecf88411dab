package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.Keeper;
import dev.cutover.contract.ManagedBy;
import java.util.Optional;

/** Reads {@code managedBy} of a name: who else keeps its records. */
final class PlanKeeper {
  private PlanKeeper() {}

  static Optional<ManagedBy> read(YamlSection name) {
    return name.optionalSection("managedBy").flatMap(PlanKeeper::managedBy);
  }

  private static Optional<ManagedBy> managedBy(YamlSection section) {
    Optional<Keeper> tool =
        section.value("tool", "one of " + Keeper.words(), Optional.empty(), PlanKeeper::keeper);
    Optional<ManagedBy> read = tool.flatMap(found -> of(section, found));
    if (tool.isPresent()) {
      section.end();
    }
    return read;
  }

  private static Optional<ManagedBy> of(YamlSection section, Keeper tool) {
    if (tool == Keeper.NONE) {
      String signedBy = section.text("signedBy", "the approver who says that nobody keeps it");
      String reason = section.text("reason", "why marks of a tool mean nothing");
      return signedBy.isEmpty() || reason.isEmpty()
          ? Optional.empty()
          : Optional.of(ManagedBy.nobody(signedBy, reason));
    }
    String step = section.text("pausedBy", "the name of the step that pauses " + tool.word());
    return step.isEmpty() ? Optional.empty() : Optional.of(ManagedBy.paused(tool, step));
  }

  private static Optional<Keeper> keeper(String word) {
    Optional<Keeper> keeper = Keeper.of(word);
    if (keeper.isEmpty()) {
      throw new IllegalArgumentException("Expected a tool");
    }
    return keeper;
  }
}
