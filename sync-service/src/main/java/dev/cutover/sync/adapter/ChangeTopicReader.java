package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.ChangeChunk;
import dev.cutover.sync.domain.ChunkPlace;
import dev.cutover.sync.domain.Commit;
import dev.cutover.sync.domain.Lsn;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Reads chunks by explicit offsets, never by a consumer group's; one thread. */
final class ChangeTopicReader implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final TopicPartition partition;
  private final Map<Long, Parts> parts = new HashMap<>();

  /** A chunk and where it lies. */
  record Read(ChangeChunk chunk, ChunkPlace place) {}

  private record Parts(long number, long offset, ByteArrayOutputStream bytes) {}

  /** A chunk that is not decoded yet. */
  private static final class Whole {
    private final byte[] bytes;
    private final ChunkPlace place;

    Whole(byte[] bytes, ChunkPlace place) {
      this.bytes = bytes;
      this.place = place;
    }

    Read decode() {
      return new Read(ChangeCodec.decode(bytes), place);
    }
  }

  /**
   * @param consumer owned from now on
   */
  ChangeTopicReader(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
    this.consumer = consumer;
    this.partition = partition;
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
    return record.headers().lastHeader(KafkaChangeTopic.PART) == null
        ? Optional.of(ChangeCodec.decode(record.value()))
        : Optional.empty();
  }

  /**
   * Waits for chunks, at most so long; returns at once when there are some. They are decoded one by
   * one as they are asked for: all at once would take many times the memory.
   */
  Iterator<Read> poll(Duration timeout) {
    Iterator<ConsumerRecord<byte[], byte[]>> records = consumer.poll(timeout).iterator();
    return new Iterator<>() {
      private @Nullable Whole found;

      @Override
      public boolean hasNext() {
        while (found == null && records.hasNext()) {
          found = whole(records.next()).orElse(null);
        }
        return found != null;
      }

      @Override
      public Read next() {
        Whole next = hasNext() ? found : null;
        if (next == null) {
          throw new NoSuchElementException();
        }
        found = null;
        return next.decode();
      }
    };
  }

  private Optional<Whole> whole(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(KafkaChangeTopic.PART);
    byte[] bytes = record.value();
    return header == null
        ? Optional.of(new Whole(bytes, place(record.offset(), record, bytes.length)))
        : join(header.value(), record);
  }

  private static ChunkPlace place(long from, ConsumerRecord<byte[], byte[]> last, int bytes) {
    return new ChunkPlace(from, last.offset() + 1, bytes);
  }

  // Two captures may write at once for a moment, so parts are kept apart by epoch.
  private Optional<Whole> join(byte[] header, ConsumerRecord<byte[], byte[]> record) {
    ByteBuffer numbers = ByteBuffer.wrap(header);
    long epoch = numbers.getLong();
    long number = numbers.getLong();
    int index = numbers.getInt();
    int count = numbers.getInt();
    if (index == 0) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(count * KafkaChangeTopic.PART_BYTES);
      parts.put(epoch, new Parts(number, record.offset(), bytes));
    }
    Parts joined = parts.get(epoch);
    if (joined == null || joined.number() != number) {
      return Optional.empty();
    }
    joined.bytes().writeBytes(record.value());
    if (index < count - 1) {
      return Optional.empty();
    }
    parts.remove(epoch);
    byte[] bytes = joined.bytes().toByteArray();
    return Optional.of(new Whole(bytes, place(joined.offset(), record, bytes.length)));
  }

  /** Ends a poll under way, from any thread. */
  void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}
