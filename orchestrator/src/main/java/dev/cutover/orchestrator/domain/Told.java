package dev.cutover.orchestrator.domain;

import dev.cutover.orchestrator.domain.Finding.Proven;
import dev.cutover.orchestrator.domain.Finding.Unproven;
import java.util.Optional;

/** Whether people know what they must. Pure. */
final class Told {
  private Told() {}

  static Finding warRoom(Cutover cutover) {
    return cutover.requiredPlan().notices().channels().isEmpty()
        ? new Unproven("the plan has no notices: nobody knows where to meet")
        : Finding.byPlan(String.join(", ", cutover.requiredPlan().notices().channels()), "notices");
  }

  static Finding stakeholders(Cutover cutover) {
    if (cutover.requiredPlan().notices().channels().isEmpty()) {
      return new Unproven("the plan has no notices: nobody is told");
    }
    return cutover.correspondence().delivered().isEmpty()
        ? new Unproven("nobody was told anything yet")
        : new Proven(
            String.join(", ", cutover.correspondence().delivered()), Optional.empty(), "notices");
  }
}
