package dev.cutover.runtime;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A log for services that keep no state of their own: read, answer, then say how far one is. */
public interface Log extends RecordSource {
  /**
   * Writes a record; from any thread.
   *
   * @return completed when the record is durable; with a {@link LogException} when it could not be
   *     written within two minutes
   */
  CompletableFuture<Void> publish(Outgoing record);

  /**
   * Notes how far partitions are done; on a restart reading goes on there. May be lost: then some
   * records come again.
   *
   * @param next first offset not done, by partition
   */
  void commit(Map<Partition, Long> next);

  /** Stops giving records, or goes on; {@link #poll} keeps the membership alive meanwhile. */
  void hold(boolean on);
}
