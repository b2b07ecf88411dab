package dev.cutover.orchestrator.domain;

/** How traffic and data move. */
public sealed interface Strategy {
  /** The target runs beside the source; one switch moves all traffic. */
  record BlueGreen() implements Strategy {}
}
