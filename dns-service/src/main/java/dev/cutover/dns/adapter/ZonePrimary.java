package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNREACHABLE;
import static dev.cutover.dns.domain.SwitchGuard.conflict;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchGuard;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.ZoneChange;

/**
 * The one place where a zone's records are stored and changed, within the time of one order. Says
 * what its answers mean; decides nothing, and never asks twice.
 */
interface ZonePrimary {
  /** What became of a change, as far as the answer tells. */
  sealed interface Outcome {
    /** Taken: which doesn't prove that anything changed. */
    record Accepted() implements Outcome {}

    /** The zone is not as the change expects it; nothing was changed. */
    record Unmet(String answer) implements Outcome {}

    /**
     * It will not, now or later; nothing was changed.
     *
     * @param cause a sentence for people
     */
    record Denied(FailureKind kind, String cause) implements Outcome {
      SwitchFailure failure() {
        return new SwitchFailure(kind, cause, false);
      }
    }

    /**
     * Not now; nothing was changed.
     *
     * @param cause a sentence for people
     */
    record Deferred(String cause) implements Outcome {
      SwitchFailure failure() {
        return new SwitchFailure(UNREACHABLE, cause, true);
      }
    }

    /**
     * No answer to be believed: it may have acted or not.
     *
     * @param cause a sentence for people
     */
    record Unknown(String cause) implements Outcome {
      SwitchFailure failure() {
        return new SwitchFailure(UNREACHABLE, cause, true);
      }
    }
  }

  /** Reads all sets that the switch may touch, and the marks, as they are stored now. */
  SwitchState read() throws SwitchFailure;

  /**
   * Makes one conditional change: all of it, or nothing. A provider without conditions looks right
   * before it writes, and one that takes a set at a time before each of them.
   *
   * @throws SwitchFailure also, as a conflict, where such a provider went over what somebody else
   *     wrote in between: it can only be told afterwards
   */
  Outcome update(ZoneChange change) throws SwitchFailure;

  /** What to do when a change without effect was taken and the whole one was denied. */
  String rightMissing(String cause);

  /** Why a change may have been taken and not be there. */
  String ignoredBecause();

  /** Reads what is stored after a change; a refusal is told at once. */
  default SwitchState readAfter(Outcome outcome) throws SwitchFailure {
    return switch (outcome) {
      case Outcome.Denied denied -> throw denied.failure();
      case Outcome.Deferred deferred -> throw deferred.failure();
      case Outcome.Accepted _, Outcome.Unmet _, Outcome.Unknown _ -> read();
    };
  }

  /** Why what was asked for is not there, from the server's answer and what it serves now. */
  default SwitchFailure notMade(
      SwitchSpec spec, Outcome outcome, String expected, SwitchState found, Order order)
      throws SwitchFailure {
    return switch (outcome) {
      case Outcome.Denied denied -> denied.failure();
      case Outcome.Deferred deferred -> deferred.failure();
      case Outcome.Unknown unknown -> unknown.failure();
      case Outcome.Unmet(String answer) -> {
        SwitchGuard.refuseNewer(spec, found, order);
        yield conflict(expected, "%s (%s)".formatted(found.describe(spec), answer));
      }
      case Outcome.Accepted _ -> {
        SwitchGuard.refuseNewer(spec, found, order);
        yield conflict(
            "the accepted change to be there",
            "%s still holds %s: %s"
                .formatted(spec.provider().writtenAt(), found.describe(spec), ignoredBecause()));
      }
    };
  }
}
