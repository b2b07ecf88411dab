package dev.cutover.orchestrator.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * What is proven and what is signed.
 *
 * @param reviewedAt when it was last looked at
 */
public record Readiness(Optional<Instant> reviewedAt) {
  /** Nothing was looked at. */
  public static final Readiness UNKNOWN = new Readiness(Optional.empty());
}
