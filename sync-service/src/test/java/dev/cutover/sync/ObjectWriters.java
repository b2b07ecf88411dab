package dev.cutover.sync;

import dev.cutover.sync.adapter.ObjectShop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * An application that writes objects all day: of a store that refuses it asks again and again, so
 * that it meets each moment at which a fence would let it through.
 */
public final class ObjectWriters implements AutoCloseable {
  private static final int KEYS = 40;
  private static final long PAUSE_NANOS = 5_000_000;

  private final ObjectShop shop;
  private final S3Client client;
  private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong taken = new AtomicLong();
  private volatile String bucket;
  private volatile boolean stopped;
  private final Thread thread;

  /** Begins to write there. */
  public ObjectWriters(ObjectShop shop, String bucket) {
    this.shop = shop;
    this.client = shop.application();
    this.bucket = bucket;
    this.thread = Thread.ofVirtual().start(this::write);
  }

  /** Where it writes from now on. */
  public void moveTo(String other) {
    bucket = other;
  }

  /** How many writes were acknowledged. */
  public long taken() {
    return taken.get();
  }

  private void write() {
    while (!stopped) {
      long number = writes.incrementAndGet();
      String key = "media/%d".formatted(number % KEYS);
      String content = "content %d".formatted(number);
      try {
        client.putObject(o -> o.bucket(bucket).key(key), RequestBody.fromString(content));
        acknowledged.put(key, content);
        taken.incrementAndGet();
      } catch (S3Exception e) {
        if (e.statusCode() != 403) {
          throw e;
        }
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Acknowledged last, and something else or nothing in that bucket. */
  public List<String> missing(String in) {
    List<String> keys = shop.keys(in);
    return acknowledged.entrySet().stream()
        .filter(
            entry ->
                !keys.contains(entry.getKey())
                    || !shop.content(in, entry.getKey()).equals(entry.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Ends after the write that is under way. */
  public void stop() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
    client.close();
  }
}
