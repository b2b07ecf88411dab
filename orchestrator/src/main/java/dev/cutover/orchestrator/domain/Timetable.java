package dev.cutover.orchestrator.domain;

import dev.cutover.contract.NoticeKind;
import dev.cutover.orchestrator.domain.NoticeEvent.NoticeSkipped;
import dev.cutover.orchestrator.domain.NoticeWriter.News;
import dev.cutover.orchestrator.domain.SagaState.*;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What people are told because its time has come: derived from the plan's window, never stored, so
 * that a restart and a clock that jumps lose none and repeat none. What is due and was missed for
 * long is not told any more, and that is journalled. Pure.
 */
public final class Timetable {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** A late word is of use for this part of its lead: it says when the window opens. */
  private static final int LATE_PART = 4;

  private Timetable() {}

  /**
   * Something that is told at a time.
   *
   * @param occasion unique for this window: a plan whose window was moved tells anew
   * @param until after this it is of no use
   */
  public record Due(NoticeKind kind, String occasion, Instant at, Instant until) {}

  /** All that a plan tells before its switch begins, in order; nothing without a window. */
  public static List<Due> of(Plan plan) {
    if (plan.window().opensAt().isEmpty() || plan.notices().channels().isEmpty()) {
      return List.of();
    }
    Instant opens = plan.window().opensAt().get();
    Notices.Timeline timeline = plan.notices().timeline();
    Instant late = opens.plus(timeline.delayed());
    return Stream.of(
            before(NoticeKind.WEEK_BEFORE, opens, timeline.week()),
            before(NoticeKind.DAY_BEFORE, opens, timeline.day()),
            before(NoticeKind.HOUR_BEFORE, opens, timeline.hour()),
            new Due(
                NoticeKind.DELAYED,
                occasion(NoticeKind.DELAYED, opens),
                late,
                plan.window().closesAt().orElse(late.plus(Duration.ofDays(1)))))
        .filter(due -> !Deliveries.channels(plan, due.kind()).isEmpty())
        .toList();
  }

  private static Due before(NoticeKind kind, Instant opens, Duration lead) {
    Instant at = opens.minus(lead);
    return new Due(kind, occasion(kind, opens), at, at.plus(lead.dividedBy(LATE_PART)));
  }

  private static String occasion(NoticeKind kind, Instant opens) {
    return Announcements.word(kind) + "-" + STAMP.format(opens);
  }

  /** When the next one is due. */
  static Optional<Instant> next(Cutover cutover) {
    return due(cutover).stream().map(Due::at).min(Instant::compareTo);
  }

  /** Tells what is due, and notes what is too late to tell. */
  static void on(Draft draft) {
    for (Due due : due(draft.cutover())) {
      if (draft.now().isBefore(due.at())) {
        continue;
      }
      if (draft.now().isAfter(due.until())) {
        draft.add(
            new NoticeSkipped(
                due.occasion(),
                due.kind(),
                "Expected to tell it at %s, but it was %s when it could be told"
                    .formatted(due.at(), draft.now()),
                draft.now()));
      } else {
        News news = Announcements.news(draft, "", SagaView.waitingFor(draft.cutover()));
        Deliveries.tell(draft, due.kind(), due.occasion(), news);
      }
    }
  }

  /** What is still to be told: nothing once the switch has begun, or is off. */
  private static List<Due> due(Cutover cutover) {
    boolean ahead =
        switch (cutover.state()) {
          case Running _, Waiting _, Held _ -> !Announcements.started(cutover);
          case Planned _, Observing _, RollingBack _, Prepared _, Finished _ -> false;
        };
    if (!ahead || cutover.plan().isEmpty()) {
      return List.of();
    }
    return of(cutover.plan().get()).stream()
        .filter(due -> !cutover.correspondence().occasions().contains(due.occasion()))
        .toList();
  }
}
