package dev.cutover.dns.domain.proof;

/** Nobody was found who answers for a name; the message is a sentence for people. */
public final class Undiscovered extends Exception {
  private final String reason;

  public Undiscovered(String reason) {
    this(reason, "");
  }

  /**
   * @param hint which options of the command line lead on; behind the reason in the message
   */
  public Undiscovered(String reason, String hint) {
    super(hint.isEmpty() ? reason : reason + " " + hint);
    this.reason = reason;
  }

  /** The message without the hint. */
  public String reason() {
    return reason;
  }
}
