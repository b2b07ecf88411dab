package dev.cutover.deploy.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cutover.sync.adapter.S3Bucket;
import dev.cutover.sync.adapter.S3Failure;
import dev.cutover.sync.adapter.S3Place;
import dev.cutover.sync.domain.ObjectsCopied;
import dev.cutover.sync.domain.ObjectsProgress;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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

  /** A pass over two buckets. */
  @FunctionalInterface
  interface Pass {
    ObjectsCopied run(S3Bucket source, S3Bucket target, Consumer<ObjectsProgress> progress)
        throws S3Failure, InterruptedException;
  }

  /**
   * Runs a pass, with its progress and what came of it.
   *
   * @param summary the sentence about it
   * @return the exit code
   */
  int run(CommandLine line, Pass pass, Function<ObjectsCopied, String> summary)
      throws InterruptedException, JsonProcessingException {
    PrintWriter out = line.getOut();
    ShownProgress shown = new ShownProgress(out, json);
    try (S3Bucket from = S3Bucket.open(sourcePlace());
        S3Bucket to = S3Bucket.open(targetPlace())) {
      ObjectsCopied result =
          pass.run(from, to, progress -> shown.show(progress, ShownObjects.line(progress)));
      shown.clear();
      if (json) {
        out.println(ShownObjects.json(result));
      } else {
        ShownObjects.lines(result, summary.apply(result), out);
      }
      out.flush();
      return result.isWhole() ? 0 : 1;
    } catch (IllegalArgumentException e) {
      line.getErr().println(e.getMessage());
      return 2;
    } catch (S3Failure e) {
      shown.clear();
      line.getErr().println(e.getMessage());
      return 1;
    }
  }

  int workers() {
    return workers;
  }

  Optional<Long> maxBytesPerSecond() {
    return Optional.ofNullable(maxBytesPerSecond);
  }

  /** Throws {@link IllegalArgumentException} where both are the same place, in part at least. */
  private S3Place targetPlace() {
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
    return place;
  }

  private S3Place sourcePlace() {
    return S3Place.of(
        source,
        sourceRegion,
        Optional.ofNullable(sourceEndpoint),
        Optional.ofNullable(sourceProfile));
  }
}
