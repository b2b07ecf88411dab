package dev.cutover.deploy.dns;

import java.time.Duration;
import picocli.CommandLine.Option;

/** Whether a change is asked about first, and how long its proof is waited for. */
final class ProofOptions {
  @Option(names = "--yes", description = "Asks nothing.")
  private boolean yes;

  @Option(
      names = "--within",
      paramLabel = "DURATION",
      description = "How long to wait for the authorities; 5m unless given.",
      converter = Spans.class)
  private Duration within = Duration.ofMinutes(5);

  @Option(
      names = "--wait",
      description = "Then looks at the plan's resolvers until all follow, or had to.")
  private boolean wait;

  boolean yes() {
    return yes;
  }

  Duration within() {
    return within;
  }

  /** Whether resolvers are looked at, too. */
  boolean waitForResolvers() {
    return wait;
  }
}
