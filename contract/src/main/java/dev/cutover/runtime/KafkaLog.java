package dev.cutover.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Log} over Kafka with a plain idempotent producer: nothing of it can hang in a
 * transaction.
 */
public final class KafkaLog implements Log {
  private static final Logger LOGGER = LoggerFactory.getLogger(KafkaLog.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Optional<KafkaConsumer<String, byte[]>> consumer;
  private final KafkaProducer<String, byte[]> producer;
  private boolean held;

  /** Reads as a member of a group, and writes. */
  public KafkaLog(KafkaSettings kafka, String group) {
    this(Optional.of(KafkaClients.member(kafka, group)), KafkaClients.writer(kafka));
  }

  /**
   * Reads as a member of a group, also what is not committed yet or never will be: no transaction
   * of somebody else can hold the reader up.
   */
  public static KafkaLog uncommitted(KafkaSettings kafka, String group) {
    return new KafkaLog(
        Optional.of(KafkaClients.uncommittedMember(kafka, group)), KafkaClients.writer(kafka));
  }

  private KafkaLog(
      Optional<KafkaConsumer<String, byte[]>> consumer, KafkaProducer<String, byte[]> producer) {
    this.consumer = consumer;
    this.producer = producer;
  }

  /** Only writes: reading it is a programmer's error. */
  public static KafkaLog writer(KafkaSettings kafka) {
    return new KafkaLog(Optional.empty(), KafkaClients.writer(kafka));
  }

  @Override
  public void subscribe(List<String> topics, Consumer<Set<Partition>> assigned) {
    consumer()
        .subscribe(
            topics,
            new ConsumerRebalanceListener() {
              @Override
              public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                // What runs goes on: most of it is assigned again in a moment.
              }

              @Override
              public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                if (held) {
                  consumer().pause(partitions);
                }
                assigned.accept(
                    partitions.stream()
                        .map(KafkaClients::partition)
                        .collect(Collectors.toUnmodifiableSet()));
              }

              @Override
              public void onPartitionsLost(Collection<TopicPartition> partitions) {
                assigned.accept(Set.of());
              }
            });
  }

  @Override
  public int partitions(String topic) {
    return KafkaClients.partitions(consumer(), topic);
  }

  @Override
  public List<Received> poll(Duration wait) {
    try {
      List<Received> received = new ArrayList<>();
      for (ConsumerRecord<String, byte[]> record : consumer().poll(wait)) {
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
  public CompletableFuture<Void> publish(Outgoing record) {
    CompletableFuture<Void> durable = new CompletableFuture<>();
    try {
      var _ =
          producer.send(
              KafkaClients.record(record),
              (_, failure) -> {
                if (failure == null) {
                  durable.complete(null);
                } else {
                  durable.completeExceptionally(refused(record, failure));
                }
              });
    } catch (KafkaException | IllegalStateException e) {
      durable.completeExceptionally(refused(record, e));
    }
    return durable;
  }

  @Override
  public void commit(Map<Partition, Long> next) {
    consumer()
        .commitAsync(
            offsets(next),
            (_, failure) -> {
              if (failure != null) {
                LOGGER
                    .atDebug()
                    .addKeyValue(LogKeys.CAUSE, failure.toString())
                    .log("offsets not committed: some records will come again");
              }
            });
  }

  @Override
  public void hold(boolean on) {
    held = on;
    if (on) {
      consumer().pause(consumer().assignment());
    } else {
      consumer().resume(consumer().assignment());
    }
  }

  @Override
  public void wake() {
    consumer.ifPresent(KafkaConsumer::wakeup);
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
    consumer.ifPresent(member -> member.close(CloseOptions.timeout(CLOSE_TIMEOUT)));
  }

  private KafkaConsumer<String, byte[]> consumer() {
    return consumer.orElseThrow(() -> new IllegalStateException("This log only writes"));
  }

  private static LogException refused(Outgoing record, Exception failure) {
    return new LogException(
        "Expected to write to %s, but %s".formatted(record.topic(), failure.getMessage()), failure);
  }

  static Map<TopicPartition, OffsetAndMetadata> offsets(Map<Partition, Long> next) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    next.forEach(
        (partition, offset) ->
            offsets.put(KafkaClients.topicPartition(partition), new OffsetAndMetadata(offset)));
    return offsets;
  }
}
