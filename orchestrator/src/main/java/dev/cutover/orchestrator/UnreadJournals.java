package dev.cutover.orchestrator;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.adapter.Rest;
import dev.cutover.runtime.Received;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What of a partition's journal is not folded yet, as it is stored. A journal of a cutover that
 * rests may stay here until it is needed.
 */
final class UnreadJournals {
  /** More than that is not kept: it is folded as it comes, which needs far less memory. */
  static final long KEPT_MAX_BYTES = 32L << 20;

  private final Map<CutoverId, List<Received>> records = new LinkedHashMap<>();
  private long bytes;

  /** Keeps a record. */
  void add(CutoverId id, Received record) {
    records.computeIfAbsent(id, _ -> new ArrayList<>()).add(record);
    bytes += record.value().bytes().length;
  }

  /** Whether there is no place for more: all has to be taken. */
  boolean isFull() {
    return bytes >= KEPT_MAX_BYTES;
  }

  /** Takes what is kept of a cutover, in order; empty when it is read. */
  List<Received> take(CutoverId id) {
    List<Received> taken = records.remove(id);
    if (taken == null) {
      return List.of();
    }
    taken.forEach(record -> bytes -= record.value().bytes().length);
    return taken;
  }

  /** Takes everything. */
  List<Received> takeAll() {
    List<Received> taken = records.values().stream().flatMap(List::stream).toList();
    records.clear();
    bytes = 0;
    return taken;
  }

  /** Takes whatever does not rest, and returns it. */
  List<Received> takeRestless() {
    List<CutoverId> restless =
        records.entrySet().stream()
            .filter(each -> Rest.of(each.getValue().getLast()).isEmpty())
            .map(Map.Entry::getKey)
            .toList();
    return restless.stream().flatMap(id -> take(id).stream()).toList();
  }

  /** Those that are kept, and how long they rest. */
  Map<CutoverId, Rest> resting() {
    Map<CutoverId, Rest> resting = new LinkedHashMap<>();
    records.forEach(
        (id, kept) -> {
          Optional<Rest> rest = Rest.of(kept.getLast());
          rest.ifPresent(found -> resting.put(id, found));
        });
    return resting;
  }
}
