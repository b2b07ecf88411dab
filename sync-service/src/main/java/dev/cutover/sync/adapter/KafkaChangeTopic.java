package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.ChangeChunk;
import dev.cutover.sync.domain.Commit;
import dev.cutover.sync.domain.Lsn;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The change topic of one stream: one partition, so that order is commit order. Values beyond a
 * record's limit are split (data.md C1: one large column must not stop the stream).
 */
final class KafkaChangeTopic {
  private static final int PART_BYTES = 512 * 1024;
  private static final String PART = "part";
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

  Reader reader() {
    return new Reader();
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

  /**
   * A chunk and where the topic goes on after it.
   *
   * @param nextOffset offset of the record after the chunk's last one
   */
  record Read(ChangeChunk chunk, long nextOffset) {}

  /** Reads chunks by explicit offsets, never by a consumer group's; one thread. */
  final class Reader implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<Long, Parts> parts = new HashMap<>();

    private Reader() {
      consumer = consumer();
      consumer.assign(List.of(partition));
    }

    /** Where the next record will be written. */
    long endOffset() {
      return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    /** Where the oldest record is that is still there. */
    long beginOffset() {
      return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    /** Where the next poll goes on. */
    long position() {
      return consumer.position(partition);
    }

    /** Goes to an offset. */
    void seek(long offset) {
      parts.clear();
      consumer.seek(partition, offset);
    }

    /**
     * True if the topic, just before that offset, has the end of the transaction of that position:
     * then it is the topic that the position was stored with, and not one made again since.
     */
    boolean continuesAt(long offset, Lsn position, Duration timeout) {
      if (offset <= beginOffset() || offset > endOffset()) {
        return false;
      }
      seek(offset - 1);
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
        if (record.offset() == offset - 1) {
          Optional<ChangeChunk> chunk = decodeWhole(record);
          return chunk.flatMap(ChangeChunk::end).map(Commit::lsn).equals(Optional.of(position));
        }
      }
      return false;
    }

    // The last part of a split chunk cannot be read alone: the capture sends it again then.
    private static Optional<ChangeChunk> decodeWhole(ConsumerRecord<byte[], byte[]> record) {
      return record.headers().lastHeader(PART) == null
          ? Optional.of(ChangeCodec.decode(record.value()))
          : Optional.empty();
    }

    /** Waits for chunks, at most so long; returns at once when there are some. */
    List<Read> poll(Duration timeout) {
      List<Read> chunks = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
        Header header = record.headers().lastHeader(PART);
        Optional<byte[]> bytes =
            header == null ? Optional.of(record.value()) : join(header.value(), record.value());
        bytes.ifPresent(
            whole -> chunks.add(new Read(ChangeCodec.decode(whole), record.offset() + 1)));
      }
      return chunks;
    }

    // Two captures may write at once for a moment, so parts are kept apart by epoch.
    private Optional<byte[]> join(byte[] header, byte[] part) {
      ByteBuffer numbers = ByteBuffer.wrap(header);
      long epoch = numbers.getLong();
      long number = numbers.getLong();
      int index = numbers.getInt();
      int count = numbers.getInt();
      if (index == 0) {
        parts.put(epoch, new Parts(number, new ByteArrayOutputStream(count * PART_BYTES)));
      }
      Parts joined = parts.get(epoch);
      if (joined == null || joined.number() != number) {
        return Optional.empty();
      }
      joined.bytes().writeBytes(part);
      if (index < count - 1) {
        return Optional.empty();
      }
      parts.remove(epoch);
      return Optional.of(joined.bytes().toByteArray());
    }

    private record Parts(long number, ByteArrayOutputStream bytes) {}

    /** Ends a poll under way, from any thread. */
    void wakeup() {
      consumer.wakeup();
    }

    @Override
    public void close() {
      consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
    }
  }
}
