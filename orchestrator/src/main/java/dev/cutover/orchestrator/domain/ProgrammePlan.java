package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CutoverId;
import java.util.List;

/**
 * Cutovers that belong together: service by service.
 *
 * @param members in the order in which they start, as far as they may; never empty
 * @param atOnce how many may be under way at once, 1 or more
 * @param stopOnFailure whether none starts any more once one went back, until a person resumes
 */
public record ProgrammePlan(CutoverId id, List<Member> members, int atOnce, boolean stopOnFailure) {
  public ProgrammePlan {
    members = List.copyOf(members);
  }

  /**
   * One cutover of the programme.
   *
   * @param plan its plan file, YAML, whole
   * @param after members before it that have to be completed first
   */
  public record Member(CutoverId id, String plan, List<CutoverId> after) {
    public Member {
      after = List.copyOf(after);
    }
  }
}
