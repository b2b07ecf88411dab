package dev.cutover.runtime;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a loop has taken and not finished, in all its partitions. Safe for several threads: workers
 * finish, the loop takes and asks how far it is.
 */
final class InHand {
  private final Map<Partition, Progress> progress = new HashMap<>();

  /** Forgets all partitions but these, and keeps how far it is in those that it had before. */
  synchronized void own(Set<Partition> owned) {
    progress.keySet().retainAll(owned);
    owned.forEach(partition -> progress.computeIfAbsent(partition, _ -> new Progress()));
  }

  /** Takes it; false when it was taken before and has come again, or is another instance's. */
  synchronized boolean begin(Received received) {
    Progress partition = progress.get(received.from());
    return partition != null && partition.begin(received.offset());
  }

  synchronized void finish(Received received) {
    Progress partition = progress.get(received.from());
    if (partition != null) {
      partition.finish(received.offset());
    }
  }

  /** The first offset not done of each partition where that has moved since the last call. */
  synchronized Map<Partition, Long> advance() {
    Map<Partition, Long> next = new TreeMap<>(Comparator.comparing(Partition::toString));
    progress.forEach(
        (partition, so) -> so.advance().ifPresent(offset -> next.put(partition, offset)));
    return next;
  }

  synchronized int unfinished() {
    return progress.values().stream().mapToInt(Progress::unfinished).sum();
  }
}
