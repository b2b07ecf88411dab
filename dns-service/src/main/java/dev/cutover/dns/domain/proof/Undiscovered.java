package dev.cutover.dns.domain.proof;

/** Nobody was found who answers for a name; the message is a sentence for people. */
public final class Undiscovered extends Exception {
  public Undiscovered(String reason) {
    super(reason);
  }
}
