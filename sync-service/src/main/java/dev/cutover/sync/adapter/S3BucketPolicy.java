package dev.cutover.sync.adapter;

import java.util.Optional;
import software.amazon.awssdk.services.s3.S3Client;

/** The policy of a bucket: one JSON document, which is read and written whole. */
final class S3BucketPolicy {
  private final S3Place place;
  private final S3Client client;

  S3BucketPolicy(S3Place place, S3Client client) {
    this.place = place;
    this.client = client;
  }

  /** As the store has it; empty when there is none. */
  Optional<String> read() throws S3Failure {
    try {
      return Optional.of(
          S3Failure.asked(
              "to read the policy of " + place,
              () -> client.getBucketPolicy(o -> o.bucket(place.bucket())).policy()));
    } catch (S3Failure e) {
      if (e.kind() == S3Failure.Kind.GONE && e.code().equals("NoSuchBucketPolicy")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Gives the bucket that policy, or none. */
  void write(Optional<String> policy) throws S3Failure {
    S3Failure.asked(
        "to write the policy of " + place,
        () ->
            policy.isPresent()
                ? client.putBucketPolicy(o -> o.bucket(place.bucket()).policy(policy.get()))
                : client.deleteBucketPolicy(o -> o.bucket(place.bucket())));
  }
}
