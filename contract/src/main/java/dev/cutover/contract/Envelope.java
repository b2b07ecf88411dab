package dev.cutover.contract;

import java.time.Instant;

/**
 * A message with the attributes of a CloudEvent 1.0.
 *
 * @param id deterministic: the same message sent again has the same id, so that a subscriber can
 *     drop what it has seen ({@code source} + {@code id} is unique)
 * @param source which service says it, such as {@code /cutover/dns-service}
 * @param time when it was decided or observed, by the sender's clock
 * @param causationId id of the message that led to this one; empty for what a person or a clock
 *     began
 * @param sequence position in the sender's order for this cutover; for commands the epoch
 * @param rehearsal true when nothing of it is production: subscribers must not page
 */
public record Envelope<M extends Message>(
    String id,
    String source,
    Instant time,
    String causationId,
    long sequence,
    boolean rehearsal,
    M message) {
  public Envelope {
    Arguments.require(!id.isBlank(), "Expected a message id, but it is blank");
    Arguments.require(!source.isBlank(), "Expected the source of a message, but it is blank");
  }

  /** The same attributes around another message, as caused by this one. */
  public <N extends Message> Envelope<N> causing(
      String nextId, String nextSource, Instant now, N next) {
    return new Envelope<>(nextId, nextSource, now, id, sequence, rehearsal, next);
  }
}
