package dev.cutover.deploy.bench;

import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The floor: what a record needs through one consumer and one transaction when nothing is decided.
 * Uses topics of the benchmark that its cutovers leave alone.
 */
final class BareTransaction {
  private final KafkaSettings kafka;
  private final TopicPartition in;
  private final TopicPartition out;
  private volatile boolean stopped;

  BareTransaction(KafkaSettings kafka, Topics topics) {
    this.kafka = kafka;
    this.in = new TopicPartition(topics.rollbackRequests(), 0);
    this.out = new TopicPartition(topics.measurements(), 0);
  }

  /** Records in a topic, markers of transactions included. */
  static long records(KafkaSettings kafka, String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      return consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Sends records at that rate, and measures each from its sending to its answer. */
  Latencies run(int records, int perSecond) throws InterruptedException {
    Latencies latencies = new Latencies();
    Thread echo = Thread.ofPlatform().daemon().start(this::echo);
    Thread listener = Thread.ofPlatform().daemon().start(() -> listen(records, latencies));
    try (KafkaProducer<byte[], byte[]> producer = producer(null)) {
      long next = System.nanoTime();
      for (int i = 0; i < records; i++) {
        next += 1_000_000_000L / perSecond;
        long wait = next - System.nanoTime();
        if (wait > 0) {
          TimeUnit.NANOSECONDS.sleep(wait);
        }
        byte[] now = ByteBuffer.allocate(Long.BYTES).putLong(System.nanoTime()).array();
        var _ = producer.send(new ProducerRecord<>(in.topic(), in.partition(), null, now));
      }
      listener.join(Duration.ofSeconds(30));
    } finally {
      stopped = true;
      echo.join(Duration.ofSeconds(10));
    }
    return latencies;
  }

  private void echo() {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka);
        KafkaProducer<byte[], byte[]> producer = producer("bench-floor")) {
      producer.initTransactions();
      consumer.assign(List.of(in));
      consumer.seekToBeginning(List.of(in));
      while (!stopped) {
        var batch = consumer.poll(Duration.ofMillis(100));
        if (batch.isEmpty()) {
          continue;
        }
        producer.beginTransaction();
        for (ConsumerRecord<byte[], byte[]> record : batch) {
          var _ =
              producer.send(
                  new ProducerRecord<>(out.topic(), out.partition(), null, record.value()));
        }
        producer.sendOffsetsToTransaction(
            Map.of(in, new OffsetAndMetadata(consumer.position(in))), consumer.groupMetadata());
        producer.commitTransaction();
      }
    }
  }

  private void listen(int records, Latencies latencies) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
      consumer.assign(List.of(out));
      consumer.seekToBeginning(List.of(out));
      while (latencies.count() < records) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          latencies.add(System.nanoTime() - ByteBuffer.wrap(record.value()).getLong());
        }
      }
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(KafkaSettings kafka) {
    Properties properties = kafka.properties();
    properties.put("group.id", "bench-floor");
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", "false");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private KafkaProducer<byte[], byte[]> producer(
      @org.jspecify.annotations.Nullable String transactionalId) {
    Properties properties = kafka.properties();
    properties.put("linger.ms", "0");
    if (transactionalId != null) {
      properties.put("transactional.id", transactionalId);
      properties.put("retry.backoff.ms", "2");
    }
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
