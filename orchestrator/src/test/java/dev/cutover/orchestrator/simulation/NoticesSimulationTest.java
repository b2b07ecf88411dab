package dev.cutover.orchestrator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.NoticeKind;
import dev.cutover.orchestrator.domain.NoticeEvent;
import dev.cutover.orchestrator.domain.NoticeEvent.NoticeOrdered;
import dev.cutover.orchestrator.domain.SagaEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Notices in rough weather: they change nothing of what is done, and each is bounded. */
final class NoticesSimulationTest {
  private static final int SEEDS = Integer.getInteger("simulation.notices.seeds", 60);

  @Test
  void shouldChangeNothingOfWhatIsDoneWhenPeopleAreTold() {
    Set<NoticeKind> told = EnumSet.noneOf(NoticeKind.class);
    for (long seed = 1; seed <= SEEDS; seed++) {
      // when
      Simulation silent = new Simulation(seed, Plans.shop(Simulation.ID));
      silent.run(Duration.ofMinutes(5));
      Simulation telling = new Simulation(seed, Plans.told(Simulation.ID));
      telling.run(Duration.ofMinutes(5));

      // then
      assertThat(steps(telling)).as("seed " + seed).isEqualTo(steps(silent));
      told.addAll(kinds(telling));
      eachIsTriedInOrderAndBounded(telling);
    }
    assertThat(told)
        .contains(
            NoticeKind.STARTED,
            NoticeKind.COMPLETED,
            NoticeKind.HELD,
            NoticeKind.RESUMED,
            NoticeKind.ROLLING_BACK,
            NoticeKind.ROLLED_BACK,
            NoticeKind.CORRECTION,
            NoticeKind.POINT_OF_NO_RETURN);
  }

  /** What happened, when, without what concerns notices; epochs differ by their events. */
  private static List<String> steps(Simulation simulation) {
    List<String> steps = new ArrayList<>();
    for (int i = 0; i < simulation.journal.size(); i++) {
      SagaEvent event = simulation.journal.get(i);
      if (!(event instanceof NoticeEvent)) {
        String at = simulation.story.get(i).substring(0, 6);
        String step = event instanceof SagaEvent.StepSent sent ? " " + sent.step().name() : "";
        steps.add(at + " " + event.getClass().getSimpleName() + step);
      }
    }
    return steps;
  }

  private static List<NoticeKind> kinds(Simulation simulation) {
    return simulation.journal.stream()
        .filter(NoticeOrdered.class::isInstance)
        .map(event -> ((NoticeOrdered) event).order().notice().kind())
        .toList();
  }

  private static void eachIsTriedInOrderAndBounded(Simulation simulation) {
    Map<String, NoticeOrdered> last = new HashMap<>();
    for (SagaEvent event : simulation.journal) {
      if (event instanceof NoticeOrdered ordered) {
        NoticeOrdered before = last.put(ordered.order().notice().id(), ordered);
        assertThat(ordered.tries()).isEqualTo(before == null ? 1 : before.tries() + 1);
        assertThat(ordered.tries()).isLessThanOrEqualTo(8);
        if (before != null) {
          assertThat(ordered.order().notice()).isEqualTo(before.order().notice());
        }
      }
    }
  }
}
