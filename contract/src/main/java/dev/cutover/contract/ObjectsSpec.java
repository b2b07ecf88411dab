package dev.cutover.contract;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The objects that move with the databases of a replication.
 *
 * @param buckets each with the one that takes its place; never empty
 * @param fence how writers are kept out
 * @param mirrorsDeletes whether objects that the serving side no longer has are deleted from the
 *     other
 * @param settle how long a fence has to refuse without a gap before anything rests on it: policies
 *     take effect on all of a store's servers only after a while
 * @param finalPass how long the last pass and its proof may take, while nobody can write
 * @param every how long after one pass the next begins, while one side serves
 * @param maxBytesPerSecond of each pass but the last ones; empty for no limit
 */
public record ObjectsSpec(
    List<BucketPair> buckets,
    Fence fence,
    boolean mirrorsDeletes,
    Duration settle,
    Duration finalPass,
    Duration every,
    Optional<Long> maxBytesPerSecond) {
  public ObjectsSpec {
    buckets = List.copyOf(buckets);
    Arguments.require(!buckets.isEmpty(), "Expected at least one bucket, but got none");
    Arguments.require(
        !settle.isNegative() && finalPass.isPositive() && every.isPositive(),
        "Expected spans above 0, but got %s, %s and %s".formatted(settle, finalPass, every));
  }

  /** How writers are kept out of a side that does not serve. */
  public enum Fence {
    /** A statement in the bucket's policy denies every writer but the copier. */
    POLICY,
    /** A step of the team's own stops the writers; the probe proves it, where there is one. */
    HOOK,
    /** Not at all: what is written around the switch may be missed. */
    NONE
  }

  /** A bucket and the one that takes its place. */
  public record BucketPair(ObjectPlace source, ObjectPlace target) {
    /** The place on that side. */
    public ObjectPlace on(Side side) {
      return side == Side.SOURCE ? source : target;
    }
  }

  /**
   * Where objects lie. Names its credentials, never holds them.
   *
   * @param bucket its name
   * @param prefix what every key begins with; empty for the whole bucket
   * @param region for which requests are signed
   * @param endpoint of a store that is not Amazon's, such as {@code https://s3.example.com}
   * @param credential profile of AWS's shared files on the sync-service's machine; empty for what
   *     the AWS SDK finds by itself
   * @param copier ARN of the role or user that this credential is: whom the fence lets through
   * @param probe profile of an application that writes there: by it the fence is proven
   */
  public record ObjectPlace(
      String bucket,
      String prefix,
      String region,
      Optional<String> endpoint,
      Optional<String> credential,
      Optional<String> copier,
      Optional<String> probe) {
    /** For people, and for the service's own list of what it may touch. */
    public String address() {
      return "s3://%s%s%s"
          .formatted(
              bucket,
              prefix.isEmpty() ? "" : "/" + prefix,
              endpoint.map(url -> "@" + url).orElse(""));
    }
  }
}
