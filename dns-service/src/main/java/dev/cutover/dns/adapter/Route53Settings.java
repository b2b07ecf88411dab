package dev.cutover.dns.adapter;

import java.net.URI;
import java.util.Optional;

/**
 * How the API of Route 53 is reached; the same for all plans.
 *
 * @param endpoint in place of AWS's own, such as a VPC endpoint's or a test's
 * @param region that requests are signed for; {@code aws-global} for the public partition
 * @param requestsPerSecond what the account leaves to this process, 1 or more; the limit of the API
 *     is on the account, whoever uses it
 * @param trail CloudTrail's endpoint in place of AWS's own; it is only asked who changed records
 */
public record Route53Settings(
    Optional<URI> endpoint, String region, int requestsPerSecond, Optional<URI> trail) {
  /** Until 2026-07-30 the limit of every account; less than today's. */
  public static final int REQUESTS_PER_SECOND = 5;

  /** Where the public partition's API is signed for. */
  public static final String REGION = "aws-global";

  /** With AWS's own CloudTrail. */
  public Route53Settings(Optional<URI> endpoint, String region, int requestsPerSecond) {
    this(endpoint, region, requestsPerSecond, Optional.empty());
  }

  /** AWS's own endpoint at the usual rate. */
  public static final Route53Settings STANDARD =
      new Route53Settings(Optional.empty(), REGION, REQUESTS_PER_SECOND);
}
