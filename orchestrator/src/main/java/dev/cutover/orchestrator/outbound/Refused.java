package dev.cutover.orchestrator.outbound;

import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;

/** Something could not go out, and why. Its message holds no secret. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1;

  private final FailureKind kind;
  private final boolean retryable;

  Refused(FailureKind kind, boolean retryable, String sentence) {
    super(sentence);
    this.kind = kind;
    this.retryable = retryable;
  }

  /** The plan or the configuration must be changed first. */
  static Refused unsuitable(String sentence) {
    return new Refused(FailureKind.UNSUITABLE, false, sentence);
  }

  static Refused unreachable(String sentence) {
    return new Refused(FailureKind.UNREACHABLE, true, sentence);
  }

  Failure failure() {
    return new Failure(kind, String.valueOf(getMessage()), retryable);
  }
}
