package dev.cutover.orchestrator.adapter;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Writes what the API answers. */
final class HttpAnswer {
  private static final String PROBLEM = "application/problem+json";

  private HttpAnswer() {}

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
