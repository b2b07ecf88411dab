package dev.cutover.deploy.demo;

import dev.cutover.contract.CutoverStatus.StepStatus;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.Message;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.Side;
import dev.cutover.contract.SyncReply.SourceFenced;
import dev.cutover.contract.SyncReply.SourceOpened;
import dev.cutover.contract.SyncReply.TargetFenced;
import dev.cutover.contract.SyncReply.TargetOpened;
import dev.cutover.contract.ValidatorReply.FinalValidated;
import dev.cutover.deploy.demo.GapMeter.Gap;
import dev.cutover.deploy.demo.Ledger.Acknowledged;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Computes what an act measured from what clients saw and from what was said in public. Pure. */
final class Figures {
  private static final long NONE = -1;

  private final List<Message> said;
  private final List<StepStatus> steps;
  private final List<Gap> gaps;
  private final List<Acknowledged> acknowledged;

  /**
   * Computes from these.
   *
   * @param said all replies and triggers of the cutover, oldest first
   * @param steps every step that was sent
   */
  Figures(
      List<Message> said, List<StepStatus> steps, List<Gap> gaps, List<Acknowledged> acknowledged) {
    this.said = said;
    this.steps = steps;
    this.gaps = gaps;
    this.acknowledged = acknowledged;
  }

  /** The client that could write last after the switch: the longest gap that the target ended. */
  Optional<Gap> switchGap() {
    return worst(Side.TARGET, last(SourceFenced.class).map(SourceFenced::fencedAt));
  }

  /** The client that could write last after the rollback. */
  Optional<Gap> rollbackGap() {
    return worst(Side.SOURCE, last(TargetFenced.class).map(TargetFenced::fencedAt));
  }

  long fenceMs() {
    return last(SourceFenced.class).map(SourceFenced::fenceMs).orElse(NONE);
  }

  long drainMs() {
    return last(SourceFenced.class).map(SourceFenced::drainMs).orElse(NONE);
  }

  long validateMs() {
    return last(FinalValidated.class).map(FinalValidated::tookMs).orElse(NONE);
  }

  long dnsMs() {
    return last(TrafficShifted.class).map(TrafficShifted::tookMs).orElse(NONE);
  }

  /**
   * How long the worst client held on to the old address, as it may, after the target took writes.
   */
  long ttlMs() {
    Optional<Instant> opened = last(TargetOpened.class).map(TargetOpened::openedAt);
    return switchGap()
        .flatMap(gap -> opened.map(at -> Math.max(0, between(at, gap.changedAt()))))
        .orElse(NONE);
  }

  long breachToTriggerMs(Optional<Instant> faultAt) {
    return faultAt
        .flatMap(at -> trigger().map(trigger -> between(at, trigger.decidedAt())))
        .orElse(NONE);
  }

  long triggerToRevertMs() {
    return trigger()
        .flatMap(t -> last(TrafficReverted.class).map(r -> between(t.decidedAt(), r.acceptedAt())))
        .orElse(NONE);
  }

  long rollbackMs() {
    return trigger()
        .flatMap(t -> last(SourceOpened.class).map(o -> between(t.decidedAt(), o.openedAt())))
        .orElse(NONE);
  }

  /**
   * Counts writes that a side acknowledged although their commit began when it was proven fenced,
   * and before it was even told to open; and those of the source whose commit began after the
   * target had acknowledged one, until the target was fenced again.
   */
  long writesOnBothSidesWhileFenced() {
    Instant sourceClosed =
        last(SourceFenced.class)
            .map(f -> f.fencedAt().plusMillis(f.fenceMs() + 1))
            .orElse(Instant.MAX);
    Instant sourceReopens = sentAt("open-source").orElse(Instant.MAX);
    Instant targetOpens = sentAt("open-target").orElse(Instant.MAX);
    Instant targetClosed =
        last(TargetFenced.class)
            .map(f -> f.fencedAt().plusMillis(f.fenceMs() + 1))
            .orElse(Instant.MAX);
    Instant targetFirst =
        acknowledged.stream()
            .filter(w -> w.side() == Side.TARGET)
            .map(Acknowledged::at)
            .min(Comparator.naturalOrder())
            .orElse(Instant.MAX);
    return acknowledged.stream()
        .filter(
            write ->
                switch (write.side()) {
                  case SOURCE ->
                      write.committing().isBefore(sourceReopens)
                          && (write.committing().isAfter(sourceClosed)
                              || write.committing().isAfter(targetFirst));
                  case TARGET ->
                      write.committing().isBefore(targetOpens)
                          || write.committing().isAfter(targetClosed);
                })
        .count();
  }

  private Optional<Gap> worst(Side endedBy, Optional<Instant> fencedAt) {
    return fencedAt.flatMap(
        at ->
            gaps.stream()
                .filter(gap -> gap.endedBy() == endedBy && gap.to().isAfter(at))
                .max(Comparator.comparingLong(Gap::ms)));
  }

  private Optional<RollbackTrigger> trigger() {
    return said.stream()
        .filter(RollbackTrigger.class::isInstance)
        .map(RollbackTrigger.class::cast)
        .findFirst();
  }

  private <T extends Message> Optional<T> last(Class<T> kind) {
    return said.reversed().stream().filter(kind::isInstance).map(kind::cast).findFirst();
  }

  private Optional<Instant> sentAt(String step) {
    return steps.stream()
        .filter(s -> s.step().equals(step))
        .findFirst()
        .flatMap(StepStatus::sentAt);
  }

  private static long between(Instant from, Instant until) {
    return Duration.between(from, until).toMillis();
  }
}
