package dev.cutover.orchestrator.adapter;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.TreeSet;

/** The JSON body of a request of the API, read strictly. */
final class RequestBody {
  private static final int TEXT_MAX = 2_000;

  private final JsonObject json;

  private RequestBody(JsonObject json) {
    this.json = json;
  }

  /**
   * Reads it.
   *
   * @param known the fields that it may have
   * @throws IllegalArgumentException with a sentence, when it is none or has others
   */
  static RequestBody of(String text, Set<String> known) {
    JsonObject json;
    try {
      json = text.isBlank() ? new JsonObject() : new JsonObject(text);
    } catch (DecodeException e) {
      throw new IllegalArgumentException("Expected a JSON object as body, but it is none", e);
    }
    Set<String> unknown = new TreeSet<>(json.fieldNames());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "Expected only the fields %s, but found %s".formatted(new TreeSet<>(known), unknown));
    }
    return new RequestBody(json);
  }

  /** A text that must be there. */
  String required(String field) {
    String text = optional(field, "");
    if (text.isEmpty()) {
      throw new IllegalArgumentException(
          "Expected a text as '%s', but it is missing: say it for those who read the journal"
              .formatted(field));
    }
    return text;
  }

  String optional(String field, String fallback) {
    Object value = json.getValue(field);
    if (value == null) {
      return fallback;
    }
    if (!(value instanceof String text) || text.length() > TEXT_MAX) {
      throw new IllegalArgumentException(
          "Expected a text of at most %d characters as '%s', but found another value"
              .formatted(TEXT_MAX, field));
    }
    return text.isBlank() ? fallback : text.strip();
  }
}
