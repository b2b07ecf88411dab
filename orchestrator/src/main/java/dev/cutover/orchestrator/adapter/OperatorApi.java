package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Request;
import dev.cutover.orchestrator.adapter.Tokens.Person;
import dev.cutover.runtime.Log;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Wire;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP API of people and their tools. It decides nothing: a POST becomes a request in the log,
 * and is answered 202 once the log has it; the answer of the saga is added when it is there in
 * time. Errors are {@code application/problem+json} (RFC 9457) with a sentence.
 */
public final class OperatorApi implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(OperatorApi.class);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

  /** How long the log may take to acknowledge. */
  private static final Duration LOG_PATIENCE = Duration.ofSeconds(5);

  /** How long the saga's answer is waited for. */
  private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(2);

  private static final int BODY_MAX = 512 * 1024;
  private static final String LINES = "application/x-ndjson";

  private final Wire wire;
  private final Log log;
  private final StatusBoard board;
  private final InstantSource clock;
  private final HttpServer server;

  /**
   * Starts to listen.
   *
   * @param port 0 chooses a free one
   * @throws IllegalStateException when it can't listen there
   */
  public OperatorApi(
      Vertx vertx,
      String host,
      int port,
      Tokens tokens,
      Wire wire,
      Log log,
      StatusBoard board,
      InstantSource clock) {
    this.wire = wire;
    this.log = log;
    this.board = board;
    this.clock = clock;
    try {
      this.server =
          vertx
              .createHttpServer(new HttpServerOptions().setHost(host).setPort(port))
              .requestHandler(router(vertx, tokens))
              .listen()
              .toCompletionStage()
              .toCompletableFuture()
              .get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "Expected to listen on %s:%d for the API, but %s: choose another port"
              .formatted(host, port, e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while starting to listen for the API", e);
    }
  }

  /** The port that it listens on. */
  public int port() {
    return server.actualPort();
  }

  /** Curl calls every body a form unless it is told otherwise; no form is ever expected here. */
  private static void noForm(RoutingContext context) {
    context.request().headers().remove(HttpHeaders.CONTENT_TYPE);
    context.next();
  }

  private Router router(Vertx vertx, Tokens tokens) {
    Router router = Router.router(vertx);
    router.route().handler(new BearerAuthentication(tokens));
    router.route().handler(OperatorApi::noForm);
    router.route().handler(BodyHandler.create(false).setBodyLimit(BODY_MAX));
    router.get().handler(this::whenRead);
    router.get("/cutovers").handler(this::list);
    router.get("/cutovers/:id").handler(this::show);
    router.get("/cutovers/:id/journal").handler(this::journal);
    router
        .post("/cutovers")
        .handler(
            context ->
                BearerAuthentication.ifAny(
                    context, RequestForm.OPERATORS, person -> start(context, person)));
    for (RequestForm form : RequestForm.values()) {
      router
          .post("/cutovers/:id/" + form.path())
          .handler(
              context ->
                  BearerAuthentication.ifAny(
                      context, form.roles(), person -> ask(context, form, person)));
    }
    router
        .route()
        .handler(
            context ->
                HttpAnswer.problem(
                    context, 404, "Expected a known path, but found " + context.request().path()));
    router.route().failureHandler(HttpAnswer::failure);
    return router;
  }

  /** What is not read yet must not look as if it were not there. */
  private void whenRead(RoutingContext context) {
    if (board.complete()) {
      context.next();
    } else {
      HttpAnswer.problem(
          context, 503, "Expected the journal to be read, but it still is: ask again in a moment");
    }
  }

  private void list(RoutingContext context) {
    JsonArray statuses = new JsonArray();
    board.statuses().forEach(status -> statuses.add(new JsonObject(status)));
    HttpAnswer.json(context, 200, new JsonObject().put("cutovers", statuses));
  }

  private void show(RoutingContext context) {
    Optional<String> status = board.status(id(context));
    if (status.isEmpty()) {
      HttpAnswer.problem(context, 404, unknown(id(context)));
      return;
    }
    HttpAnswer.text(context, 200, "application/json", status.get());
  }

  private void journal(RoutingContext context) {
    List<String> asked = context.queryParam("after");
    long after;
    try {
      after = asked.isEmpty() ? 0 : Long.parseLong(asked.getFirst());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Expected a sequence number as 'after', but found '%s'".formatted(asked.getFirst()), e);
    }
    CutoverId id = id(context);
    Optional<List<String>> entries = board.journal(id, after);
    if (entries.isEmpty()) {
      HttpAnswer.problem(
          context,
          404,
          board.status(id).isEmpty()
              ? unknown(id)
              : "Expected that part of the journal here, but it is kept only in topic %s"
                  .formatted(wire.topics().journal()));
      return;
    }
    boolean lines =
        Optional.ofNullable(context.request().getHeader("accept")).orElse("").contains(LINES);
    HttpAnswer.text(
        context,
        200,
        lines ? LINES : "application/json",
        lines
            ? String.join("\n", entries.get()) + (entries.get().isEmpty() ? "" : "\n")
            : "[" + String.join(",", entries.get()) + "]");
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
      case PlanYaml.Reading.Accepted(var plan) ->
          submit(
              context,
              new Request.StartCutover(plan.id(), requestId(context, person), person.name(), yaml));
    }
  }

  private void ask(RoutingContext context, RequestForm form, Person person) {
    String requestId = requestId(context, person);
    submit(context, form.fill(id(context), requestId, person.name(), text(context)));
  }

  /** Writes a request, and answers when the log has it. */
  private void submit(RoutingContext context, Request request) {
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

  private void answered(
      RoutingContext context, Request request, Optional<StatusBoard.Answer> answer) {
    if (answer.isPresent() && !answer.get().accepted()) {
      boolean known = board.status(request.cutover()).isPresent();
      HttpAnswer.problem(context, known ? 409 : 404, answer.get().detail());
      return;
    }
    JsonObject body =
        new JsonObject()
            .put("requestId", request.requestId())
            .put("cutover", request.cutover().value())
            .put("outcome", answer.isPresent() ? "ACCEPTED" : "PENDING");
    answer.ifPresent(seen -> body.put("event", seen.detail()).put("sequence", seen.sequence()));
    context.response().putHeader("location", "/cutovers/" + request.cutover());
    HttpAnswer.json(context, 202, body);
  }

  private static CutoverId id(RoutingContext context) {
    return new CutoverId(context.pathParam("id"));
  }

  private static String text(RoutingContext context) {
    return Optional.ofNullable(context.body().asString()).orElse("");
  }

  /** A key is its person's own: nobody answers for another. */
  private static String requestId(RoutingContext context, Person person) {
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

  private static String unknown(CutoverId id) {
    return "Expected a cutover named %s, but there is none".formatted(id);
  }

  @Override
  public void close() {
    try {
      server
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("Expected the API's server to stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
