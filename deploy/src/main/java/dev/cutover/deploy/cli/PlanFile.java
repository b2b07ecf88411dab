package dev.cutover.deploy.cli;

import dev.cutover.orchestrator.adapter.PlanYaml;
import dev.cutover.orchestrator.domain.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A plan where a command takes a file, or the name of a cutover. */
final class PlanFile {
  private PlanFile() {}

  /** Its text. */
  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new ApiFailure("Expected a readable plan, but %s gave %s".formatted(file, e));
    }
  }

  /** The plan in that file; empty when there is no such file, and it must be a name. */
  static Optional<Plan> read(String fileOrName) {
    Path file = Path.of(fileOrName);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    return switch (PlanYaml.read(text(file), Instant.now())) {
      case PlanYaml.Reading.Accepted(Plan plan) -> Optional.of(plan);
      case PlanYaml.Reading.Faulty(List<String> faults) ->
          throw new ApiFailure(
              "Expected a plan that can be carried out, but it has %d fault(s)"
                  .formatted(faults.size()),
              faults);
    };
  }

  /** Name of the cutover. */
  static String cutover(String fileOrName) {
    return read(fileOrName).map(plan -> plan.id().value()).orElse(fileOrName);
  }
}
