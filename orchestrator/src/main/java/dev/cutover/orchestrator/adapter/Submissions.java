package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Request;
import dev.cutover.runtime.Log;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Wire;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What people ask for. Decides nothing: a POST becomes a request in the log, and is answered 202
 * once the log has it; the answer of the saga is added when it is there in time.
 */
public final class Submissions {
  private static final Logger LOGGER = LoggerFactory.getLogger(Submissions.class);

  /** How long the log may take to acknowledge. */
  private static final Duration LOG_PATIENCE = Duration.ofSeconds(5);

  /** How long the saga's answer is waited for. */
  private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(2);

  private final Wire wire;
  private final Log log;
  private final StatusBoard board;
  private final InstantSource clock;

  public Submissions(Wire wire, Log log, StatusBoard board, InstantSource clock) {
    this.wire = wire;
    this.log = log;
    this.board = board;
    this.clock = clock;
  }

  /** Starting a cutover, and every {@link RequestForm}. */
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    routes.add(Route.post("/cutovers", Set.of(Role.OPERATOR), this::start));
    for (RequestForm form : RequestForm.values()) {
      routes.add(
          Route.post(
              "/cutovers/{id}/" + form.path(),
              form.roles(),
              (context, person) -> ask(context, form, person)));
    }
    return routes;
  }

  private void start(RoutingContext context, Person person) {
    String yaml = text(context);
    switch (PlanYaml.read(yaml, clock.instant())) {
      case PlanYaml.Reading.Faulty(List<String> faults) ->
          HttpAnswer.problem(
              context,
              400,
              "Expected a plan that can be carried out, but it has %d fault(s)"
                  .formatted(faults.size()),
              faults);
      case PlanYaml.Reading.Accepted(var plan) -> {
        List<String> refusals = board.refusals(plan);
        if (refusals.isEmpty()) {
          submit(
              context,
              new Request.StartCutover(plan.id(), requestId(context, person), person.name(), yaml));
        } else {
          HttpAnswer.problem(context, 409, refusals.getFirst(), refusals);
        }
      }
    }
  }

  private void ask(RoutingContext context, RequestForm form, Person person) {
    CutoverId cutover = new CutoverId(context.pathParam("id"));
    submit(context, form.fill(cutover, requestId(context, person), person.name(), text(context)));
  }

  /** Writes a request, and answers when the log has it. */
  void submit(RoutingContext context, Request request) {
    Instant now = clock.instant();
    Envelope<Request> envelope =
        new Envelope<>(request.requestId(), "/cutover/api", now, "", 0, false, request);
    LOGGER
        .atInfo()
        .addKeyValue(LogKeys.CUTOVER_ID, request.cutover())
        .addKeyValue(LogKeys.MESSAGE_ID, request.requestId())
        .addKeyValue("actor", request.actor())
        .addKeyValue(LogKeys.MESSAGE_TYPE, request.getClass().getSimpleName())
        .log("request received");
    var acknowledged =
        log.publish(wire.outgoing(envelope))
            .orTimeout(LOG_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .thenCompose(_ -> board.answer(request.requestId(), ANSWER_PATIENCE));
    Future.fromCompletionStage(acknowledged, context.vertx().getOrCreateContext())
        .onSuccess(answer -> answered(context, request, answer))
        .onFailure(
            failure -> {
              LOGGER
                  .atWarn()
                  .addKeyValue(LogKeys.MESSAGE_ID, request.requestId())
                  .addKeyValue(LogKeys.CAUSE, String.valueOf(failure))
                  .log("request not acknowledged");
              HttpAnswer.problem(
                  context,
                  503,
                  "Expected the log to acknowledge within %s, but it did not: the request may still take effect. Send it again with the same Idempotency-Key"
                      .formatted(LOG_PATIENCE));
            });
  }

  private void answered(RoutingContext context, Request request, Optional<Answer> answer) {
    if (answer.isPresent() && !answer.get().accepted()) {
      boolean known =
          board.status(request.cutover()).isPresent()
              || board.programme(request.cutover()).isPresent();
      HttpAnswer.problem(context, known ? 409 : 404, answer.get().detail());
      return;
    }
    JsonObject body =
        new JsonObject()
            .put("requestId", request.requestId())
            .put("cutover", request.cutover().value())
            .put("outcome", answer.isPresent() ? "ACCEPTED" : "PENDING");
    answer.ifPresent(seen -> body.put("event", seen.detail()).put("sequence", seen.sequence()));
    String collection =
        request instanceof Request.StartProgramme || board.programme(request.cutover()).isPresent()
            ? "/programmes/"
            : "/cutovers/";
    context.response().putHeader("location", collection + request.cutover());
    HttpAnswer.json(context, 202, body);
  }

  static String text(RoutingContext context) {
    return Optional.ofNullable(context.body().asString()).orElse("");
  }

  /** A key is its person's own: nobody answers for another. */
  static String requestId(RoutingContext context, Person person) {
    String key = context.request().getHeader("idempotency-key");
    if (key == null) {
      return UUID.randomUUID().toString();
    }
    if (!key.matches("[A-Za-z0-9._~:-]{1,100}")) {
      throw new IllegalArgumentException(
          "Expected 1 to 100 letters, digits, '.', '_', '~', ':' or '-' as Idempotency-Key, but"
              + " found another");
    }
    return person.name() + "/" + key;
  }
}
