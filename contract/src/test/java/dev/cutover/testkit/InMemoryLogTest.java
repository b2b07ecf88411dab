package dev.cutover.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.StepRef;
import dev.cutover.runtime.LeafLoop;
import dev.cutover.runtime.Outgoing;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.Saga;
import dev.cutover.runtime.SagaLoop;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.testkit.InMemoryLog.Faults;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InMemoryLogTest {
  private final Topics topics = new Topics("sim", 3, 1, 1);
  private final ManualClock clock = new ManualClock();

  /** Counts the inputs of each key; what is due is noted. */
  private final class Counting implements Saga {
    private final List<String> calls = new ArrayList<>();
    private final List<Instant> times = new ArrayList<>();
    private Optional<Instant> due = Optional.empty();
    private @Nullable Instant latest;
    private final Map<String, Integer> counts = new HashMap<>();

    @Override
    public void restore(int partition, List<Received> journal) {
      journal.forEach(
          record -> counts.put(record.key().orElse(""), Integer.parseInt(record.value().text())));
    }

    @Override
    public Optional<Instant> restored(int partition, Instant now) {
      return Optional.ofNullable(latest);
    }

    @Override
    public List<Outgoing> onRecord(Received input, Instant now, boolean caughtUp) {
      calls.add("record");
      times.add(now);
      String key = input.key().orElse("");
      return List.of(
          new Outgoing(
              topics.journal(),
              key,
              Payload.of(Integer.toString(counts.merge(key, 1, Integer::sum))),
              Map.of()));
    }

    @Override
    public List<Outgoing> onTimer(int partition, Instant now, boolean caughtUp) {
      calls.add(caughtUp ? "timer" : "timer before all is read");
      times.add(now);
      due = Optional.empty();
      return List.of();
    }

    @Override
    public Optional<Instant> nextDue(int partition) {
      return partition == 0 ? due : Optional.empty();
    }

    @Override
    public void revoked(int partition) {
      counts.keySet().removeIf(key -> topics.partitionOf(key) == partition);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldCountEachInputOnceWhenMembersCrash(long seed) {
    // given
    Random random = new Random(seed);
    InMemoryLog log = new InMemoryLog(topics, clock, random, new Faults(0, Duration.ofMillis(200)));
    SagaLoop loop = open(log);
    int inputs = 60;
    for (int n = 0; n < inputs; n++) {
      log.write(new Outgoing(topics.events(), "key-" + n % 6, Payload.of("in"), Map.of()));
    }

    // when
    for (int round = 0; round < 60; round++) {
      clock.advance(Duration.ofMillis(20));
      if (random.nextInt(5) == 0) {
        loop = open(log);
      }
      loop.round(Duration.ZERO);
    }

    // then
    for (int key = 0; key < 6; key++) {
      String name = "key-" + key;
      assertThat(log.all(topics.journal()))
          .filteredOn(record -> record.key().equals(Optional.of(name)))
          .extracting(record -> record.value().text())
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, inputs / 6).mapToObj(Integer::toString).toList());
    }
  }

  @Test
  void shouldReadWhatIsInTheLogBeforeATimerRunsAfterATakeOver() {
    // given
    Counting saga = new Counting();
    SagaLoop loop = dueBesideAnAnswer(saga, Duration.ofMillis(500));

    // when
    for (int round = 0; round < 60; round++) {
      loop.round(Duration.ZERO);
      clock.advance(Duration.ofMillis(10));
    }

    // then
    assertThat(saga.calls).containsExactly("record", "timer");
  }

  @Test
  void shouldTellATimerWhatLiesUnreadWhenReadingTakesLong() {
    // given
    Counting saga = new Counting();
    SagaLoop loop = dueBesideAnAnswer(saga, Duration.ofHours(1));

    // when
    for (int round = 0; round < 60; round++) {
      loop.round(Duration.ZERO);
      clock.advance(Duration.ofMillis(100));
    }
    clock.advance(Duration.ofHours(1));
    loop.round(Duration.ZERO);
    saga.due = Optional.of(clock.instant());
    loop.round(Duration.ZERO);

    // then
    assertThat(saga.calls).containsExactly("timer before all is read", "record", "timer");
  }

  @Test
  void shouldGoOnFromTheTimeOfTheJournalWhenTheClockIsAnHourBehindIt() {
    // given
    InMemoryLog log = new InMemoryLog(topics, clock, new Random(1), Faults.NONE);
    Instant journalled = clock.instant().plus(Duration.ofHours(1));
    Counting saga = new Counting();
    saga.latest = journalled;
    saga.due = Optional.of(journalled.plusSeconds(1));
    SagaLoop loop = new SagaLoop(topics, log.joinTransactional("o"), saga, clock);
    loop.open();
    loop.round(Duration.ZERO);

    // when
    clock.advance(Duration.ofMillis(999));
    loop.round(Duration.ZERO);
    assertThat(saga.calls).isEmpty();
    clock.advance(Duration.ofMillis(1));
    loop.round(Duration.ZERO);
    log.write(new Outgoing(topics.events(), topics.keyOf(0), Payload.of("in"), Map.of()));
    loop.round(Duration.ZERO);

    // then
    assertThat(saga.calls).containsExactly("timer", "record");
    assertThat(saga.times).containsExactly(journalled.plusSeconds(1), journalled.plusSeconds(1));
  }

  /** A loop whose timer is due while an answer lies in the log, shown that much later. */
  private SagaLoop dueBesideAnAnswer(Counting saga, Duration shownAfterMax) {
    InMemoryLog log = new InMemoryLog(topics, clock, new Random(1), new Faults(0, shownAfterMax));
    log.write(new Outgoing(topics.events(), topics.keyOf(0), Payload.of("answer"), Map.of()));
    saga.due = Optional.of(clock.instant());
    SagaLoop loop = new SagaLoop(topics, log.joinTransactional("o"), saga, clock);
    loop.open();
    return loop;
  }

  private SagaLoop open(InMemoryLog log) {
    SagaLoop loop = new SagaLoop(topics, log.joinTransactional("o"), new Counting(), clock);
    loop.open();
    return loop;
  }

  @Test
  void shouldRunAnUnfinishedCommandAgainWhenTheMemberCrashed() {
    // given
    InMemoryLog log = new InMemoryLog(topics, clock, new Random(1), Faults.NONE);
    Wire wire = new Wire(topics);
    Deque<Runnable> tasks = new ArrayDeque<>();
    InMemoryLog.Member doomed = log.join("dns");
    LeafLoop<DnsCommand> loop = leaf(wire, doomed, tasks);
    ShiftTraffic sample = SampleMessages.of(ShiftTraffic.class);
    CommandHeader header =
        new CommandHeader(
            new StepRef(new CutoverId("shop"), "shift", 1), 1, clock.instant().plusSeconds(60));
    log.write(
        wire.outgoing(
            new Envelope<>(
                "1", "/test", clock.instant(), "", 1, false, sample.withHeader(header))));

    // when
    loop.round(Duration.ZERO);
    loop.round(Duration.ZERO);
    assertThat(tasks).hasSize(1);
    doomed.crash();
    tasks.clear();
    LeafLoop<DnsCommand> next = leaf(wire, log.join("dns"), tasks);
    next.round(Duration.ZERO);
    next.round(Duration.ZERO);
    tasks.remove().run();
    next.round(Duration.ZERO);

    // then
    assertThat(log.all(topics.events()))
        .extracting(record -> record.headers().get("ce_type"))
        .containsOnlyOnce("dns.traffic-shifted.v1");
  }

  private LeafLoop<DnsCommand> leaf(Wire wire, InMemoryLog.Member member, Deque<Runnable> tasks) {
    LeafLoop<DnsCommand> loop =
        new LeafLoop<>(
            "dns",
            DnsCommand.class,
            wire,
            member,
            (command, _) -> new TrafficShifted(command.header().step(), clock.instant(), 1),
            tasks::add,
            clock);
    loop.open();
    return loop;
  }
}
