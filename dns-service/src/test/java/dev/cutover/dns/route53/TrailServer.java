package dev.cutover.dns.route53;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;

/**
 * CloudTrail's event history behind its API, for the real SDK: LookupEvents by one attribute, the
 * newest events first, each with its record as text (API reference, LookupEvents and Event; user
 * guide, record contents).
 */
public final class TrailServer implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String TARGET =
      "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";

  private final HttpServer http;
  private final Deque<ObjectNode> events = new ArrayDeque<>();
  private boolean denied;
  private int lookups;

  /** Starts it on a free port of the loopback address. */
  public TrailServer() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", this::handle);
    http.start();
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  /** Refuses who may not look up events. */
  public synchronized void deny(boolean deny) {
    denied = deny;
  }

  public synchronized int lookups() {
    return lookups;
  }

  /** From now on it tells that somebody changed records of these names. */
  public synchronized void tell(
      String arn, String address, Instant at, String hostedZone, String... names) {
    ObjectNode call = JSON.createObjectNode();
    call.put("eventSource", "route53.amazonaws.com").put("eventName", "ChangeResourceRecordSets");
    call.put("awsRegion", "us-east-1").put("eventTime", at.toString());
    call.put("sourceIPAddress", address).put("userAgent", "aws-cli/2.15");
    call.putObject("userIdentity").put("type", "IAMUser").put("arn", arn);
    ObjectNode parameters = call.putObject("requestParameters").put("hostedZoneId", hostedZone);
    ArrayNode changes = parameters.putObject("changeBatch").putArray("changes");
    for (String name : names) {
      changes
          .addObject()
          .put("action", "UPSERT")
          .putObject("resourceRecordSet")
          .put("name", name)
          .put("type", "A");
    }
    events.addFirst(call);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      boolean lookup = TARGET.equals(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
      JsonNode request = JSON.readTree(body);
      ObjectNode answer = JSON.createObjectNode();
      int status = lookup ? answer(request, answer) : 400;
      byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /** API reference: AccessDeniedException is HTTP 400 in this protocol. */
  private synchronized int answer(JsonNode request, ObjectNode answer) {
    lookups++;
    if (denied) {
      answer.put("__type", "AccessDeniedException").put("message", "User is not authorized");
      return 400;
    }
    JsonNode attribute = request.path("LookupAttributes").path(0);
    ArrayNode found = answer.putArray("Events");
    for (ObjectNode call : events) {
      boolean asked =
          attribute.path("AttributeKey").asText().equals("EventName")
              && attribute.path("AttributeValue").asText().equals(call.path("eventName").asText());
      Instant at = Instant.parse(call.path("eventTime").asText());
      double since = request.path("StartTime").asDouble(0);
      if (asked && at.getEpochSecond() >= since && found.size() < 50) {
        found
            .addObject()
            .put("EventName", call.path("eventName").asText())
            .put("EventTime", at.getEpochSecond())
            .put("CloudTrailEvent", call.toString());
      }
    }
    return 200;
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
