package dev.cutover.runtime;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Kafka's clients with the settings that were measured (correctness.md 4), and records both ways.
 */
final class KafkaClients {
  private KafkaClients() {}

  /**
   * A group's member: a killed one is replaced after six seconds, a named one comes back at once.
   */
  static KafkaConsumer<String, byte[]> member(KafkaSettings kafka, String group) {
    return new KafkaConsumer<>(joining(kafka, group));
  }

  /** The same, and sees records of transactions that are not committed. */
  static KafkaConsumer<String, byte[]> uncommittedMember(KafkaSettings kafka, String group) {
    Properties properties = joining(kafka, group);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    return new KafkaConsumer<>(properties);
  }

  private static Properties joining(KafkaSettings kafka, String group) {
    Properties properties = reading(kafka);
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    kafka
        .instance()
        .ifPresent(
            instance ->
                properties.put(
                    ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "%s-%s".formatted(group, instance)));
    // The new group protocol's default splits what must stay together: the assignor is pinned.
    properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
    properties.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RangeAssignor.class.getName());
    properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "6000");
    properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "1500");
    // May be set to less: a transaction is as large as what was read at once.
    properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "200");
    return properties;
  }

  /** Reads partitions that it is told, in no group. */
  static KafkaConsumer<String, byte[]> reader(KafkaSettings kafka) {
    return new KafkaConsumer<>(reading(kafka));
  }

  /** As {@link #reader}, for as much as there is: few fetches, each with many records. */
  static KafkaConsumer<String, byte[]> bulkReader(KafkaSettings kafka) {
    Properties properties = reading(kafka);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(4 << 20));
    return new KafkaConsumer<>(properties);
  }

  private static Properties reading(KafkaSettings kafka) {
    Properties properties = kafka.properties();
    properties.put(
        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class.getName());
    properties.put(
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, "10000");
    backoff(properties);
    return properties;
  }

  /** Writes at once, each record once, in order. */
  static KafkaProducer<String, byte[]> writer(KafkaSettings kafka) {
    return new KafkaProducer<>(writing(kafka));
  }

  /** Writes transactions under an id; a dead one's is ended by the broker after five seconds. */
  static KafkaProducer<String, byte[]> transactional(KafkaSettings kafka, String transactionalId) {
    Properties properties = writing(kafka);
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "5000");
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "5000");
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "4000");
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "5000");
    // Back-to-back transactions of one id wait this long for the last one's end: 2 against 100 is
    // 400 decisions a second against 16.
    properties.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, "2");
    return new KafkaProducer<>(properties);
  }

  private static Properties writing(KafkaSettings kafka) {
    Properties properties = kafka.properties();
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class.getName());
    properties.put(
        ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
    backoff(properties);
    return properties;
  }

  /** After an outage clients come back within a second, not ten. */
  private static void backoff(Properties properties) {
    properties.put("reconnect.backoff.ms", "50");
    properties.put("reconnect.backoff.max.ms", "500");
    properties.put("retry.backoff.max.ms", "500");
  }

  static ProducerRecord<String, byte[]> record(Outgoing outgoing) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(
            outgoing.topic(),
            outgoing.key(),
            outgoing.value().equals(Payload.NONE) ? null : outgoing.value().bytes());
    outgoing
        .headers()
        .forEach(
            (name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    return record;
  }

  static Received received(ConsumerRecord<String, byte[]> record) {
    Map<String, String> headers = new HashMap<>();
    for (Header header : record.headers()) {
      headers.put(
          header.key(),
          header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8));
    }
    return new Received(
        record.topic(),
        record.partition(),
        record.offset(),
        Instant.ofEpochMilli(record.timestamp()),
        Optional.ofNullable(record.key()),
        record.value() == null ? Payload.NONE : Payload.of(record.value()),
        headers);
  }

  static int partitions(KafkaConsumer<String, byte[]> consumer, String topic) {
    try {
      return consumer.partitionsFor(topic, Duration.ofSeconds(20)).size();
    } catch (KafkaException e) {
      throw new LogException(
          "Expected Kafka to describe %s, but %s".formatted(topic, e.getMessage()), e);
    }
  }

  static TopicPartition topicPartition(Partition partition) {
    return new TopicPartition(partition.topic(), partition.number());
  }

  static Partition partition(TopicPartition partition) {
    return new Partition(partition.topic(), partition.partition());
  }
}
