package dev.cutover.orchestrator.domain;

import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.ObjectsSpec.BucketPair;
import dev.cutover.contract.ObjectsSpec.Fence;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.orchestrator.domain.PlanRules.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What can't be safe about the objects of a plan, and what is not promised of them. Pure. */
final class ObjectRules {
  private ObjectRules() {}

  static List<Finding> faults(Plan plan) {
    Optional<ObjectsSpec> objects = of(plan);
    if (objects.isEmpty()) {
      return List.of();
    }
    List<Finding> faults = new ArrayList<>();
    Duration inTheOutage = inTheOutage(plan);
    if (inTheOutage.compareTo(plan.bounds().switchStep()) >= 0) {
      faults.add(
          new Finding(
              "objects.finalPass",
              "Expected objects.settle and objects.finalPass together below bounds.switchStep (%s), in which the fence and the last pass have to be done, but they are %s"
                  .formatted(plan.bounds().switchStep(), inTheOutage)));
    }
    if (objects.get().fence() == Fence.NONE && objects.get().mirrorsDeletes()) {
      faults.add(
          new Finding(
              "objects.deletes",
              "Expected objects.deletes keep without a fence, but it is mirror: what is written"
                  + " on the other side meanwhile would be deleted"));
    }
    boolean stops =
        plan.teamSteps().stream()
            .anyMatch(
                step -> step.place() == TeamStep.Place.BEFORE_FENCE && step.undo().isPresent());
    if (objects.get().fence() == Fence.HOOK && !stops) {
      faults.add(
          new Finding(
              "objects.fence",
              "Expected a step of the team's own before the fence, with an undo, that stops the"
                  + " writers for objects.fence hook, but the plan has none"));
    }
    return List.copyOf(faults);
  }

  static List<Finding> notes(Plan plan) {
    return of(plan).stream().flatMap(objects -> notes(objects).stream()).toList();
  }

  private static List<Finding> notes(ObjectsSpec objects) {
    List<Finding> notes = new ArrayList<>();
    boolean probed =
        objects.buckets().stream()
            .map(BucketPair::source)
            .allMatch(place -> place.probe().isPresent());
    switch (objects.fence()) {
      case POLICY -> {
        if (!probed) {
          notes.add(
              new Finding(
                  "objects.buckets",
                  "objects without 'probe': that their writers are refused is known from the"
                      + " store's own word and a wait, not from a try"));
        }
      }
      case HOOK ->
          notes.add(
              new Finding(
                  "objects.fence",
                  "objects.fence hook: that nobody writes objects rests on the team's own step"
                      + (probed ? " and the probe" : "")));
      case NONE ->
          notes.add(
              new Finding(
                  "objects.fence",
                  "objects: eventual: nothing fences them, so what is written around the switch or"
                      + " a rollback may be missing; 'nothing lost' is not said of objects"));
    }
    return notes;
  }

  /** How long the objects keep the write outage up at the most, beside everything else. */
  static Duration inTheOutage(Plan plan) {
    return of(plan)
        .map(
            objects ->
                objects.fence() == Fence.NONE
                    ? objects.finalPass()
                    : objects.settle().plus(objects.finalPass()))
        .orElse(Duration.ZERO);
  }

  private static Optional<ObjectsSpec> of(Plan plan) {
    return plan.data().flatMap(ReplicationSpec::objects);
  }
}
