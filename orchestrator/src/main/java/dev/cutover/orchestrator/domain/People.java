package dev.cutover.orchestrator.domain;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * Who said what.
 *
 * @param approvals people who said go in this round
 * @param deathDeclarations people who said in this rollback that the target is dead
 * @param requests ids of requests that were answered, so that none counts twice
 */
public record People(
    SequencedSet<String> approvals,
    SequencedSet<String> deathDeclarations,
    SequencedSet<String> requests) {
  /** Nobody said anything. */
  public static final People NOBODY =
      new People(new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());

  public People {
    approvals = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(approvals));
    deathDeclarations =
        Collections.unmodifiableSequencedSet(new LinkedHashSet<>(deathDeclarations));
    requests = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(requests));
  }

  People withRequest(String requestId) {
    return new People(approvals, deathDeclarations, plus(requests, requestId));
  }

  People withApproval(String actor) {
    return new People(plus(approvals, actor), deathDeclarations, requests);
  }

  People withoutApprovals() {
    return new People(new LinkedHashSet<>(), deathDeclarations, requests);
  }

  People withDeathDeclaration(String actor) {
    return new People(approvals, plus(deathDeclarations, actor), requests);
  }

  People withoutRound() {
    return new People(new LinkedHashSet<>(), new LinkedHashSet<>(), requests);
  }

  private static SequencedSet<String> plus(SequencedSet<String> set, String element) {
    SequencedSet<String> next = new LinkedHashSet<>(set);
    next.add(element);
    return next;
  }
}
