package dev.cutover.runtime;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
    this.reader = KafkaClients.reader(kafka);
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

  /** Reads the journal to its committed end, and moves {@code next} past each input named in it. */
  void fold(int partition, Consumer<Received> fold, Map<TopicPartition, Long> next) {
    TopicPartition journal = new TopicPartition(topic, partition);
    reader.assign(Set.of(journal));
    reader.seekToBeginning(Set.of(journal));
    long end = reader.endOffsets(Set.of(journal), READ_TIMEOUT).getOrDefault(journal, 0L);
    long progressNanos = System.nanoTime();
    while (reader.position(journal, READ_TIMEOUT) < end) {
      List<ConsumerRecord<String, byte[]>> records =
          reader.poll(Duration.ofMillis(100)).records(journal);
      for (ConsumerRecord<String, byte[]> record : records) {
        Received received = KafkaClients.received(record);
        passInput(received, next);
        fold.accept(received);
      }
      if (!records.isEmpty()) {
        progressNanos = System.nanoTime();
      } else if (System.nanoTime() - progressNanos > FOLD_STALL.toNanos()) {
        throw new LogException(
            "Expected %s up to %d, but got no further than %d in %s"
                .formatted(journal, end, reader.position(journal, READ_TIMEOUT), FOLD_STALL),
            null);
      }
    }
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
