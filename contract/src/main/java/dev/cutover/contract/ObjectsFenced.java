package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a fence around objects did, and what came over behind it.
 *
 * @param buckets each with what its policy was before
 * @param fenceMs until every bucket had refused for as long as the plan says
 * @param probes attempts of applications that were refused without a gap; 0 where no plan names a
 *     credential to probe with: then the store's own word and the wait is all there is
 * @param moved what the last pass brought over
 * @param provenAt when the two sides were found to be the same behind the fence
 */
public record ObjectsFenced(
    List<FencedBucket> buckets,
    long fenceMs,
    long probes,
    Optional<ObjectsMoved> moved,
    Optional<Instant> provenAt) {
  public ObjectsFenced {
    buckets = List.copyOf(buckets);
  }

  /**
   * A bucket whose policy denies all writers but the copier.
   *
   * @param address as in {@link ObjectsSpec.ObjectPlace#address}
   * @param sid of the statement that was put in, and is taken out again by the opening
   * @param previousPolicy exactly as it was; empty when the bucket had none
   */
  public record FencedBucket(String address, String sid, Optional<String> previousPolicy) {}
}
