package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.ChangeChunk;
import dev.cutover.sync.domain.LargeTransaction;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The change topic of one stream: one partition, so that order is commit order. Values beyond a
 * record's limit are split (data.md C1: one large column must not stop the stream).
 */
final class KafkaChangeTopic {
  static final int PART_BYTES = 512 * 1024;

  /** Header of a record that is a part: epoch, number, index and count of the parts. */
  static final String PART = "part";

  private static final long ADMIN_SECONDS = 20;

  private final Map<String, Object> client;
  private final TopicPartition partition;
  private final short replicas;

  /**
   * @param client settings of every Kafka client: bootstrap servers, security
   * @param name of the topic
   */
  KafkaChangeTopic(Map<String, Object> client, String name, short replicas) {
    this.client = Map.copyOf(client);
    this.partition = new TopicPartition(name, 0);
    this.replicas = replicas;
  }

  /** Creates the topic where it is missing; one with more than one partition is refused. */
  void create() throws InterruptedException {
    try (Admin admin = Admin.create(client)) {
      NewTopic topic =
          new NewTopic(partition.topic(), 1, replicas)
              .configs(Map.of("cleanup.policy", "delete", "retention.ms", "-1"));
      admin.createTopics(List.of(topic)).all().get(ADMIN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new KafkaException(
            "The change topic %s could not be created: %s"
                .formatted(partition.topic(), e.getMessage()),
            e);
      }
      requireOnePartition();
    } catch (TimeoutException e) {
      throw new KafkaException("Kafka did not answer about " + partition.topic(), e);
    }
  }

  private void requireOnePartition() {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      int partitions = consumer.partitionsFor(partition.topic()).size();
      if (partitions > 1) {
        throw new KafkaException(
            "Expected the change topic %s to have one partition, but it has %d: delete it, it is made again"
                .formatted(partition.topic(), partitions));
      }
    }
  }

  /**
   * Deletes the records before an offset; -1 deletes all. No topic is no error. Nothing depends on
   * its success.
   */
  void prune(long before) throws InterruptedException {
    try (Admin admin = Admin.create(client)) {
      Set<String> names = admin.listTopics().names().get(ADMIN_SECONDS, TimeUnit.SECONDS);
      if (!names.contains(partition.topic())) {
        return;
      }
      admin
          .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)))
          .all()
          .get(ADMIN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new KafkaException("The topic could not be pruned: " + e.getMessage(), e);
    } catch (TimeoutException e) {
      throw new KafkaException("The topic could not be pruned: Kafka did not answer", e);
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "none");
    settings.put("max.partition.fetch.bytes", Integer.toString(8 * 1024 * 1024));
    settings.put("max.poll.records", "8000");
    settings.put("reconnect.backoff.max.ms", "500");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  Writer writer() {
    return new Writer();
  }

  ChangeTopicReader reader() {
    return new ChangeTopicReader(consumer(), partition);
  }

  /** Reads the changes of a transaction once more; stops with an exception when told to. */
  LargeChanges changesOf(LargeTransaction transaction, BooleanSupplier isStopped) {
    return new LargeChanges(reader(), transaction, isStopped);
  }

  /** Writes chunks in order; one thread. After a failure nothing can be written any more. */
  final class Writer implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    private Writer() {
      Map<String, Object> settings = new HashMap<>(client);
      settings.put("acks", "all");
      settings.put("enable.idempotence", "true");
      settings.put("linger.ms", "0");
      settings.put("batch.size", "262144");
      settings.put("request.timeout.ms", "10000");
      settings.put("reconnect.backoff.max.ms", "500");
      // A broker may be away for long; giving one record up would leave a gap.
      settings.put("delivery.timeout.ms", Integer.toString(Integer.MAX_VALUE));
      settings.put("max.block.ms", Integer.toString(Integer.MAX_VALUE));
      producer =
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Queues a chunk; waits while too much is queued. */
    @SuppressWarnings("FutureReturnValueIgnored") // its failure comes by the callback
    void write(ChangeChunk chunk) {
      Exception failed = failure.get();
      if (failed != null) {
        throw new KafkaException("An earlier change could not be written", failed);
      }
      byte[] bytes = ChangeCodec.encode(chunk);
      int parts = Math.max(1, Math.ceilDiv(bytes.length, PART_BYTES));
      for (int i = 0; i < parts; i++) {
        boolean isWhole = parts == 1;
        byte[] part =
            isWhole
                ? bytes
                : Arrays.copyOfRange(
                    bytes, i * PART_BYTES, Math.min(bytes.length, (i + 1) * PART_BYTES));
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(partition.topic(), 0, null, part);
        if (!isWhole) {
          record
              .headers()
              .add(
                  PART,
                  ByteBuffer.allocate(24)
                      .putLong(chunk.epoch())
                      .putLong(chunk.number())
                      .putInt(i)
                      .putInt(parts)
                      .array());
        }
        producer.send(
            record,
            (_, error) -> {
              if (error != null) {
                failure.compareAndSet(null, error);
              }
            });
      }
    }

    @Override
    public void close() {
      producer.close(Duration.ZERO);
    }
  }
}
