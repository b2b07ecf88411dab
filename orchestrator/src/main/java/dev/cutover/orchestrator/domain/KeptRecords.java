package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.Keeper;
import dev.cutover.contract.KeeperMark;
import dev.cutover.contract.ManagedBy;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.contract.ViewRecords;
import dev.cutover.orchestrator.domain.CutoverReport.KeptLine;
import dev.cutover.orchestrator.domain.KeeperForms.Records;
import dev.cutover.orchestrator.domain.PlanRules.Finding;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import dev.cutover.orchestrator.domain.TeamStep.Place;
import dev.cutover.orchestrator.domain.TeamStep.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Records that a tool outside of the product keeps: what a plan must say of it, and what people
 * have to know. Pure.
 *
 * <p>The tool must stand still from the first change to the last, which are the lowering of TTLs a
 * day or two before and their restoring after the rollback window: a tool that goes on earlier
 * takes the marks away, raises TTLs, or puts traffic back.
 */
final class KeptRecords {
  private static final String PATH = "traffic.names";

  /** Outcomes after which the source's records are served. */
  private static final Set<String> WENT_BACK = Set.of("ROLLED_BACK", "ABANDONED");

  private KeptRecords() {}

  /**
   * A name with who keeps it.
   *
   * @param view in which; empty for the switch itself
   * @param spec the view's, or the switch's
   */
  record Kept(SwitchedName name, ManagedBy by, String view, SwitchSpec spec) {
    /** For people. */
    String words() {
      return name.name() + Views.in(view);
    }
  }

  /** The names of which the plan says who keeps them. */
  static List<Kept> of(Plan plan) {
    List<Kept> kept = new ArrayList<>();
    plan.trafficSwitch()
        .ifPresent(
            traffic ->
                traffic
                    .parts()
                    .forEach(
                        (view, spec) ->
                            spec.names()
                                .forEach(
                                    name ->
                                        name.managedBy()
                                            .ifPresent(
                                                by -> kept.add(new Kept(name, by, view, spec))))));
    return kept;
  }

  /** Why the plan must not be carried out. */
  static List<Finding> faults(Plan plan) {
    List<Finding> faults = new ArrayList<>();
    for (Kept kept : of(plan)) {
      kept.by()
          .pausedBy()
          .flatMap(step -> unpaused(plan, kept, step))
          .ifPresent(sentence -> faults.add(new Finding(PATH, sentence)));
      kept.by()
          .signedBy()
          .filter(person -> !plan.governance().approvers().contains(person))
          .ifPresent(
              person ->
                  faults.add(
                      new Finding(
                          PATH,
                          "Expected managedBy.signedBy of %s among the approvers %s, but found '%s'"
                              .formatted(kept.words(), plan.governance().approvers(), person))));
    }
    return faults;
  }

  private static Optional<String> unpaused(Plan plan, Kept kept, String name) {
    String tool = kept.by().tool().word();
    Optional<TeamStep> step =
        plan.teamSteps().stream().filter(candidate -> candidate.name().equals(name)).findFirst();
    if (step.isEmpty()) {
      return Optional.of(
          "Expected managedBy.pausedBy of %s to name one of the plan's own steps %s, but found '%s'"
              .formatted(
                  kept.words(), plan.teamSteps().stream().map(TeamStep::name).toList(), name));
    }
    String place = "Expected step '%s', which pauses %s, ".formatted(name, tool);
    if (step.get().place() != Place.BEFORE_FREEZE) {
      return Optional.of(
          place
              + "at beforeFreeze, since TTLs are lowered and marks written long before the switch, but it is at "
              + StrategyView.word(step.get().place()));
    }
    if (step.get().work() instanceof Work.Prove) {
      return Optional.of(place + "to be http, participant or byHand, but it only proves");
    }
    if (step.get().undo().isEmpty()) {
      return Optional.of(
          place
              + "to have an undo that lets it go on when the cutover is abandoned, but it has none");
    }
    return step.get().onFailure() == OnFailure.REPORT
        ? Optional.of(
            place
                + "to hold the cutover when it fails, but its onFailure is report: it would go on")
        : Optional.empty();
  }

  /** What the approvers have to know. */
  static List<Finding> notes(Plan plan) {
    return of(plan).stream()
        .map(
            kept ->
                new Finding(
                    PATH,
                    kept.by().tool() == Keeper.NONE
                        ? "%s: %s signed that nobody else keeps it, whatever marks say: %s"
                            .formatted(
                                kept.words(),
                                kept.by().signedBy().orElse(""),
                                kept.by().reason().orElse(""))
                        : "%s is kept by %s, which step '%s' pauses: it stays paused until the cutover is over and its own source says what the report writes out, else it puts the records back"
                            .formatted(
                                kept.words(),
                                kept.by().tool().word(),
                                kept.by().pausedBy().orElse(""))))
        .toList();
  }

  /** For the report; the source of each tool once the records were captured. */
  static List<KeptLine> lines(Cutover cutover, Optional<String> outcome) {
    Optional<RecordsCaptured> captured =
        cutover.ledger().reply(Action.CAPTURE_RECORDS, RecordsCaptured.class);
    boolean back = outcome.filter(WENT_BACK::contains).isPresent();
    return of(cutover.requiredPlan()).stream().map(kept -> line(kept, captured, back)).toList();
  }

  private static KeptLine line(Kept kept, Optional<RecordsCaptured> captured, boolean back) {
    List<KeeperMark> marks =
        captured.map(found -> marks(found, kept.view())).orElse(List.of()).stream()
            .filter(mark -> mark.name().equals(kept.name().name()))
            .toList();
    boolean written = kept.by().tool() != Keeper.NONE && !back;
    return new KeptLine(
        kept.words(),
        kept.by().tool().word(),
        kept.by().pausedBy(),
        kept.by().signedBy(),
        marks.stream().map(KeeperMark::describe).toList(),
        captured
            .filter(_ -> written)
            .map(found -> KeeperForms.of(kept.by().tool(), accepted(kept, found, marks)))
            .orElse(""));
  }

  private static List<KeeperMark> marks(RecordsCaptured captured, String view) {
    return view.isEmpty()
        ? captured.marks()
        : captured.looks().orElse(List.of()).stream()
            .filter(look -> look.view().equals(view))
            .flatMap(look -> look.keepers().stream())
            .toList();
  }

  /** The target's records with the TTLs that are restored in the end. */
  private static Records accepted(Kept kept, RecordsCaptured captured, List<KeeperMark> marks) {
    SwitchSpec spec = kept.spec();
    SwitchedName name = kept.name();
    List<RecordSet> found =
        kept.view().isEmpty() ? captured.records() : ViewRecords.of(captured.views(), kept.view());
    // Aliases had none: what comes in their place keeps that of the cutover.
    List<RecordSet> timed = found.stream().filter(c -> !c.aliased()).toList();
    int otherwise =
        timed.stream().mapToInt(RecordSet::ttlSeconds).max().orElse(spec.loweredTtlSeconds());
    List<RecordSet> sets =
        name.target().stream()
            .filter(set -> !set.values().isEmpty())
            .map(
                set ->
                    set.withTtlSeconds(
                        timed.stream()
                            .filter(c -> c.name().equals(set.name()) && c.type() == set.type())
                            .mapToInt(RecordSet::ttlSeconds)
                            .findFirst()
                            .orElse(otherwise)))
            .toList();
    return new Records(
        spec,
        name.name(),
        sets,
        name.source().stream()
            .map(RecordSet::type)
            .filter(type -> sets.stream().noneMatch(set -> set.type() == type))
            .toList(),
        marks.stream()
            .map(KeeperMark::resource)
            .filter(resource -> !resource.isEmpty())
            .findFirst()
            .orElse(""));
  }
}
