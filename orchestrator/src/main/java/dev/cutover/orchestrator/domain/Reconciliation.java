package dev.cutover.orchestrator.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of writes that the target took, and who said so.
 *
 * @param signedBy people who signed beforehand in this round
 * @param review the delta that people look at; empty when there is none
 * @param loss why the target's writes did not reach the source; empty while none are given up
 * @param counted how many there were when they were last counted, in words
 */
public record Reconciliation(
    List<String> signedBy, Optional<Review> review, Optional<String> loss, String counted) {
  /** Nothing was written and nothing was signed. */
  public static final Reconciliation NONE =
      new Reconciliation(List.of(), Optional.empty(), Optional.empty(), "");

  public Reconciliation {
    signedBy = List.copyOf(signedBy);
  }

  /**
   * Writes of the fenced target that wait for people; neither side takes writes meanwhile.
   *
   * @param sha256 what is approved
   * @param delta what it holds, in words
   * @param applyBy people who said that it is to be applied
   * @param loseBy people who said that it is to be given up
   */
  public record Review(
      String sha256, String delta, Instant since, List<String> applyBy, List<String> loseBy) {
    public Review {
      applyBy = List.copyOf(applyBy);
      loseBy = List.copyOf(loseBy);
    }

    Review withApply(String actor) {
      return new Review(sha256, delta, since, plus(applyBy, actor), loseBy);
    }

    Review withLose(String actor) {
      return new Review(sha256, delta, since, applyBy, plus(loseBy, actor));
    }
  }

  Reconciliation withSignature(String actor) {
    return new Reconciliation(plus(signedBy, actor), review, loss, counted);
  }

  Reconciliation with(Optional<Review> next) {
    return new Reconciliation(signedBy, next, loss, counted);
  }

  Reconciliation withLoss(String reason) {
    return new Reconciliation(signedBy, Optional.empty(), Optional.of(reason), counted);
  }

  Reconciliation withCount(String words) {
    return new Reconciliation(signedBy, review, loss, words);
  }

  /** What another go begins with: a loss stays, for the databases differ from there on. */
  Reconciliation withoutRound() {
    return new Reconciliation(List.of(), Optional.empty(), loss, counted);
  }

  private static List<String> plus(List<String> list, String element) {
    List<String> next = new ArrayList<>(list);
    next.add(element);
    return next;
  }
}
