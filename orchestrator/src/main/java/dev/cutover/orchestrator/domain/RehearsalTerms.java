package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CutoverId;
import java.util.List;
import java.util.Optional;

/**
 * What a plan says about rehearsals.
 *
 * @param marked it is one itself, and so is marked every event
 * @param subject SHA-256 of the parts of the plan file that say what is done: a rehearsal proves
 *     something of plans with the same one only
 * @param rehearses what it stands for; empty for a plan of production
 */
public record RehearsalTerms(boolean marked, String subject, Optional<Rehearsed> rehearses) {
  /** It is no rehearsal, and says nothing about one. */
  public static final RehearsalTerms NONE = new RehearsalTerms(false, "", Optional.empty());

  /** It is one, of nothing in particular. */
  public static final RehearsalTerms MARKED = new RehearsalTerms(true, "", Optional.empty());

  /**
   * What is rehearsed.
   *
   * @param of the cutover of production
   * @param subject of its plan
   * @param spared what belongs to production and must not be touched, as {@link Touched#sparedBy}
   *     writes it
   * @param withFault whether something is broken on purpose, so that it has to go back by itself
   */
  public record Rehearsed(CutoverId of, String subject, List<String> spared, boolean withFault) {
    public Rehearsed {
      spared = List.copyOf(spared);
    }
  }
}
