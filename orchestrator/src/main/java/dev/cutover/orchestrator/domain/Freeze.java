package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.ReadinessStatus.FreezeStatus;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchedName;
import dev.cutover.orchestrator.domain.Finding.Failed;
import dev.cutover.orchestrator.domain.Finding.Missing;
import dev.cutover.orchestrator.domain.Finding.Proven;
import dev.cutover.orchestrator.domain.Finding.Unproven;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The change freeze, on both sides, until the point of no return: when it holds, and what was
 * changed all the same. Pure.
 */
final class Freeze {
  /** How often what has not changed is journalled all the same, so that silence is noticed. */
  static final Duration NOTED_EVERY = Duration.ofMinutes(5);

  /** What was last heard of longer ago is not known. */
  private static final Duration HEARD_WITHIN = Duration.ofMinutes(15);

  private Freeze() {}

  /** When it begins; empty while that is not known. */
  static Optional<Instant> from(Cutover cutover) {
    return cutover
        .requiredPlan()
        .readiness()
        .freezeFrom()
        .or(
            () ->
                cutover
                    .ledger()
                    .step(
                        cutover.requiredPlan().data().isPresent()
                            ? Action.START_FORWARD_SYNC
                            : Action.LOWER_TTL)
                    .map(StepRecord::sentAt));
  }

  static boolean over(Cutover cutover) {
    return cutover.state() instanceof SagaState.Finished || cutover.pastPointOfNoReturn();
  }

  static FreezeStatus status(Cutover cutover) {
    if (over(cutover)) {
      return FreezeStatus.NONE;
    }
    Plan plan = cutover.requiredPlan();
    List<String> databases =
        plan.data().stream()
            .flatMap(spec -> Stream.of(spec.source(), spec.target()))
            .map(DatabaseEndpoint::address)
            .toList();
    List<String> names =
        plan.trafficSwitch().stream()
            .flatMap(spec -> spec.names().stream())
            .map(SwitchedName::name)
            .toList();
    return new FreezeStatus(
        from(cutover), Schedule.rollbackEnds(cutover), names, databases, drifts(cutover));
  }

  static Finding finding(Cutover cutover, Instant now) {
    Plan plan = cutover.requiredPlan();
    if (plan.data().isEmpty() && plan.trafficSwitch().isEmpty()) {
      return new Missing("data");
    }
    Optional<Instant> from = from(cutover);
    if (from.filter(at -> !now.isBefore(at)).isEmpty()) {
      return new Unproven(
          from.map(at -> "it begins at " + at).orElse("it begins with the forward stream"));
    }
    List<String> drifts = drifts(cutover);
    if (!drifts.isEmpty()) {
      Instant since =
          looks(cutover)
              .filter(look -> !look.drifts().isEmpty())
              .map(Seen.Look::since)
              .max(Instant::compareTo)
              .orElse(now);
      return new Failed(String.join("; ", drifts), since, "watch");
    }
    List<String> unseen = unseen(cutover, now);
    return unseen.isEmpty()
        ? new Proven("nothing was changed since " + from.get(), Optional.of(now), "watch")
        : new Unproven("not seen: " + String.join(", ", unseen));
  }

  private static Stream<Seen.Look> looks(Cutover cutover) {
    Seen seen = cutover.readiness().seen();
    return Stream.concat(seen.schema().values().stream(), seen.records().stream());
  }

  private static List<String> drifts(Cutover cutover) {
    Seen seen = cutover.readiness().seen();
    List<String> drifts = new ArrayList<>();
    seen.schema()
        .forEach(
            (side, look) -> look.drifts().forEach(drift -> drifts.add(word(side) + ": " + drift)));
    seen.records().ifPresent(look -> drifts.addAll(look.drifts()));
    return drifts;
  }

  /** What ought to be watched and was not heard of lately. */
  private static List<String> unseen(Cutover cutover, Instant now) {
    Seen seen = cutover.readiness().seen();
    List<String> unseen = new ArrayList<>();
    if (cutover.requiredPlan().data().isPresent()) {
      for (Side side : Side.values()) {
        if (isUnseen(Optional.ofNullable(seen.schema().get(side)), now)) {
          unseen.add("schema of the " + word(side));
        }
      }
    }
    if (cutover.requiredPlan().trafficSwitch().isPresent() && isUnseen(seen.records(), now)) {
      unseen.add("records");
    }
    return unseen;
  }

  private static boolean isUnseen(Optional<Seen.Look> look, Instant now) {
    return look.filter(l -> !l.blind() && now.isBefore(l.at().plus(HEARD_WITHIN))).isEmpty();
  }

  static String word(Side side) {
    return side.name().toLowerCase(Locale.ROOT);
  }
}
