package dev.cutover.orchestrator;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.adapter.JournalHead;
import dev.cutover.orchestrator.domain.Cutover;
import dev.cutover.orchestrator.domain.Saga;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The cutovers of one partition, and whose deadline is next. */
final class Cutovers {
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

  /** That cutover; one of which nothing is known yet when it is not here. */
  Tracked get(CutoverId id) {
    Tracked known = tracked.get(id);
    return known == null ? new Tracked(Cutover.named(id), JournalHead.of(id)) : known;
  }

  Optional<Cutover> known(CutoverId id) {
    return Optional.ofNullable(tracked.get(id)).map(Tracked::cutover);
  }

  List<CutoverId> ids() {
    return List.copyOf(tracked.keySet());
  }

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

  /** Arms the timers of all. */
  void armAll() {
    tracked.values().forEach(each -> arm(each.cutover()));
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
