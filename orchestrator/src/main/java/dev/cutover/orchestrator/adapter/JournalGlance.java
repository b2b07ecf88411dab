package dev.cutover.orchestrator.adapter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.cutover.orchestrator.domain.SagaEvent.RequestRefused;
import dev.cutover.runtime.Payload;
import java.io.IOException;

/**
 * What a read model needs to know of a journal entry. Whoever decides reads entries whole, and
 * refuses what is wrong with them.
 *
 * @param sequence of the entry
 * @param type of its event
 * @param requestId of the request that it answers; empty when it answers none
 * @param reason that it gives; empty when it gives none
 */
record JournalGlance(long sequence, String type, String requestId, String reason) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String REFUSED = JournalCodec.nameOf(RequestRefused.class);

  /** Throws {@link IllegalStateException} when it is no entry. */
  static JournalGlance of(Payload entry) {
    long sequence = 0;
    try (JsonParser parser = JSON.createParser(entry.bytes())) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "sequence" -> sequence = parser.getLongValue();
          case "event" -> {
            return event(sequence, parser);
          }
          default -> parser.skipChildren();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("Expected a journal entry, but " + e.getMessage(), e);
    }
    throw new IllegalStateException("Expected a journal entry with an event");
  }

  private static JournalGlance event(long sequence, JsonParser parser) throws IOException {
    String type = "";
    String requestId = "";
    String reason = "";
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "type" -> type = text(parser);
        case "requestId" -> requestId = text(parser);
        case "reason" -> reason = text(parser);
        default -> parser.skipChildren();
      }
    }
    return new JournalGlance(sequence, type, requestId, reason);
  }

  private static String text(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    parser.skipChildren();
    return "";
  }

  /** Whether the request that it answers was accepted. */
  boolean accepted() {
    return !type.equals(REFUSED);
  }
}
