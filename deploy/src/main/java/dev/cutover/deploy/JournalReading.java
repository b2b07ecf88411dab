package dev.cutover.deploy;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.UndecodableException;
import dev.cutover.orchestrator.adapter.JournalAudit;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.LogException;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Reads journals straight from Kafka, only what is committed, and holds them against the statuses
 * that were published with them.
 */
final class JournalReading {
  private static final long READ_MAX_MINUTES = 10;

  private final KafkaSettings kafka;
  private final Topics topics;
  private final Wire wire;

  JournalReading(KafkaSettings kafka, Topics topics) {
    this.kafka = kafka;
    this.topics = topics;
    this.wire = new Wire(topics);
  }

  /**
   * What was read.
   *
   * @param audits by name
   * @param strays records of no cutover, in words with their place
   */
  record Audited(List<JournalAudit.Result> audits, List<String> strays) {
    Audited {
      audits = List.copyOf(audits);
      strays = List.copyOf(strays);
    }
  }

  /**
   * Audits that cutover's journal, or all.
   *
   * @throws LogException when Kafka does not answer
   */
  Audited audit(Optional<CutoverId> only) throws InterruptedException {
    // What was published before must be in the journal; the journal may go on meanwhile, but not
    // beyond what is published after.
    Map<String, CutoverStatus> before = statuses(only);
    Map<String, JournalAudit> audits = new TreeMap<>();
    before.forEach((key, status) -> audits.put(key, new JournalAudit(status.cutover())));
    List<String> strays = new ArrayList<>();
    read(
        topics.journal(),
        only,
        received -> {
          try {
            String key = received.key().orElse("");
            audits
                .computeIfAbsent(key, name -> new JournalAudit(new CutoverId(name)))
                .add(received.value(), place(received));
          } catch (IllegalArgumentException e) {
            strays.add("%s: %s".formatted(place(received), e.getMessage()));
          }
        });
    Map<String, CutoverStatus> after = statuses(only);
    audits.forEach(
        (key, audit) -> {
          CutoverStatus published = before.get(key);
          if (published != null) {
            audit.published(published.sequence(), published.journalHead(), topics.status());
          }
          CutoverStatus latest = after.get(key);
          if (latest != null) {
            audit.endsAt(latest.sequence(), topics.status());
          }
        });
    return new Audited(audits.values().stream().map(JournalAudit::result).toList(), strays);
  }

  /** The entries of that cutover, as they are stored, in order. */
  List<Payload> entries(CutoverId cutover) throws InterruptedException {
    List<Payload> entries = new ArrayList<>();
    read(topics.journal(), Optional.of(cutover), received -> entries.add(received.value()));
    return entries;
  }

  private Map<String, CutoverStatus> statuses(Optional<CutoverId> only)
      throws InterruptedException {
    Map<String, CutoverStatus> statuses = new TreeMap<>();
    read(
        topics.status(),
        only,
        received -> {
          try {
            if (wire.envelope(received).message() instanceof CutoverStatus status) {
              statuses.put(status.cutover().value(), status);
            }
          } catch (UndecodableException e) {
            // Nothing that an orchestrator published: it says nothing about a journal.
            received.key().ifPresent(statuses::remove);
          }
        });
    return statuses;
  }

  private void read(String topic, Optional<CutoverId> only, Consumer<Received> seen)
      throws InterruptedException {
    try (TopicFollower follower =
        TopicFollower.start(
            kafka,
            List.of(topic),
            true,
            received -> {
              if (only.isEmpty() || received.key().filter(only.get().value()::equals).isPresent()) {
                seen.accept(received);
              }
            })) {
      follower.caughtUp().get(READ_MAX_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException | TimeoutException e) {
      throw new LogException("Expected to read %s to its end, but %s".formatted(topic, e), e);
    }
  }

  private static String place(Received received) {
    return "%s/%d/%d".formatted(received.topic(), received.partition(), received.offset());
  }
}
