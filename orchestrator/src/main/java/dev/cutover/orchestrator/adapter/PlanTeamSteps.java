package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.DataCheck;
import dev.cutover.contract.Side;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import dev.cutover.orchestrator.domain.TeamStep;
import dev.cutover.orchestrator.domain.TeamStep.Place;
import dev.cutover.orchestrator.domain.TeamStep.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the team's own steps, {@code steps} and {@code backgroundWriters} of a plan.
 *
 * <p>A background writer (a worker, scheduler or consumer) becomes three steps: off on the source
 * before the fence, proven off on the target, on again on the target after opening; a rollback does
 * the mirror image.
 */
final class PlanTeamSteps {
  private static final String WORKS = "one of http, participant, byHand, prove";
  private static final String NAME = "[a-z0-9][a-z0-9-]{0,39}";
  private static final String NAME_WORD = "a name of 1 to 40 characters a-z, 0-9 and -";
  private static final String PLACES =
      "beforeFreeze|beforeFence|afterFence|beforeSwitch|afterSwitch|afterOpening|afterAcceptance";
  private static final Duration DEADLINE_MIN = Duration.ofSeconds(1);
  private static final Duration DEADLINE_MAX = Duration.ofDays(7);
  private static final Duration DEFAULT_DEADLINE = Duration.ofMinutes(2);

  private final List<DataCheck> checks;
  private final Duration outageMax;
  private final Set<String> names = new HashSet<>();
  private final List<TeamStep> steps = new ArrayList<>();

  private PlanTeamSteps(List<DataCheck> checks, Duration outageMax) {
    this.checks = checks;
    this.outageMax = outageMax;
  }

  /**
   * Reads both sections.
   *
   * @param checks those that a step may name
   * @param outageMax how long a step may take while nobody can write
   */
  static List<TeamStep> read(YamlSection root, List<DataCheck> checks, Duration outageMax) {
    PlanTeamSteps reader = new PlanTeamSteps(checks, outageMax);
    root.sections("backgroundWriters").forEach(reader::writer);
    root.sections("steps").forEach(reader::step);
    return List.copyOf(reader.steps);
  }

  private void step(YamlSection entry) {
    String name = name(entry);
    Place place = place(entry);
    Terms terms = terms(entry, place);
    Optional<Work> work = work(entry);
    Optional<Work> undo =
        entry
            .optionalSection("undo")
            .flatMap(
                section -> {
                  Optional<Work> undoing = work(section);
                  section.end();
                  return undoing;
                });
    if (undo.isPresent() && undo.get() instanceof Work.Prove) {
      entry.fault(
          "undo", "Expected http, participant or byHand to take a step back, but it proves");
    }
    if (undo.isPresent() && place == Place.AFTER_ACCEPTANCE) {
      entry.fault(
          "undo", "Expected no undo of a step after acceptance, but found one: nothing undoes it");
    }
    entry.end();
    work.ifPresent(done -> steps.add(terms.step(name, place, done, undo)));
  }

  private void writer(YamlSection entry) {
    String name = name(entry);
    Terms terms = terms(entry, Place.BEFORE_FENCE);
    Optional<Work> stopSource = workOf(entry, "stopOnSource");
    Optional<Work> startSource = workOf(entry, "startOnSource");
    Optional<Work> startTarget = workOf(entry, "startOnTarget");
    Optional<Work> stopTarget = workOf(entry, "stopOnTarget");
    Optional<Work> offOnTarget =
        entry.has("offOnTarget") ? prove(entry, "offOnTarget", Side.TARGET) : Optional.empty();
    if (!entry.has("offOnTarget")) {
      entry.fault(
          "Expected 'offOnTarget', the name of a check in checks.reading that proves it, but it is"
              + " missing");
    }
    entry.end();
    if (stopSource.isPresent() && startTarget.isPresent() && offOnTarget.isPresent()) {
      steps.add(
          terms.step(name + "-off-source", Place.BEFORE_FENCE, stopSource.get(), startSource));
      steps.add(
          terms.step(
              name + "-proven-off", Place.BEFORE_FENCE, offOnTarget.get(), Optional.empty()));
      steps.add(
          terms
              .reported()
              .step(name + "-on-target", Place.AFTER_OPENING, startTarget.get(), stopTarget));
    }
  }

  private Optional<Work> workOf(YamlSection entry, String key) {
    YamlSection section = entry.section(key);
    Optional<Work> work = work(section);
    section.end();
    return work;
  }

  private String name(YamlSection entry) {
    String name = entry.value("name", NAME_WORD, "", PlanValues.matching(NAME));
    if (!name.isEmpty() && !names.add(name)) {
      entry.fault("name", "Expected each step once, but '%s' is there twice".formatted(name));
    }
    return name;
  }

  private static Place place(YamlSection entry) {
    String at =
        entry.value(
            "at",
            "one of " + PLACES.replace("|", ", "),
            "beforeFence",
            PlanValues.matching(PLACES));
    return Place.valueOf(at.replaceAll("(?=[A-Z])", "_").toUpperCase(java.util.Locale.ROOT));
  }

  /** What steps have in common. */
  private record Terms(
      String owner, Duration expected, Duration deadline, int attempts, OnFailure onFailure) {
    TeamStep step(String name, Place place, Work work, Optional<Work> undo) {
      return new TeamStep(name, place, work, undo, owner, expected, deadline, attempts, onFailure);
    }

    /** The target serves by then: a worker that does not start is no reason to go back. */
    Terms reported() {
      return new Terms(owner, expected, deadline, attempts, OnFailure.HOLD);
    }
  }

  private Terms terms(YamlSection entry, Place place) {
    String owner = entry.text("owner", "who answers for it");
    Duration usual =
        place.inTheOutage() && outageMax.compareTo(DEFAULT_DEADLINE) <= 0
            ? outageMax.dividedBy(2)
            : DEFAULT_DEADLINE;
    Duration deadline = duration(entry, "deadline", usual);
    Duration expected = duration(entry, "expected", deadline.dividedBy(2));
    if (expected.compareTo(deadline) > 0) {
      entry.fault(
          "expected",
          "Expected it to take no longer than its deadline (%s), but it is %s"
              .formatted(PlanValues.written(deadline), PlanValues.written(expected)));
    }
    if (place.inTheOutage() && deadline.compareTo(outageMax) >= 0) {
      entry.fault(
          "deadline",
          "Expected less than %s while nobody can write (of bounds.maxWriteOutage), but found %s"
              .formatted(PlanValues.written(outageMax), PlanValues.written(deadline)));
    }
    int attempts =
        entry.valueOr("attempts", "a whole number of 1 to 10", 2, PlanValues.number(1, 10));
    String onFailure =
        entry.valueOr(
            "onFailure",
            "hold, goBack or report",
            place.inTheOutage() ? "goBack" : "hold",
            PlanValues.matching("hold|goBack|report"));
    if (place.inTheOutage() && onFailure.equals("hold")) {
      entry.fault(
          "onFailure",
          "Expected goBack or report while nobody can write, but found hold: a hold would not end");
    }
    return new Terms(
        owner,
        expected,
        deadline,
        attempts,
        switch (onFailure) {
          case "goBack" -> OnFailure.GO_BACK;
          case "report" -> OnFailure.REPORT;
          default -> OnFailure.HOLD;
        });
  }

  private static Duration duration(YamlSection entry, String key, Duration fallback) {
    return entry.valueOr(
        key,
        PlanValues.durationWord(DEADLINE_MIN, DEADLINE_MAX),
        fallback,
        PlanValues.duration(DEADLINE_MIN, DEADLINE_MAX));
  }

  /** Exactly one kind of work. */
  private Optional<Work> work(YamlSection entry) {
    List<Optional<Work>> found = new ArrayList<>();
    entry
        .optionalSection("http")
        .ifPresent(section -> found.add(Optional.of(new Work.Http(PlanCall.read(section)))));
    entry.optionalSection("participant").ifPresent(section -> found.add(participant(section)));
    entry.optionalSection("byHand").ifPresent(section -> found.add(byHand(section)));
    entry
        .optionalSection("prove")
        .ifPresent(
            section -> {
              Side side =
                  Side.valueOf(
                      section
                          .valueOr(
                              "side",
                              "source or target",
                              "target",
                              PlanValues.matching("source|target"))
                          .toUpperCase(java.util.Locale.ROOT));
              found.add(prove(section, "check", side));
              section.end();
            });
    if (found.size() != 1) {
      entry.fault("Expected %s, but found %d of them".formatted(WORKS, found.size()));
      return Optional.empty();
    }
    return found.getFirst();
  }

  private static Optional<Work> participant(YamlSection section) {
    String topic =
        section.value("topic", "a topic", "", PlanValues.matching("[a-zA-Z0-9._-]{1,249}"));
    String action = section.text("action", "what the participant shall do");
    Work work = new Work.Participant(topic, action, section.map("parameters"));
    section.end();
    return Optional.of(work);
  }

  private static Optional<Work> byHand(YamlSection section) {
    List<String> by =
        section.has("by")
            ? section.texts("by").stream().map(YamlSection.Text::value).toList()
            : List.of();
    Work work = new Work.ByHand(by, section.text("instruction", "what to do, in words"));
    section.end();
    return Optional.of(work);
  }

  private Optional<Work> prove(YamlSection section, String key, Side side) {
    String name = section.text(key, "the name of a check");
    Optional<DataCheck> check =
        checks.stream().filter(candidate -> candidate.name().equals(name)).findFirst();
    if (check.isEmpty() && !name.isEmpty()) {
      section.fault(
          key,
          "Expected a check of checks.reading or checks.source, but found '%s'%s"
              .formatted(
                  name,
                  YamlSection.suggestion(name, checks.stream().map(DataCheck::name).toList())));
    }
    return check.map(found -> new Work.Prove(side, found));
  }
}
