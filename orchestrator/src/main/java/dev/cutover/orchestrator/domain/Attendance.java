package dev.cutover.orchestrator.domain;

import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.NoticeBoard.RollCall;
import dev.cutover.contract.NoticeKind;
import dev.cutover.contract.Request.AnswerRollCall;
import dev.cutover.contract.Request.ReportStability;
import dev.cutover.contract.Side;
import dev.cutover.orchestrator.domain.NoticeEvent.RollCallAnswered;
import dev.cutover.orchestrator.domain.NoticeEvent.StabilityReported;
import dev.cutover.orchestrator.domain.NoticeWriter.News;
import dev.cutover.orchestrator.domain.SagaState.Finished;
import dev.cutover.orchestrator.domain.SagaState.Planned;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What people answer: that they are there, and how it went. Pure. */
final class Attendance {
  private Attendance() {}

  static void answer(Draft draft, AnswerRollCall request) {
    Optional<String> refusal = refusal(draft, request);
    if (refusal.isPresent()) {
      Requests.refuse(draft, request, refusal.get());
    } else {
      draft.add(new RollCallAnswered(request.requestId(), request.actor(), draft.now()));
    }
  }

  private static Optional<String> refusal(Draft draft, AnswerRollCall request) {
    Cutover cutover = draft.cutover();
    if (cutover.state() instanceof Planned || cutover.state() instanceof Finished) {
      return Optional.of(
          "Expected a cutover that is under way, but it is " + cutover.state().label());
    }
    List<String> expected = cutover.requiredPlan().notices().rollCall();
    if (!expected.contains(request.actor())) {
      return Optional.of(
          "Expected one of %s, but %s answered".formatted(expected, request.actor()));
    }
    Optional<Instant> opens = opensAt(cutover);
    if (opens.filter(draft.now()::isBefore).isPresent()) {
      return Optional.of("Expected the roll-call to be open, but it opens at " + opens.get());
    }
    if (cutover.correspondence().present().containsKey(request.actor())) {
      return Optional.of("Expected a first answer, but %s is there".formatted(request.actor()));
    }
    return Optional.empty();
  }

  /** When the war room opens; empty means at any time. */
  private static Optional<Instant> opensAt(Cutover cutover) {
    Plan plan = cutover.requiredPlan();
    return plan.window().opensAt().map(at -> at.minus(plan.notices().timeline().hour()));
  }

  /** Who is there and who is missing. */
  static RollCall rollCall(Cutover cutover, Instant now) {
    if (cutover.plan().isEmpty()) {
      return RollCall.NONE;
    }
    List<String> missing =
        cutover.requiredPlan().notices().rollCall().stream()
            .filter(name -> !cutover.correspondence().present().containsKey(name))
            .toList();
    boolean open =
        !(cutover.state() instanceof Finished)
            && opensAt(cutover).map(at -> !now.isBefore(at)).orElse(true);
    return new RollCall(open, List.copyOf(cutover.correspondence().present().keySet()), missing);
  }

  static void report(Draft draft, ReportStability request) {
    Optional<String> refusal = refusal(draft, request);
    if (refusal.isPresent()) {
      Requests.refuse(draft, request, refusal.get());
      return;
    }
    String evidence = evidence(draft.cutover());
    draft.add(
        new StabilityReported(
            request.requestId(),
            request.actor(),
            request.stable(),
            request.summary(),
            evidence,
            draft.now()));
    String summary =
        request.stable()
            ? "All systems are stable."
            : "Issues were identified and resolved: " + request.summary();
    News news = new News(draft.now(), "", "", draft.serving(), request.actor(), summary, evidence);
    Deliveries.tell(
        draft, NoticeKind.DAY_AFTER, Announcements.occasion(draft, NoticeKind.DAY_AFTER), news);
  }

  private static Optional<String> refusal(Draft draft, ReportStability request) {
    Cutover cutover = draft.cutover();
    Optional<Instant> dueAt = reportDueAt(cutover);
    if (cutover.correspondence().stability().isPresent()) {
      return Optional.of(
          "Expected a first word, but %s has said it"
              .formatted(cutover.correspondence().stability().get().actor()));
    }
    if (dueAt.isEmpty()) {
      return Optional.of(
          "Expected a cutover whose target was proven, but it is " + cutover.state().label());
    }
    if (draft.now().isBefore(dueAt.get())) {
      return Optional.of(
          "Expected a word at %s or later, but it is %s".formatted(dueAt.get(), draft.now()));
    }
    if (!request.stable()) {
      return request.summary().isBlank()
          ? Optional.of("Expected a summary of the issues and how they were resolved, but got none")
          : Optional.empty();
    }
    boolean serves = cutover.world().serving().equals(Optional.of(Side.TARGET));
    boolean well =
        cutover
            .world()
            .health()
            .filter(health -> health.verdict() != HealthVerdict.HEALTHY)
            .isEmpty();
    return serves && well
        ? Optional.empty()
        : Optional.of("Expected stable systems, but: " + evidence(cutover));
  }

  /** When a person's word is due; empty while there is nothing to say, or when it was said. */
  static Optional<Instant> reportDueAt(Cutover cutover) {
    return cutover.correspondence().stability().isPresent()
        ? Optional.empty()
        : cutover
            .correspondence()
            .completedAt()
            .map(at -> at.plus(cutover.requiredPlan().notices().timeline().after()));
  }

  /** What the orchestrator knows of the target. */
  private static String evidence(Cutover cutover) {
    World world = cutover.world();
    String serving =
        world.serving().map(side -> side.name().toLowerCase(Locale.ROOT)).orElse("neither side");
    String health =
        world
            .health()
            .map(
                word ->
                    "the monitor's last word, at %s, is %s%s"
                        .formatted(
                            word.at(),
                            word.verdict().name().toLowerCase(Locale.ROOT),
                            word.detail().isBlank() ? "" : " (" + word.detail() + ")"))
            .orElse("no monitor has said anything");
    String wayBack = world.wayBack().map(ailment -> "; the way back: " + ailment).orElse("");
    return "%s takes writes; %s%s.".formatted(serving, health, wayBack);
  }
}
