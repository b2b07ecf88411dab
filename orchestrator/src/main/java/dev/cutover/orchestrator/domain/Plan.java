package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DataCheck;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.WatchSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a team wants done, frozen when the cutover starts.
 *
 * <p>Each part may be missing; the runbook then lacks the steps that need it.
 *
 * @param data databases to copy, stream, fence and reverse
 * @param trafficSwitch names to switch
 * @param watch what to observe after the switch; without it nothing rolls back by itself
 * @param dataChecks compared between both sides before go
 * @param readingChecks run on the target before go; none of them writes
 * @param writingChecks run on the target once it is open; a mismatch rolls back
 * @param sourceChecks run on the source after a rollback
 * @param strategy how traffic and data move
 * @param dataLayer how the data of both sides relate
 * @param governance who decides, and how
 * @param window when the switch may be
 * @param rollback how it goes back
 * @param readiness what must be proven or signed before go
 * @param notices who is told what and when
 * @param teamSteps the team's own steps
 * @param autonomy how much is done without asking
 * @param bounds how long things may take
 * @param rehearsal whether it is one, and what it rehearses
 * @param programme the programme of cutovers that this one belongs to
 * @param decisions what the team decided and why; only reported
 */
public record Plan(
    CutoverId id,
    Optional<ReplicationSpec> data,
    Optional<SwitchSpec> trafficSwitch,
    Optional<WatchSpec> watch,
    List<DataCheck> dataChecks,
    List<DataCheck> readingChecks,
    List<DataCheck> writingChecks,
    List<DataCheck> sourceChecks,
    Strategy strategy,
    DataLayer dataLayer,
    Governance governance,
    Window window,
    RollbackPolicy rollback,
    ReadinessPolicy readiness,
    Notices notices,
    List<TeamStep> teamSteps,
    Autonomy autonomy,
    Bounds bounds,
    RehearsalTerms rehearsal,
    Optional<CutoverId> programme,
    List<PlanDecision> decisions) {
  public Plan {
    dataChecks = List.copyOf(dataChecks);
    readingChecks = List.copyOf(readingChecks);
    writingChecks = List.copyOf(writingChecks);
    sourceChecks = List.copyOf(sourceChecks);
    teamSteps = List.copyOf(teamSteps);
    decisions = List.copyOf(decisions);
  }

  /** Names of checks that warn and stop nothing. */
  public Set<String> recommendedChecks() {
    return Stream.of(dataChecks, readingChecks, writingChecks, sourceChecks)
        .flatMap(List::stream)
        .filter(DataCheck.Recommended.class::isInstance)
        .map(DataCheck::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * How long things may take.
   *
   * @param maxWriteOutage from the command to fence until one side takes writes again: early enough
   *     for that, the cutover goes back to the source by itself
   * @param maxRollbackOutage from the start of a rollback until the source is open; past it the
   *     target is opened again
   * @param baseline how long the source is measured
   * @param observation how long the target must be healthy before it is accepted
   * @param ttlSlack added to each TTL that is waited out (resolvers round up: DNS trap 12)
   * @param finalValidation budget inside the write outage
   * @param approval how long a gate waits for people before the cutover is held
   * @param preparationStep deadline of each step before the fence
   * @param copy deadline of the bulk copy and of each full comparison
   * @param switchStep deadline of each step from the fence on
   * @param proof deadline of proofs beside the switch, such as authorities and resolvers
   */
  public record Bounds(
      Duration maxWriteOutage,
      Duration maxRollbackOutage,
      Duration baseline,
      Duration observation,
      Duration ttlSlack,
      Duration finalValidation,
      Duration approval,
      Duration preparationStep,
      Duration copy,
      Duration switchStep,
      Duration proof) {
    private static final Duration GOING_BACK_MAX = Duration.ofSeconds(10);

    /** When a cutover whose target does not take writes yet goes back: a bound holds for users. */
    public Duration goBackAfter() {
      Duration quarter = maxWriteOutage.dividedBy(4);
      return maxWriteOutage.minus(quarter.compareTo(GOING_BACK_MAX) < 0 ? quarter : GOING_BACK_MAX);
    }
  }
}
