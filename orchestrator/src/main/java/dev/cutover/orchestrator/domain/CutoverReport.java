package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Forecast;
import dev.cutover.contract.ReadinessStatus.LineStatus;
import dev.cutover.contract.ReadinessStatus.Milestone;
import dev.cutover.contract.RehearsalResult;
import dev.cutover.contract.SwitchFigures;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What happened in a cutover, from its journal alone.
 *
 * @param state where it stands, such as {@code finished}
 * @param outcome as in its status; empty while it is under way
 * @param reason why it stands there
 * @param rehearsal whether nothing of it was production
 * @param planHash SHA-256 of the plan file
 * @param from first entry of the journal
 * @param until last entry of the journal
 * @param entries how many there are
 * @param journalHead SHA-256 of the last entry: whoever keeps it can prove that nothing was changed
 * @param decisions what the team decided when it wrote the plan
 * @param lost promises that do not hold for this plan, and what is risky about it
 * @param kept records that another tool keeps
 * @param rounds one for each go, the first first
 * @param steps each attempt of each step, in the order in which they were sent
 * @param people what people said, in order
 * @param notices what was told to people
 * @param milestones how it stood some time after the switch
 * @param drill the last drill of the fence
 * @param rehearsed the rehearsal that was credited
 */
public record CutoverReport(
    CutoverId cutover,
    String state,
    Optional<String> outcome,
    String reason,
    boolean rehearsal,
    String strategy,
    String rollbackPolicy,
    String planHash,
    Instant from,
    Instant until,
    long entries,
    String journalHead,
    List<PlanDecision> decisions,
    List<String> lost,
    List<KeptLine> kept,
    List<Round> rounds,
    List<StepLine> steps,
    List<Saying> people,
    List<NoticeLine> notices,
    List<Milestone> milestones,
    Optional<Forecast.Drill> drill,
    Optional<RehearsalResult> rehearsed) {
  public CutoverReport {
    decisions = List.copyOf(decisions);
    lost = List.copyOf(lost);
    kept = List.copyOf(kept);
    rounds = List.copyOf(rounds);
    steps = List.copyOf(steps);
    people = List.copyOf(people);
    notices = List.copyOf(notices);
    milestones = List.copyOf(milestones);
  }

  /**
   * A go and what came of it.
   *
   * @param goAt when the gate was passed
   * @param approvedBy who had said yes
   * @param evidence what they had to have seen, one fact a line
   * @param readiness the checklist at that moment
   * @param predicted how long it was expected to take at that moment
   * @param measured how long it took
   * @param wentBack why, and what began it; empty when it did not
   */
  public record Round(
      Instant goAt,
      List<String> approvedBy,
      List<String> evidence,
      List<LineStatus> readiness,
      Forecast predicted,
      SwitchFigures measured,
      Optional<WayBackTaken> wentBack) {
    public Round {
      approvedBy = List.copyOf(approvedBy);
      evidence = List.copyOf(evidence);
      readiness = List.copyOf(readiness);
    }
  }

  /**
   * A name whose records another tool keeps.
   *
   * @param tool as plans write it
   * @param pausedBy the step that pauses it; empty where a person has signed that nobody keeps them
   * @param signedBy who has signed
   * @param marks what the tool's marks said when the records were captured
   * @param source what its own source has to say before it goes on; empty when the records are the
   *     source's again
   */
  public record KeptLine(
      String name,
      String tool,
      Optional<String> pausedBy,
      Optional<String> signedBy,
      List<String> marks,
      String source) {
    public KeptLine {
      marks = List.copyOf(marks);
    }
  }

  /** That it went back. */
  public record WayBackTaken(Cause cause, String reason, Instant at) {}

  /**
   * An attempt of a step.
   *
   * @param round number of the go that it belongs to; 0 before the first
   * @param endedAt empty when no answer came
   * @param result {@code done}, {@code failed}, {@code left out}, {@code void} or {@code under way}
   * @param detail evidence, or why it failed
   */
  public record StepLine(
      String step,
      String service,
      int attempt,
      int round,
      Instant sentAt,
      Optional<Instant> endedAt,
      String result,
      String detail) {}

  /**
   * What a person said.
   *
   * @param what the event that came of it, such as {@code gate-approved}
   * @param words reason or comment
   * @param shown what they had to have seen, where that counts
   */
  public record Saying(Instant at, String actor, String what, String words, List<String> shown) {
    public Saying {
      shown = List.copyOf(shown);
    }
  }

  /** A notice. */
  public record NoticeLine(
      Instant at, String kind, String channel, String subject, String result, String detail) {}

  /** The last go; empty before the first. */
  public Optional<Round> lastRound() {
    return rounds.isEmpty() ? Optional.empty() : Optional.of(rounds.getLast());
  }
}
