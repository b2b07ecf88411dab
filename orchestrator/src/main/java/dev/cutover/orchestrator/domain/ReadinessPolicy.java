package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DataCheck;
import dev.cutover.contract.HttpCall;
import dev.cutover.contract.ReadinessLine;
import dev.cutover.contract.Side;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What must be proven or signed before go.
 *
 * @param requireCritical whether a critical line that is neither stops the go
 * @param reviewEvery how often readiness is looked at again until the switch
 * @param maxAge evidence of comparisons and checks that is older is proven anew
 * @param ttlLead how long before go the TTL must have been lowered
 * @param freezeFrom when the change freeze begins; empty means with the forward stream
 * @param signed lines that the plan itself signs
 * @param declared what the plan says of things that no service sees
 * @param changeTicket asks whether the change is approved
 * @param backup shows that a restorable backup is young enough
 * @param milestones how long after the switch it is looked at again
 */
public record ReadinessPolicy(
    boolean requireCritical,
    Duration reviewEvery,
    Duration maxAge,
    Duration ttlLead,
    Optional<Instant> freezeFrom,
    List<PlanSignature> signed,
    Declared declared,
    Optional<HttpCall> changeTicket,
    Optional<BackupProof> backup,
    List<Duration> milestones) {
  /** The lead that the pattern asks for; less is less of a promise. */
  public static final Duration PATTERN_TTL_LEAD = Duration.ofHours(24);

  /** What a plan that says nothing means. */
  public static final ReadinessPolicy DEFAULT =
      new ReadinessPolicy(
          true,
          Duration.ofMinutes(5),
          Duration.ofHours(24),
          PATTERN_TTL_LEAD,
          Optional.empty(),
          List.of(),
          Declared.NOTHING,
          Optional.empty(),
          Optional.empty(),
          List.of(Duration.ofHours(24), Duration.ofHours(72)));

  public ReadinessPolicy {
    signed = List.copyOf(signed);
    milestones = List.copyOf(milestones);
  }

  /** The same, but a critical line stops nothing or everything. */
  public ReadinessPolicy requiringCritical(boolean required) {
    return new ReadinessPolicy(
        required,
        reviewEvery,
        maxAge,
        ttlLead,
        freezeFrom,
        signed,
        declared,
        changeTicket,
        backup,
        milestones);
  }

  /** A line that is signed in the plan, which two people approve. */
  public record PlanSignature(ReadinessLine line, String by, String reason, Instant until) {}

  /**
   * What the plan says of things that no service sees.
   *
   * @param externalMonitoring what watches from outside
   * @param customerCommunication what customers are told, and where that is
   * @param decommissionAfter how long after the switch the source is kept
   */
  public record Declared(
      Optional<String> externalMonitoring,
      Optional<String> customerCommunication,
      Optional<Duration> decommissionAfter) {
    /** The plan says nothing. */
    public static final Declared NOTHING =
        new Declared(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** How a backup is proven. */
  public sealed interface BackupProof {
    /** A system of the team says when the last good one was made. */
    record ByHttp(HttpCall call) implements BackupProof {}

    /** A query of a database whose result is as expected. */
    record ByQuery(Side side, DataCheck check) implements BackupProof {}
  }
}
