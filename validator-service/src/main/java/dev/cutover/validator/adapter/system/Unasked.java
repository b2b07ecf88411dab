package dev.cutover.validator.adapter.system;

/** A system could not be asked, or its answer says nothing: nothing is known of it. */
final class Unasked extends Exception {
  private static final long serialVersionUID = 1L;

  Unasked(String sentence) {
    super(sentence);
  }

  Unasked(String sentence, Throwable cause) {
    super(sentence, cause);
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
