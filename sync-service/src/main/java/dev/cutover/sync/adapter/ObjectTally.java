package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.ObjectsCopied;
import dev.cutover.sync.domain.ObjectsCopied.Fault;
import dev.cutover.sync.domain.ObjectsProgress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a pass does. Safe for several threads. */
final class ObjectTally {
  final LongAdder listed = new LongAdder();
  final LongAdder same = new LongAdder();
  final LongAdder deleted = new LongAdder();
  final LongAdder kept = new LongAdder();
  final LongAdder late = new LongAdder();
  final LongAdder changing = new LongAdder();
  private final LongAdder copied = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder unproven = new LongAdder();
  private final long startedNanos = System.nanoTime();
  private final List<Fault> faults = new ArrayList<>();
  private long faultsTotal;

  /** Part of an object has arrived. */
  void arrived(long newBytes) {
    bytes.add(newBytes);
  }

  /** An object has arrived whole. */
  void copied(boolean isProven) {
    copied.increment();
    if (!isProven) {
      unproven.increment();
    }
  }

  synchronized void fault(String key, String reason) {
    faultsTotal++;
    if (faults.size() < ObjectsCopied.FAULTS_MAX) {
      faults.add(new Fault(key, reason));
    }
  }

  private synchronized long faults() {
    return faultsTotal;
  }

  ObjectsProgress progress() {
    long ms = Math.max(1, tookMs());
    return new ObjectsProgress(
        listed.sum(), same.sum(), copied.sum(), bytes.sum(), bytes.sum() * 1000 / ms, faults());
  }

  synchronized ObjectsCopied result() {
    return new ObjectsCopied(
        listed.sum(),
        same.sum(),
        copied.sum(),
        bytes.sum(),
        deleted.sum(),
        kept.sum(),
        unproven.sum(),
        faults.stream().sorted(Comparator.comparing(Fault::key)).toList(),
        faultsTotal,
        tookMs());
  }

  private long tookMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
  }
}
