package dev.cutover.orchestrator.domain;

import dev.cutover.contract.NoticeKind;
import dev.cutover.orchestrator.domain.NoticeEvent.*;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * What people were told, and what they said.
 *
 * @param records by the id of the notice, in the order in which they were ordered
 * @param skipped what was not told, and why
 * @param occasions what was told or skipped, on whatever channels: nothing is told twice
 * @param present who answered the roll-call, and when
 * @param completedAt when the target was proven, which people are told; empty before, and after a
 *     rollback
 * @param stability what a person said of it afterwards
 * @param cause what a person said the last rollback came of; empty until the next one is explained
 */
public record Correspondence(
    SequencedMap<String, NoticeRecord> records,
    List<NoticeSkipped> skipped,
    SequencedSet<String> occasions,
    SequencedMap<String, Instant> present,
    Optional<Instant> completedAt,
    Optional<StabilityReported> stability,
    Optional<CauseNamed> cause) {
  /** Nobody was told anything. */
  public static final Correspondence NONE =
      new Correspondence(
          new LinkedHashMap<>(),
          List.of(),
          new LinkedHashSet<>(),
          new LinkedHashMap<>(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public Correspondence {
    records = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(records));
    skipped = List.copyOf(skipped);
    occasions = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(occasions));
    present = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(present));
  }

  /** The state after an event. */
  static Cutover evolve(Cutover cutover, NoticeEvent event) {
    return cutover.with(cutover.correspondence().after(event));
  }

  private Correspondence after(NoticeEvent event) {
    return switch (event) {
      case NoticeOrdered e -> {
        String id = e.order().notice().id();
        yield with(id, NoticeRecord.ordered(e, record(id))).withOccasion(occasion(e));
      }
      case NoticeDelivered e -> with(e.noticeId(), required(e.noticeId()).delivered(e.reference()));
      case NoticeFailed e ->
          with(e.noticeId(), required(e.noticeId()).failed(e.failure(), e.retryAt()));
      case NoticeSkipped e -> withSkipped(e).withOccasion(e.occasion());
      case RollCallAnswered e -> withPresent(e);
      case CompletionAnnounced e ->
          new Correspondence(
              records, skipped, occasions, present, Optional.of(e.at()), Optional.empty(), cause);
      case StabilityReported e ->
          new Correspondence(
              records, skipped, occasions, present, completedAt, Optional.of(e), cause);
      case CauseNamed e ->
          new Correspondence(
              records, skipped, occasions, present, completedAt, stability, Optional.of(e));
    };
  }

  /** A new round begins: who is there is asked again, and nothing is done yet. */
  Correspondence withoutRound() {
    return new Correspondence(
        records,
        skipped,
        occasions,
        new LinkedHashMap<>(),
        Optional.empty(),
        stability,
        Optional.empty());
  }

  Optional<NoticeRecord> record(String noticeId) {
    return Optional.ofNullable(records.get(noticeId));
  }

  /** The notices that may still be delivered. */
  List<NoticeRecord> open() {
    return records.values().stream().filter(NoticeRecord::open).toList();
  }

  /** What was told on a channel, in order. */
  List<NoticeKind> told(String channel) {
    return records.values().stream()
        .filter(record -> record.order().channel().name().equals(channel))
        .map(record -> record.notice().kind())
        .toList();
  }

  private NoticeRecord required(String noticeId) {
    return record(noticeId)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Expected notice %s to have been ordered, but the journal has no such event"
                        .formatted(noticeId)));
  }

  /** Its id is cutover, occasion and channel, divided by slashes; no occasion has one. */
  private static String occasion(NoticeOrdered event) {
    return event.order().notice().id().split("/", 3)[1];
  }

  private Correspondence with(String id, NoticeRecord record) {
    SequencedMap<String, NoticeRecord> next = new LinkedHashMap<>(records);
    next.put(id, record);
    return new Correspondence(next, skipped, occasions, present, completedAt, stability, cause);
  }

  private Correspondence withOccasion(String occasion) {
    if (occasions.contains(occasion)) {
      return this;
    }
    SequencedSet<String> next = new LinkedHashSet<>(occasions);
    next.add(occasion);
    return new Correspondence(records, skipped, next, present, completedAt, stability, cause);
  }

  private Correspondence withSkipped(NoticeSkipped event) {
    List<NoticeSkipped> next = new ArrayList<>(skipped);
    next.add(event);
    return new Correspondence(records, next, occasions, present, completedAt, stability, cause);
  }

  private Correspondence withPresent(RollCallAnswered event) {
    SequencedMap<String, Instant> next = new LinkedHashMap<>(present);
    next.put(event.actor(), event.at());
    return new Correspondence(records, skipped, occasions, next, completedAt, stability, cause);
  }
}
