package dev.cutover.deploy.sync;

import dev.cutover.sync.adapter.S3Bucket;
import dev.cutover.sync.adapter.S3Place;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which two buckets, and how fast. */
final class ObjectOptions {
  @Parameters(index = "0", paramLabel = "SOURCE", description = "Such as s3://bucket/prefix/.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "TARGET", description = "The same.")
  private String target = "";

  @Option(
      names = "--source-endpoint",
      paramLabel = "URL",
      description = "Of a store that is not Amazon's, such as https://s3.example.com.")
  private @Nullable URI sourceEndpoint;

  @Option(names = "--target-endpoint", paramLabel = "URL", description = "The same.")
  private @Nullable URI targetEndpoint;

  @Option(
      names = "--source-region",
      defaultValue = "us-east-1",
      paramLabel = "REGION",
      description = "For which requests are signed (default: ${DEFAULT-VALUE}).")
  private String sourceRegion = "";

  @Option(
      names = "--target-region",
      defaultValue = "us-east-1",
      paramLabel = "REGION",
      description = "The same (default: ${DEFAULT-VALUE}).")
  private String targetRegion = "";

  @Option(
      names = "--source-profile",
      paramLabel = "NAME",
      description =
          "Of AWS's shared files, ~/.aws/credentials and config; otherwise what the AWS SDK finds by"
              + " itself.")
  private @Nullable String sourceProfile;

  @Option(names = "--target-profile", paramLabel = "NAME", description = "The same.")
  private @Nullable String targetProfile;

  @Option(
      names = "--workers",
      defaultValue = "16",
      description = "Requests under way, 1 to 256 (default: ${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--max-bytes-per-second",
      paramLabel = "N",
      description = "Of all workers together; no limit unless given.")
  private @Nullable Long maxBytesPerSecond;

  @Option(names = "--json", description = "Everything as JSON.")
  private boolean json;

  boolean json() {
    return json;
  }

  int workers() {
    return workers;
  }

  Optional<Long> maxBytesPerSecond() {
    return Optional.ofNullable(maxBytesPerSecond);
  }

  S3Bucket source() {
    return S3Bucket.open(sourcePlace());
  }

  /** Throws {@link IllegalArgumentException} where both are the same place, in part at least. */
  S3Bucket target() {
    S3Place place =
        S3Place.of(
            target,
            targetRegion,
            Optional.ofNullable(targetEndpoint),
            Optional.ofNullable(targetProfile));
    if (place.overlaps(sourcePlace())) {
      throw new IllegalArgumentException(
          "Expected two places that don't overlap, but %s and %s do"
              .formatted(sourcePlace(), place));
    }
    return S3Bucket.open(place);
  }

  private S3Place sourcePlace() {
    return S3Place.of(
        source,
        sourceRegion,
        Optional.ofNullable(sourceEndpoint),
        Optional.ofNullable(sourceProfile));
  }
}
