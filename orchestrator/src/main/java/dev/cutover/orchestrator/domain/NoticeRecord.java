package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Failure;
import dev.cutover.contract.Notice;
import dev.cutover.contract.OutboundCommand.DeliverNotice;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of one notice on one channel.
 *
 * @param order the latest order
 * @param tries attempts so far
 * @param orderedAt when it was first ordered
 * @param dueAt when something must be done about it; empty once it is settled
 * @param detail where it is found, or why it failed
 */
public record NoticeRecord(
    DeliverNotice order,
    int tries,
    Status status,
    Instant orderedAt,
    Optional<Instant> dueAt,
    String detail) {
  /** How far it is. */
  public enum Status {
    ORDERED,
    RETRYING,
    DELIVERED,
    FAILED
  }

  static NoticeRecord ordered(NoticeEvent.NoticeOrdered event, Optional<NoticeRecord> before) {
    return new NoticeRecord(
        event.order(),
        event.tries(),
        Status.ORDERED,
        before.map(NoticeRecord::orderedAt).orElse(event.at()),
        Optional.of(event.dueAt()),
        before.map(NoticeRecord::detail).orElse(""));
  }

  public Notice notice() {
    return order.notice();
  }

  /** Whether it may still be delivered. */
  boolean open() {
    return status == Status.ORDERED || status == Status.RETRYING;
  }

  NoticeRecord delivered(String reference) {
    return new NoticeRecord(order, tries, Status.DELIVERED, orderedAt, Optional.empty(), reference);
  }

  NoticeRecord failed(Failure failure, Optional<Instant> retryAt) {
    return new NoticeRecord(
        order,
        tries,
        retryAt.isPresent() ? Status.RETRYING : Status.FAILED,
        orderedAt,
        retryAt,
        failure.reason());
  }
}
