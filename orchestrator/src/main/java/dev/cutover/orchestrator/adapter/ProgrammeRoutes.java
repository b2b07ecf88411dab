package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Request;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Programmes of cutovers: starting one, and seeing where it stands. It is held, resumed and aborted
 * by the requests of a cutover, under its own name.
 */
public final class ProgrammeRoutes {
  private final Submissions submissions;
  private final StatusBoard board;
  private final InstantSource clock;

  public ProgrammeRoutes(Submissions submissions, StatusBoard board, InstantSource clock) {
    this.submissions = submissions;
    this.board = board;
    this.clock = clock;
  }

  /** All of them. */
  public List<Route> routes() {
    return List.of(
        Route.get("/programmes", (context, _) -> list(context)),
        Route.get("/programmes/{id}", (context, _) -> show(context)),
        Route.post("/programmes", Set.of(Role.OPERATOR), this::start));
  }

  private void list(RoutingContext context) {
    JsonArray programmes = new JsonArray();
    board.programmes().forEach(status -> programmes.add(new JsonObject(status)));
    HttpAnswer.json(context, 200, new JsonObject().put("programmes", programmes));
  }

  private void show(RoutingContext context) {
    CutoverId id = new CutoverId(context.pathParam("id"));
    Optional<String> status = board.programme(id);
    if (status.isEmpty()) {
      HttpAnswer.problem(
          context, 404, "Expected a programme named %s, but there is none".formatted(id));
      return;
    }
    HttpAnswer.text(context, 200, "application/json", status.get());
  }

  private void start(RoutingContext context, Person person) {
    String yaml = Submissions.text(context);
    switch (ProgrammeYaml.read(yaml, clock.instant())) {
      case ProgrammeYaml.Reading.Faulty(List<String> faults) ->
          HttpAnswer.problem(
              context,
              400,
              "Expected a programme that can be carried out, but it has %d fault(s)"
                  .formatted(faults.size()),
              faults);
      case ProgrammeYaml.Reading.Accepted(var programme) ->
          submissions.submit(
              context,
              new Request.StartProgramme(
                  programme.id(), Submissions.requestId(context, person), person.name(), yaml));
    }
  }
}
