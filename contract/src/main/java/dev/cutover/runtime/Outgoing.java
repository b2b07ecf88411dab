package dev.cutover.runtime;

import java.util.Map;

/**
 * A record to be written. Its key decides the partition (murmur2, as everywhere).
 *
 * @param key the cutover's id, or what stands for it
 */
public record Outgoing(String topic, String key, Payload value, Map<String, String> headers) {
  public Outgoing {
    headers = Map.copyOf(headers);
  }
}
