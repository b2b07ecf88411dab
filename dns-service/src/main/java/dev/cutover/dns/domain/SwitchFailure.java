package dev.cutover.dns.domain;

import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import org.jspecify.annotations.Nullable;

/** Carries the answer to a person and to the saga out of a port when a switch can't be made. */
public final class SwitchFailure extends Exception {
  private final transient Failure failure;

  public SwitchFailure(FailureKind kind, String reason, boolean retryable) {
    this(kind, reason, retryable, null);
  }

  public SwitchFailure(
      FailureKind kind, String reason, boolean retryable, @Nullable Throwable cause) {
    super(reason, cause);
    this.failure = new Failure(kind, reason, retryable);
  }

  /** What is answered. */
  public Failure failure() {
    return failure;
  }
}
