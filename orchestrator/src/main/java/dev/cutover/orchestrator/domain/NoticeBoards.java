package dev.cutover.orchestrator.domain;

import dev.cutover.contract.NoticeBoard;
import dev.cutover.contract.NoticeBoard.NoticeState;
import dev.cutover.contract.NoticeBoard.Progress;
import dev.cutover.contract.NoticeBoard.Skipped;
import java.time.Instant;
import java.util.List;

/** What people see of notices. Pure. */
final class NoticeBoards {
  /** So many of the latest are shown; those that failed are counted in full. */
  private static final int SHOWN_MAX = 50;

  private NoticeBoards() {}

  static NoticeBoard of(Cutover cutover, Instant now) {
    Correspondence correspondence = cutover.correspondence();
    List<NoticeState> all =
        correspondence.records().values().stream().map(NoticeBoards::state).toList();
    int failed = (int) all.stream().filter(state -> state.progress() == Progress.FAILED).count();
    List<Skipped> skipped =
        correspondence.skipped().stream()
            .map(event -> new Skipped(event.kind(), event.reason()))
            .toList();
    return new NoticeBoard(
        latest(all),
        failed,
        latest(skipped),
        Timetable.next(cutover),
        Attendance.rollCall(cutover, now),
        Attendance.reportDueAt(cutover));
  }

  private static NoticeState state(NoticeRecord record) {
    Progress progress =
        switch (record.status()) {
          case ORDERED, RETRYING -> Progress.UNDER_WAY;
          case DELIVERED -> Progress.DELIVERED;
          case FAILED -> Progress.FAILED;
        };
    return new NoticeState(
        record.notice().kind(),
        record.order().channel().name(),
        record.notice().subject(),
        progress,
        record.tries(),
        record.orderedAt(),
        record.detail());
  }

  private static <T> List<T> latest(List<T> all) {
    return all.subList(Math.max(0, all.size() - SHOWN_MAX), all.size());
  }
}
