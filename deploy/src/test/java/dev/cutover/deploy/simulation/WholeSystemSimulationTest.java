package dev.cutover.deploy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Seeds come from {@code -Dsimulation.seeds=N} (how many) and {@code -Dsimulation.from=SEED}. One
 * seed alone: {@code -Dsimulation.from=SEED -Dsimulation.seeds=1}.
 */
final class WholeSystemSimulationTest {
  @Test
  void shouldKeepEveryInvariantWhateverTheWeather() {
    // given
    long from = Long.getLong("simulation.from", 1);
    long seeds = Long.getLong("simulation.seeds", 60);
    Map<String, Integer> outcomes = new TreeMap<>();
    long acknowledged = 0;
    long objects = 0;
    Duration darkest = Duration.ZERO;

    // when
    for (long seed = from; seed < from + seeds; seed++) {
      Simulation simulation = run(seed);
      outcomes.merge(simulation.outcome(), 1, Integer::sum);
      acknowledged += simulation.clients.acknowledged;
      objects += simulation.clients.acknowledgedObjects;
      Duration dark = simulation.invariants.darkest;
      darkest = dark.compareTo(darkest) > 0 ? dark : darkest;
    }

    // then
    System.out.printf(
        "simulated outcomes: %s; %d writes and %d objects acknowledged, longest time without a"
            + " writable side %s%n",
        outcomes, acknowledged, objects, darkest);
    if (seeds >= 120) {
      assertThat(outcomes)
          .as("each way to end is reached")
          .containsKeys("COMPLETED", "ABANDONED", "rolled back", "prepared", "held", "left alone");
    }
  }

  @Test
  void shouldTellTheSameStoryAgainWhenTheSeedIsTheSame() {
    for (long seed = 1; seed <= 5; seed++) {
      // given
      String first = run(seed).compactJournal();

      // when
      String second = run(seed).compactJournal();

      // then
      assertThat(second).as("seed %d", seed).isEqualTo(first);
    }
  }

  private static Simulation run(long seed) {
    Simulation simulation = new Simulation(seed);
    try {
      simulation.run();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed %d: %s%n%s".formatted(seed, e.getMessage(), simulation.compactJournal()), e);
    }
    return simulation;
  }
}
