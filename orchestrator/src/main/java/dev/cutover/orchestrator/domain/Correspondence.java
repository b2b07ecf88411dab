package dev.cutover.orchestrator.domain;

import java.util.List;

/**
 * What people were told.
 *
 * @param delivered names of notices that went out
 */
public record Correspondence(List<String> delivered) {
  /** Nobody was told anything. */
  public static final Correspondence NONE = new Correspondence(List.of());

  public Correspondence {
    delivered = List.copyOf(delivered);
  }
}
