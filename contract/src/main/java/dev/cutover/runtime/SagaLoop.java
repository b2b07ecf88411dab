package dev.cutover.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of a saga over a log: one thread owns the records, the state and the timers.
 *
 * <p>For each partition and round there is one transaction: journal records, what is sent, and the
 * inputs' offsets. A partition decides nothing before its journal was folded; whenever a
 * transaction's outcome is not known, the partition's state is dropped and folded again. Timers run
 * here too, so what they decide is fenced like everything else.
 *
 * <p>A partition's time never runs backwards: where an instance's clock is behind what its journal
 * has seen, time goes on from there. A deadline keeps its length then, whoever waits for it. A
 * clock that is ahead can't be told from a long absence: what is overdue by it is due.
 */
public final class SagaLoop implements MessageLoop {
  private static final Logger LOGGER = LoggerFactory.getLogger(SagaLoop.class);

  /** Due timers of one round; what is due again at once waits for the next. */
  private static final int TIMERS_MAX = 100;

  /** Longest time that timers wait for the inputs to be read after a take-over. */
  private static final Duration CATCH_UP_MAX = Duration.ofSeconds(5);

  /** Clocks of two machines differ by so much anyway. */
  private static final Duration BEHIND_MIN = Duration.ofSeconds(5);

  /** Pause after a take-over that did not work. */
  private static final Duration TAKE_OVER_PAUSE = Duration.ofMillis(100);

  private final Topics topics;
  private final TransactionalLog log;
  private final Saga saga;
  private final InstantSource clock;

  private final SortedSet<Integer> waiting = new TreeSet<>();
  private final SortedSet<Integer> owned = new TreeSet<>();
  private final Map<Integer, Instant> timersFrom = new HashMap<>();

  /** How far each partition's time is ahead of this clock. */
  private final Map<Integer, Duration> ahead = new HashMap<>();

  private volatile boolean assigned;
  private boolean joined;

  public SagaLoop(Topics topics, TransactionalLog log, Saga saga, InstantSource clock) {
    this.topics = topics;
    this.log = log;
    this.saga = saga;
    this.clock = clock;
  }

  @Override
  public void open() {
    List<String> needed = new ArrayList<>(topics.inputs());
    needed.add(topics.journal());
    topics.check(needed, log);
    log.subscribe(topics.inputs(), this::assigned);
  }

  @Override
  public void round(Duration wait) {
    List<Received> records = log.poll(waiting.isEmpty() ? untilDue(wait) : TAKE_OVER_PAUSE);
    SortedMap<Integer, List<Received>> byPartition = new TreeMap<>();
    for (Received received : records) {
      byPartition.computeIfAbsent(received.partition(), _ -> new ArrayList<>()).add(received);
    }
    SortedMap<Integer, List<Decided>> decisions = new TreeMap<>();
    for (int partition : owned) {
      List<Decided> decided = decide(partition, byPartition.getOrDefault(partition, List.of()));
      if (!decided.isEmpty()) {
        decisions.put(partition, decided);
      }
    }
    log.commitAll(decisions).forEach(this::failed);
    if (!waiting.isEmpty()) {
      takeOver(new TreeSet<>(waiting));
    }
    assigned = joined && waiting.isEmpty();
  }

  @Override
  public boolean assigned() {
    return assigned;
  }

  @Override
  public void wake() {
    log.wake();
  }

  @Override
  public void close() {
    log.close();
  }

  private void assigned(Set<Partition> partitions) {
    List.copyOf(owned).forEach(this::drop);
    waiting.clear();
    SortedMap<Integer, List<String>> byNumber =
        partitions.stream()
            .collect(
                Collectors.groupingBy(
                    Partition::number,
                    TreeMap::new,
                    Collectors.mapping(Partition::topic, Collectors.toList())));
    byNumber.forEach(
        (number, found) -> {
          if (found.size() == topics.inputs().size()) {
            waiting.add(number);
          } else {
            LOGGER
                .atError()
                .addKeyValue(LogKeys.PARTITION, number)
                .addKeyValue("found", found)
                .log(
                    "partition not served: its input topics went to several instances; run topics verify");
          }
        });
    joined = true;
    assigned = false;
  }

  /** All at once: most of a take-over is waiting for the brokers. */
  private void takeOver(SortedSet<Integer> partitions) {
    long startedNanos = System.nanoTime();
    long[] folded = new long[1];
    try {
      log.takeOver(
          partitions,
          (partition, journal) -> {
            saga.restore(partition, journal);
            folded[0] += journal.size();
          });
      for (int partition : partitions) {
        saga.restored(partition, clock.instant()).ifPresent(latest -> goOnFrom(partition, latest));
        timersFrom.put(partition, now(partition).plus(CATCH_UP_MAX));
      }
      waiting.removeAll(partitions);
      owned.addAll(partitions);
      LOGGER
          .atInfo()
          .addKeyValue("partitions", partitions)
          .addKeyValue("journalRecords", folded[0])
          .addKeyValue(LogKeys.DURATION_MS, (System.nanoTime() - startedNanos) / 1_000_000)
          .log("partitions taken over");
    } catch (LogException e) {
      LOGGER
          .atWarn()
          .addKeyValue("partitions", partitions)
          .addKeyValue(LogKeys.CAUSE, String.valueOf(e.getMessage()))
          .log("partitions not taken over yet");
      partitions.forEach(saga::revoked);
      partitions.forEach(log::release);
    }
  }

  private Instant now(int partition) {
    return clock.instant().plus(ahead.getOrDefault(partition, Duration.ZERO));
  }

  private void goOnFrom(int partition, Instant latest) {
    Duration behind = Duration.between(clock.instant(), latest);
    if (!behind.isPositive()) {
      return;
    }
    ahead.put(partition, behind);
    if (behind.compareTo(BEHIND_MIN) > 0) {
      LOGGER
          .atWarn()
          .addKeyValue(LogKeys.PARTITION, partition)
          .addKeyValue("behindMs", behind.toMillis())
          .log("this clock is behind the journal: time goes on from the journal's; set the clock");
    }
  }

  private List<Decided> decide(int partition, List<Received> records) {
    List<Decided> decisions = new ArrayList<>();
    for (Received received : records) {
      decisions.add(new Decided(Optional.of(received), decide(received)));
    }
    for (int n = 0; n < TIMERS_MAX && due(partition); n++) {
      decisions.add(
          new Decided(
              Optional.empty(), saga.onTimer(partition, now(partition), log.caughtUp(partition))));
    }
    return decisions;
  }

  private void failed(int partition, LogException failure) {
    lost(partition, failure);
    if (failure instanceof FencedException) {
      // Taking over again at once would fence the rightful owner: first ask who that is.
      joined = false;
      log.rejoin();
    } else {
      waiting.add(partition);
    }
  }

  private List<Outgoing> decide(Received received) {
    Optional<String> key = received.key();
    if (key.isPresent() && topics.partitionOf(key.get()) != received.partition()) {
      // Forwarded in the same transaction, so once; never decided upon here.
      return List.of(
          new Outgoing(received.topic(), key.get(), received.value(), received.headers()));
    }
    int partition = received.partition();
    return saga.onRecord(received, now(partition), log.caughtUp(partition));
  }

  private boolean due(int partition) {
    return timersMayRun(partition)
        && saga.nextDue(partition).map(at -> !at.isAfter(now(partition))).orElse(false);
  }

  /**
   * After a take-over the answer that a deadline waits for may lie in the log: it is read first.
   */
  private boolean timersMayRun(int partition) {
    Instant latest = timersFrom.get(partition);
    if (latest != null && (log.caughtUp(partition) || !now(partition).isBefore(latest))) {
      timersFrom.remove(partition);
      latest = null;
    }
    return latest == null;
  }

  private Duration untilDue(Duration wait) {
    Duration shortest = wait;
    for (int partition : owned) {
      Optional<Instant> due = saga.nextDue(partition);
      if (due.isPresent() && !timersFrom.containsKey(partition)) {
        Duration until = Duration.between(now(partition), due.get());
        shortest = until.compareTo(shortest) < 0 ? until : shortest;
      }
    }
    return shortest.isNegative() ? Duration.ZERO : shortest;
  }

  private void lost(int partition, LogException cause) {
    LOGGER
        .atWarn()
        .addKeyValue(LogKeys.PARTITION, partition)
        .addKeyValue(LogKeys.CAUSE, String.valueOf(cause.getMessage()))
        .log("decision not known to be committed: the partition is folded again");
    drop(partition);
    log.release(partition);
  }

  private void drop(int partition) {
    owned.remove(partition);
    timersFrom.remove(partition);
    ahead.remove(partition);
    saga.revoked(partition);
  }
}
