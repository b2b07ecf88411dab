package dev.cutover.runtime;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.UndecodableMessage;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Describes records that nobody could read: where, and why; their content only as a hash. */
public record DeadLetters(Topics topics, InstantSource clock) {
  /** Describes a record; the reason must not quote its content. */
  public Outgoing of(Received received, String reason) {
    String key = received.key().orElse("");
    String json =
        MessageCodec.mapper()
            .createObjectNode()
            .put("topic", received.topic())
            .put("partition", received.partition())
            .put("offset", received.offset())
            .put("key", key)
            .put("sha256", received.value().sha256())
            .put("reason", reason)
            .put("at", clock.instant().toString())
            .toString();
    return new Outgoing(
        topics.deadLetters(),
        key,
        Payload.of(json),
        Map.of("content-type", MessageCodec.CONTENT_TYPE));
  }

  /** Returns what holds the cutover; empty when the key names none. */
  public Optional<UndecodableMessage> report(Received received, String reason) {
    try {
      return received
          .key()
          .map(
              key ->
                  new UndecodableMessage(
                      new CutoverId(key),
                      received.topic(),
                      received.partition(),
                      received.offset(),
                      reason));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
