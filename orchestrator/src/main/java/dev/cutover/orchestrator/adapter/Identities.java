package dev.cutover.orchestrator.adapter;

import io.vertx.core.Future;

/** Knows people by their bearer tokens. */
public interface Identities {
  /** Whose token that is. The future never fails, and nothing blocks the caller. */
  Future<Identity> of(String token);
}
