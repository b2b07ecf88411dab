package dev.cutover.runtime;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads partitions of the journal from their beginning. Each record names the input that led to it,
 * so that the journal alone tells how far the inputs were decided upon.
 */
final class KafkaJournal implements AutoCloseable {
  private static final String INPUT = KafkaTransactionalLog.INPUT;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

  /** A fold that gets no further in this time fails, and is tried again. */
  private static final Duration FOLD_STALL = Duration.ofSeconds(10);

  private final String topic;
  private final KafkaConsumer<String, byte[]> reader;

  KafkaJournal(KafkaSettings kafka, String topic) {
    this.topic = topic;
    this.reader = KafkaClients.bulkReader(kafka);
  }

  /** Writes into a journal record which input led to it. */
  static void name(Received input, ProducerRecord<String, byte[]> record) {
    record
        .headers()
        .add(
            INPUT,
            "%s/%d/%d"
                .formatted(input.topic(), input.partition(), input.offset())
                .getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads partitions of the journal to their committed ends, side by side, and moves {@code next}
   * past each input named in them.
   */
  void fold(
      Set<Integer> partitions,
      BiConsumer<Integer, List<Received>> fold,
      Map<TopicPartition, Long> next) {
    Set<TopicPartition> journals =
        partitions.stream()
            .map(partition -> new TopicPartition(topic, partition))
            .collect(Collectors.toUnmodifiableSet());
    reader.assign(journals);
    reader.seekToBeginning(journals);
    Map<TopicPartition, Long> unread = new HashMap<>(reader.endOffsets(journals, READ_TIMEOUT));
    long progressNanos = System.nanoTime();
    while (true) {
      // A position passes what no reader is shown: the ends of transactions.
      unread.entrySet().removeIf(end -> position(end.getKey()) >= end.getValue());
      if (unread.isEmpty()) {
        break;
      }
      ConsumerRecords<String, byte[]> records = reader.poll(Duration.ofMillis(100));
      for (TopicPartition journal : records.partitions()) {
        List<Received> received =
            records.records(journal).stream().map(KafkaClients::received).toList();
        received.forEach(record -> passInput(record, next));
        fold.accept(journal.partition(), received);
      }
      if (!records.isEmpty()) {
        progressNanos = System.nanoTime();
      } else if (System.nanoTime() - progressNanos > FOLD_STALL.toNanos()) {
        throw new LogException(
            "Expected the journal up to %s, but got no further in %s".formatted(unread, FOLD_STALL),
            null);
      }
    }
    reader.assign(Set.of());
  }

  private long position(TopicPartition journal) {
    return reader.position(journal, READ_TIMEOUT);
  }

  private static void passInput(Received journal, Map<TopicPartition, Long> next) {
    String input = journal.headers().get(INPUT);
    if (input != null) {
      int offsetAt = input.lastIndexOf('/');
      int partitionAt = input.lastIndexOf('/', offsetAt - 1);
      TopicPartition from =
          new TopicPartition(
              input.substring(0, partitionAt),
              Integer.parseInt(input.substring(partitionAt + 1, offsetAt)));
      long after = Long.parseLong(input.substring(offsetAt + 1)) + 1;
      next.computeIfPresent(from, (_, offset) -> Math.max(offset, after));
    }
  }

  @Override
  public void close() {
    reader.close(CloseOptions.timeout(CLOSE_TIMEOUT));
  }

  /** Vanishes without a word to the broker. */
  void abandon() {
    reader.close(CloseOptions.timeout(Duration.ZERO));
  }
}
