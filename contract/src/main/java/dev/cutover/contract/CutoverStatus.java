package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a cutover stands; the latest one is what the API shows.
 *
 * @param sequence of the journal
 * @param journalHead SHA-256 of the journal's last entry as it is stored, hexadecimal: whoever
 *     keeps it can prove later that the journal up to there is the same
 * @param state such as {@code running}, {@code observing}, {@code prepared}
 * @param outcome once finished, prepared again or held: {@code COMPLETED}, {@code ROLLED_BACK},
 *     {@code HELD}, {@code ABANDONED}
 * @param waitingFor who or what it waits for, in words; empty when it works
 * @param serving the side that takes writes; empty in the write outage
 * @param outageDeadline when it goes back by itself unless the other side serves before
 * @param evidenceHash SHA-256 of what whoever approves has to have seen; an approval names it
 * @param people who said what, and what is asked of whom
 * @param claims what belongs to this cutover alone as long as it is not finished, such as {@code
 *     database 10.0.0.1:5432/shop} or {@code name shop.example.com.}
 * @param steps in the order of the runbook, then of the rollback
 * @param readiness whether it can go, whether it can go back, and what time makes of it
 * @param notices what people were told, and who is there
 * @param strategy how traffic and data move, and what was given up
 */
public record CutoverStatus(
    CutoverId cutover,
    long sequence,
    String journalHead,
    Instant at,
    String state,
    Optional<String> outcome,
    String reason,
    String waitingFor,
    Optional<Side> serving,
    Optional<Instant> outageDeadline,
    List<String> approvedBy,
    String evidenceHash,
    PeopleStatus people,
    List<String> claims,
    List<StepStatus> steps,
    ReadinessStatus readiness,
    NoticeBoard notices,
    StrategyStatus strategy)
    implements Report {
  public CutoverStatus {
    approvedBy = List.copyOf(approvedBy);
    claims = List.copyOf(claims);
    steps = List.copyOf(steps);
  }

  /**
   * One step.
   *
   * @param service who does it
   * @param progress how far it is
   * @param attempt 0 when it was never sent
   * @param detail evidence or failure, in words; what is to be confirmed or done by hand, until it
   *     is
   * @param shown hash of what is to be confirmed; who confirms it names it
   */
  public record StepStatus(
      String step,
      String service,
      Progress progress,
      int attempt,
      Optional<Instant> sentAt,
      Optional<Instant> endedAt,
      String detail,
      Optional<String> shown) {}

  /** How far a step is. */
  public enum Progress {
    TO_DO,
    /** It is shown, and waits for a person to confirm it. */
    TO_CONFIRM,
    SENT,
    DONE,
    FAILED,
    /** Two people left it out. */
    SKIPPED
  }
}
