package dev.cutover.monitor;

import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.MessageType;
import dev.cutover.contract.RollbackRequest;
import dev.cutover.contract.RollbackRequestRefused.Why;
import dev.cutover.contract.UndecodableException;
import dev.cutover.monitor.domain.Sender;
import dev.cutover.monitor.domain.SignedRequest;
import dev.cutover.runtime.MessageSigner;
import dev.cutover.runtime.MessageSigner.Trust;
import dev.cutover.runtime.Received;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads what outsiders send: who signed it first, and only then what it says. What it refuses is
 * never quoted.
 */
final class RequestReader {
  /** Nobody whose signature fits. */
  static final String UNKNOWN = "unknown";

  private static final MessageType TYPE =
      MessageType.all().stream()
          .filter(type -> type.record() == RollbackRequest.class)
          .findFirst()
          .orElseThrow();

  private static final int BYTES_MAX = 16 * 1024;
  private static final Pattern REQUEST_ID = Pattern.compile("[!-~]{1,128}");

  private final MessageCodec codec = new MessageCodec();
  private final Map<String, Sender> senders;
  private final MessageSigner signatures;

  RequestReader(List<Sender> senders) {
    this.senders =
        senders.stream().collect(Collectors.toUnmodifiableMap(Sender::name, Function.identity()));
    signatures =
        MessageSigner.believing(
            senders.stream()
                .map(sender -> new Trust(sender.name(), sender.key(), List.of(TYPE.name())))
                .toList());
  }

  /** What a record turned out to be. */
  sealed interface Reading {
    /** Somebody known has signed it, and it can be read. */
    record Believed(SignedRequest request) implements Reading {}

    /**
     * It is not to be believed, or not to be read.
     *
     * @param sender whose signature fits, or {@link #UNKNOWN}
     */
    record Refused(String sender, Why why, String reason) implements Reading {}
  }

  Reading read(Received received) {
    String signer = received.headers().get(MessageSigner.KEY_ID);
    if (signer == null || !received.headers().containsKey(MessageSigner.SIGNATURE)) {
      return unreadable(UNKNOWN, Why.UNSIGNED, "Expected a signed request, but it is not signed");
    }
    Sender sender = senders.get(signer);
    if (sender == null) {
      return unreadable(
          UNKNOWN,
          Why.UNKNOWN_SENDER,
          "Expected a sender named in %s, but the signature's key is of none"
              .formatted(IntakeConfig.SENDERS));
    }
    byte[] data = received.value().bytes();
    if (data.length > BYTES_MAX) {
      return unreadable(
          UNKNOWN,
          Why.MALFORMED,
          "Expected at most %d bytes, but a request in the name of '%s' has %d"
              .formatted(BYTES_MAX, signer, data.length));
    }
    if (!TYPE.name().equals(received.headers().get("ce_type"))) {
      return unreadable(
          UNKNOWN,
          Why.MALFORMED,
          "Expected ce_type %s, but a request in the name of '%s' has another"
              .formatted(TYPE.name(), signer));
    }
    String key = received.key().orElse("");
    if (signatures.refuses(received.topic(), key, received.headers(), data).isPresent()) {
      return unreadable(
          UNKNOWN,
          Why.FORGED,
          "Expected a signature by '%s', but it does not fit the request".formatted(signer));
    }
    return signed(sender, key, received);
  }

  private Reading signed(Sender sender, String key, Received received) {
    Map<String, String> headers = received.headers();
    String requestId = headers.getOrDefault("ce_id", "");
    if (!headers.getOrDefault("ce_specversion", "").equals("1.0")
        || headers.getOrDefault("ce_source", "").isBlank()
        || !REQUEST_ID.matcher(requestId).matches()) {
      return malformed(
          sender, "ce_specversion 1.0, a ce_source, and a ce_id of 1 to 128 visible characters");
    }
    Instant issuedAt;
    try {
      issuedAt = Instant.parse(headers.getOrDefault("ce_time", ""));
    } catch (DateTimeParseException e) {
      return malformed(sender, "a ce_time such as 2026-11-22T10:15:30Z");
    }
    Optional<RollbackRequest> request = request(received.value().bytes());
    if (request.isEmpty()) {
      return malformed(sender, "JSON with cutover, kind, sentence and evidence, and nothing else");
    }
    if (!request.get().cutover().value().equals(key)) {
      return malformed(sender, "the cutover's id as the record's key too");
    }
    return new Reading.Believed(
        new SignedRequest(
            sender,
            requestId,
            issuedAt,
            request.get(),
            new SignedRequest.Place(received.partition(), received.offset())));
  }

  private Optional<RollbackRequest> request(byte[] data) {
    try {
      return Optional.of((RollbackRequest) codec.message(TYPE, data));
    } catch (UndecodableException e) {
      return Optional.empty(); // its sentence may quote the content
    }
  }

  private static Reading malformed(Sender sender, String expected) {
    return unreadable(
        sender.name(), Why.MALFORMED, "Expected %s, but it is otherwise".formatted(expected));
  }

  private static Reading unreadable(String sender, Why why, String reason) {
    return new Reading.Refused(sender, why, reason);
  }
}
