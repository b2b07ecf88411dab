package dev.cutover.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * A {@link TransactionalLog} over Kafka: one producer for each partition, whose transactional id
 * fences whoever had the partition before.
 *
 * <p>The order of a take-over is binding (correctness.md 4): initialise the id, which ends the dead
 * owner's transaction; only then read stable offsets and the journal's committed end; fold; decide.
 * A journal record carries its input's position, because committed offsets expire after a week and
 * cutovers last longer.
 */
public final class KafkaTransactionalLog implements TransactionalLog {
  /** Header of a journal record: {@code topic/partition/offset} of the input that led to it. */
  public static final String INPUT = "cutover_input";

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

  /** Points at which a process may die, for tests that let it. */
  enum Step {
    TAKEN_OVER,
    BEGUN,
    WRITTEN,
    OFFSETS_SENT,
    COMMITTED
  }

  private final KafkaSettings kafka;
  private final Topics topics;
  private final Consumer<Step> reached;
  private final KafkaConsumer<String, byte[]> consumer;
  private final KafkaJournal journal;
  private final Map<Integer, KafkaProducer<String, byte[]>> producers = new HashMap<>();

  // First offset not decided upon, of all inputs of the partitions taken over.
  private final Map<TopicPartition, Long> positions = new HashMap<>();

  // Where the inputs ended when their partition was taken over; gone once they were read so far.
  private final Map<TopicPartition, Long> backlog = new HashMap<>();

  /**
   * Makes a member of a group.
   *
   * @param group name of the consumer group
   */
  public KafkaTransactionalLog(KafkaSettings kafka, Topics topics, String group) {
    this(kafka, topics, group, _ -> {});
  }

  KafkaTransactionalLog(KafkaSettings kafka, Topics topics, String group, Consumer<Step> reached) {
    this.kafka = kafka;
    this.topics = topics;
    this.reached = reached;
    this.consumer = KafkaClients.member(kafka, group);
    this.journal = new KafkaJournal(kafka, topics.journal());
  }

  @Override
  public void subscribe(List<String> inputs, Consumer<Set<Partition>> assigned) {
    consumer.subscribe(
        inputs,
        new ConsumerRebalanceListener() {
          @Override
          public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            forget(assigned);
          }

          @Override
          public void onPartitionsLost(Collection<TopicPartition> partitions) {
            forget(assigned);
          }

          @Override
          public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            consumer.pause(partitions);
            assigned.accept(
                partitions.stream()
                    .map(KafkaClients::partition)
                    .collect(Collectors.toUnmodifiableSet()));
          }
        });
  }

  private void forget(Consumer<Set<Partition>> assigned) {
    assigned.accept(Set.of());
    new HashSet<>(producers.keySet()).forEach(this::release);
  }

  @Override
  public int partitions(String topic) {
    return KafkaClients.partitions(consumer, topic);
  }

  @Override
  public List<Received> poll(Duration wait) {
    try {
      List<Received> received = new ArrayList<>();
      for (ConsumerRecord<String, byte[]> record : consumer.poll(wait)) {
        received.add(KafkaClients.received(record));
      }
      return received;
    } catch (WakeupException e) {
      return List.of();
    } catch (KafkaException e) {
      throw new LogException("Expected to read from Kafka, but " + e.getMessage(), e);
    }
  }

  @Override
  public void takeOver(Set<Integer> partitions, BiConsumer<Integer, List<Received>> fold) {
    partitions.forEach(this::release);
    Set<TopicPartition> inputs =
        partitions.stream()
            .flatMap(partition -> inputs(partition).stream())
            .collect(Collectors.toUnmodifiableSet());
    try {
      initialise(partitions);
      Map<TopicPartition, Long> next = committed(inputs);
      journal.fold(partitions, fold, next);
      backlog.putAll(consumer.endOffsets(inputs, READ_TIMEOUT));
      positions.putAll(next);
      next.forEach(consumer::seek);
      consumer.resume(inputs);
      reached.accept(Step.TAKEN_OVER);
    } catch (KafkaException | IllegalStateException e) {
      throw new LogException(
          "Expected to take over partitions %s, but %s".formatted(partitions, e.getMessage()), e);
    }
  }

  /** Fences whoever had them; side by side, as each waits for the broker. */
  private void initialise(Set<Integer> partitions) {
    Map<Integer, KafkaProducer<String, byte[]>> made = new ConcurrentHashMap<>();
    List<Future<?>> starts = new ArrayList<>();
    try (ExecutorService starting = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int partition : partitions) {
        starts.add(
            starting.submit(
                () -> {
                  KafkaProducer<String, byte[]> producer =
                      KafkaClients.transactional(kafka, topics.transactionalId(partition));
                  made.put(partition, producer);
                  producer.initTransactions();
                }));
      }
    }
    producers.putAll(made);
    for (Future<?> start : starts) {
      if (start.state() == Future.State.FAILED) {
        throw unchecked(start.exceptionNow());
      }
    }
  }

  private static RuntimeException unchecked(Throwable thrown) {
    return switch (thrown) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException(thrown);
    };
  }

  private Map<TopicPartition, Long> committed(Set<TopicPartition> inputs) {
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(inputs, READ_TIMEOUT);
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(inputs, READ_TIMEOUT);
    Map<TopicPartition, Long> next = new HashMap<>();
    for (TopicPartition input : inputs) {
      OffsetAndMetadata offset = committed.get(input);
      long beginning = beginnings.getOrDefault(input, 0L);
      next.put(input, offset == null ? beginning : Math.max(beginning, offset.offset()));
    }
    return next;
  }

  @Override
  public boolean caughtUp(int partition) {
    for (TopicPartition input : inputs(partition)) {
      Long end = backlog.get(input);
      if (end != null) {
        if (consumer.position(input, READ_TIMEOUT) < end) {
          return false;
        }
        backlog.remove(input);
      }
    }
    return true;
  }

  @Override
  public void commit(int partition, List<Decided> decisions) {
    positions.putAll(commit(partition, decisions, consumer.groupMetadata()));
  }

  /** A transaction is mostly waiting for the broker: those of different producers wait together. */
  @Override
  public Map<Integer, LogException> commitAll(SortedMap<Integer, List<Decided>> decisions) {
    ConsumerGroupMetadata member = consumer.groupMetadata();
    Map<Integer, LogException> failures = new TreeMap<>();
    Map<Integer, Future<Map<TopicPartition, Long>>> commits = new TreeMap<>();
    try (ExecutorService transactions = Executors.newVirtualThreadPerTaskExecutor()) {
      decisions.forEach(
          (partition, decided) ->
              commits.put(
                  partition, transactions.submit(() -> commit(partition, decided, member))));
    }
    commits.forEach(
        (partition, commit) -> {
          switch (commit.state()) {
            case SUCCESS -> positions.putAll(commit.resultNow());
            case FAILED -> {
              if (commit.exceptionNow() instanceof LogException e) {
                failures.put(partition, e);
              } else {
                throw unchecked(commit.exceptionNow());
              }
            }
            case RUNNING, CANCELLED ->
                throw new IllegalStateException("expected a commit to have ended");
          }
        });
    return failures;
  }

  /** Returns the first offset of each input that is not decided upon; touches only its producer. */
  private Map<TopicPartition, Long> commit(
      int partition, List<Decided> decisions, ConsumerGroupMetadata member) {
    KafkaProducer<String, byte[]> producer = producers.get(partition);
    if (producer == null) {
      throw new LogException(
          "Expected partition %d to be taken over first".formatted(partition), null);
    }
    Map<TopicPartition, Long> next = new HashMap<>();
    for (TopicPartition input : inputs(partition)) {
      next.put(input, positions.getOrDefault(input, 0L));
    }
    try {
      producer.beginTransaction();
      reached.accept(Step.BEGUN);
      for (Decided decided : decisions) {
        decided
            .input()
            .ifPresent(
                input -> next.put(KafkaClients.topicPartition(input.from()), input.offset() + 1));
        for (Outgoing outgoing : decided.records()) {
          var _ = producer.send(record(partition, outgoing, decided.input()));
        }
      }
      reached.accept(Step.WRITTEN);
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      next.forEach((input, offset) -> offsets.put(input, new OffsetAndMetadata(offset)));
      // Always, also for a timer's decision: a member that is none any more fails here.
      producer.sendOffsetsToTransaction(offsets, member);
      reached.accept(Step.OFFSETS_SENT);
      producer.commitTransaction();
      reached.accept(Step.COMMITTED);
    } catch (ProducerFencedException
        | InvalidProducerEpochException
        | CommitFailedException
        | FencedInstanceIdException e) {
      throw new FencedException(
          "Expected to own partition %d, but %s".formatted(partition, e.getMessage()), e);
    } catch (KafkaException | IllegalStateException e) {
      throw new LogException(
          "Expected to commit a decision of partition %d, but %s"
              .formatted(partition, e.getMessage()),
          e);
    }
    return next;
  }

  private ProducerRecord<String, byte[]> record(
      int partition, Outgoing outgoing, Optional<Received> input) {
    ProducerRecord<String, byte[]> record = KafkaClients.record(outgoing);
    if (outgoing.topic().equals(topics.journal())) {
      if (topics.partitionOf(outgoing.key()) != partition) {
        throw new IllegalStateException(
            "Expected a journal record of partition %d, but key '%s' belongs elsewhere"
                .formatted(partition, outgoing.key()));
      }
      input.ifPresent(from -> KafkaJournal.name(from, record));
    }
    return record;
  }

  @Override
  public void release(int partition) {
    KafkaProducer<String, byte[]> producer = producers.remove(partition);
    Set<TopicPartition> inputs = inputs(partition);
    inputs.forEach(positions::remove);
    inputs.forEach(backlog::remove);
    Set<TopicPartition> mine = new HashSet<>(consumer.assignment());
    mine.retainAll(inputs);
    consumer.pause(mine);
    if (producer != null) {
      // Without waiting: an open transaction is ended by whoever initialises the id next.
      producer.close(Duration.ZERO);
    }
  }

  @Override
  public void rejoin() {
    consumer.enforceRebalance("fenced");
  }

  @Override
  public void wake() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    producers.values().forEach(producer -> producer.close(CLOSE_TIMEOUT));
    producers.clear();
    journal.close();
    consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
  }

  /** Vanishes without a word to the broker, as a killed process does. */
  void abandon() {
    producers.values().forEach(producer -> producer.close(Duration.ZERO));
    producers.clear();
    journal.abandon();
    consumer.close(
        CloseOptions.timeout(Duration.ZERO)
            .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
  }

  private Set<TopicPartition> inputs(int partition) {
    return topics.inputs().stream()
        .map(topic -> new TopicPartition(topic, partition))
        .collect(Collectors.toUnmodifiableSet());
  }
}
