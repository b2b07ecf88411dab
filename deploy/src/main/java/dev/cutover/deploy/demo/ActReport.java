package dev.cutover.deploy.demo;

import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.deploy.demo.GapMeter.Gap;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one act of the demonstration measured; written as JSON. Times are in milliseconds, -1 where
 * the act has no such time.
 *
 * @param outcome {@code COMPLETED}, {@code ROLLED_BACK} or {@code HELD}; {@code UNFINISHED} when
 *     the act ran out of time
 * @param authoritative the side with which every acknowledged write was compared
 * @param writesAttempted orders, updates, deletes and batches that clients began
 * @param writesRefused answered with 503: certainly not written
 * @param writesFailed answered with another error: certainly not written
 * @param writesUncertain the answer was lost: allowed to be there or not
 * @param writesMissing acknowledged, and not in the authoritative database at the end, every column
 *     compared
 * @param writesOnBothSidesWhileFenced acknowledged by a side while it was fenced
 * @param writeGapMs the longest time in which a client that obeys the TTL could not write, in the
 *     switch
 * @param fenceMs of the gap: until no write could be committed any more, proven
 * @param drainMs of the gap: until the target had everything
 * @param validateMs of the gap: final validation
 * @param dnsMs of the gap: until the DNS server had accepted the change
 * @param ttlMs of the gap: the client's cached answer outlived the moment at which the target took
 *     writes
 * @param breachToTriggerMs from the moment the fault was injected to the monitor's decision
 * @param triggerToRevertMs from that decision until the DNS server had accepted the way back
 * @param rollbackMs from that decision until the source took writes
 * @param rollbackGapMs as {@code writeGapMs}, in the rollback
 * @param rowsCompared rows and deletions of the account
 * @param valuesCompared columns that were compared
 * @param examples what is missing, by key
 * @param clients requests by side and outcome
 * @param gaps every time in which a client could not write
 */
record ActReport(
    String act,
    String outcome,
    String expectedOutcome,
    boolean asExpected,
    String reason,
    String authoritative,
    long writesAttempted,
    long writesAcknowledged,
    long writesRefused,
    long writesFailed,
    long writesUncertain,
    long writesMissing,
    long writesOnBothSidesWhileFenced,
    long writeGapMs,
    long fenceMs,
    long drainMs,
    long validateMs,
    long dnsMs,
    long ttlMs,
    long breachToTriggerMs,
    long triggerToRevertMs,
    long rollbackMs,
    long rollbackGapMs,
    long rowsCompared,
    long valuesCompared,
    List<String> examples,
    Map<String, Map<String, Long>> clients,
    List<Gap> gaps,
    List<StepTime> steps,
    List<RollbackTrigger> triggers,
    Settings settings) {

  /** One step of the runbook or of the rollback. */
  record StepTime(
      String step,
      String service,
      String progress,
      int attempt,
      Optional<Instant> sentAt,
      Optional<Instant> endedAt,
      long tookMs,
      String detail) {
    static StepTime of(CutoverStatus.StepStatus step) {
      long took =
          step.sentAt().isPresent() && step.endedAt().isPresent()
              ? java.time.Duration.between(step.sentAt().get(), step.endedAt().get()).toMillis()
              : -1;
      return new StepTime(
          step.step(),
          step.service(),
          step.progress().name(),
          step.attempt(),
          step.sentAt(),
          step.endedAt(),
          took,
          step.detail());
    }
  }

  /** How the act was run, and on what. */
  record Settings(
      Instant startedAt,
      long tookMs,
      int writesPerSecond,
      long seed,
      int processors,
      String java,
      String system) {}

  /** Whether the act did what it promises. */
  boolean passed() {
    return asExpected && writesMissing == 0;
  }
}
