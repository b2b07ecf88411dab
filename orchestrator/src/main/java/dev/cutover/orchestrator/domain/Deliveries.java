package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Notice;
import dev.cutover.contract.NoticeKind;
import dev.cutover.contract.OutboundCommand;
import dev.cutover.contract.OutboundCommand.DeliverNotice;
import dev.cutover.contract.OutboundReply.NoticeAccepted;
import dev.cutover.contract.Reply;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.orchestrator.domain.NoticeEvent.*;
import dev.cutover.orchestrator.domain.NoticeRecord.Status;
import dev.cutover.orchestrator.domain.NoticeWriter.News;
import dev.cutover.orchestrator.domain.Notices.Channel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Brings notices out: at least once each, in bounded tries. Touches no step, gate or state: whether
 * people can be told has no say in what is done. Pure.
 */
final class Deliveries {
  /** The service that delivers. */
  static final String SERVICE = "outbound";

  /** How long one delivery may take. */
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** What is waited beyond it before the attempt counts as lost. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** With the delays below: half an hour of trying. */
  static final int TRIES_MAX = 8;

  private static final Duration FIRST_DELAY = Duration.ofSeconds(15);
  private static final Duration DELAY_MAX = Duration.ofMinutes(10);

  private Deliveries() {}

  /** Tells something on every channel that takes it; nothing when there is none. */
  static void tell(Draft draft, NoticeKind kind, String occasion, News news) {
    for (Channel channel : channels(draft.cutover().requiredPlan(), kind)) {
      tell(draft, channel, kind, occasion, news);
    }
  }

  static void tell(Draft draft, Channel channel, NoticeKind kind, String occasion, News news) {
    Cutover cutover = draft.cutover();
    Notice notice = NoticeWriter.write(cutover.requiredPlan(), channel, kind, occasion, news);
    if (cutover.correspondence().record(notice.id()).isEmpty()) {
      String step = "notice %s by %s".formatted(occasion, channel.name());
      CommandHeader header =
          new CommandHeader(
              new StepRef(cutover.id(), step, 1), cutover.nextEpoch(), draft.now().plus(DEADLINE));
      order(draft, new DeliverNotice(header, notice, channel.channel()), 1);
    }
  }

  /** The channels that take that kind. */
  static List<Channel> channels(Plan plan, NoticeKind kind) {
    return plan.notices().channels().stream()
        .filter(channel -> channel.kinds().contains(kind))
        .filter(channel -> !plan.rehearsal().marked() || channel.rehearses())
        .toList();
  }

  private static void order(Draft draft, DeliverNotice order, int tries) {
    Instant dueAt = order.header().deadline().plus(PATIENCE);
    draft.add(new NoticeOrdered(order, tries, draft.now(), dueAt));
    draft.order(order);
  }

  /** The orders that are not answered. */
  static Stream<OutboundCommand> pending(Cutover cutover) {
    return cutover.correspondence().open().stream()
        .filter(record -> record.status() == Status.ORDERED)
        .map(NoticeRecord::order);
  }

  /** When something must be done about a notice. */
  static Optional<Instant> next(Cutover cutover) {
    return cutover.correspondence().open().stream()
        .flatMap(record -> record.dueAt().stream())
        .min(Instant::compareTo);
  }

  /** Takes an answer that is about a notice; false when it is about something else. */
  static boolean on(Draft draft, Reply reply) {
    if (reply instanceof NoticeAccepted accepted) {
      draft
          .cutover()
          .correspondence()
          .record(accepted.noticeId())
          .filter(NoticeRecord::open)
          .ifPresent(
              record ->
                  draft.add(
                      new NoticeDelivered(
                          record.notice().id(), accepted.reference(), draft.now())));
      return true;
    }
    Optional<NoticeRecord> waiting =
        draft.cutover().correspondence().open().stream()
            .filter(record -> record.status() == Status.ORDERED)
            .filter(record -> record.order().header().step().equals(reply.step()))
            .findFirst();
    if (waiting.isPresent() && reply instanceof StepFailed failed) {
      fail(draft, waiting.get(), failed.failure());
    }
    return waiting.isPresent();
  }

  /** Tries again what is due, and gives up on what is silent. */
  static void onTime(Draft draft) {
    for (NoticeRecord record : draft.cutover().correspondence().open()) {
      if (record.dueAt().filter(at -> !draft.now().isBefore(at)).isEmpty()) {
        continue;
      }
      if (record.status() == Status.RETRYING) {
        again(draft, record);
      } else {
        fail(
            draft,
            record,
            new Failure(
                FailureKind.TIMED_OUT,
                "Expected an answer within %s, but got none".formatted(DEADLINE),
                true));
      }
    }
  }

  /** The same words and the same id, in an attempt of its own. */
  private static void again(Draft draft, NoticeRecord record) {
    CommandHeader before = record.order().header();
    StepRef step = new StepRef(before.step().cutover(), before.step().step(), record.tries() + 1);
    CommandHeader header = new CommandHeader(step, before.epoch(), draft.now().plus(DEADLINE));
    order(draft, record.order().withHeader(header), record.tries() + 1);
  }

  private static void fail(Draft draft, NoticeRecord record, Failure failure) {
    draft.add(
        new NoticeFailed(
            record.notice().id(),
            failure,
            draft.now(),
            retryDelay(record.tries(), failure).map(draft.now()::plus)));
  }

  /** How long until the next try; empty when there is none. */
  static Optional<Duration> retryDelay(int tries, Failure failure) {
    if (!failure.retryable() || tries >= TRIES_MAX) {
      return Optional.empty();
    }
    Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(tries - 1, 10));
    return Optional.of(delay.compareTo(DELAY_MAX) < 0 ? delay : DELAY_MAX);
  }
}
