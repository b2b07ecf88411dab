package dev.cutover.sync.adapter;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where objects lie.
 *
 * @param bucket its name
 * @param prefix what every key begins with; empty for the whole bucket
 * @param region as the requests are signed for
 * @param endpoint of a store that is not Amazon's; buckets are in its paths then
 * @param profile of AWS's shared files; empty for what the AWS SDK finds by itself
 */
public record S3Place(
    String bucket, String prefix, String region, Optional<URI> endpoint, Optional<String> profile) {
  /** Amazon S3 user guide, "General purpose bucket naming rules"; other stores allow some more. */
  private static final Pattern PLACE =
      Pattern.compile("s3://([A-Za-z0-9][A-Za-z0-9._-]{1,62})(/(.*))?");

  /**
   * Reads it.
   *
   * @param text such as {@code s3://bucket/prefix/}
   * @throws IllegalArgumentException with a sentence
   */
  public static S3Place of(
      String text, String region, Optional<URI> endpoint, Optional<String> profile) {
    Matcher place = PLACE.matcher(text);
    if (!place.matches()) {
      throw new IllegalArgumentException(
          "Expected s3://bucket or s3://bucket/prefix, but got '%s'".formatted(text));
    }
    endpoint.ifPresent(S3Place::check);
    String prefix = place.group(3);
    return new S3Place(place.group(1), prefix == null ? "" : prefix, region, endpoint, profile);
  }

  private static void check(URI endpoint) {
    boolean isUrl = "https".equals(endpoint.getScheme()) || "http".equals(endpoint.getScheme());
    if (!isUrl || endpoint.getHost() == null || endpoint.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "Expected an endpoint such as https://s3.example.com, without a login, but got another");
    }
  }

  /** Whether some keys are below both. */
  public boolean overlaps(S3Place other) {
    return bucket.equals(other.bucket)
        && endpoint.equals(other.endpoint)
        && (prefix.startsWith(other.prefix) || other.prefix.startsWith(prefix));
  }

  @Override
  public String toString() {
    return "s3://%s/%s%s"
        .formatted(bucket, prefix, endpoint.map(url -> " at " + url.getAuthority()).orElse(""));
  }
}
