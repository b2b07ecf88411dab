package dev.cutover.orchestrator.adapter;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what the API answers. */
final class HttpAnswer {
  private static final Logger LOGGER = LoggerFactory.getLogger(HttpAnswer.class);
  private static final String PROBLEM = "application/problem+json";

  private HttpAnswer() {}

  /** What a failure is answered with: a bad request by its sentence, others without details. */
  static void failure(RoutingContext context) {
    Throwable failure = context.failure();
    if (failure instanceof IllegalArgumentException e) {
      problem(context, 400, String.valueOf(e.getMessage()));
    } else if (context.statusCode() == 413) {
      problem(context, 413, "Expected at most 512 KiB, but the body is longer");
    } else {
      LOGGER
          .atError()
          .addKeyValue("path", context.normalizedPath())
          .setCause(failure)
          .log("request of the API failed");
      problem(context, 500, "Expected to handle this request, but the service has a fault");
    }
  }

  static void problem(RoutingContext context, int status, String detail) {
    problem(context, status, detail, List.of());
  }

  /** A problem of RFC 9457. */
  static void problem(RoutingContext context, int status, String detail, List<String> faults) {
    JsonObject body =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", title(status))
            .put("status", status)
            .put("detail", detail);
    if (!faults.isEmpty()) {
      body.put("faults", new JsonArray(faults));
    }
    text(context, status, PROBLEM, body.encode());
  }

  static void json(RoutingContext context, int status, JsonObject body) {
    text(context, status, "application/json", body.encode());
  }

  static void text(RoutingContext context, int status, String type, String body) {
    if (context.response().ended() || context.response().closed()) {
      return;
    }
    var _ =
        context
            .response()
            .setStatusCode(status)
            .putHeader("content-type", type + "; charset=utf-8")
            .putHeader("cache-control", "no-store")
            .end(body);
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 409 -> "Conflict";
      case 413 -> "Content Too Large";
      case 503 -> "Service Unavailable";
      default -> "Internal Server Error";
    };
  }
}
