package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.ProgrammePlan;
import dev.cutover.orchestrator.domain.ProgrammePlan.Member;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads programme files whose members' plans are in them as texts. All faults are found at once;
 * those of a member's plan are named with its place in that plan.
 */
public final class ProgrammeYaml {
  /** Longest programme: it travels in one record of the log. */
  private static final int CHARACTERS_MAX = 400 * 1024;

  private static final int AT_ONCE_MAX = 100;

  private final YamlSection root;
  private final YamlFaults faults;
  private final Instant now;

  private ProgrammeYaml(YamlSection root, YamlFaults faults, Instant now) {
    this.root = root;
    this.faults = faults;
    this.now = now;
  }

  /** What came of reading a programme. */
  public sealed interface Reading {
    /** It can be carried out, as far as can be told from the file alone. */
    record Accepted(ProgrammePlan programme) implements Reading {}

    /**
     * It can't be read or can't work.
     *
     * @param faults never empty; in the order of the file
     */
    record Faulty(List<String> faults) implements Reading {
      public Faulty {
        faults = List.copyOf(faults);
      }
    }
  }

  /**
   * Reads a programme.
   *
   * @param now a member's window that is over by then is a fault
   */
  public static Reading read(String yaml, Instant now) {
    YamlFaults faults = new YamlFaults();
    Optional<ProgrammePlan> programme =
        faults
            .compose(yaml, CHARACTERS_MAX, "a programme")
            .map(node -> new YamlSection("", node, faults))
            .flatMap(root -> new ProgrammeYaml(root, faults, now).programme());
    if (programme.isPresent()) {
      return new Reading.Accepted(programme.get());
    }
    return new Reading.Faulty(faults.sentences());
  }

  private Optional<ProgrammePlan> programme() {
    CutoverId id =
        root.value(
            "programme",
            "a name of 1 to 63 characters a-z, 0-9 and -",
            new CutoverId("unread"),
            CutoverId::new);
    int atOnce =
        root.valueOr(
            "atOnce",
            "a whole number of 1 to " + AT_ONCE_MAX,
            1,
            PlanValues.number(1, AT_ONCE_MAX));
    boolean stopOnFailure = root.valueOr("stopOnFailure", "true or false", true, PlanValues::flag);
    List<Member> members = new ArrayList<>();
    Set<CutoverId> names = new LinkedHashSet<>();
    for (YamlSection entry : root.sections("members")) {
      member(entry, id, names).ifPresent(members::add);
    }
    if (members.isEmpty() && faults.none()) {
      root.fault("members", "Expected at least one member, but found none");
    }
    root.end();
    return faults.none()
        ? Optional.of(new ProgrammePlan(id, members, atOnce, stopOnFailure))
        : Optional.empty();
  }

  private Optional<Member> member(YamlSection entry, CutoverId programme, Set<CutoverId> names) {
    String text = entry.text("plan", "the plan of a member");
    List<CutoverId> after = new ArrayList<>();
    for (YamlSection.Text name : entry.texts("after")) {
      Optional<CutoverId> before =
          names.stream().filter(known -> known.value().equals(name.value())).findFirst();
      before.ifPresent(after::add);
      if (before.isEmpty()) {
        entry.fault(
            name,
            "Expected a member that comes before this one, one of %s, but found '%s'"
                .formatted(names, name.value()));
      }
    }
    entry.end();
    return switch (PlanYaml.read(text, now)) {
      case PlanYaml.Reading.Faulty(List<String> found) -> {
        found.forEach(fault -> entry.fault("plan", "in the member's plan, " + fault));
        yield Optional.empty();
      }
      case PlanYaml.Reading.Accepted(Plan plan) -> {
        if (!plan.programme().equals(Optional.of(programme))) {
          entry.fault(
              "plan",
              "Expected 'programme: %s' in the plan of %s, but %s"
                  .formatted(
                      programme,
                      plan.id(),
                      plan.programme()
                          .map(other -> "it names " + other)
                          .orElse("it names no programme")));
        }
        if (plan.id().equals(programme) || !names.add(plan.id())) {
          entry.fault(
              "plan", "Expected each name once, but %s is there twice".formatted(plan.id()));
        }
        yield Optional.of(new Member(plan.id(), text, after));
      }
    };
  }
}
