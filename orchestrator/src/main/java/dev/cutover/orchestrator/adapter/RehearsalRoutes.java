package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RehearsalResult;
import dev.cutover.contract.Request;
import dev.cutover.orchestrator.domain.Chronicle;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.RehearsalOutcome;
import dev.cutover.orchestrator.domain.RehearsalOutcome.Judged;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Rehearsals: started from the plan of production, and credited to it once they have ended, with
 * what their own journal says and nothing that whoever asks says.
 */
public final class RehearsalRoutes {
  private static final List<RequestField> CREDIT =
      List.of(RequestField.required("rehearsal", "Name of the rehearsal."));

  private final Submissions submissions;
  private final ReportReadings reports;
  private final StatusBoard board;
  private final InstantSource clock;

  public RehearsalRoutes(
      Submissions submissions, ReportReadings reports, StatusBoard board, InstantSource clock) {
    this.submissions = submissions;
    this.reports = reports;
    this.board = board;
    this.clock = clock;
  }

  /** Starting one, what came of it, and crediting it. */
  public List<Route> routes() {
    return List.of(
        Route.post("/rehearsals", Set.of(Role.OPERATOR), this::start),
        Route.get("/cutovers/{id}/rehearsal", this::result),
        Route.post("/cutovers/{id}/rehearsals", Set.of(Role.OPERATOR), this::credit));
  }

  private void start(RoutingContext context, Person person) {
    switch (RehearsalYaml.of(Submissions.text(context), clock.instant())) {
      case RehearsalYaml.Reading.Faulty(List<String> faults) ->
          HttpAnswer.problem(
              context,
              400,
              "Expected a plan that can be rehearsed, but it has %d fault(s)"
                  .formatted(faults.size()),
              faults);
      case RehearsalYaml.Reading.Accepted(var _, var plan, String yaml) -> {
        List<String> refusals = board.refusals(plan);
        if (refusals.isEmpty()) {
          submissions.submit(
              context,
              new Request.StartCutover(
                  plan.id(), Submissions.requestId(context, person), person.name(), yaml));
        } else {
          HttpAnswer.problem(context, 409, refusals.getFirst(), refusals);
        }
      }
    }
  }

  /** Whether the journal was read as far as the rehearsal's status says that it goes. */
  private boolean isLatest(RehearsalResult result) {
    return board
        .status(result.rehearsal())
        .map(JsonObject::new)
        .filter(status -> result.journalHead().equals(status.getString("journalHead")))
        .isPresent();
  }

  private void result(RoutingContext context, Person person) {
    CutoverId rehearsal = new CutoverId(context.pathParam("id"));
    Optional<Chronicle.Read> read = reports.read(rehearsal);
    if (read.isEmpty()) {
      HttpAnswer.problem(context, 404, reports.missing(rehearsal));
    } else {
      ended(context, RehearsalOutcome.of(read.get()))
          .ifPresent(
              result ->
                  HttpAnswer.text(
                      context, 200, "application/json", ReportReadings.written(result)));
    }
  }

  private void credit(RoutingContext context, Person person) {
    CutoverId of = new CutoverId(context.pathParam("id"));
    Optional<Plan> production = reports.read(of).flatMap(read -> read.cutover().plan());
    if (production.isEmpty()) {
      HttpAnswer.problem(context, 404, reports.missing(of));
      return;
    }
    RequestBody body = RequestBody.of(Submissions.text(context), CREDIT);
    CutoverId rehearsal = new CutoverId(body.text("rehearsal"));
    Optional<Chronicle.Read> read = reports.read(rehearsal);
    if (read.isEmpty()) {
      HttpAnswer.problem(context, 409, reports.missing(rehearsal));
      return;
    }
    ended(context, RehearsalOutcome.of(read.get(), production.get()))
        .ifPresent(
            result ->
                submissions.submit(
                    context,
                    new Request.RecordRehearsal(
                        of, Submissions.requestId(context, person), person.name(), result)));
  }

  /** What came of it; empty once it was answered why that can't be said. */
  private Optional<RehearsalResult> ended(RoutingContext context, Judged judged) {
    switch (judged) {
      case Judged.Refused(String reason) -> HttpAnswer.problem(context, 409, reason);
      case Judged.Ended(var result) when !isLatest(result) ->
          HttpAnswer.problem(
              context,
              503,
              "Expected the journal of %s up to its status, but it is being read: ask again"
                  .formatted(result.rehearsal()));
      case Judged.Ended(var result) -> {
        return Optional.of(result);
      }
    }
    return Optional.empty();
  }
}
