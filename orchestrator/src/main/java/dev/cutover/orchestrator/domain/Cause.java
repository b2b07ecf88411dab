package dev.cutover.orchestrator.domain;

/** Why a cutover goes back. */
public enum Cause {
  TRIGGER,
  REQUEST,
  STEP_FAILED,
  WRITE_OUTAGE_BOUND,
  LEASE_EXPIRED,
  ABANDONED
}
