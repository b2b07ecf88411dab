package dev.cutover.orchestrator.domain;

import dev.cutover.contract.ReadinessLine;
import dev.cutover.contract.ReadinessStatus.LineStatus;
import dev.cutover.contract.ReadinessStatus.Milestone;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is proven, seen and signed, as far as the ledger does not know it.
 *
 * @param reviewedAt when it was last looked at while waiting
 * @param open critical lines that were neither proven nor signed when that was last journalled
 * @param signatures by line
 * @param proofs what the last review of each kind showed
 * @param seen what services saw unasked
 * @param foresight what was measured beforehand
 * @param aftermath what came after the switch
 */
public record Readiness(
    Optional<Instant> reviewedAt,
    List<ReadinessLine> open,
    Map<ReadinessLine, Signature> signatures,
    Map<Action, Proof> proofs,
    Seen seen,
    Foresight foresight,
    Aftermath aftermath) {
  /** Nothing was looked at. */
  public static final Readiness UNKNOWN =
      new Readiness(
          Optional.empty(),
          List.of(),
          Map.of(),
          Map.of(),
          Seen.NOTHING,
          Foresight.NONE,
          Aftermath.NONE);

  public Readiness {
    open = List.copyOf(open);
    signatures = Collections.unmodifiableMap(new TreeMap<>(signatures));
    proofs = Collections.unmodifiableMap(new TreeMap<>(proofs));
  }

  /**
   * A named person answers for a line.
   *
   * @param at what fails later is not covered
   */
  public record Signature(String by, String reason, Instant at, Instant until) {}

  /**
   * What a review showed.
   *
   * @param since when it first came out so
   */
  public record Proof(boolean holds, String detail, Instant since, Instant at, Duration took) {}

  /**
   * What came after the switch.
   *
   * @param milestones in order
   */
  public record Aftermath(
      List<Milestone> milestones,
      Optional<Instant> pointOfNoReturnAt,
      Optional<Instant> decommissionDueAt) {
    /** It did not come yet. */
    public static final Aftermath NONE =
        new Aftermath(List.of(), Optional.empty(), Optional.empty());

    public Aftermath {
      milestones = List.copyOf(milestones);
    }
  }

  /**
   * What an approval rests on. When one of these goes, it is void. Pure.
   *
   * @param lines of the checklist at this moment
   * @return critical lines that are neither proven nor signed, and what ails the way back
   */
  static List<String> evidence(List<LineStatus> lines, Cutover cutover, Instant now) {
    return Checklist.shortfalls(lines, cutover, now).stream()
        .map(Checklist.Shortfall::name)
        .toList();
  }

  Readiness reviewed(Instant at) {
    return new Readiness(Optional.of(at), open, signatures, proofs, seen, foresight, aftermath);
  }

  Readiness with(List<ReadinessLine> nowOpen) {
    return new Readiness(reviewedAt, nowOpen, signatures, proofs, seen, foresight, aftermath);
  }

  Readiness with(ReadinessLine line, Optional<Signature> signature) {
    Map<ReadinessLine, Signature> next = new TreeMap<>(signatures);
    next.remove(line);
    signature.ifPresent(given -> next.put(line, given));
    return new Readiness(reviewedAt, open, next, proofs, seen, foresight, aftermath);
  }

  Readiness with(Action action, boolean holds, String detail, Instant sentAt, Instant at) {
    Map<Action, Proof> next = new TreeMap<>(proofs);
    Proof before = proofs.get(action);
    Instant since = before != null && before.holds() == holds ? before.since() : at;
    next.put(action, new Proof(holds, detail, since, at, Duration.between(sentAt, at)));
    return new Readiness(reviewedAt, open, signatures, next, seen, foresight, aftermath);
  }

  Readiness with(Seen next) {
    return new Readiness(reviewedAt, open, signatures, proofs, next, foresight, aftermath);
  }

  Readiness with(Foresight next) {
    return new Readiness(reviewedAt, open, signatures, proofs, seen, next, aftermath);
  }

  Readiness with(Aftermath next) {
    return new Readiness(reviewedAt, open, signatures, proofs, seen, foresight, next);
  }

  /** Another go proves everything again; signatures hold as long as they say. */
  Readiness withoutRound() {
    return new Readiness(
        Optional.empty(),
        List.of(),
        signatures,
        Map.of(),
        seen.withDamage(Optional.empty()),
        foresight,
        Aftermath.NONE);
  }
}
