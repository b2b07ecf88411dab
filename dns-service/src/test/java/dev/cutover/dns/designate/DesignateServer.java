package dev.cutover.dns.designate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.RecordSet;
import dev.cutover.dns.QueryPart;
import dev.cutover.dns.designate.RecordRules.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One zone behind the DNS API v2, strict and stateful, asking nobody who he is: as Designate does
 * with {@code auth_strategy = noauth}, project and roles come as headers. Its answers are those of
 * release 15.0.2, seen in the same tests, and its API reference.
 */
public final class DesignateServer implements AutoCloseable {
  /** When every set was last updated that ever was. */
  public static final String UPDATED_AT = "2099-12-01T02:00:00.000000";

  /** How long a name server takes to follow; a real one took 1 to 1.5 s. */
  private static final Duration FOLLOWS = Duration.ofMillis(200);

  private static final int PAGE = 20; // designate/conf/api.py, default_limit_v2

  private final String id;
  private final String project;
  private final StoredZone zone;
  private final HttpServer http;
  private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
  private volatile int pageMax = 1000; // designate/conf/api.py, max_limit_v2
  private boolean held;
  private boolean failing;

  /**
   * Starts it on a free port of the loopback address.
   *
   * @param servers takes each set that the name servers serve from now on; no values when it is
   *     gone
   */
  public DesignateServer(String id, String project, String name, Consumer<RecordSet> servers)
      throws IOException {
    this.id = id;
    this.project = project;
    this.zone = new StoredZone(name, 300, servers);
    System.setProperty("sun.net.httpserver.nodelay", "true");
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/v2/", this::handle);
    http.start();
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  /** Keeps changes PENDING, or (false) lets all of them be served. */
  public synchronized void holdPending(boolean hold) {
    held = hold;
    follow();
  }

  /**
   * Makes the name servers fail: what waits becomes ERROR. With false it heals by itself, as
   * Designate's producer does (trap 25).
   */
  public synchronized void failServers(boolean fail) {
    failing = fail;
    follow();
  }

  /** How many sets a page has at most, as its operator wants it. */
  public void pageMax(int sets) {
    pageMax = sets;
  }

  private void follow() {
    var _ = later.schedule(this::followed, FOLLOWS.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void followed() {
    if (failing) {
      zone.fail();
    } else if (!held) {
      zone.spread();
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status;
      JsonNode answer;
      try {
        String method = exchange.getRequestMethod();
        answer = answer(method, exchange);
        status = method.equals("GET") ? 200 : 202;
      } catch (Refused e) {
        status = e.status();
        answer = error(e);
      }
      byte[] body = MessageCodec.mapper().writeValueAsBytes(answer);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static ObjectNode error(Refused refused) {
    boolean listed = refused.type().equals(RecordRules.LISTED);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer
        .put("code", refused.status())
        .put("type", listed ? "invalid_object" : refused.type())
        .put("request_id", "req-1");
    String message = String.valueOf(refused.getMessage());
    if (listed) {
      answer.putObject("errors").putArray("errors").addObject().put("message", message);
    } else if (!message.isEmpty()) {
      answer.put("message", message);
    }
    return answer;
  }

  private JsonNode answer(String method, HttpExchange exchange) throws IOException, Refused {
    String[] path = exchange.getRequestURI().getPath().substring("/v2/".length()).split("/", -1);
    byte[] sent = exchange.getRequestBody().readAllBytes();
    JsonNode body = MessageCodec.mapper().readTree(sent);
    boolean known = path[0].equals("zones") && path.length > 1;
    if (!known || (path.length > 2 && !path[2].equals("recordsets")) || path.length > 4) {
      throw new Refused(404, "not_found", "Not found");
    }
    if (!path[1].matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
      throw new Refused(400, "invalid_uuid", "Invalid UUID zone_id: " + path[1]);
    }
    if (method.equals("POST") && path.length == 3) {
      RecordRules.schema(body); // before the zone is looked for
    }
    String asking = header(exchange, "X-Auth-Project-ID");
    if (!path[1].equals(id) || !asking.equals(project)) {
      throw new Refused(404, "zone_not_found", "Could not find Zone");
    }
    Set<String> roles = Set.of(header(exchange, "X-Roles").split(","));
    if (method.equals("GET")) {
      RecordRules.reader(roles);
    }
    String asked = method + " " + path.length;
    JsonNode answer =
        switch (asked) {
          case "GET 2" -> zone();
          case "GET 3" -> list(QueryPart.of(exchange));
          case "GET 4" -> set(zone.get(path[3]));
          case "POST 3" -> set(zone.create(body, roles));
          case "PUT 4" -> set(zone.update(path[3], body, roles));
          case "DELETE 4" -> set(zone.delete(path[3], roles));
          default -> throw new Refused(405, "method_not_allowed", "");
        };
    if (!method.equals("GET")) {
      follow();
    }
    return answer;
  }

  private static String header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
  }

  private ObjectNode zone() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("project_id", project)
        .put("name", zone.name())
        .put("type", "PRIMARY")
        .put("ttl", zone.ttlSeconds())
        .put("serial", zone.serial())
        .put("status", zone.status())
        .put("action", zone.action())
        .put("version", zone.version());
  }

  private ObjectNode set(StoredRecords set) {
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", set.id())
            .put("zone_id", id)
            .put("project_id", project)
            .put("name", set.name())
            .put("zone_name", zone.name())
            .put("type", set.type())
            .put("status", set.status())
            .put("action", set.action())
            .put("version", set.version())
            // API reference: in UTC, without saying so; null before the first update.
            .put("created_at", "2026-01-01T00:00:00.000000")
            .put("updated_at", set.version() > 1 ? UPDATED_AT : null);
    answer.set("ttl", MessageCodec.mapper().valueToTree(set.ttl()));
    set.records().forEach(answer.putArray("records")::add);
    return answer;
  }

  /** An asterisk in a filter stands for anything (designate/sqlalchemy/base.py). */
  private ObjectNode list(Map<String, String> query) {
    String name = query.get("name");
    List<StoredRecords> found =
        zone.sets().stream()
            .filter(
                set ->
                    name == null
                        || set.name().matches("\\Q" + name.replace("*", "\\E.*\\Q") + "\\E"))
            .filter(set -> query.getOrDefault("type", set.type()).equals(set.type()))
            .filter(set -> query.getOrDefault("status", set.status()).equals(set.status()))
            .toList();
    int from = 0;
    for (int i = 0; i < found.size(); i++) {
      if (found.get(i).id().equals(query.get("marker"))) {
        from = i + 1;
      }
    }
    String asked = query.getOrDefault("limit", String.valueOf(PAGE));
    int limit = asked.equals("max") ? pageMax : Integer.parseInt(asked);
    List<StoredRecords> page = found.subList(from, Math.min(found.size(), from + limit));
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    var listed = answer.putArray("recordsets");
    page.forEach(set -> listed.add(set(set)));
    ObjectNode links = answer.putObject("links").put("self", address().toString());
    if (page.size() == limit) { // also of the last page (objects/adapters/api_v2/base.py)
      links.put("next", address() + "?marker=" + page.getLast().id());
    }
    answer.putObject("metadata").put("total_count", found.size());
    return answer;
  }

  @Override
  public void close() {
    http.stop(0);
    later.shutdownNow();
  }
}
