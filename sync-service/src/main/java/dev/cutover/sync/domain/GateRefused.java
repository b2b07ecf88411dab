package dev.cutover.sync.domain;

import dev.cutover.contract.FailureKind;

/** A gate did not do what it was asked; the message is a sentence for people. */
public final class GateRefused extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why, for the caller to branch on. */
  public enum Reason {
    /** The row carries a newer epoch than the command: it came too late. */
    NEWER_EPOCH(FailureKind.SUPERSEDED, false),
    /** The row is not in the state at the epoch that the command expects. */
    UNEXPECTED_STATE(FailureKind.CONFLICT, false),
    /** A person has set the manual mark. */
    MANUAL(FailureKind.MANUAL, false),
    /** The other side may accept writes. */
    OTHER_SIDE_NOT_FENCED(FailureKind.CONFLICT, true),
    /** Sessions or prepared transactions stand in the way and may not be ended. */
    BLOCKED(FailureKind.TIMED_OUT, true),
    /** A write went through although the side is fenced, or the fence is not complete. */
    NOT_PROVEN(FailureKind.MISMATCH, true),
    /** Schema {@code cutover}, a role or a right is missing. */
    NOT_PREPARED(FailureKind.UNSUITABLE, false),
    /** The database, or the other side that was to be asked first, did not answer. */
    UNREACHABLE(FailureKind.UNREACHABLE, true);

    private final FailureKind kind;
    private final boolean retryable;

    Reason(FailureKind kind, boolean retryable) {
      this.kind = kind;
      this.retryable = retryable;
    }

    /** What operators and dashboards see. */
    public FailureKind kind() {
      return kind;
    }

    /** Whether the same order may succeed later. */
    public boolean retryable() {
      return retryable;
    }
  }

  private final Reason reason;

  public GateRefused(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public GateRefused(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
