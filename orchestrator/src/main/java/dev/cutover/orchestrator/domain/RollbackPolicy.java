package dev.cutover.orchestrator.domain;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How it goes back.
 *
 * @param way what becomes of writes that the target took
 * @param overrun what is done when the way back takes longer than the plan allows
 * @param window how long after its acceptance the target may still be left; nothing means not at
 *     all
 * @param signedBy people who sign beforehand that writes may be lost, or that there is no way back
 * @param drift what is done about records that somebody else changes after the switch; empty where
 *     the plan does not say
 */
public record RollbackPolicy(
    Way way, Overrun overrun, Duration window, List<String> signedBy, Optional<Drift> drift) {
  /** What a plan that says nothing means. */
  public static final RollbackPolicy DEFAULT =
      new RollbackPolicy(Way.REVERSE_SYNC, Overrun.REOPEN_TARGET, Duration.ofDays(3), List.of());

  public RollbackPolicy {
    signedBy = List.copyOf(signedBy);
  }

  /** Of a plan that says nothing of drift. */
  public RollbackPolicy(Way way, Overrun overrun, Duration window, List<String> signedBy) {
    this(way, overrun, window, signedBy, Optional.empty());
  }

  /** What is done about drift after the switch. */
  public Drift onDrift() {
    return drift.orElse(Drift.PUT_BACK);
  }

  /** How many of {@link #signedBy} have to sign before go. */
  public int signaturesNeeded() {
    return switch (way) {
      case REVERSE_SYNC, MANUAL_REVIEW -> 0;
      case ACCEPT_LOSS -> 1;
      case FIX_FORWARD -> 2;
    };
  }

  /** Whether the target may still be left once it is accepted. */
  boolean keepsAWayBack() {
    return way != Way.FIX_FORWARD && window.isPositive();
  }

  /** Name of the gate at which they sign, such as {@code accept-loss}. */
  public String gate() {
    return way.gate();
  }

  /** What becomes of writes that the target took. */
  public enum Way {
    /** They are streamed to the source all the while. */
    REVERSE_SYNC,
    /** They are kept, exported, looked at by two people, and applied to the fenced source. */
    MANUAL_REVIEW,
    /** They are lost, and counted. */
    ACCEPT_LOSS,
    /** There is no way back once the target was told to open. */
    FIX_FORWARD;

    /** Name of the gate at which people sign for it. */
    public String gate() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  /** The choice made beforehand for records that somebody else changes after the switch. */
  public enum Drift {
    /**
     * They are put back, once; unless they are the source's: somebody may have gone back by hand,
     * and nobody fights with who is on call.
     */
    PUT_BACK,
    /** They are put back, once, also where they are the source's. */
    PUT_BACK_ALWAYS,
    /** It is held, and a person decides. */
    HOLD
  }

  /** The choice made beforehand for a way back that misses its bound. */
  public enum Overrun {
    /** The target takes writes again, and traffic with it. */
    REOPEN_TARGET,
    /** The source takes writes again; what it has not got is exported, counted and lost. */
    THAW_SOURCE
  }
}
