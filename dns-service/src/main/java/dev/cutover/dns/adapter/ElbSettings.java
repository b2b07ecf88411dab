package dev.cutover.dns.adapter;

import java.net.URI;
import java.util.Optional;

/**
 * How the API of AWS's Elastic Load Balancing is reached; the same for all plans, whose regions it
 * is asked in.
 *
 * @param endpoint in place of AWS's own, such as a VPC endpoint's or a test's
 * @param requestsPerSecond what an account leaves to this process in a region, 1 or more; the limit
 *     of the API is on the account and region, whoever uses it
 */
public record ElbSettings(Optional<URI> endpoint, int requestsPerSecond) {
  /** Half of what refills each second for reading (user guide, request throttling). */
  public static final int REQUESTS_PER_SECOND = 5;

  /** AWS's own endpoints at the usual rate. */
  public static final ElbSettings STANDARD = new ElbSettings(Optional.empty(), REQUESTS_PER_SECOND);
}
