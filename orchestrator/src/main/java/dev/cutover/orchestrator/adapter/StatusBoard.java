package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.domain.SagaEvent;
import dev.cutover.orchestrator.domain.SagaEvent.*;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the API shows: the latest status of each cutover, its journal, and the answers to requests.
 * A read model over {@code cutover.status} and {@code cutover.journal}, which any instance has.
 * Safe for several threads.
 */
public final class StatusBoard {
  private static final Logger LOGGER = LoggerFactory.getLogger(StatusBoard.class);

  /** Journal entries kept in memory; past it whole journals go, the longest idle first. */
  private static final int ENTRIES_MAX = 50_000;

  private static final int ANSWERS_MAX = 10_000;

  /**
   * How a request was answered.
   *
   * @param accepted false when it was refused
   * @param detail what came of it, or why not
   */
  public record Answer(CutoverId cutover, long sequence, boolean accepted, String detail) {}

  /** A journal or its end: entries from {@code first} on, without gaps. */
  private static final class Journal {
    private final long first;
    private final List<Payload> entries = new ArrayList<>();

    Journal(long first) {
      this.first = first;
    }
  }

  private final Topics topics;
  private final JournalCodec codec = new JournalCodec();
  private final SortedMap<String, Payload> statuses = new TreeMap<>();
  private final SequencedMap<CutoverId, Journal> journals = new LinkedHashMap<>(16, 0.75f, true);
  private final SequencedMap<String, Answer> answers = new LinkedHashMap<>();
  private final Map<String, CompletableFuture<Answer>> waiting = new HashMap<>();
  private int entries;
  private volatile boolean complete;

  public StatusBoard(Topics topics) {
    this.topics = topics;
  }

  /** Topics to be followed from their beginning, and given to {@link #seen}. */
  public List<String> followed() {
    return List.of(topics.status(), topics.journal());
  }

  /** Is told that everything written before the start was seen. */
  public void caughtUp() {
    complete = true;
  }

  /** Whether everything written before the start was seen. */
  public boolean complete() {
    return complete;
  }

  /** Takes a record in; one that can't be read is left out here: whoever decides has said so. */
  public void seen(Received received) {
    if (received.topic().equals(topics.status())) {
      received.key().ifPresent(key -> status(key, received.value()));
      return;
    }
    try {
      journalled(codec.entry(received.value().bytes()), received.value());
    } catch (IllegalStateException e) {
      LOGGER
          .atWarn()
          .addKeyValue(LogKeys.TOPIC, received.topic())
          .addKeyValue(LogKeys.PARTITION, received.partition())
          .addKeyValue(LogKeys.OFFSET, received.offset())
          .setCause(e)
          .log("journal entry not shown");
    }
  }

  private synchronized void status(String cutover, Payload status) {
    if (status.equals(Payload.NONE)) {
      statuses.remove(cutover);
    } else {
      statuses.put(cutover, status);
    }
  }

  private synchronized void journalled(JournalEntry entry, Payload json) {
    Journal journal = journals.computeIfAbsent(entry.cutover(), _ -> new Journal(entry.sequence()));
    journal.entries.add(json);
    entries++;
    while (entries > ENTRIES_MAX && journals.size() > 1) {
      entries -= journals.pollFirstEntry().getValue().entries.size();
    }
    if (entry.event() instanceof SagaEvent.Answer answering) {
      answered(answering.requestId(), answer(entry));
    }
  }

  private void answered(String requestId, Answer answer) {
    answers.putIfAbsent(requestId, answer);
    if (answers.size() > ANSWERS_MAX) {
      answers.pollFirstEntry();
    }
    CompletableFuture<Answer> waiter = waiting.remove(requestId);
    if (waiter != null) {
      waiter.completeAsync(() -> answer);
    }
  }

  /** Latest status of that cutover, JSON; empty when there is none. */
  public synchronized Optional<String> status(CutoverId cutover) {
    return Optional.ofNullable(statuses.get(cutover.value())).map(Payload::text);
  }

  /** Latest status of each cutover, JSON, by name. */
  public synchronized List<String> statuses() {
    return statuses.values().stream().map(Payload::text).toList();
  }

  /**
   * Journal entries of that cutover, JSON, in order.
   *
   * @param after only those with a higher sequence
   * @return empty when that part of the journal is not at hand
   */
  public synchronized Optional<List<String>> journal(CutoverId cutover, long after) {
    Journal journal = journals.get(cutover);
    if (journal == null || journal.first > Math.max(after, 0) + 1) {
      return Optional.empty();
    }
    int from = (int) Math.min(Math.max(after, 0) - (journal.first - 1), journal.entries.size());
    return Optional.of(
        journal.entries.subList(from, journal.entries.size()).stream().map(Payload::text).toList());
  }

  /** The answer to a request; empty when none was seen within that time. */
  public CompletableFuture<Optional<Answer>> answer(String requestId, Duration patience) {
    CompletableFuture<Answer> waiter;
    synchronized (this) {
      Answer known = answers.get(requestId);
      if (known != null) {
        return CompletableFuture.completedFuture(Optional.of(known));
      }
      waiter = waiting.computeIfAbsent(requestId, _ -> new CompletableFuture<>());
    }
    return waiter
        .thenApply(Optional::of)
        .completeOnTimeout(Optional.empty(), patience.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((_, _) -> forget(requestId, waiter));
  }

  private synchronized void forget(String requestId, CompletableFuture<Answer> waiter) {
    waiting.remove(requestId, waiter);
  }

  private static Answer answer(JournalEntry entry) {
    return entry.event() instanceof RequestRefused refused
        ? new Answer(entry.cutover(), entry.sequence(), false, refused.reason())
        : new Answer(entry.cutover(), entry.sequence(), true, JournalCodec.nameOf(entry.event()));
  }
}
