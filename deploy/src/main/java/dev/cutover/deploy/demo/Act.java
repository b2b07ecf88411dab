package dev.cutover.deploy.demo;

/** What happens to the target once it serves, and how the cutover must end. */
public enum Act {
  /** Nothing: the target is accepted. */
  HEALTHY(Fault.NONE, "COMPLETED"),
  /** Three of ten requests fail. */
  ERRORS(Fault.ERRORS, "ROLLED_BACK"),
  /** Everything is slow. */
  LATENCY(Fault.LATENCY, "ROLLED_BACK"),
  /** Checkout fails; the rest works. */
  CRITICAL(Fault.CRITICAL, "ROLLED_BACK");

  private final Fault fault;
  private final String expectedOutcome;

  Act(Fault fault, String expectedOutcome) {
    this.fault = fault;
    this.expectedOutcome = expectedOutcome;
  }

  Fault fault() {
    return fault;
  }

  String expectedOutcome() {
    return expectedOutcome;
  }

  String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
