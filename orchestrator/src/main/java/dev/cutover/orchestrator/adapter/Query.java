package dev.cutover.orchestrator.adapter;

import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The query of a request, read strictly: a misspelt filter must not show everything. */
final class Query {
  /** Journals are shorter. */
  static final long SEQUENCE_MAX = 1L << 53;

  private final RoutingContext context;

  private Query(RoutingContext context) {
    this.context = context;
  }

  /**
   * Reads it.
   *
   * @param known the parameters that it may have
   * @throws IllegalArgumentException with a sentence, when it has others
   */
  static Query of(RoutingContext context, Set<String> known) {
    Set<String> unknown = new TreeSet<>(context.queryParams().names());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "Expected only the parameters %s, but found %s".formatted(new TreeSet<>(known), unknown));
    }
    return new Query(context);
  }

  /** All values of a parameter; several may be given by commas too. */
  List<String> list(String name) {
    return context.queryParam(name).stream()
        .flatMap(value -> List.of(value.split(",", -1)).stream())
        .toList();
  }

  Optional<String> text(String name) {
    List<String> values = context.queryParam(name);
    if (values.size() > 1) {
      throw new IllegalArgumentException(
          "Expected '%s' once, but found it more often".formatted(name));
    }
    return values.stream().findFirst();
  }

  /** A whole number between both, inclusive. */
  long whole(String name, long min, long max, long fallback) {
    Optional<String> text = text(name);
    return text.isEmpty() ? fallback : whole(name, text.get(), min, max);
  }

  static long whole(String name, String text, long min, long max) {
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // answered below, as any other value
    }
    throw new IllegalArgumentException(
        "Expected a whole number from %d to %d as '%s', but found '%s'"
            .formatted(min, max, name, text));
  }
}
