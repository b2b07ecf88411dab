package dev.cutover.orchestrator.domain;

import dev.cutover.contract.MonitorReply.BaselineLearned;
import dev.cutover.contract.ReadinessStatus.Moment;
import dev.cutover.contract.ReadinessStatus.TimeStatus;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.orchestrator.domain.SagaState.Observing;
import dev.cutover.orchestrator.domain.SagaState.Running;
import dev.cutover.orchestrator.domain.SagaState.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** When what is due, and whether it still fits. Pure: all of it follows from plan and journal. */
public final class Schedule {
  /** How long the source is kept when the plan does not say. */
  static final Duration DECOMMISSION_AFTER = Duration.ofDays(14);

  private static final Duration DAY = Duration.ofDays(1);

  private Schedule() {}

  /**
   * From a week before the window opens to two weeks after; empty without such a time. What follows
   * the switch is counted from the window's opening until the switch has been.
   */
  public static List<Moment> of(Plan plan) {
    return of(plan, plan.window().opensAt());
  }

  private static List<Moment> of(Plan plan, Optional<Instant> switchedAt) {
    List<Moment> moments = new ArrayList<>();
    ReadinessPolicy policy = plan.readiness();
    plan.window()
        .opensAt()
        .ifPresent(
            opens -> {
              moments.add(
                  new Moment("T-1w: stakeholders are told", opens.minus(DAY.multipliedBy(7))));
              plan.trafficSwitch()
                  .ifPresent(
                      _ -> {
                        Duration lead = policy.ttlLead();
                        moments.add(
                            new Moment(
                                "TTL lowered from here on", opens.minus(lead.multipliedBy(2))));
                        moments.add(new Moment("TTL lowered at the latest", opens.minus(lead)));
                      });
              moments.add(new Moment("T-1d: stakeholders are told", opens.minus(DAY)));
              moments.add(new Moment("T-1h: war room opens", opens.minus(Duration.ofHours(1))));
              moments.add(new Moment("T-0: window opens", opens));
            });
    policy.freezeFrom().ifPresent(from -> moments.add(new Moment("change freeze begins", from)));
    plan.window().closesAt().ifPresent(at -> moments.add(new Moment("window closes", at)));
    switchedAt.ifPresent(
        at -> {
          moments.add(new Moment("observation ends", at.plus(plan.bounds().observation())));
          for (Duration after : policy.milestones()) {
            moments.add(new Moment(milestone(after) + ": milestone", at.plus(after)));
          }
          moments.add(
              new Moment("source may go, after a final backup", at.plus(decommissionAfter(plan))));
        });
    moments.sort(Comparator.comparing(Moment::at));
    return moments;
  }

  static Duration decommissionAfter(Plan plan) {
    return plan.readiness().declared().decommissionAfter().orElse(DECOMMISSION_AFTER);
  }

  /** Such as {@code T+24h}. */
  static String milestone(Duration after) {
    return "T+" + Durations.written(after);
  }

  static TimeStatus status(Cutover cutover, Instant now) {
    Plan plan = cutover.requiredPlan();
    Readiness.Aftermath after = cutover.readiness().aftermath();
    List<Moment> moments =
        new ArrayList<>(of(plan, switchedAt(cutover).or(() -> plan.window().opensAt())));
    Inquiry.nextGo(cutover, now).ifPresent(moments::add);
    moments.sort(Comparator.comparing(Moment::at));
    return new TimeStatus(
        plan.window().zone(),
        moments,
        criticalPath(cutover).map(Duration::toSeconds),
        rollbackEnds(cutover),
        after.pointOfNoReturnAt(),
        after.milestones());
  }

  /** When the target began to serve; empty while it does not. */
  static Optional<Instant> switchedAt(Cutover cutover) {
    Action last =
        cutover.plan().flatMap(Plan::data).isPresent() ? Action.OPEN_TARGET : Action.SHIFT_TRAFFIC;
    boolean serves = cutover.world().serving().filter(Side.TARGET::equals).isPresent();
    return serves ? cutover.ledger().step(last).flatMap(StepRecord::endedAt) : Optional.empty();
  }

  /** When the way back is given up, as far as that is known. */
  static Optional<Instant> rollbackEnds(Cutover cutover) {
    Duration window = cutover.plan().map(plan -> plan.rollback().window()).orElse(Duration.ZERO);
    return switch (cutover.state()) {
      case Observing(int _, Instant _, Instant until) -> Optional.of(until.plus(window));
      case Waiting(int stage, Instant _, Instant until)
          when Forward.kind(cutover, stage) == Stage.Kind.ROLLBACK_WINDOW ->
          Optional.of(until);
      case Waiting _,
          SagaState.Planned _,
          SagaState.Running _,
          SagaState.RollingBack _,
          SagaState.Prepared _,
          SagaState.Held _,
          SagaState.Finished _ ->
          Optional.empty();
    };
  }

  /**
   * How long the switch may take from go, or from where it is, until the target is judged: the
   * bounds of its steps. Empty once that is over.
   */
  static Optional<Duration> criticalPath(Cutover cutover) {
    List<Stage> stages = cutover.requiredRunbook().stages();
    int at =
        switch (cutover.state()) {
          case Running(int stage) -> stage;
          case Waiting(int stage, Instant _, Instant _) -> stage;
          case SagaState.Planned _, SagaState.Prepared _ -> 0;
          case SagaState.Held(String _, SagaState resumes) ->
              resumes instanceof Running(int stage) ? stage : 0;
          case Observing _, SagaState.RollingBack _, SagaState.Finished _ -> stages.size();
        };
    if (at >= stages.size()) {
      return Optional.empty();
    }
    Duration sum = Duration.ZERO;
    boolean inside = false;
    for (int index = 0; index < stages.size(); index++) {
      Stage stage = stages.get(index);
      if (stage instanceof Stage.Gate(String _, Stage.Kind kind)) {
        if (kind == Stage.Kind.OBSERVED) {
          return index > at ? Optional.of(sum) : Optional.empty();
        }
        inside |= kind == Stage.Kind.GO;
      }
      if (inside && index >= at) {
        sum = sum.plus(bound(stage, cutover.requiredPlan()));
      }
    }
    return Optional.of(sum);
  }

  private static Duration bound(Stage stage, Plan plan) {
    return switch (stage) {
      case Stage.Work work ->
          work.steps().stream().map(Step::deadline).max(Duration::compareTo).orElse(Duration.ZERO);
      case Stage.Gate(String _, Stage.Kind kind) ->
          kind == Stage.Kind.SWITCH_TTL_EXPIRED
              ? Duration.ofSeconds(
                      plan.trafficSwitch().map(SwitchSpec::loweredTtlSeconds).orElse(0))
                  .plus(plan.bounds().ttlSlack())
              : Duration.ZERO;
      case Stage.Soak soak -> soak.span();
    };
  }

  /** What time itself speaks against: it stops nothing. */
  static List<String> warnings(Cutover cutover, Instant now) {
    List<String> warnings = new ArrayList<>();
    Window window = cutover.requiredPlan().window();
    Optional<Duration> path = criticalPath(cutover);
    if (path.isPresent() && window.closesAt().isPresent()) {
      Instant starts = window.opensAt().filter(now::isBefore).orElse(now);
      Duration left = Duration.between(starts, window.closesAt().get());
      if (left.compareTo(path.get()) < 0) {
        warnings.add(
            "window: what is left of it is %s, but the switch may take %s: it no longer fits"
                .formatted(
                    left.isNegative() ? "nothing" : Durations.written(left),
                    Durations.written(path.get())));
      }
    }
    if (switchedAt(cutover).isEmpty()) {
      busy(cutover).ifPresent(why -> warnings.add("traffic: " + why));
    }
    return warnings;
  }

  /** That more is going on than the plan expects; empty when not, or when that is not known. */
  static Optional<String> busy(Cutover cutover) {
    Optional<Double> present =
        cutover
            .readiness()
            .seen()
            .requestsPerSecond()
            .or(
                () ->
                    cutover
                        .ledger()
                        .reply(Action.LEARN_BASELINE, BaselineLearned.class)
                        .map(reply -> reply.baseline().requestsPerSecond()));
    return cutover
        .requiredPlan()
        .window()
        .requestsPerSecondMax()
        .flatMap(
            max ->
                present
                    .filter(rate -> rate > max)
                    .map(
                        rate ->
                            "Expected at most %.1f requests a second, but the source has %.1f"
                                .formatted(max, rate)));
  }
}
