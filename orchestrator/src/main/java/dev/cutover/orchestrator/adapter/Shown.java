package dev.cutover.orchestrator.adapter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.cutover.runtime.Payload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A status as it is kept to be shown.
 *
 * @param json whole
 * @param sequence of the journal that it shows
 * @param state what lists are filtered by
 * @param claims names and databases that belong to this cutover alone
 */
record Shown(Payload json, long sequence, String state, List<String> claims) {
  private static final JsonFactory JSON = new JsonFactory();

  Shown {
    claims = List.copyOf(claims);
  }

  /** Reads no further than it must: there are many. */
  static Shown of(Payload status) {
    String state = "";
    long sequence = 0;
    try (JsonParser parser = JSON.createParser(status.bytes())) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "sequence" -> sequence = parser.getLongValue();
          case "state" -> state = parser.getText();
          case "claims" -> {
            return new Shown(status, sequence, known(state), texts(parser));
          }
          default -> parser.skipChildren();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("Expected a status, but " + e.getMessage(), e);
    }
    return new Shown(status, sequence, known(state), List.of());
  }

  private static String known(String state) {
    if (state.isEmpty()) {
      throw new IllegalStateException("Expected a status with a state");
    }
    return state;
  }

  private static List<String> texts(JsonParser array) throws IOException {
    List<String> texts = new ArrayList<>();
    while (array.nextToken() == JsonToken.VALUE_STRING) {
      texts.add(array.getText());
    }
    return texts;
  }
}
