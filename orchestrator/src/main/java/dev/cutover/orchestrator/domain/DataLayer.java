package dev.cutover.orchestrator.domain;

/** How the data of both sides relate. */
public enum DataLayer {
  /** Both use the same databases: nothing is copied and nothing is fenced. */
  SHARED,
  /** Each has databases of its own; one is copied from the other, one way at a time. */
  REPLICATED,
  /** Each has data of its own, and the team accepts that they differ meanwhile. */
  PARTITIONED
}
