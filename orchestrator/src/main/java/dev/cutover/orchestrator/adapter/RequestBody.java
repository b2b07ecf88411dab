package dev.cutover.orchestrator.adapter;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The JSON body of a request of the API, read strictly. */
final class RequestBody {
  private final Map<String, String> texts;

  private RequestBody(Map<String, String> texts) {
    this.texts = texts;
  }

  /**
   * Reads it.
   *
   * @param fields all that it may have
   * @throws IllegalArgumentException with a sentence, when it is none, has others or lacks one
   */
  static RequestBody of(String text, List<RequestField> fields) {
    JsonObject json;
    try {
      json = text.isBlank() ? new JsonObject() : new JsonObject(text);
    } catch (DecodeException e) {
      throw new IllegalArgumentException("Expected a JSON object as body, but it is none", e);
    }
    Set<String> known =
        fields.stream().map(RequestField::name).collect(Collectors.toCollection(TreeSet::new));
    Set<String> unknown = new TreeSet<>(json.fieldNames());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "Expected only the fields %s, but found %s".formatted(known, unknown));
    }
    Map<String, String> texts = new TreeMap<>();
    fields.forEach(field -> texts.put(field.name(), text(json, field)));
    return new RequestBody(texts);
  }

  /** The text of a field, or what its absence means. */
  String text(String field) {
    String text = texts.get(field);
    if (text == null) {
      throw new IllegalStateException("Expected a field that the form has, but asked for " + field);
    }
    return text;
  }

  /** The text of a field that has to be one of these words. */
  String oneOf(String field, String... words) {
    String text = text(field);
    if (!List.of(words).contains(text)) {
      throw new IllegalArgumentException(
          "Expected one of %s as '%s', but found '%s'".formatted(List.of(words), field, text));
    }
    return text;
  }

  private static String text(JsonObject json, RequestField field) {
    Object value = json.getValue(field.name());
    if (value != null
        && (!(value instanceof String given) || given.length() > field.kind().charactersMax())) {
      throw new IllegalArgumentException(
          "Expected a text of at most %d characters as '%s', but found another value"
              .formatted(field.kind().charactersMax(), field.name()));
    }
    String text = value == null ? "" : value.toString().strip();
    return text.isEmpty()
        ? field
            .fallback()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Expected a text as '%s', but it is missing: say it for those who read the journal"
                            .formatted(field.name())))
        : text;
  }
}
