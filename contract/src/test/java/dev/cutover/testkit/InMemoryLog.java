package dev.cutover.testkit;

import dev.cutover.runtime.Decided;
import dev.cutover.runtime.FencedException;
import dev.cutover.runtime.Log;
import dev.cutover.runtime.Outgoing;
import dev.cutover.runtime.Partition;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.TransactionalLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Kafka's promises in memory, for a seeded simulation in one thread: partitions in order, groups
 * with one living member, transactions that happen whole or not at all, fencing.
 *
 * <p>Faults it can make: records are shown late, so that topics and partitions overtake each other
 * (never one partition's own order), and are written twice, as by a sender that tries again. A
 * member that {@link Member#crash}es loses what it had not committed: the next one sees it again.
 */
public final class InMemoryLog {
  private final Topics topics;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Faults faults;
  private final Map<Partition, List<Entry>> records = new HashMap<>();
  private final Map<String, Map<Partition, Long>> committed = new HashMap<>();
  private final Map<String, Member> members = new HashMap<>();
  private final Map<Integer, Member> owners = new HashMap<>();
  private Consumer<Received> written = _ -> {};

  /**
   * How bad it is.
   *
   * @param duplicates probability that a plain record is written twice, 0 to 1
   * @param delayMax longest time until a record is shown; drawn for each record
   */
  public record Faults(double duplicates, Duration delayMax) {
    public static final Faults NONE = new Faults(0, Duration.ZERO);
  }

  private record Entry(Received received, Instant shownFrom) {}

  public InMemoryLog(Topics topics, InstantSource clock, RandomGenerator random, Faults faults) {
    this.topics = topics;
    this.clock = clock;
    this.random = random;
    this.faults = faults;
  }

  /** Is told of every record as it is written (committed): for invariants and traces. */
  public void onWritten(Consumer<Received> listener) {
    written = listener;
  }

  /** Joins a group; whoever was in it before is out, as if its session had ended. */
  public Member join(String group) {
    return member(group, false);
  }

  /**
   * Joins a group whose decisions are transactions; its former member is fenced when taken over.
   */
  public Member joinTransactional(String group) {
    return member(group, true);
  }

  private Member member(String group, boolean transactional) {
    Member member = new Member(group, transactional);
    members.put(group, member);
    return member;
  }

  /** Writes as an outsider does. */
  public void write(Outgoing record) {
    append(record, Optional.empty());
  }

  /** Lists all records of a topic, by partition, in order. */
  public List<Received> all(String topic) {
    List<Received> all = new ArrayList<>();
    for (int partition = 0; partition < topics.partitions(); partition++) {
      entries(new Partition(topic, partition)).forEach(entry -> all.add(entry.received()));
    }
    return all;
  }

  /** Returns when the next record is shown that a member waits for; empty when none is hidden. */
  public Optional<Instant> nextShown() {
    Instant now = clock.instant();
    return records.values().stream()
        .flatMap(List::stream)
        .map(Entry::shownFrom)
        .filter(at -> at.isAfter(now))
        .min(Instant::compareTo);
  }

  private List<Entry> entries(Partition partition) {
    return records.computeIfAbsent(partition, _ -> new ArrayList<>());
  }

  private void append(Outgoing record, Optional<String> input) {
    Partition partition = new Partition(record.topic(), topics.partitionOf(record.key()));
    List<Entry> entries = entries(partition);
    Map<String, String> headers = new TreeMap<>(record.headers());
    input.ifPresent(from -> headers.put("cutover_input", from));
    Received received =
        new Received(
            record.topic(),
            partition.number(),
            entries.size(),
            clock.instant(),
            Optional.of(record.key()),
            record.value(),
            headers);
    long delayMs =
        faults.delayMax().isZero() ? 0 : random.nextLong(faults.delayMax().toMillis() + 1);
    entries.add(new Entry(received, clock.instant().plusMillis(delayMs)));
    written.accept(received);
  }

  /** One member of a group. */
  public final class Member implements Log, TransactionalLog {
    private final String group;
    private final boolean transactional;
    private final Map<Partition, Long> positions =
        new TreeMap<>(Comparator.comparing(Partition::toString));

    // How many records there were when the partition was taken over.
    private final Map<Partition, Integer> backlog = new HashMap<>();
    private final Set<Integer> taken = new HashSet<>();
    private List<String> subscribed = List.of();
    private Consumer<Set<Partition>> assigned = _ -> {};
    private boolean told;
    private boolean held;

    private Member(String group, boolean transactional) {
      this.group = group;
      this.transactional = transactional;
    }

    private boolean alive() {
      return members.get(group) == this;
    }

    @Override
    public void subscribe(List<String> names, Consumer<Set<Partition>> listener) {
      subscribed = List.copyOf(names);
      assigned = listener;
    }

    @Override
    public int partitions(String topic) {
      return topics.partitions();
    }

    @Override
    public boolean caughtUp(int partition) {
      return subscribed.stream()
          .map(topic -> new Partition(topic, partition))
          .allMatch(input -> positions.getOrDefault(input, 0L) >= backlog.getOrDefault(input, 0));
    }

    @Override
    public List<Received> poll(Duration wait) {
      if (!alive()) {
        if (told) {
          told = false;
          positions.clear();
          assigned.accept(Set.of());
        }
        return List.of();
      }
      if (!told) {
        told = true;
        taken.clear();
        Set<Partition> all = new HashSet<>();
        for (String topic : subscribed) {
          for (int number = 0; number < topics.partitions(); number++) {
            Partition partition = new Partition(topic, number);
            all.add(partition);
            positions.put(partition, committedOf(partition));
          }
        }
        assigned.accept(Set.copyOf(all));
        return List.of();
      }
      List<Received> shown = new ArrayList<>();
      if (!held) {
        for (Partition partition : List.copyOf(positions.keySet())) {
          if (!transactional || taken.contains(partition.number())) {
            show(partition, shown);
          }
        }
      }
      return shown;
    }

    /**
     * Shows what may be seen now: a hidden record hides those behind it in its partition, as in
     * Kafka; topics and partitions overtake each other.
     */
    private void show(Partition partition, List<Received> shown) {
      List<Entry> entries = entries(partition);
      Instant now = clock.instant();
      long next = positions.getOrDefault(partition, 0L);
      while (next < entries.size() && !entries.get((int) next).shownFrom().isAfter(now)) {
        shown.add(entries.get((int) next).received());
        next++;
      }
      positions.put(partition, next);
    }

    /** Returns when the next record can be shown to this member; empty when it has seen all. */
    public Optional<Instant> nextShown() {
      Optional<Instant> next = Optional.empty();
      for (Map.Entry<Partition, Long> position : positions.entrySet()) {
        List<Entry> entries = entries(position.getKey());
        if (position.getValue() < entries.size()) {
          Instant at = entries.get(position.getValue().intValue()).shownFrom();
          next = next.isEmpty() || at.isBefore(next.get()) ? Optional.of(at) : next;
        }
      }
      return next;
    }

    private long committedOf(Partition partition) {
      return committed.getOrDefault(group, Map.of()).getOrDefault(partition, 0L);
    }

    @Override
    public CompletableFuture<Void> publish(Outgoing record) {
      append(record, Optional.empty());
      if (random.nextDouble() < faults.duplicates()) {
        append(record, Optional.empty());
      }
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void commit(Map<Partition, Long> next) {
      if (alive()) {
        committed.computeIfAbsent(group, _ -> new HashMap<>()).putAll(next);
      }
    }

    @Override
    public void takeOver(Set<Integer> partitions, BiConsumer<Integer, List<Received>> fold) {
      partitions.forEach(partition -> takeOver(partition, fold));
    }

    private void takeOver(int partition, BiConsumer<Integer, List<Received>> fold) {
      owners.put(partition, this);
      fold.accept(
          partition,
          entries(new Partition(topics.journal(), partition)).stream()
              .map(Entry::received)
              .toList());
      for (String topic : subscribed) {
        Partition input = new Partition(topic, partition);
        positions.put(input, committedOf(input));
        backlog.put(input, entries(input).size());
      }
      taken.add(partition);
    }

    @Override
    public void commit(int partition, List<Decided> decisions) {
      if (owners.get(partition) != this || !alive()) {
        throw new FencedException(
            "Expected to own partition %d, but somebody else does".formatted(partition),
            new IllegalStateException("fenced"));
      }
      Map<Partition, Long> next = committed.computeIfAbsent(group, _ -> new HashMap<>());
      for (Decided decided : decisions) {
        for (Outgoing record : decided.records()) {
          append(
              record,
              decided
                  .input()
                  .filter(_ -> record.topic().equals(topics.journal()))
                  .map(in -> "%s/%d/%d".formatted(in.topic(), in.partition(), in.offset())));
        }
        decided.input().ifPresent(input -> next.put(input.from(), input.offset() + 1));
      }
    }

    @Override
    public void release(int partition) {
      taken.remove(partition);
      owners.remove(partition, this);
    }

    @Override
    public void rejoin() {
      told = false;
    }

    @Override
    public void hold(boolean on) {
      held = on;
    }

    @Override
    public void wake() {
      // Nothing waits here.
    }

    /** Vanishes without a word. */
    public void crash() {
      members.remove(group, this);
    }

    @Override
    public void close() {
      crash();
    }
  }
}
