package dev.cutover.orchestrator.adapter;

import java.util.Optional;

/**
 * One text of a request's body.
 *
 * @param fallback what an absent one means; empty when it must be there
 */
public record RequestField(String name, Kind kind, Optional<String> fallback, String description) {
  /** What a field holds. */
  public enum Kind {
    /** A few sentences at the most. */
    TEXT(2_000),
    /** A file's content; the command line takes the file's name. */
    DOCUMENT(400_000),
    /**
     * A value of the same name that the status shows, to prove what was on the screen; the command
     * line shows the status and sends it.
     */
    SHOWN(2_000);

    private final int charactersMax;

    Kind(int charactersMax) {
      this.charactersMax = charactersMax;
    }

    /** How long it may be. */
    int charactersMax() {
      return charactersMax;
    }
  }

  static RequestField required(String name, String description) {
    return new RequestField(name, Kind.TEXT, Optional.empty(), description);
  }

  static RequestField optional(String name, String fallback, String description) {
    return new RequestField(name, Kind.TEXT, Optional.of(fallback), description);
  }

  static RequestField shown(String name, String description) {
    return new RequestField(name, Kind.SHOWN, Optional.empty(), description);
  }

  static RequestField document(String name, String description) {
    return new RequestField(name, Kind.DOCUMENT, Optional.empty(), description);
  }

  static RequestField reason() {
    return required("reason", "Why; whoever reads the journal sees it.");
  }
}
