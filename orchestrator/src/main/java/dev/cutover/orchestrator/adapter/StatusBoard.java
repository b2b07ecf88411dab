package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.SagaEvent;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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

  private static final String PROGRAMME = "report.programme-status.v1";

  /** Names of the events that answer a request. */
  private static final Set<String> ANSWERING =
      JournalCodec.types().entrySet().stream()
          .filter(type -> SagaEvent.Answer.class.isAssignableFrom(type.getValue()))
          .map(Map.Entry::getKey)
          .collect(Collectors.toUnmodifiableSet());

  /**
   * Some statuses, JSON, by name.
   *
   * @param next where the next page begins; empty after the last
   */
  public record Page(List<String> statuses, Optional<String> next) {
    public Page {
      statuses = List.copyOf(statuses);
    }
  }

  /** A journal or its end: entries from {@code first} on, without gaps. */
  private static final class Journal {
    private final long first;
    private final List<Payload> entries = new ArrayList<>();

    Journal(long first) {
      this.first = first;
    }
  }

  private final Topics topics;
  private final NavigableMap<String, Shown> statuses = new TreeMap<>();
  private final Claimants claimants = new Claimants();
  private final NavigableMap<String, Shown> programmes = new TreeMap<>();
  private final SequencedMap<CutoverId, Journal> journals = new LinkedHashMap<>(16, 0.75f, true);
  private final Answers answers = new Answers();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
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
    try {
      if (received.topic().equals(topics.status())) {
        received.key().ifPresent(key -> status(key, received));
      } else {
        journalled(received);
      }
      received.key().ifPresent(key -> listeners.forEach(listener -> listener.accept(key)));
    } catch (IllegalStateException | IllegalArgumentException e) {
      LOGGER
          .atWarn()
          .addKeyValue(LogKeys.TOPIC, received.topic())
          .addKeyValue(LogKeys.PARTITION, received.partition())
          .addKeyValue(LogKeys.OFFSET, received.offset())
          .setCause(e)
          .log("record not shown");
    }
  }

  /**
   * Calls back with a cutover's name after each change of its status or journal, until closed. The
   * listener is called by the reading thread, and must return at once.
   */
  AutoCloseable listen(Consumer<String> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** How many listen. */
  int listeners() {
    return listeners.size();
  }

  private synchronized void status(String cutover, Received received) {
    Payload status = received.value();
    if (PROGRAMME.equals(received.headers().get("ce_type"))) {
      Shown shown = Shown.of(status);
      programmes.put(cutover, shown);
      answers.shown(new CutoverId(cutover), shown.sequence());
    } else if (status.equals(Payload.NONE)) {
      Shown before = statuses.remove(cutover);
      claimants.changed(cutover, before == null ? List.of() : before.claims(), List.of(), "");
    } else {
      Shown shown = Shown.of(status);
      Shown before = statuses.put(cutover, shown);
      claimants.changed(
          cutover, before == null ? List.of() : before.claims(), shown.claims(), shown.state());
      answers.shown(new CutoverId(cutover), shown.sequence());
    }
  }

  /** Most entries are kept unread: whoever decides has read them, and there are many. */
  private synchronized void journalled(Received received) {
    CutoverId cutover = new CutoverId(received.key().orElse(""));
    Journal journal = journals.get(cutover);
    boolean answering = ANSWERING.contains(received.headers().getOrDefault("ce_type", ""));
    if (journal == null || answering) {
      JournalGlance entry = JournalGlance.of(received.value());
      if (journal == null) {
        journal = new Journal(entry.sequence());
        journals.put(cutover, journal);
      }
      if (answering) {
        String detail = entry.accepted() ? entry.type() : entry.reason();
        answers.answered(
            entry.requestId(),
            new Answer(cutover, entry.sequence(), entry.accepted(), detail),
            shownSequence(cutover));
      }
    }
    journal.entries.add(received.value());
    entries++;
    while (entries > ENTRIES_MAX && journals.size() > 1) {
      entries -= journals.pollFirstEntry().getValue().entries.size();
    }
  }

  private long shownSequence(CutoverId cutover) {
    Shown shown = statuses.getOrDefault(cutover.value(), programmes.get(cutover.value()));
    return shown == null ? 0 : shown.sequence();
  }

  /** Latest status of that cutover, JSON; empty when there is none. */
  public synchronized Optional<String> status(CutoverId cutover) {
    return Optional.ofNullable(statuses.get(cutover.value())).map(shown -> shown.json().text());
  }

  /** Latest status of that programme, JSON; empty when there is none. */
  public synchronized Optional<String> programme(CutoverId programme) {
    return Optional.ofNullable(programmes.get(programme.value())).map(shown -> shown.json().text());
  }

  /** Latest status of each programme, JSON, by name. */
  public synchronized List<String> programmes() {
    return programmes.values().stream().map(shown -> shown.json().text()).toList();
  }

  /** A sentence for each name or database of the plan that another live cutover has. */
  synchronized List<String> refusals(Plan plan) {
    return claimants.refusals(plan);
  }

  /** Names of all cutovers that have a status. */
  synchronized List<String> names() {
    return List.copyOf(statuses.keySet());
  }

  /**
   * Latest statuses, JSON, by name.
   *
   * @param states only those in one of these states; all when empty
   * @param cursor where the page begins, from the page before; empty for the first
   * @param limit of the page, 1 or more
   */
  public synchronized Page statuses(Set<String> states, String cursor, int limit) {
    List<String> page = new ArrayList<>();
    String last = "";
    for (Map.Entry<String, Shown> entry : statuses.tailMap(cursor, false).entrySet()) {
      if (!states.isEmpty() && !states.contains(entry.getValue().state())) {
        continue;
      }
      if (page.size() == limit) {
        return new Page(page, Optional.of(last));
      }
      page.add(entry.getValue().json().text());
      last = entry.getKey();
    }
    return new Page(page, Optional.empty());
  }

  /**
   * Journal entries of that cutover, JSON, in order.
   *
   * @param after only those with a higher sequence
   * @param limit at most so many
   * @return empty when that part of the journal is not at hand
   */
  public synchronized Optional<List<String>> journal(CutoverId cutover, long after, int limit) {
    Journal journal = journals.get(cutover);
    if (journal == null || journal.first > Math.max(after, 0) + 1) {
      return Optional.empty();
    }
    int from = (int) Math.min(Math.max(after, 0) - (journal.first - 1), journal.entries.size());
    int to = (int) Math.min((long) from + limit, journal.entries.size());
    return Optional.of(journal.entries.subList(from, to).stream().map(Payload::text).toList());
  }

  /** The highest sequence of that journal; empty when nothing of it is at hand. */
  synchronized OptionalLong lastSequence(CutoverId cutover) {
    Journal journal = journals.get(cutover);
    return journal == null
        ? OptionalLong.empty()
        : OptionalLong.of(journal.first - 1 + journal.entries.size());
  }

  /**
   * The answer to a request; empty when none was seen within that time. What it accepts can be read
   * here when it is given, as long as that time allows.
   */
  public CompletableFuture<Optional<Answer>> answer(String requestId, Duration patience) {
    return answers.answer(requestId, patience);
  }
}
