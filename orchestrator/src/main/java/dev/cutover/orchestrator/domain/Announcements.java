package dev.cutover.orchestrator.domain;

import dev.cutover.contract.NoticeKind;
import dev.cutover.orchestrator.domain.NoticeEvent.CompletionAnnounced;
import dev.cutover.orchestrator.domain.NoticeWriter.News;
import dev.cutover.orchestrator.domain.Notices.Channel;
import dev.cutover.orchestrator.domain.SagaEvent.CutoverResumed;
import dev.cutover.orchestrator.domain.SagaState.*;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What people are told because something has happened: seen from where the cutover was and where a
 * decision has brought it. Pure; what it adds is ordered with the decision, in one transaction.
 */
final class Announcements {
  /** What must be taken back when the cutover goes back. */
  private static final Set<NoticeKind> DONE = Set.of(NoticeKind.COMPLETED, NoticeKind.DAY_AFTER);

  /** What must be taken back when it is called off. */
  private static final Set<NoticeKind> ANNOUNCED =
      Set.of(
          NoticeKind.WEEK_BEFORE,
          NoticeKind.DAY_BEFORE,
          NoticeKind.HOUR_BEFORE,
          NoticeKind.DELAYED,
          NoticeKind.STARTED);

  /** What says that nothing is to be expected any more. */
  private static final Set<NoticeKind> OVER =
      Set.of(NoticeKind.ROLLED_BACK, NoticeKind.CORRECTION, NoticeKind.ABANDONED);

  private Announcements() {}

  /** Tells what a decision has brought about. */
  static void follow(Draft draft, Cutover before) {
    Cutover after = draft.cutover();
    boolean heard = after.plan().filter(plan -> !plan.notices().channels().isEmpty()).isPresent();
    if (!heard || draft.events().isEmpty()) {
      return;
    }
    boolean back = after.state() instanceof RollingBack;
    if (!started(before) && started(after) && !back) {
      tell(draft, NoticeKind.STARTED, "");
    }
    if (completed(after) && after.correspondence().completedAt().isEmpty()) {
      draft.add(new CompletionAnnounced(draft.now()));
      tell(draft, NoticeKind.COMPLETED, "");
    }
    if (!before.pastPointOfNoReturn() && after.pastPointOfNoReturn() && !back) {
      tell(draft, NoticeKind.POINT_OF_NO_RETURN, "");
    }
    drifted(draft);
    moved(draft, before.state(), after.state());
  }

  /** What is held for it is told as that. */
  private static void drifted(Draft draft) {
    for (SagaEvent event : draft.events()) {
      if (event instanceof ReadinessEvent.DriftAnswered drift && drift.putsBack()) {
        tell(draft, NoticeKind.RECORDS_CHANGED, drift.sentence());
      } else if (event instanceof ReadinessEvent.DriftTraced traced) {
        tell(draft, NoticeKind.RECORDS_CHANGED, String.join("; ", traced.changedBy()));
      }
    }
  }

  private static void moved(Draft draft, SagaState before, SagaState after) {
    boolean held = before instanceof Held;
    switch (after) {
      case Held(String reason, SagaState _) when !held -> tell(draft, NoticeKind.HELD, reason);
      case Running _, Waiting _, Observing _ when held -> resumed(draft);
      case RollingBack(Route route, int _, boolean outage) -> {
        boolean paged = before instanceof RollingBack(Route _, int _, boolean was) && was;
        if (outage && !paged) {
          tell(draft, NoticeKind.HELD, "the way back is stuck: " + route.reason());
        } else if (!(before instanceof RollingBack) && started(draft.cutover())) {
          tell(draft, NoticeKind.ROLLING_BACK, route.reason());
        }
      }
      case Prepared(String reason, boolean rolledBack) when !(before instanceof Prepared) ->
          takeBack(draft, reason, rolledBack);
      case Finished(Outcome outcome)
          when outcome == Outcome.ABANDONED && !(before instanceof Finished) ->
          tell(draft, NoticeKind.ABANDONED, "");
      case Planned _, Running _, Waiting _, Observing _, Prepared _, Held _, Finished _ -> {}
    }
  }

  private static void resumed(Draft draft) {
    CutoverResumed last =
        draft.events().stream()
            .filter(CutoverResumed.class::isInstance)
            .map(CutoverResumed.class::cast)
            .findFirst()
            .orElse(new CutoverResumed("", "the orchestrator", "what held it is over"));
    News news = new News(draft.now(), last.reason(), "", draft.serving(), last.actor(), "", "");
    Deliveries.tell(draft, NoticeKind.RESUMED, occasion(draft, NoticeKind.RESUMED), news);
  }

  /** A word for each channel: whoever was told that it is done is told that it no longer is. */
  private static void takeBack(Draft draft, String reason, boolean rolledBack) {
    Plan plan = draft.cutover().requiredPlan();
    News news = news(draft, reason, "");
    for (Channel channel : plan.notices().channels()) {
      if (plan.rehearsal().marked() && !channel.rehearses()) {
        continue;
      }
      List<NoticeKind> told = draft.cutover().correspondence().told(channel.name());
      boolean corrects =
          channel.kinds().contains(NoticeKind.CORRECTION)
              && stands(told, rolledBack ? DONE : ANNOUNCED);
      boolean reports = rolledBack && channel.kinds().contains(NoticeKind.ROLLED_BACK);
      if (corrects || reports) {
        NoticeKind kind = corrects ? NoticeKind.CORRECTION : NoticeKind.ROLLED_BACK;
        Deliveries.tell(draft, channel, kind, occasion(draft, kind), news);
      }
    }
  }

  /** Whether any of these was told and nothing since has said that it is over. */
  private static boolean stands(List<NoticeKind> told, Set<NoticeKind> kinds) {
    return told.reversed().stream()
        .takeWhile(kind -> !OVER.contains(kind))
        .anyMatch(kinds::contains);
  }

  /** Tells it on every channel that takes it. */
  private static void tell(Draft draft, NoticeKind kind, String reason) {
    Deliveries.tell(draft, kind, occasion(draft, kind), news(draft, reason, ""));
  }

  /** Unique: the journal's sequence never comes twice. */
  static String occasion(Draft draft, NoticeKind kind) {
    return word(kind) + "-" + draft.cutover().sequence();
  }

  static News news(Draft draft, String reason, String waitingFor) {
    return new News(draft.now(), reason, waitingFor, draft.serving(), "", "", "");
  }

  /** {@code week-before}. */
  static String word(NoticeKind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether the switch has begun in this round: users may notice. */
  static boolean started(Cutover cutover) {
    return cutover.ledger().sent(Action.FENCE_SOURCE)
        || cutover.ledger().sent(Action.SHIFT_TRAFFIC);
  }

  /** Whether the target serves all, proven: nothing is left to be shifted. */
  private static boolean completed(Cutover cutover) {
    return switch (cutover.state()) {
      case Observing(int stage, var _, var _) -> !shiftsAfter(cutover, stage);
      case Finished(Outcome outcome) -> outcome == Outcome.COMPLETED;
      case Planned _, Running _, Waiting _, RollingBack _, Prepared _, Held _ -> false;
    };
  }

  private static boolean shiftsAfter(Cutover cutover, int stage) {
    List<Stage> stages = cutover.requiredRunbook().stages();
    return stages.subList(stage, stages.size()).stream()
        .anyMatch(
            later ->
                later instanceof Stage.Work work
                    && work.steps().stream()
                        .anyMatch(step -> step.action() == Action.SHIFT_TRAFFIC));
  }
}
