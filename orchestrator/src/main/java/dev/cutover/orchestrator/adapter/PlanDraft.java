package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.domain.Advice.Approach;
import dev.cutover.orchestrator.domain.Chosen;
import dev.cutover.orchestrator.domain.PlanDecision;
import dev.cutover.orchestrator.domain.RollbackPolicy.Way;
import dev.cutover.orchestrator.domain.Situation;
import dev.cutover.orchestrator.domain.StrategyView;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * Writes a plan for what was chosen: complete, commented, and with example values where only the
 * team knows better; those lines say {@value #MARK}. {@link PlanYaml} accepts what comes of it.
 *
 * @param approvers two or more
 * @param opens when the window opens, in {@code zone}; must exist there exactly once
 */
public record PlanDraft(
    CutoverId cutover, List<String> approvers, ZoneId zone, LocalDateTime opens, Chosen chosen) {
  /** What stands behind every example value. */
  public static final String MARK = "# CHANGE";

  private static final Duration USUAL_WINDOW = Duration.ofHours(4);

  public PlanDraft {
    approvers = List.copyOf(approvers);
  }

  /** Name of the programme that a plan of one service belongs to; empty without one. */
  public Optional<String> programmeName() {
    return approach() == Approach.ROLLING
        ? Optional.of(cutover.value() + "-programme")
        : Optional.empty();
  }

  /** The plan. */
  public String text() {
    return head()
        + decisions()
        + people()
        + time()
        + parts().text()
        + bounds()
        + rollback()
        + notices();
  }

  /**
   * The programme that starts such a plan; empty unless services move one after the other.
   *
   * @param planFile name of the plan's file, beside that of the programme
   */
  public Optional<String> programme(String planFile) {
    return programmeName()
        .map(
            name ->
                """
                # Service by service: a plan for each, in the order in which they may start.
                # ./cutover programme check FILE checks it together with the plans.
                programme: %s
                atOnce: 1                          # how many may be under way at once
                stopOnFailure: true                # once one went back none starts, until a person resumes

                members:
                  - plan: %s
                # - plan: the-next.yaml            # a copy of the first, for the next service
                #   after: [%s]                    # only once that is completed
                """
                    .formatted(name, quoted(planFile), cutover.value()));
  }

  private Approach approach() {
    return chosen.strategy().choice();
  }

  private Situation situation() {
    return chosen.situation();
  }

  private PlanDraftParts parts() {
    return new PlanDraftParts(chosen, approvers);
  }

  private boolean bigBang() {
    return approach() == Approach.BIG_BANG;
  }

  private String head() {
    String strategy =
        StrategyView.word(approach() == Approach.ROLLING ? Approach.BLUE_GREEN : approach());
    StringBuilder text =
        new StringBuilder(
            """
            # yaml-language-server: $schema=plan.schema.json
            # Made by './cutover plan init'. Lines with %s hold examples: put your own values there. Then
            #   ./cutover plan check FILE                  says every fault, and what the plan gives up
            #   ./cutover plan show FILE                   shows the runbook that comes of it
            #   ./cutover plan schema > plan.schema.json   lets editors complete it
            # Durations: 500ms, 120s, 5m, 48h, 14d.
            cutover: %s
            """
                .formatted(MARK, cutover.value()));
    programmeName().ifPresent(name -> text.append("programme: ").append(name).append('\n'));
    text.append("strategy: %s%n".formatted(strategy));
    text.append("dataLayer: %s%n".formatted(StrategyView.word(situation().data())));
    if (approach() == Approach.CANARY) {
      text.append(PlanDraftParts.CANARY);
    }
    return text.toString();
  }

  private String decisions() {
    StringBuilder text =
        new StringBuilder("\n# What was decided and why; it stands in the report.\ndecisions:\n");
    for (PlanDecision decision : chosen.decisions()) {
      text.append(
          "  - question: %s%n    choice: %s%n    reason: %s%n"
              .formatted(
                  quoted(decision.question()),
                  quoted(decision.choice()),
                  quoted(decision.reason())));
    }
    return text.toString();
  }

  private String people() {
    return """

    # Who decides: two different people to go, one to stop or to go back.
    people:
      approvers: [%s]
      approvalsNeeded: 2
      approvalValidFor: 12h
      decision: automatic              # a breach rolls back at once; 'ask' asks decisionMakers first
    """
        .formatted(String.join(", ", approvers));
  }

  private String time() {
    Duration length = bigBang() ? USUAL_WINDOW.plusHours(2) : USUAL_WINDOW;
    return """

    # The switch begins only inside the window: the lowest traffic, and half as much again as is expected.
    window:
      zone: %s
      opens: %s      %s
      closes: %s     %s
      expected: %s

    # Schemas and records of both sides are watched from then on, until the point of no return.
    freeze:
      from: %s

    # What has to be proven or signed before go; ./cutover readiness %s shows how it stands.
    readiness:
      ttlLead: 24h                     # so long before go the TTL must have been lowered
      decommissionAfter: 14d           # the source is kept so long, then a reminder comes
    # externalMonitoring: who watches from outside, such as an address
    # customerCommunication: where the words for customers are
    # changeTicket: and 'backup:' ask systems of your own, see docs/readiness.md

    milestones: [24h, 72h]             # it is looked at again so long after the switch
    """
        .formatted(
            zone,
            opens,
            MARK,
            opens.plus(length),
            MARK,
            bigBang() ? "3h" : "1h",
            opens.minusDays(2),
            cutover.value());
  }

  private String bounds() {
    return """

    # How long things may take.
    bounds:
      maxWriteOutage: %s            # nobody can write for longer: early enough for it the source is opened again
      maxRollbackOutage: 300s
      baseline: 5m                     # the source is measured
      observation: %s                  # the target must be healthy so long before it is accepted
      copy: %s
      switchStep: %s                  # each step from the fence on
      proof: 5m
      approval: 48h                    # so long it waits for people
    """
        .formatted(
            bigBang() ? "3h  " : "120s",
            situation().performanceKnown() ? "1h" : "2h",
            bigBang()
                ? "2h                         # the copy, and the full comparison inside the window"
                : "24h",
            bigBang() ? "60s" : "30s");
  }

  private String rollback() {
    Way way = chosen.rollback().choice().way();
    int signatures =
        switch (way) {
          case REVERSE_SYNC, MANUAL_REVIEW -> 0;
          case ACCEPT_LOSS -> 1;
          case FIX_FORWARD -> 2;
        };
    StringBuilder text =
        new StringBuilder(
            """

            # %s
            rollback:
              policy: %s
              overrun: reopenTarget            # past maxRollbackOutage; or thawSource
              window: %s                      # so long after acceptance there is a way back
            """
                .formatted(
                    meaning(way),
                    StrategyView.word(way),
                    PlanValues.written(chosen.rollback().choice().window())));
    if (signatures > 0) {
      text.append(
          "  signedBy: [%s]%n".formatted(String.join(", ", approvers.subList(0, signatures))));
    }
    return text.toString();
  }

  private static String meaning(Way way) {
    return switch (way) {
      case REVERSE_SYNC -> "Writes of the target go back to the source all the while.";
      case MANUAL_REVIEW ->
          "Writes of the target are exported, looked at by two people, and applied to the source.";
      case ACCEPT_LOSS -> "Writes of the target are lost by a rollback, and counted.";
      case FIX_FORWARD -> "No way back once the target was told to open: a breach pages and holds.";
    };
  }

  private String notices() {
    return """

    # Who is told what, and when; ./cutover plan notices FILE shows the words.
    notices:
      what: %s moves to the new environment   %s
      impact: %s
      contact: shop-team@example.com   %s
      warRoom:
        bridge: https://meet.example.com/migration   %s
        channel: "#migration-cutover"  %s
        primary: %s
        secondary: %s
        escalation: %s
      timeline: {week: 7d, day: 1d, hour: 1h, after: 24h}
    # channels:                        # without one nobody is told; credentials as in docs/notices.md
    #   - {name: stakeholders, kind: email, to: [board@example.com]}
    #   - {name: war room, kind: slack, credential: migration-slack}
    #   - {name: status page, kind: statuspage, page: kctbh9vrtdwd, credential: shop-statuspage}
    """
        .formatted(
            cutover.value(),
            MARK,
            bigBang()
                ? "nothing can be changed during the window"
                : "for about two minutes nothing can be changed",
            MARK,
            MARK,
            MARK,
            approvers.getFirst(),
            approvers.get(1),
            approvers.getLast());
  }

  /** A text as YAML takes it, whatever is in it. */
  private static String quoted(String text) {
    return "'" + text.replaceAll("\\s+", " ").strip().replace("'", "''") + "'";
  }
}
