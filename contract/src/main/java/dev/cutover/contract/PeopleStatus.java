package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who said what of a cutover, and what is asked of whom.
 *
 * @param operator who runs it now
 * @param authors who started it or changed its plan: at least one other has to approve
 * @param planHash SHA-256 of the plan file, as {@code sha256sum} gives it
 * @param evidence what whoever approves has to have seen, one fact a line; its SHA-256 is the
 *     status' {@code evidenceHash}
 * @param approvers who may say go
 * @param approvalsNeeded how many different ones have to
 * @param approvals those that count
 * @param question open for a decision maker; while it is, nothing rolls back by itself
 * @param disarmed while it is, nothing rolls back by itself: show it in red
 * @param skips steps that one person wants to leave out; a second one has to agree
 */
public record PeopleStatus(
    String operator,
    List<String> authors,
    String planHash,
    List<String> evidence,
    List<String> approvers,
    int approvalsNeeded,
    List<Approval> approvals,
    Optional<Question> question,
    Optional<Disarmed> disarmed,
    List<ProposedSkip> skips) {
  public PeopleStatus {
    authors = List.copyOf(authors);
    evidence = List.copyOf(evidence);
    approvers = List.copyOf(approvers);
    approvals = List.copyOf(approvals);
    skips = List.copyOf(skips);
  }

  /**
   * A yes.
   *
   * @param evidenceHash of what was shown
   * @param planHash of the plan that it was given on
   * @param expiresAt from then on it does not count
   */
  public record Approval(
      String actor,
      String gate,
      String comment,
      String evidenceHash,
      String planHash,
      Instant at,
      Instant expiresAt) {}

  /**
   * Whether to roll back.
   *
   * @param decisionId of the monitor's decision that led to it
   * @param sentence what was seen
   * @param until when {@code byDefault} applies
   * @param askedOf who may decide
   */
  public record Question(
      String decisionId,
      String sentence,
      Instant askedAt,
      Instant until,
      RollbackChoice byDefault,
      List<String> askedOf) {
    public Question {
      askedOf = List.copyOf(askedOf);
    }
  }

  /**
   * Rollback by itself is off.
   *
   * @param by who switched it off
   * @param missed what would have rolled back meanwhile
   */
  public record Disarmed(String by, String reason, Instant until, Optional<String> missed) {}

  /** A step that somebody wants to leave out. */
  public record ProposedSkip(String step, String by, String reason) {}
}
