package dev.cutover.contract;

/**
 * What one DNS server was seen to answer.
 *
 * @param server address
 * @param authority true for an authority, false for a resolver
 * @param answer what it meant
 * @param ttlSeconds remaining TTL that it gave; -1 when it gave none
 * @param detail for a person, such as the values seen
 */
public record ServerVerdict(
    ServerAddress server, boolean authority, Answer answer, int ttlSeconds, String detail) {
  /** Meaning of an answer against the wanted sets. */
  public enum Answer {
    WANTED,
    OTHER_SIDE,
    MIXED,
    CLAMPED,
    STALE,
    NEGATIVE,
    UNREACHABLE
  }
}
