package dev.cutover.orchestrator;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.adapter.JournalHead;
import dev.cutover.orchestrator.adapter.Rest;
import dev.cutover.orchestrator.domain.Cutover;
import dev.cutover.orchestrator.domain.Saga;
import dev.cutover.runtime.Received;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The cutovers of one partition, and whose deadline is next. Whoever asks for one that rests has
 * its journal folded before it is answered.
 */
final class Cutovers {
  /** Journals of those that rest are read once nothing else presses, one after the other. */
  private static final Duration READ_FROM = Duration.ofSeconds(30);

  private static final Duration READ_EVERY = Duration.ofMillis(100);

  private final Replay replay;
  private final UnreadJournals unread = new UnreadJournals();
  private final Map<CutoverId, Tracked> tracked = new LinkedHashMap<>();

  // Each cutover has one timer at most: thousands are looked through at every turn of the loop.
  private final Map<CutoverId, Due> timers = new HashMap<>();
  private final TreeSet<Due> due = new TreeSet<>();
  private final Map<CutoverId, String> damaged = new HashMap<>();
  private Instant latest = Instant.MIN;

  /**
   * A cutover.
   *
   * @param head of its journal
   */
  record Tracked(Cutover cutover, JournalHead head) {}

  private record Due(Instant at, CutoverId cutover) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = at.compareTo(other.at);
      return byTime != 0 ? byTime : cutover.value().compareTo(other.cutover.value());
    }
  }

  Cutovers(Replay replay) {
    this.replay = replay;
  }

  /** Takes a journal record, in order; it is applied when it is needed. */
  void restore(CutoverId id, Received record) {
    unread.add(id, record);
    if (unread.isFull()) {
      replay.fold(this, unread.takeAll());
    }
  }

  /** Folds what does not rest, and arms every timer. */
  void restored(Instant now) {
    replay.fold(this, unread.takeRestless());
    tracked.values().forEach(each -> arm(each.cutover()));
    Instant at = now.plus(READ_FROM);
    for (Map.Entry<CutoverId, Rest> resting : unread.resting().entrySet()) {
      Rest rest = resting.getValue();
      decided(rest.since());
      Instant reading = at;
      set(resting.getKey(), rest.until().filter(reading::isAfter).or(() -> Optional.of(reading)));
      at = at.plus(READ_EVERY);
    }
  }

  /**
   * Folds the journal of a cutover that rests, and arms its timer.
   *
   * @return false when it was folded before
   */
  boolean wake(CutoverId id) {
    List<Received> journal = unread.take(id);
    if (journal.isEmpty()) {
      return false;
    }
    replay.fold(this, journal);
    Optional.ofNullable(tracked.get(id)).ifPresent(woken -> arm(woken.cutover()));
    return true;
  }

  /** That cutover; one of which nothing is known yet when it is not here. */
  Tracked get(CutoverId id) {
    wake(id);
    Tracked known = tracked.get(id);
    return known == null ? new Tracked(Cutover.named(id), JournalHead.of(id)) : known;
  }

  Optional<Cutover> known(CutoverId id) {
    wake(id);
    return Optional.ofNullable(tracked.get(id)).map(Tracked::cutover);
  }

  /** Those that don't rest. */
  List<CutoverId> ids() {
    return List.copyOf(tracked.keySet());
  }

  /** Those that don't rest. */
  Collection<Tracked> all() {
    return tracked.values();
  }

  /** Lets a cutover be: its journal does not tell where it stands. Nothing else is known of it. */
  void damage(CutoverId id, String reason) {
    tracked.remove(id);
    set(id, Optional.empty());
    damaged.put(id, reason);
  }

  /** Why nothing can be decided on that cutover; empty when all is well. */
  Optional<String> damage(CutoverId id) {
    wake(id);
    return Optional.ofNullable(damaged.get(id));
  }

  /** Keeps a state that may be followed by another at once: its timer is not armed. */
  void fold(Tracked next) {
    tracked.put(next.cutover().id(), next);
  }

  /** Keeps a state and arms its timer. */
  void put(Tracked next) {
    fold(next);
    arm(next.cutover());
  }

  /** Notes when something was decided. */
  void decided(Instant at) {
    latest = at.isAfter(latest) ? at : latest;
  }

  /** When the latest decision that is known was made; empty without any. */
  Optional<Instant> latest() {
    return latest.equals(Instant.MIN) ? Optional.empty() : Optional.of(latest);
  }

  /** Looks at a cutover again at that time, whatever its deadlines say. */
  void postpone(CutoverId id, Instant at) {
    set(id, Optional.of(at));
  }

  Optional<Instant> nextDue() {
    return due.isEmpty() ? Optional.empty() : Optional.of(due.first().at());
  }

  /** Those whose time has come, the earliest first. */
  List<CutoverId> due(Instant now) {
    List<CutoverId> ids = new ArrayList<>();
    for (Due next : due) {
      if (next.at().isAfter(now)) {
        break;
      }
      ids.add(next.cutover());
    }
    return ids;
  }

  private void arm(Cutover cutover) {
    set(cutover.id(), Saga.nextDue(cutover));
  }

  private void set(CutoverId id, Optional<Instant> at) {
    Due before = timers.remove(id);
    if (before != null) {
      due.remove(before);
    }
    if (at.isPresent()) {
      Due next = new Due(at.get(), id);
      timers.put(id, next);
      due.add(next);
    }
  }
}
