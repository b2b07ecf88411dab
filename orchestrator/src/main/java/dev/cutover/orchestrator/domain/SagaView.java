package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.CutoverStatus.Progress;
import dev.cutover.contract.CutoverStatus.StepStatus;
import dev.cutover.contract.PersonCommand;
import dev.cutover.orchestrator.domain.SagaState.*;
import dev.cutover.orchestrator.domain.Stage.Work;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;

/** What people and the API see of a cutover. Pure. */
public final class SagaView {
  private SagaView() {}

  /**
   * Where it stands at that time.
   *
   * @param journalHead as in {@link CutoverStatus}
   */
  public static CutoverStatus of(Cutover cutover, String journalHead, Instant now) {
    return new CutoverStatus(
        cutover.id(),
        cutover.sequence(),
        journalHead,
        now,
        cutover.state().label(),
        outcome(cutover.state()),
        reason(cutover.state()),
        waitingFor(cutover),
        cutover.world().serving(),
        cutover.world().outageDeadline(),
        cutover.people().approvedBy(Approvals.GO),
        GoEvidence.of(cutover).hash(),
        PeopleView.of(cutover),
        cutover.state() instanceof Finished
            ? List.of()
            : cutover.plan().map(Claims::of).orElse(List.of()),
        steps(cutover),
        ReadinessView.of(cutover, now),
        NoticeBoards.of(cutover, now),
        StrategyView.of(cutover));
  }

  private static Optional<String> outcome(SagaState state) {
    return switch (state) {
      case Finished(SagaState.Outcome outcome) -> Optional.of(outcome.name());
      case Prepared(String _, boolean rolledBack) ->
          rolledBack ? Optional.of("ROLLED_BACK") : Optional.empty();
      case Held _ -> Optional.of("HELD");
      case RollingBack(Route _, int _, boolean outage) ->
          outage ? Optional.of("HELD") : Optional.empty();
      case Planned _, Running _, Waiting _, Observing _ -> Optional.empty();
    };
  }

  /** Why it stands there; empty when all is as planned. */
  public static String reason(SagaState state) {
    return switch (state) {
      case RollingBack back -> back.route().reason();
      case Prepared prepared -> prepared.reason();
      case Held held -> held.reason();
      case Planned _, Running _, Waiting _, Observing _, Finished _ -> "";
    };
  }

  static String waitingFor(Cutover cutover) {
    return PeopleView.asked(cutover).orElseGet(() -> byState(cutover));
  }

  private static String byState(Cutover cutover) {
    return switch (cutover.state()) {
      case Waiting(int stage, Instant _, Instant until) ->
          switch (Forward.kind(cutover, stage)) {
            case OLD_TTL_EXPIRED -> "the old TTL to expire everywhere at " + until;
            case SWITCH_TTL_EXPIRED -> "the TTL to expire everywhere at " + until;
            case OBSERVED -> "the observation to end at " + until;
            case ROLLBACK_WINDOW -> "the rollback window to end at " + until;
            case SIGNED ->
                "%d signature(s) of %s at '%s'; so far %s"
                    .formatted(
                        cutover.requiredPlan().rollback().signaturesNeeded(),
                        cutover.requiredPlan().rollback().signedBy(),
                        cutover.requiredPlan().rollback().gate(),
                        cutover.reconciliation().signedBy());
            case GO -> PeopleView.waitingForGo(cutover) + ReadinessView.waitingFor(cutover);
          };
      case Observing(int _, Instant _, Instant until) ->
          "the target to be healthy until %s%s; the monitor says %s"
              .formatted(
                  until,
                  Soaks.at(cutover)
                      .map(
                          soak ->
                              " with %d %% of the traffic (%d of %d requests seen)"
                                  .formatted(
                                      soak.percent(),
                                      cutover.world().share().requests(),
                                      soak.requests()))
                      .orElse(""),
                  cutover
                      .world()
                      .health()
                      .map(h -> h.verdict().name().toLowerCase(Locale.ROOT) + ": " + h.detail())
                      .orElse("nothing yet"));
      case RollingBack _ when cutover.reconciliation().review().isPresent() ->
          StrategyView.review(cutover.reconciliation().review().orElseThrow());
      case RollingBack(Route _, int _, boolean outage) when outage ->
          "a person, paged as an outage, and still for " + outstanding(cutover);
      case Running _, RollingBack _ -> outstanding(cutover);
      case Prepared _ -> Inquiry.waitingFor(cutover);
      case Held held -> "a person: " + held.reason();
      case Planned _, Finished _ -> "";
    };
  }

  private static String outstanding(Cutover cutover) {
    return String.join(
        ", ",
        cutover.ledger().steps().values().stream()
            .filter(StepRecord::outstanding)
            .map(
                record ->
                    record.wasSent()
                        ? record.step().name()
                        : "a person to confirm " + record.step().name())
            .toList());
  }

  private static List<StepStatus> steps(Cutover cutover) {
    SequencedMap<String, Step> steps = new LinkedHashMap<>();
    cutover
        .runbook()
        .ifPresent(
            runbook -> {
              for (Stage stage : runbook.stages()) {
                if (stage instanceof Work work) {
                  work.steps().forEach(step -> steps.putIfAbsent(step.name(), step));
                }
              }
            });
    if (cutover.state() instanceof RollingBack back) {
      back.route()
          .stages()
          .forEach(stage -> stage.forEach(s -> steps.putIfAbsent(s.step().name(), s.step())));
    }
    cutover.ledger().steps().forEach((name, record) -> steps.putIfAbsent(name, record.step()));
    List<StepStatus> statuses = new ArrayList<>();
    steps.forEach(
        (name, step) ->
            statuses.add(
                cutover.ledger().step(name).map(SagaView::sent).orElseGet(() -> toDo(step))));
    return statuses;
  }

  private static StepStatus toDo(Step step) {
    return new StepStatus(
        step.name(),
        step.action().receiver().wireName(),
        Progress.TO_DO,
        0,
        Optional.empty(),
        Optional.empty(),
        "",
        Optional.empty());
  }

  private static StepStatus sent(StepRecord record) {
    Progress progress =
        switch (record.status()) {
          case SHOWN -> Progress.TO_CONFIRM;
          case SENT, RETRYING -> Progress.SENT;
          case DONE -> Progress.DONE;
          case FAILED -> Progress.FAILED;
          case SKIPPED -> Progress.SKIPPED;
        };
    return new StepStatus(
        record.step().name(),
        record.step().action().receiver().wireName(),
        progress,
        record.attempt(),
        Optional.of(record.sentAt()),
        record.endedAt(),
        detail(record),
        record.wasSent() ? Optional.empty() : Optional.of(Explanation.hash(record.detail())));
  }

  /** What a person is asked to do is shown until it is done. */
  private static String detail(StepRecord record) {
    return record.outstanding() && record.command() instanceof PersonCommand.DoByHand order
        ? order.instruction()
        : record.detail();
  }
}
