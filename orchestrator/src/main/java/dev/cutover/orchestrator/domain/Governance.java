package dev.cutover.orchestrator.domain;

import java.util.List;

/**
 * Who decides, and how.
 *
 * @param approvers names that may say go; at least two
 * @param approvalsNeeded how many different ones have to, 2 or more
 */
public record Governance(List<String> approvers, int approvalsNeeded) {
  public Governance {
    approvers = List.copyOf(approvers);
  }
}
