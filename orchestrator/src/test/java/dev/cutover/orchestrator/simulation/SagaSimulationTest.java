package dev.cutover.orchestrator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.orchestrator.domain.SagaState;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Seeds come from {@code -Dsimulation.seeds=N} (how many) and {@code -Dsimulation.from=SEED}. One
 * seed alone: {@code -Dsimulation.from=SEED -Dsimulation.seeds=1}. The first 300 are run by {@link
 * SagaDiagramTest} in any case.
 */
final class SagaSimulationTest {
  @Test
  void shouldKeepEveryInvariantWhateverTheWeather() {
    long from = Long.getLong("simulation.from", 301);
    long seeds = Long.getLong("simulation.seeds", 150);
    Map<String, Integer> outcomes = new TreeMap<>();

    LongStream.range(from, from + seeds)
        .forEach(
            seed -> {
              Simulation simulation = new Simulation(seed);
              try {
                simulation.run(Duration.ofMinutes(5));
              } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage() + "\n" + simulation.compactJournal(), e);
              }
              outcomes.merge(outcome(simulation.cutover.state()), 1, Integer::sum);
            });

    System.out.println("simulated outcomes: " + outcomes);
    assertThat(outcomes)
        .as("each way to end is reached")
        .containsKeys("COMPLETED", "prepared", "held");
  }

  private static String outcome(SagaState state) {
    return state instanceof SagaState.Finished(SagaState.Outcome outcome)
        ? outcome.name()
        : state.label();
  }
}
