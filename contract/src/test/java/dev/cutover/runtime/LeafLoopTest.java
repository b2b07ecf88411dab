package dev.cutover.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Event;
import dev.cutover.contract.MonitorCommand;
import dev.cutover.contract.MonitorReply;
import dev.cutover.testkit.InMemoryLog;
import dev.cutover.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The loop of a leaf over a log in memory, in one thread. */
final class LeafLoopTest {
  private static final CutoverId CUTOVER = new CutoverId("shop");

  private final Topics topics = new Topics("test", 1, 1, 1);
  private final ManualClock clock = new ManualClock();
  private final InMemoryLog log =
      new InMemoryLog(topics, clock, new Random(1), InMemoryLog.Faults.NONE);

  /** Answers at once and notes whether the cutover is its own. */
  private static final class Owner implements CommandHandler<MonitorCommand> {
    final List<Boolean> told = new ArrayList<>();

    @Override
    public Event handle(MonitorCommand command, Work work) {
      return new MonitorReply.WatchStopped(command.header().step());
    }

    @Override
    public void owns(Predicate<CutoverId> ours) {
      told.add(ours.test(CUTOVER));
    }
  }

  @Test
  void shouldTellItsServiceWhatIsNoLongerItsOwnWhenAnotherInstanceTookOver() {
    // given
    Owner first = new Owner();
    Owner second = new Owner();
    LeafLoop<MonitorCommand> firstLoop = loop(first);
    firstLoop.round(Duration.ZERO);

    // when
    LeafLoop<MonitorCommand> secondLoop = loop(second);
    secondLoop.round(Duration.ZERO);
    firstLoop.round(Duration.ZERO);

    // then
    assertThat(first.told).containsExactly(true, false);
    assertThat(second.told).containsExactly(true);
  }

  private LeafLoop<MonitorCommand> loop(Owner owner) {
    LeafLoop<MonitorCommand> loop =
        new LeafLoop<>(
            "monitor",
            MonitorCommand.class,
            new Wire(topics),
            log.join("monitor"),
            owner,
            Runnable::run,
            clock);
    loop.open();
    return loop;
  }
}
