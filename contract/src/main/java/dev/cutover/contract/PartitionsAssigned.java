package dev.cutover.contract;

import java.util.List;

/**
 * A service instance began to serve these partitions of its command topic. The orchestrator sends
 * its unanswered and standing commands again to cutovers whose key hashes there: a new instance
 * knows nothing of streams or watches that the one before it ran.
 *
 * @param service such as {@code sync}
 * @param partitions sorted, never empty
 * @param cutover a placeholder key, one message per partition, so that it reaches the
 *     orchestrator's instance that owns the same partition
 */
public record PartitionsAssigned(CutoverId cutover, String service, List<Integer> partitions)
    implements Report {
  public PartitionsAssigned {
    partitions = List.copyOf(partitions);
  }
}
