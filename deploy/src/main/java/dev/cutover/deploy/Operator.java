package dev.cutover.deploy;

import dev.cutover.contract.CutoverId;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;

/**
 * A person at the API, with a token of their own. Throws with the API's own sentence when it
 * refuses.
 */
public final class Operator {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(20);

  private final URI api;
  private final String token;
  private final HttpClient http;
  private final UUID self = UUID.randomUUID();
  private int refusals;

  /** Speaks to that API with that token. */
  public Operator(URI api, String token, HttpClient http) {
    this.api = api;
    this.token = token;
    this.http = http;
  }

  /** Starts a cutover; throws with the API's own sentence when it refuses. */
  public void start(String plan) throws InterruptedException {
    post("/cutovers", "application/yaml", plan);
  }

  /** Says yes at a gate, to what the status shows. */
  public void approve(CutoverId cutover, String gate) throws InterruptedException {
    approve(cutover, gate, shown(cutover), UUID.randomUUID().toString());
  }

  /**
   * The same, but said again to the same evidence it is the same yes, however often it is lost. One
   * that was refused is another: the same would get the same answer for ever.
   */
  public void approveOnce(CutoverId cutover, String gate) throws InterruptedException {
    String shown = shown(cutover);
    String once = self + gate + shown + refusals;
    try {
      approve(
          cutover,
          gate,
          shown,
          UUID.nameUUIDFromBytes(once.getBytes(StandardCharsets.UTF_8)).toString());
    } catch (IllegalStateException e) {
      if (!(e.getCause() instanceof IOException)) {
        refusals++;
      }
      throw e;
    }
  }

  /** Asks for something of a cutover that needs no more than a reason. */
  public void ask(CutoverId cutover, String request, String reason) throws InterruptedException {
    post(
        "/cutovers/%s/%s".formatted(cutover.value(), request),
        "application/json",
        new JsonObject().put("reason", reason).encode());
  }

  private String shown(CutoverId cutover) throws InterruptedException {
    HttpRequest status = request("/cutovers/" + cutover.value()).GET().build();
    return new JsonObject(send(status)).getString("evidenceHash");
  }

  private void approve(CutoverId cutover, String gate, String shown, String key)
      throws InterruptedException {
    String body =
        new JsonObject()
            .put("gate", gate)
            .put("comment", "demonstration")
            .put("evidenceHash", shown)
            .encode();
    send(
        request("/cutovers/%s/approvals".formatted(cutover.value()))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private void post(String path, String type, String body) throws InterruptedException {
    send(request(path).header("Content-Type", type).POST(BodyPublishers.ofString(body)).build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(api.resolve(path))
        .timeout(ANSWER_MAX)
        .header("Authorization", "Bearer " + token);
  }

  private String send(HttpRequest request) throws InterruptedException {
    String asked = request.method() + " " + request.uri().getPath();
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw new IllegalStateException(
            "Expected %s to be accepted, but the answer was %d: %s"
                .formatted(asked, response.statusCode(), response.body()));
      }
      return response.body();
    } catch (IOException e) {
      throw new IllegalStateException("Expected %s to be answered, but: %s".formatted(asked, e), e);
    }
  }
}
