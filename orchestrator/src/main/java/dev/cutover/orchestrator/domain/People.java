package dev.cutover.orchestrator.domain;

import dev.cutover.contract.PeopleStatus.Approval;
import dev.cutover.contract.PeopleStatus.Disarmed;
import dev.cutover.contract.PeopleStatus.ProposedSkip;
import dev.cutover.contract.PeopleStatus.Question;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Predicate;

/**
 * Who said what, and what is asked of whom.
 *
 * @param authorship the plan that they say go to
 * @param operator who runs it now; empty before the start
 * @param round how often it came back to prepared: what was said before counts no more
 * @param approvals people who said yes in this round; expired ones are taken out
 * @param deathDeclarations people who said in this rollback that the target is dead
 * @param skips steps that one person wants to leave out
 * @param question open for a decision maker
 * @param disarmed present while nothing rolls back by itself
 * @param requests ids of requests that were answered, so that none counts twice
 */
public record People(
    Authorship authorship,
    Optional<String> operator,
    int round,
    List<Approval> approvals,
    SequencedSet<String> deathDeclarations,
    List<ProposedSkip> skips,
    Optional<Question> question,
    Optional<Disarmed> disarmed,
    SequencedSet<String> requests) {
  /** Nobody said anything. */
  public static final People NOBODY =
      new People(
          Authorship.NONE,
          Optional.empty(),
          1,
          List.of(),
          new LinkedHashSet<>(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          new LinkedHashSet<>());

  public People {
    approvals = List.copyOf(approvals);
    deathDeclarations =
        Collections.unmodifiableSequencedSet(new LinkedHashSet<>(deathDeclarations));
    skips = List.copyOf(skips);
    requests = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(requests));
  }

  /** Names of those who said yes at that gate. */
  public List<String> approvedBy(String gate) {
    return approvals.stream().filter(a -> a.gate().equals(gate)).map(Approval::actor).toList();
  }

  People withRequest(String requestId) {
    return new People(
        authorship,
        operator,
        round,
        approvals,
        deathDeclarations,
        skips,
        question,
        disarmed,
        plus(requests, requestId));
  }

  /** The plan of that author; whoever said yes to another one has not said it to this. */
  People with(Authorship next) {
    return new People(
        next,
        operator,
        round,
        List.of(),
        deathDeclarations,
        List.of(),
        question,
        disarmed,
        requests);
  }

  People withOperator(String name) {
    return new People(
        authorship,
        Optional.of(name),
        round,
        approvals,
        deathDeclarations,
        skips,
        question,
        disarmed,
        requests);
  }

  People withApproval(Approval approval) {
    List<Approval> next = new ArrayList<>(approvals);
    next.add(approval);
    return withApprovals(next);
  }

  People withoutApprovals(Predicate<Approval> which) {
    return withApprovals(approvals.stream().filter(which.negate()).toList());
  }

  private People withApprovals(List<Approval> next) {
    return new People(
        authorship, operator, round, next, deathDeclarations, skips, question, disarmed, requests);
  }

  People withoutApprovals() {
    return withApprovals(List.of());
  }

  People withDeathDeclaration(String actor) {
    return new People(
        authorship,
        operator,
        round,
        approvals,
        plus(deathDeclarations, actor),
        skips,
        question,
        disarmed,
        requests);
  }

  People withSkip(ProposedSkip skip) {
    List<ProposedSkip> next = new ArrayList<>(withoutSkip(skip.step()).skips());
    next.add(skip);
    return withSkips(next);
  }

  People withoutSkip(String step) {
    return withSkips(skips.stream().filter(skip -> !skip.step().equals(step)).toList());
  }

  private People withSkips(List<ProposedSkip> next) {
    return new People(
        authorship,
        operator,
        round,
        approvals,
        deathDeclarations,
        next,
        question,
        disarmed,
        requests);
  }

  People with(Question next) {
    return withQuestion(Optional.of(next));
  }

  People withoutQuestion() {
    return withQuestion(Optional.empty());
  }

  private People withQuestion(Optional<Question> next) {
    return new People(
        authorship, operator, round, approvals, deathDeclarations, skips, next, disarmed, requests);
  }

  People with(Optional<Disarmed> next) {
    return new People(
        authorship, operator, round, approvals, deathDeclarations, skips, question, next, requests);
  }

  /** Another go: nothing that was said before counts, but whether rollbacks are armed. */
  People withoutRound() {
    return new People(
        authorship,
        operator,
        round + 1,
        List.of(),
        new LinkedHashSet<>(),
        List.of(),
        Optional.empty(),
        disarmed,
        requests);
  }

  private static SequencedSet<String> plus(SequencedSet<String> set, String element) {
    SequencedSet<String> next = new LinkedHashSet<>(set);
    next.add(element);
    return next;
  }
}
