package dev.cutover.orchestrator.domain;

import dev.cutover.contract.StrategyStatus;
import dev.cutover.orchestrator.domain.Reconciliation.Review;
import java.util.List;

/** What people see of strategy, shares of traffic and the target's writes. Pure. */
public final class StrategyView {
  private StrategyView() {}

  static StrategyStatus of(Cutover cutover) {
    Reconciliation reconciliation = cutover.reconciliation();
    return cutover
        .plan()
        .map(
            plan ->
                new StrategyStatus(
                    name(plan.strategy()),
                    word(plan.dataLayer()),
                    word(plan.rollback().way()),
                    cutover.world().share().percent(),
                    reconciliation.signedBy(),
                    reconciliation.review().map(StrategyView::review),
                    reconciliation
                        .loss()
                        .map(
                            reason ->
                                reconciliation.counted().isEmpty()
                                    ? reason
                                    : "%s: %s".formatted(reason, reconciliation.counted())),
                    PlanRules.notes(plan, cutover.requiredRunbook()).stream()
                        .map(PlanRules.Finding::sentence)
                        .toList()))
        .orElse(StrategyStatus.NONE);
  }

  /** As plans say it, such as {@code blueGreen}. */
  static String name(Strategy strategy) {
    return switch (strategy) {
      case Strategy.BlueGreen _ -> "blueGreen";
      case Strategy.BigBang _ -> "bigBang";
      case Strategy.Canary _ -> "canary";
    };
  }

  /** As plans say it: {@code REVERSE_SYNC} is {@code reverseSync}. */
  public static String word(Enum<?> value) {
    StringBuilder text = new StringBuilder();
    for (String part : List.of(value.name().split("_"))) {
      String lower = part.toLowerCase(java.util.Locale.ROOT);
      text.append(
          text.isEmpty()
              ? lower
              : lower.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + lower.substring(1));
    }
    return text.toString();
  }

  static String review(Review review) {
    return ("two people to approve 'delta' (apply the target's writes; so far %s) or 'loss' (give"
            + " them up; so far %s): %s")
        .formatted(review.applyBy(), review.loseBy(), review.delta());
  }
}
