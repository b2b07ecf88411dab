package dev.cutover.contract;

/**
 * A record is no message of this contract. The sentence says what was expected and what was found.
 */
public final class UndecodableException extends Exception {
  private static final long serialVersionUID = 1L;

  public UndecodableException(String sentence) {
    super(sentence);
  }

  /** The sentence. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
