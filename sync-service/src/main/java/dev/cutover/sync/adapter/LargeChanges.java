package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.ChangeChunk;
import dev.cutover.sync.domain.LargeTransaction;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * The changes of a large transaction, read once more from the topic, a chunk at a time, by a reader
 * of its own: the stream's goes on where it was.
 *
 * <p>{@link #next} throws {@link WakeupException} when told to stop, {@link TimeoutException} when
 * the broker gives nothing for too long, and {@link KafkaException} when a chunk is no longer
 * there: whoever applies them rolls back.
 */
final class LargeChanges implements Iterator<List<Change>>, AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int SILENT_POLLS_MAX = 120;

  private final ChangeTopicReader reader;
  private final LargeTransaction transaction;
  private final BooleanSupplier isStopped;
  private Iterator<ChangeTopicReader.Read> polled = Collections.emptyIterator();
  private long number;

  /**
   * @param reader owned from now on
   */
  LargeChanges(ChangeTopicReader reader, LargeTransaction transaction, BooleanSupplier isStopped) {
    this.reader = reader;
    this.transaction = transaction;
    this.isStopped = isStopped;
    number = transaction.firstNumber();
    reader.seek(transaction.offset());
  }

  @Override
  public boolean hasNext() {
    return number <= transaction.lastNumber();
  }

  @Override
  public List<Change> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    int silentPolls = 0;
    while (true) {
      while (polled.hasNext()) {
        ChangeChunk chunk = polled.next().chunk();
        if (transaction.has(chunk)) {
          requireNext(chunk.number());
          number++;
          return chunk.changes();
        }
        silentPolls = 0;
      }
      if (isStopped.getAsBoolean()) {
        throw new WakeupException();
      }
      if (reader.position() >= transaction.nextOffset()) {
        requireNext(-1);
      }
      if (silentPolls++ >= SILENT_POLLS_MAX) {
        throw new TimeoutException(
            "Kafka gave nothing of the transaction that ends at " + transaction.end());
      }
      polled = reader.poll(POLL);
    }
  }

  private void requireNext(long found) {
    if (found != number) {
      throw new KafkaException(
          "Expected chunk %d of capture epoch %d to be in the change topic still, but it is not: start the stream again, the slot still holds the changes"
              .formatted(number, transaction.epoch()));
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
