package dev.cutover.runtime;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows every committed record of some topics, all partitions, in no group and on a thread of its
 * own: for read models, consoles and tests.
 */
public final class TopicFollower implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(TopicFollower.class);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final KafkaConsumer<String, byte[]> consumer;
  private final Consumer<Received> seen;
  private final List<TopicPartition> partitions;
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private final Thread thread;
  private volatile boolean closed;

  private TopicFollower(
      KafkaSettings kafka, List<String> topics, boolean fromBeginning, Consumer<Received> seen) {
    this.consumer = KafkaClients.reader(kafka);
    this.seen = seen;
    this.partitions =
        topics.stream()
            .flatMap(topic -> consumer.partitionsFor(topic, READ_TIMEOUT).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    ends.putAll(consumer.endOffsets(partitions, READ_TIMEOUT));
    if (fromBeginning) {
      consumer.seekToBeginning(partitions);
    } else {
      ends.forEach(consumer::seek);
    }
    this.thread = Thread.ofVirtual().name("follow " + topics).unstarted(this::follow);
  }

  /**
   * Follows topics.
   *
   * @param fromBeginning whether records that are there already are shown first
   * @param seen called by one thread, in order within a partition; must not throw
   * @throws LogException when Kafka does not answer or a topic is missing
   */
  public static TopicFollower start(
      KafkaSettings kafka, List<String> topics, boolean fromBeginning, Consumer<Received> seen) {
    try {
      TopicFollower follower = new TopicFollower(kafka, topics, fromBeginning, seen);
      follower.thread.start();
      return follower;
    } catch (KafkaException e) {
      throw new LogException("Expected to follow %s, but %s".formatted(topics, e.getMessage()), e);
    }
  }

  /** Completed when all that was there at the start has been shown. */
  public CompletableFuture<Void> caughtUp() {
    return caughtUp.copy();
  }

  private void follow() {
    try (consumer) {
      while (!closed) {
        try {
          for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
            seen.accept(KafkaClients.received(record));
          }
          if (!caughtUp.isDone()
              && ends.entrySet().stream()
                  .allMatch(
                      end -> consumer.position(end.getKey(), READ_TIMEOUT) >= end.getValue())) {
            caughtUp.complete(null);
          }
        } catch (WakeupException e) {
          // Closing, as the loop sees.
        } catch (KafkaException e) {
          LOGGER
              .atWarn()
              .addKeyValue(LogKeys.CAUSE, e.toString())
              .log("following goes on after a pause");
          Thread.sleep(PAUSE);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
