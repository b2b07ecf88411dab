package dev.cutover.orchestrator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.orchestrator.domain.Cutover;
import dev.cutover.orchestrator.domain.Evolution;
import dev.cutover.orchestrator.domain.NoticeEvent;
import dev.cutover.orchestrator.domain.ReadinessEvent;
import dev.cutover.orchestrator.domain.RehearsalEvent;
import dev.cutover.orchestrator.domain.Saga;
import dev.cutover.orchestrator.domain.SagaEvent;
import dev.cutover.orchestrator.domain.SagaInput;
import dev.cutover.orchestrator.domain.SagaState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The picture of the saga in the documents is the one that its code walks: drawn from simulated
 * runs, compared with the file. {@code -Dgolden.write=true} draws it anew.
 */
final class SagaDiagramTest {
  private static final Path FILE = Path.of("../docs/saga.md");
  private static final int SEEDS = 300;

  /**
   * What comes of inputs that no world gives: a lease ends only where neither side serves, and no
   * cutover waits, is observed or held then; a prepared one only reads, and readers meet no mark.
   */
  private static final Set<String> NEVER_BOTH =
      Set.of(
          "Held LeaseExpiryNoted",
          "Observing LeaseExpiryNoted",
          "Waiting LeaseExpiryNoted",
          "Prepared ManualMarkMet");

  /** What needs a drill and a person's mark in the same second: {@code ByHandTest} makes it. */
  private static final Set<String> MADE_BY_HAND = Set.of("Waiting ManualMarkMet");

  /** What takes more seeds than a build has: seen with {@code -Dsimulation.seeds=2000}. */
  private static final Set<String> RARE =
      Set.of(
          "Finished HealthNoted",
          "Held AttemptFailed",
          "Held SkipProposed",
          "Observing FenceLossNoted",
          "Observing WayBackChanged",
          "RollingBack FenceLossNoted",
          "RollingBack UnreadableNoted",
          "Running RollbackArmed",
          "Running RollbackMissed",
          "Running LeaseExpiryNoted",
          "RollingBack LeaseExpiryNoted",
          "Waiting StepSent");

  private static final int MANY = 2000;

  /** What the picture is drawn from. */
  private static final List<Simulation> RUNS =
      LongStream.rangeClosed(1, SEEDS).mapToObj(SagaDiagramTest::run).toList();

  private static Simulation run(long seed) {
    Simulation simulation = new Simulation(seed);
    simulation.run(Duration.ofMinutes(5));
    return simulation;
  }

  /** From, to, and the events that lead there. */
  private final Map<String, Map<String, Set<String>>> transitions = new TreeMap<>();

  @Test
  void shouldBeDrawnAsItIsWalked() throws IOException {
    // when
    RUNS.forEach(this::walk);
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

  @Test
  void shouldMakeEveryTransitionThatTheCodeCanMakeInSomeSeed() {
    // given what comes of every input in every state that was reached
    Instant now = Instant.parse("2026-12-01T03:00:00Z");
    Set<String> possible = new TreeSet<>();
    for (Cutover state : SagaTotalityTest.reachableStates().values()) {
      for (SagaInput input : SagaTotalityTest.inputs(state, now)) {
        pairs(state, Saga.decide(state, input, now).events(), possible);
      }
    }

    // when
    Set<String> made = new TreeSet<>();
    long seeds = Long.getLong("simulation.seeds", SEEDS);
    RUNS.forEach(run -> pairs(Cutover.named(Simulation.ID), run.journal, made));
    for (long seed = SEEDS + 1; seed <= seeds; seed++) {
      pairs(Cutover.named(Simulation.ID), run(seed).journal, made);
    }

    // then
    possible.removeAll(NEVER_BOTH);
    possible.removeAll(MADE_BY_HAND);
    if (seeds < MANY) {
      possible.removeAll(RARE);
    }
    assertThat(made).containsAll(possible);
  }

  private static void pairs(Cutover from, List<SagaEvent> events, Set<String> into) {
    Cutover cutover = from;
    for (SagaEvent event : events) {
      // what people are told, and what readiness is made of, moves no cutover
      if (!(event instanceof NoticeEvent
          || event instanceof ReadinessEvent
          || event instanceof RehearsalEvent)) {
        into.add(name(cutover.state()) + " " + event.getClass().getSimpleName());
      }
      cutover = Evolution.evolve(cutover, event);
    }
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
