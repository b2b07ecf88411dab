package dev.cutover.monitor.domain;

import dev.cutover.contract.WatchSpec.Journey;

/** Walks a critical function as a user would. */
public interface Probe {
  /**
   * Walks the journey once, within its own time-out. Never throws for what the other side does.
   *
   * @param baseUrl scheme, host and port before each step's path
   */
  ProbeResult.Outcome walk(String baseUrl, Journey journey) throws InterruptedException;
}
