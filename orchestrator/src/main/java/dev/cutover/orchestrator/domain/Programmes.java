package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.MemberProgressed;
import dev.cutover.contract.ProgrammeStatus;
import dev.cutover.contract.ProgrammeStatus.MemberStatus;
import dev.cutover.contract.Request;
import dev.cutover.orchestrator.domain.Programme.Member;
import dev.cutover.orchestrator.domain.Programme.Phase;
import dev.cutover.orchestrator.domain.Programme.Progress;
import dev.cutover.orchestrator.domain.ProgrammeEvent.*;
import dev.cutover.orchestrator.domain.SagaEvent.RequestHeeded;
import dev.cutover.orchestrator.domain.SagaEvent.RequestRefused;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A programme of cutovers: starts them in order and as many at once as the plan wants, and stops on
 * failure. Pure. It talks to its members as people do, by requests, and hears of them by reports:
 * they may be served by another instance.
 */
public final class Programmes {
  private Programmes() {}

  static void start(Draft draft, Request.StartProgramme request, ProgrammePlan plan) {
    Cutover known = draft.cutover();
    if (known.people().requests().contains(request.requestId())) {
      return;
    }
    if (known.programme().isPresent() || known.plan().isPresent()) {
      refuse(
          draft,
          request,
          "Expected a new name, but %s exists already".formatted(request.cutover()));
      return;
    }
    draft.add(new ProgrammeStarted(request.requestId(), request.actor(), plan));
    goOn(draft);
  }

  static void refuseStart(Draft draft, Request.StartProgramme request, List<String> faults) {
    if (!draft.cutover().people().requests().contains(request.requestId())) {
      refuse(draft, request, String.join("\n", faults));
    }
  }

  /** What people ask of a programme: hold, resume and abort. */
  static void on(Draft draft, Request request) {
    Phase phase = required(draft).phase();
    String label = label(phase);
    switch (request) {
      case Request.Hold r when phase == Phase.RUNNING -> {
        heed(draft, r, r.reason());
        draft.add(new ProgrammeHeld(r.actor() + ": " + r.reason(), draft.now()));
      }
      case Request.Resume r when phase == Phase.HELD -> {
        heed(draft, r, r.reason());
        draft.add(new ProgrammeResumed(draft.now()));
        goOn(draft);
      }
      case Request.Abort r when phase == Phase.RUNNING || phase == Phase.HELD -> {
        heed(draft, r, r.reason());
        draft.add(new ProgrammeAborted(r.actor() + ": " + r.reason(), draft.now()));
        required(draft)
            .members()
            .forEach(
                (id, member) -> {
                  if (member.progress() == Progress.STARTED) {
                    draft.ask(
                        new Request.Abort(
                            id, requestId(draft, id, "abort"), r.actor(), r.reason()));
                  }
                });
        goOn(draft);
      }
      case Request.Hold _, Request.Resume _, Request.Abort _ ->
          refuse(draft, request, "Expected a programme that can do so, but it is " + label);
      default ->
          refuse(
              draft,
              request,
              "Expected to be asked to hold, resume or abort, for %s is a programme; ask its members"
                  .formatted(request.cutover()));
    }
  }

  /** A member said where it stands. */
  static void told(Draft draft, MemberProgressed report) {
    Optional<Member> known =
        draft.cutover().programme().map(programme -> programme.members().get(report.member()));
    if (known.isEmpty() || report.sequence() <= known.get().sequence()) {
      return; // read again, overtaken, or none of ours
    }
    Progress progress =
        switch (report.outcome().orElse("")) {
          case "COMPLETED" -> Progress.COMPLETED;
          case "ROLLED_BACK", "ABANDONED", "REFUSED" -> Progress.FAILED;
          default -> Progress.STARTED;
        };
    boolean news =
        progress != known.get().progress() || !report.state().equals(known.get().state());
    if (!news) {
      return;
    }
    draft.add(
        new MemberNoted(
            report.member(), report.sequence(), progress, report.state(), report.reason()));
    Programme programme = required(draft);
    boolean stops = progress == Progress.FAILED && programme.plan().stopOnFailure();
    if (stops && programme.phase() == Phase.RUNNING) {
      draft.add(
          new ProgrammeHeld("%s: %s".formatted(report.member(), report.reason()), draft.now()));
    }
    goOn(draft);
  }

  /** Starts whatever may start, and ends when nothing is left to be done. */
  private static void goOn(Draft draft) {
    Programme programme = required(draft);
    if (programme.phase() == Phase.RUNNING) {
      for (ProgrammePlan.Member member : programme.plan().members()) {
        if (required(draft).count(Progress.STARTED) < programme.plan().atOnce()
            && mayStart(required(draft), member)) {
          draft.add(new MemberStarted(member.id(), draft.now()));
          draft.ask(
              new Request.StartCutover(
                  member.id(),
                  requestId(draft, member.id(), "start"),
                  programme.startedBy(),
                  member.plan()));
        }
      }
    }
    Programme after = required(draft);
    boolean mayEnd = after.phase() == Phase.RUNNING || after.phase() == Phase.ABORTING;
    if (mayEnd && after.count(Progress.STARTED) == 0) {
      draft.add(new ProgrammeFinished(draft.now()));
    }
  }

  private static boolean mayStart(Programme programme, ProgrammePlan.Member member) {
    return programme.member(member.id()).progress() == Progress.WAITING
        && member.after().stream()
            .allMatch(id -> programme.member(id).progress() == Progress.COMPLETED);
  }

  /** The same request each time that it is written: it has one effect. */
  private static String requestId(Draft draft, CutoverId member, String verb) {
    return "programme/%s/%s/%s".formatted(draft.cutover().id(), member, verb);
  }

  /** The programme that asked for a member's start by that request; empty when a person did. */
  public static Optional<CutoverId> askedBy(String requestId, CutoverId member) {
    List<String> parts = List.of(requestId.split("/"));
    return parts.size() == 4
            && parts.get(0).equals("programme")
            && parts.get(2).equals(member.value())
            && parts.get(3).equals("start")
        ? Optional.of(new CutoverId(parts.get(1)))
        : Optional.empty();
  }

  /** What people see of it. */
  public static ProgrammeStatus view(
      Cutover cutover, Programme programme, String journalHead, Instant now) {
    return new ProgrammeStatus(
        cutover.id(),
        cutover.sequence(),
        journalHead,
        now,
        label(programme.phase()),
        outcome(programme),
        programme.reason(),
        programme.plan().atOnce(),
        programme.plan().stopOnFailure(),
        programme.plan().members().stream()
            .map(
                planned -> {
                  Member member = programme.member(planned.id());
                  return new MemberStatus(
                      planned.id(),
                      planned.after(),
                      member.progress().name(),
                      member.state(),
                      member.reason());
                })
            .toList());
  }

  private static Optional<String> outcome(Programme programme) {
    if (programme.phase() != Phase.FINISHED) {
      return Optional.empty();
    }
    boolean all = programme.count(Progress.COMPLETED) == programme.members().size();
    return Optional.of(all ? "COMPLETED" : programme.reason().isEmpty() ? "INCOMPLETE" : "ABORTED");
  }

  private static String label(Phase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  private static Programme required(Draft draft) {
    return draft
        .cutover()
        .programme()
        .orElseThrow(() -> new IllegalStateException("Expected a programme, but there is none"));
  }

  private static void heed(Draft draft, Request request, String reason) {
    draft.add(
        new RequestHeeded(
            request.requestId(), request.actor(), request.getClass().getSimpleName(), reason));
  }

  private static void refuse(Draft draft, Request request, String reason) {
    draft.add(
        new RequestRefused(
            request.requestId(), request.actor(), request.getClass().getSimpleName(), reason));
  }
}
