package dev.cutover.runtime;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A record read from the log.
 *
 * @param offset in its partition; grows, with gaps
 * @param timestamp as its writer's clock had it
 * @param key empty when it has none
 * @param value {@link Payload#NONE} for a deletion
 * @param headers by name; of several with one name the last
 */
public record Received(
    String topic,
    int partition,
    long offset,
    Instant timestamp,
    Optional<String> key,
    Payload value,
    Map<String, String> headers) {
  public Received {
    headers = Map.copyOf(headers);
  }

  public Partition from() {
    return new Partition(topic, partition);
  }
}
