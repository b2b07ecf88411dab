package dev.cutover.validator.domain;

import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;

/** A database could not be read; the sentence says what to do. */
public final class ReadFailed extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient Failure failure;

  public ReadFailed(FailureKind kind, String reason, boolean retryable, Throwable cause) {
    super(reason, cause);
    this.failure = new Failure(kind, reason, retryable);
  }

  public ReadFailed(FailureKind kind, String reason, boolean retryable) {
    super(reason);
    this.failure = new Failure(kind, reason, retryable);
  }

  /** For the answer. */
  public Failure failure() {
    return failure;
  }
}
