package dev.cutover.deploy;

import dev.cutover.orchestrator.adapter.PlanYaml;
import dev.cutover.orchestrator.domain.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A plan's file, as commands that need no service read it. */
public final class PlanOnDisk {
  private PlanOnDisk() {}

  /**
   * The plan in that file.
   *
   * @param faults is told why there is none, a line for each fault
   * @return empty when it can't be read or carried out
   */
  public static Optional<Plan> read(Path file, PrintWriter faults) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      faults.println("Expected a readable plan, but " + file + " gave " + e);
      return Optional.empty();
    }
    return switch (PlanYaml.read(text, Instant.now())) {
      case PlanYaml.Reading.Accepted(Plan plan) -> Optional.of(plan);
      case PlanYaml.Reading.Faulty(List<String> found) -> {
        found.forEach(fault -> faults.println(file + ": " + fault));
        yield Optional.empty();
      }
    };
  }
}
