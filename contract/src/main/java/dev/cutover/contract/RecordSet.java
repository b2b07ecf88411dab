package dev.cutover.contract;

import java.util.List;

/**
 * All records of one name and type.
 *
 * @param name absolute, lower case, with the final dot; of servers the backend's own name and a
 *     dot, of target groups the listener's ARN and a dot
 * @param ttlSeconds 0 to 2147483647 (RFC 2181); 0 of an {@link Alias}, which has none
 * @param values in presentation format, sorted; or an {@link Alias}, {@linkplain Checked under a
 *     health check}, as a {@link Split}; empty means that the set does not exist
 */
public record RecordSet(String name, RecordType type, int ttlSeconds, List<String> values) {
  public RecordSet {
    values = values.stream().sorted().toList();
    ttlSeconds = Alias.all(values) ? 0 : ttlSeconds;
    Arguments.require(
        name.endsWith("."),
        "Expected an absolute DNS name with its final dot, but got '%s'".formatted(name));
    Arguments.require(
        ttlSeconds >= 0, "Expected a TTL of 0 seconds or more, but got " + ttlSeconds);
  }

  /** Whether it holds nothing but aliases. */
  public boolean aliased() {
    return Alias.all(values);
  }

  /** The same records with another TTL. */
  public RecordSet withTtlSeconds(int seconds) {
    return new RecordSet(name, type, seconds, values);
  }
}
