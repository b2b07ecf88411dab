package dev.cutover.orchestrator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.orchestrator.domain.Cutover;
import dev.cutover.orchestrator.domain.Evolution;
import dev.cutover.orchestrator.domain.SagaEvent;
import dev.cutover.orchestrator.domain.SagaState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The picture of the saga in the documents is the one that its code walks: drawn from simulated
 * runs, compared with the file. {@code -Dgolden.write=true} draws it anew.
 */
final class SagaDiagramTest {
  private static final Path FILE = Path.of("../docs/saga.md");
  private static final int SEEDS = 300;

  /** From, to, and the events that lead there. */
  private final Map<String, Map<String, Set<String>>> transitions = new TreeMap<>();

  @Test
  void shouldBeDrawnAsItIsWalked() throws IOException {
    // when
    for (long seed = 1; seed <= SEEDS; seed++) {
      Simulation simulation = new Simulation(seed);
      simulation.run(Duration.ofMinutes(5));
      walk(simulation);
    }
    String drawn = document();
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(FILE, drawn);
    }

    // then
    assertThat(transitions.keySet())
        .as("every state but the last is left in some run")
        .containsExactlyInAnyOrder(
            "Planned", "Running", "Waiting", "Observing", "RollingBack", "Prepared", "Held");
    assertThat(Files.readString(FILE)).isEqualTo(drawn);
  }

  private void walk(Simulation simulation) {
    Cutover cutover = Cutover.named(Simulation.ID);
    for (SagaEvent event : simulation.journal) {
      Cutover next = Evolution.evolve(cutover, event);
      String from = name(cutover.state());
      String to = name(next.state());
      if (!from.equals(to)) {
        transitions
            .computeIfAbsent(from, _ -> new TreeMap<>())
            .computeIfAbsent(to, _ -> new TreeSet<>())
            .add(event.getClass().getSimpleName());
      }
      cutover = next;
    }
  }

  private static String name(SagaState state) {
    return state.getClass().getSimpleName();
  }

  private String document() {
    StringBuilder text = new StringBuilder();
    text.append("# The states of a cutover\n\n");
    text.append(
        "Drawn from simulated runs by `SagaDiagramTest`, which fails when this is old.\n\n");
    text.append("```mermaid\nstateDiagram-v2\n  [*] --> Planned\n");
    lines(text, "  %s --> %s: %s\n", ", ");
    text.append("  Finished --> [*]\n```\n\n| from | to | by |\n|---|---|---|\n");
    lines(text, "| %s | %s | %s |\n", ", ");
    return text.toString();
  }

  private void lines(StringBuilder text, String line, String separator) {
    transitions.forEach(
        (from, targets) ->
            targets.forEach(
                (to, events) ->
                    text.append(
                        line.formatted(
                            from, to, events.stream().collect(Collectors.joining(separator))))));
  }
}
