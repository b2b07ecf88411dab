package dev.cutover.orchestrator.domain;

import dev.cutover.orchestrator.domain.Stage.Gate;
import dev.cutover.orchestrator.domain.Stage.Kind;
import dev.cutover.orchestrator.domain.Stage.Soak;
import dev.cutover.orchestrator.domain.Stage.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A runbook as people read it: when, what, who, how it is undone. Pure. */
public final class RunbookTable {
  private final Plan plan;
  private final List<Row> rows = new ArrayList<>();

  /**
   * How much of the switch is over by the bounds of the plan; what takes seconds is not counted.
   */
  private Duration sinceSwitch = Duration.ZERO;

  private Phase phase = Phase.PREPARING;

  private RunbookTable(Plan plan) {
    this.plan = plan;
  }

  /**
   * A line of a runbook.
   *
   * @param when it begins, from the opening of the window, such as {@code T-48h} (from then on, by
   *     then, or at once) or {@code T+1h}
   * @param stage to which it belongs
   * @param step its name; for a gate what it waits for
   * @param service who does it; empty for a gate that people open
   * @param undo name of the step that takes it back; empty when nothing has to
   * @param deadline of one attempt, or of the wait; empty when it waits for as long as it takes
   * @param attempts how often it is tried; 0 for a gate
   * @param onFailure where its failure goes
   * @param gate what has to be so before it is done; empty when nothing more than the line before
   * @param owner who answers for it
   */
  public record Row(
      String when,
      String stage,
      String step,
      String service,
      String undo,
      Optional<Duration> deadline,
      int attempts,
      String onFailure,
      String gate,
      String owner) {}

  private enum Phase {
    PREPARING,
    VALIDATING,
    READY,
    SWITCHING
  }

  /** All lines, in order. */
  public static List<Row> of(Plan plan) {
    RunbookTable table = new RunbookTable(plan);
    Runbook.of(plan).stages().forEach(table::add);
    return List.copyOf(table.rows);
  }

  private void add(Stage stage) {
    switch (stage) {
      case Work(String name, List<Step> steps) -> {
        steps.forEach(step -> phase = later(phase, phase(step.action())));
        steps.forEach(step -> rows.add(row(name, step)));
      }
      case Gate(String name, Kind kind) -> gate(name, kind);
      case Soak(String name, int percent, Duration span, long requests) -> {
        rows.add(
            new Row(
                when(),
                name,
                "wait: %s and %d requests with %d %%"
                    .formatted(Durations.written(span), requests, percent),
                Action.Receiver.MONITOR.wireName(),
                "",
                Optional.of(span.multipliedBy(2)),
                0,
                Step.OnFailure.GO_BACK.name(),
                "healthy",
                operator()));
        sinceSwitch = sinceSwitch.plus(span);
      }
    }
  }

  private Row row(String stage, Step step) {
    Optional<TeamStep> team =
        plan.teamSteps().stream().filter(own -> own.stepName().equals(step.name())).findFirst();
    String undo =
        team.map(own -> own.undo().isPresent() ? own.undoName() : "")
            .or(() -> step.action().undoneBy().map(Action::stepName))
            .orElse("");
    return new Row(
        when(),
        stage,
        step.name(),
        step.action().receiver().wireName(),
        undo,
        Optional.of(step.deadline()),
        step.attemptsMax(),
        step.onFailure().name(),
        switch (plan.autonomy().of(step)) {
          case ACT -> proof(step);
          case CONFIRM -> "confirmed by a person";
          case OBSERVE -> "done by hand";
        },
        team.map(TeamStep::owner).orElse(operator()));
  }

  private String proof(Step step) {
    return switch (step.action()) {
      case VERIFY_SHIFT, VERIFY_REVERT -> SwitchProofs.quorums(plan);
      case VERIFY_VIEW, VERIFY_REVERTED_VIEW -> Views.proof(plan, step);
      default -> "";
    };
  }

  private void gate(String name, Kind kind) {
    if (phase != Phase.SWITCHING) {
      phase = Phase.READY; // gates come when everything is prepared
    }
    rows.add(
        new Row(
            when(),
            name,
            "wait: " + waitsFor(kind),
            "",
            "",
            deadline(kind),
            0,
            Step.OnFailure.HOLD.name(),
            condition(kind),
            switch (kind) {
              case GO -> String.join(", ", plan.governance().approvers());
              case SIGNED -> String.join(", ", plan.rollback().signedBy());
              case OLD_TTL_EXPIRED, SWITCH_TTL_EXPIRED, ROLLBACK_WINDOW -> operator();
              case OBSERVED -> plan.governance().validator().orElse(operator());
            }));
    switch (kind) {
      case OLD_TTL_EXPIRED, SIGNED, SWITCH_TTL_EXPIRED -> {}
      case GO -> phase = Phase.SWITCHING;
      case OBSERVED -> sinceSwitch = sinceSwitch.plus(plan.bounds().observation());
      case ROLLBACK_WINDOW -> sinceSwitch = sinceSwitch.plus(plan.rollback().window());
    }
  }

  private String waitsFor(Kind kind) {
    return switch (kind) {
      case OLD_TTL_EXPIRED -> "old TTL expired everywhere";
      case SIGNED -> "those whom the plan names sign";
      case GO -> "%s people say go".formatted(number(plan.governance().approvalsNeeded()));
      case SWITCH_TTL_EXPIRED -> "lowered TTL expired everywhere";
      case OBSERVED -> "target healthy for the observation";
      case ROLLBACK_WINDOW -> "end of the rollback window";
    };
  }

  private String condition(Kind kind) {
    return switch (kind) {
      case GO ->
          "%d of %d approvals, ready, in the window"
              .formatted(plan.governance().approvalsNeeded(), plan.governance().approvers().size());
      case SIGNED ->
          "%d signatures: %s".formatted(plan.rollback().signaturesNeeded(), plan.rollback().gate());
      case OLD_TTL_EXPIRED, SWITCH_TTL_EXPIRED -> "time";
      case OBSERVED -> plan.watch().isPresent() ? "healthy" : "time";
      case ROLLBACK_WINDOW -> "time: the point of no return";
    };
  }

  private Optional<Duration> deadline(Kind kind) {
    return switch (kind) {
      case GO, SIGNED -> Optional.of(plan.bounds().approval());
      case OBSERVED -> Optional.of(plan.bounds().observation());
      case ROLLBACK_WINDOW -> Optional.of(plan.rollback().window());
      case OLD_TTL_EXPIRED -> Optional.empty(); // as long as the captured TTL
      case SWITCH_TTL_EXPIRED ->
          plan.trafficSwitch()
              .map(names -> Duration.ofSeconds(names.loweredTtlSeconds()))
              .map(ttl -> ttl.plus(plan.bounds().ttlSlack()));
    };
  }

  private static String number(int count) {
    return count == 2 ? "two" : Integer.toString(count);
  }

  private String operator() {
    return plan.governance().operator().orElse("operator");
  }

  private static Phase later(Phase one, Phase other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static Phase phase(Action action) {
    if (action == Action.COMPARE_DATA || action == Action.CHECK_TARGET) {
      return Phase.VALIDATING;
    }
    return action == Action.STAGE_SWITCH || action == Action.START_REVERSE_SYNC
        ? Phase.READY
        : Phase.PREPARING;
  }

  /** As the pattern says it, with the plan's lead of the TTL. */
  private String when() {
    Duration lead = plan.readiness().ttlLead();
    return switch (phase) {
      case PREPARING -> before(lead.multipliedBy(2));
      case VALIDATING -> before(lead);
      case READY -> "before T-0";
      case SWITCHING -> sinceSwitch.isZero() ? "T-0" : "T+" + Durations.written(sinceSwitch);
    };
  }

  private static String before(Duration lead) {
    return lead.isZero() ? "before T-0" : "T-" + Durations.written(lead);
  }
}
