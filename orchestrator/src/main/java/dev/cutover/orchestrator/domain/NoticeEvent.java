package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Failure;
import dev.cutover.contract.NoticeKind;
import dev.cutover.contract.OutboundCommand.DeliverNotice;
import java.time.Instant;
import java.util.Optional;

/** What people were told, what they said of it, and what could not be told. */
public sealed interface NoticeEvent extends SagaEvent.Area {
  /**
   * A notice was ordered, in the same transaction as this.
   *
   * @param tries from 1
   * @param dueAt when it counts as failed without an answer
   */
  record NoticeOrdered(DeliverNotice order, int tries, Instant at, Instant dueAt)
      implements NoticeEvent {}

  /** Its channel has taken it over. */
  record NoticeDelivered(String noticeId, String reference, Instant at) implements NoticeEvent {}

  /**
   * An attempt failed.
   *
   * @param retryAt when the next is made; empty when it was the last
   */
  record NoticeFailed(String noticeId, Failure failure, Instant at, Optional<Instant> retryAt)
      implements NoticeEvent {}

  /**
   * It will not be told.
   *
   * @param occasion what it was about
   */
  record NoticeSkipped(String occasion, NoticeKind kind, String reason, Instant at)
      implements NoticeEvent {}

  /** The target serves and is proven; the time from which a person's word is due. */
  record CompletionAnnounced(Instant at) implements NoticeEvent {}

  /** A person said that they are there. */
  record RollCallAnswered(String requestId, String actor, Instant at)
      implements NoticeEvent, SagaEvent.Answer {}

  /**
   * A person said how it went after the cutover.
   *
   * @param stable whether all systems are stable
   * @param summary otherwise: what went wrong and how it was resolved
   * @param evidence what the orchestrator knew then
   */
  record StabilityReported(
      String requestId, String actor, boolean stable, String summary, String evidence, Instant at)
      implements NoticeEvent, SagaEvent.Answer {}

  /**
   * A person said what the rollback came of.
   *
   * @param retryAt when the next go is planned; empty while that is not known
   */
  record CauseNamed(
      String requestId, String actor, String cause, Optional<Instant> retryAt, Instant at)
      implements NoticeEvent, SagaEvent.Answer {}
}
