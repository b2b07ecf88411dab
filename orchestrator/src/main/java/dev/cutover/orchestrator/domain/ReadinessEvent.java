package dev.cutover.orchestrator.domain;

import dev.cutover.contract.ReadinessLine;
import dev.cutover.contract.ReadinessStatus.Milestone;
import dev.cutover.contract.Side;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What became of readiness, of the freeze, and of time. */
public sealed interface ReadinessEvent extends SagaEvent.Area {
  /** It was looked at again. */
  record ReadinessReviewed(Instant at) implements ReadinessEvent {}

  /**
   * Other critical lines than before are neither proven nor signed.
   *
   * @param open all of them
   */
  record ReadinessChanged(List<ReadinessLine> open, Instant at) implements ReadinessEvent {
    public ReadinessChanged {
      open = List.copyOf(open);
    }
  }

  /** Evidence that approvals were given on no longer holds. */
  record ApprovalsVoided(String reason, Instant at) implements ReadinessEvent {}

  /** A named person answers for a line. */
  record LineSigned(
      String requestId, String actor, ReadinessLine line, String reason, Instant until, Instant at)
      implements ReadinessEvent, SagaEvent.Answer {}

  /** A signature was taken back. */
  record LineUnsigned(String requestId, String actor, ReadinessLine line, String reason)
      implements ReadinessEvent, SagaEvent.Answer {}

  /** How a schema differs from what it was when replication was prepared; on change, and rarely. */
  record SchemaNoted(Side side, List<String> drifts, boolean blind, String detail, Instant at)
      implements ReadinessEvent {
    public SchemaNoted {
      drifts = List.copyOf(drifts);
    }
  }

  /** How the switched records differ from what this cutover ordered; on change, and rarely. */
  record RecordsNoted(
      List<String> drifts, boolean blind, boolean revertValid, String detail, Instant at)
      implements ReadinessEvent {
    public RecordsNoted {
      drifts = List.copyOf(drifts);
    }
  }

  /**
   * Records drifted after the switch, and what is done about it: people are told of it.
   *
   * @param putsBack whether they are put back; held otherwise
   * @param reason why not, if not
   * @param changedBy who it was, as far as the provider tells
   * @param markEpoch of the order after which they drifted
   */
  record DriftAnswered(
      List<String> drifts,
      boolean putsBack,
      String reason,
      List<String> changedBy,
      boolean traced,
      long markEpoch,
      Instant at)
      implements ReadinessEvent {
    public DriftAnswered {
      drifts = List.copyOf(drifts);
      changedBy = List.copyOf(changedBy);
    }

    /** For people. */
    String sentence() {
      String what =
          "Somebody else changed records after the switch: %s%s"
              .formatted(
                  String.join("; ", drifts),
                  changedBy.isEmpty() ? "" : ". " + String.join("; ", changedBy));
      return putsBack ? what + ". They are put back, this once" : what + ". " + reason;
    }
  }

  /** Who it was became known later. */
  record DriftTraced(List<String> changedBy, Instant at) implements ReadinessEvent {
    public DriftTraced {
      changedBy = List.copyOf(changedBy);
    }
  }

  /** How the reverse stream does; on change of a kind that matters, and rarely. */
  record ReverseStreamNoted(boolean running, long lagMs, Instant at) implements ReadinessEvent {}

  /** The source became a worse place than the target, or no longer is. */
  record SourceHealthNoted(boolean worse, String detail, Instant at) implements ReadinessEvent {}

  /** What the source's traffic was found to be. */
  record TrafficMeasured(double requestsPerSecond, Instant at) implements ReadinessEvent {}

  /** How it stood some time after the switch. */
  record MilestoneReached(Milestone milestone) implements ReadinessEvent {}

  /** From here on the team is committed to the target. */
  record PointOfNoReturnPassed(String detail, Instant at) implements ReadinessEvent {}

  /** The source may go, after a final backup. */
  record DecommissionDue(Instant at) implements ReadinessEvent {}

  /** The state after an event of this area. Pure. */
  static Cutover apply(Cutover cutover, ReadinessEvent event) {
    Readiness readiness = cutover.readiness();
    Seen seen = readiness.seen();
    Readiness.Aftermath after = readiness.aftermath();
    return switch (event) {
      case ReadinessReviewed e -> cutover.with(readiness.reviewed(e.at()));
      case ReadinessChanged e -> cutover.with(readiness.with(e.open()));
      case ApprovalsVoided _ -> cutover.with(cutover.people().withoutApprovals());
      case LineSigned e ->
          cutover.with(
              readiness.with(
                  e.line(),
                  Optional.of(new Readiness.Signature(e.actor(), e.reason(), e.at(), e.until()))));
      case LineUnsigned e -> cutover.with(readiness.with(e.line(), Optional.empty()));
      case SchemaNoted e ->
          cutover.with(
              readiness.with(
                  seen.withSchema(
                      e.side(),
                      look(
                          Optional.ofNullable(seen.schema().get(e.side())),
                          e.drifts(),
                          e.blind(),
                          e.detail(),
                          e.at()))));
      case RecordsNoted e ->
          cutover.with(
              readiness.with(
                  seen.withRecords(
                      look(seen.records(), e.drifts(), e.blind(), e.detail(), e.at()),
                      e.revertValid())));
      case DriftAnswered e ->
          cutover.with(
              readiness.with(
                  seen.withAnswered(new Seen.Answered(e.drifts(), e.markEpoch(), e.traced()))));
      case DriftTraced _ ->
          seen.answered()
              .map(
                  drift ->
                      cutover.with(
                          readiness.with(
                              seen.withAnswered(
                                  new Seen.Answered(drift.drifts(), drift.markEpoch(), true)))))
              .orElse(cutover);
      case ReverseStreamNoted e ->
          cutover.with(
              readiness.with(seen.withReverse(new Seen.Stream(e.running(), e.lagMs(), e.at()))));
      case SourceHealthNoted e ->
          cutover.with(
              readiness.with(
                  seen.withSource(new Seen.SourceHealth(e.worse(), e.detail(), e.at()))));
      case TrafficMeasured e ->
          cutover.with(readiness.with(seen.withRequestsPerSecond(e.requestsPerSecond())));
      case MilestoneReached e -> {
        List<Milestone> milestones = new ArrayList<>(after.milestones());
        milestones.add(e.milestone());
        yield cutover.with(
            readiness.with(
                new Readiness.Aftermath(
                    milestones, after.pointOfNoReturnAt(), after.decommissionDueAt())));
      }
      case PointOfNoReturnPassed e ->
          cutover.with(
              readiness.with(
                  new Readiness.Aftermath(
                      after.milestones(), Optional.of(e.at()), after.decommissionDueAt())));
      case DecommissionDue e ->
          cutover.with(
              readiness.with(
                  new Readiness.Aftermath(
                      after.milestones(), after.pointOfNoReturnAt(), Optional.of(e.at()))));
    };
  }

  private static Seen.Look look(
      Optional<Seen.Look> before, List<String> drifts, boolean blind, String detail, Instant at) {
    Instant since =
        before.filter(known -> known.drifts().equals(drifts)).map(Seen.Look::since).orElse(at);
    return new Seen.Look(drifts, since, blind, detail, at);
  }
}
