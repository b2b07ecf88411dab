package dev.cutover.sync.domain;

/** What a change says of one column. */
public sealed interface Value {
  /** The value in PostgreSQL's text form, as its input function reads it. */
  record Text(String text) implements Value {
    @Override
    public String toString() {
      return "Text[***]";
    }
  }

  /** What a change says of a column without giving its text. */
  enum Special implements Value {
    /** SQL null. */
    NULL,
    /** Stored out of line and not changed: the log does not carry it (data.md C1). Left alone. */
    UNCHANGED,
    /** Not trusted from the stream: read again by key from the captured side (correctness.md 8). */
    REFETCH
  }

  /** A text, or SQL null. */
  static Value ofNullable(@org.jspecify.annotations.Nullable String text) {
    return text == null ? Special.NULL : new Text(text);
  }
}
