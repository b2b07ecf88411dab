package dev.cutover.dns.designate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cutover.contract.MessageCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * Keystone, and what it does before Designate: it issues tokens, asks for them, and hands on whose
 * request it is. Behind it is a Designate that asks nobody, a real one or {@link DesignateServer}.
 *
 * <p>Sources: Identity API v3 reference, "Password authentication with scoped authorization" and
 * "Authenticating with an Application Credential" (201, {@code X-Subject-Token}, {@code
 * token.expires_at}, {@code token.catalog}; 401 for any wrong credential); keystonemiddleware's
 * auth_token (401 for an unknown or ended token; project and roles as headers).
 */
public final class DesignateFront implements AutoCloseable {
  /** The project that has the zone. */
  public static final String PROJECT = "shop";

  /** Identity and secret of an application credential, and of the user of the same name. */
  public static final String SECRET = "c2VjcmV0LW9mLWEtdGVzdA";

  /** What goes wrong with the next change of record sets. */
  public enum Fault {
    /** The change is made, and nobody hears of it (trap 18). */
    LOST_REPLY,
    /** It never arrives, and nobody hears of that either. */
    LOST_REQUEST,
    /** A proxy's word when it has no server; nothing is made. */
    UNAVAILABLE,
    /** Somebody else writes the same set between the reading and the writing. */
    RACE,
    /** None: for the changes before the one that is meant. */
    NONE
  }

  private record Account(String role, String project) {}

  /**
   * Roles are those of Designate's default policy; a member is a reader, too (Keystone's implied
   * roles).
   */
  private static final Map<String, Account> ACCOUNTS =
      Map.of(
          "good", new Account("member,reader", PROJECT),
          "weak", new Account("reader", PROJECT),
          "stranger", new Account("member,reader", "another"));

  private record Issued(Account account, Instant endsAt) {}

  private final URI backend;
  private final HttpServer http;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, Issued> tokens = new HashMap<>();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final Deque<Runnable> races = new ArrayDeque<>();
  private final List<String> changes = new ArrayList<>();
  private final List<String> logins = new ArrayList<>();
  private long requests;
  private Duration tokenLife = Duration.ofHours(1);

  /**
   * Starts it on a free port of the loopback address.
   *
   * @param backend address of the API, without {@code /v2}
   */
  public DesignateFront(URI backend) throws IOException {
    this.backend = backend;
    // Else each answer waits 40 ms for an acknowledgement of its headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/v3/auth/tokens", exchange -> answer(exchange, this::login));
    http.createContext("/v2", exchange -> answer(exchange, this::asked));
    http.start();
  }

  public URI keystone() {
    return address("/v3/");
  }

  private URI address(String path) {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort() + path);
  }

  /** With the version, for tools. */
  public URI endpoint() {
    return address("/v2");
  }

  /** Makes the next changes fail, one each. */
  public synchronized void failNext(Fault... next) {
    faults.addAll(List.of(next));
  }

  /** Somebody else writes when the next change is on its way to the API. */
  public synchronized void raceNext(Runnable writer) {
    races.add(writer);
  }

  /** Forgets faults that were not met. */
  public synchronized void failNoMore() {
    faults.clear();
    races.clear();
  }

  /** Method and path of each change of record sets that arrived; trials without effect are none. */
  public synchronized List<String> changes() {
    return List.copyOf(changes);
  }

  /** How many requests have come, those for tokens too. */
  public synchronized long requests() {
    return requests;
  }

  /** The methods by which tokens were asked for. */
  public synchronized List<String> logins() {
    return List.copyOf(logins);
  }

  /** Makes every token that was issued unknown. */
  public synchronized void forgetTokens() {
    tokens.clear();
  }

  /** How long tokens live that are issued from now on. */
  public synchronized void tokenLife(Duration life) {
    tokenLife = life;
  }

  /** A token as {@code openstack token issue} prints it. */
  public synchronized String issue(String account) {
    String token = "gAAAAA-%s-%d".formatted(account, tokens.size());
    tokens.put(token, new Issued(ACCOUNTS.get(account), Instant.now().plus(tokenLife)));
    return token;
  }

  /** Asks the API behind it, as the project that has the zone. */
  public JsonNode ask(String method, String path, String body) {
    try {
      HttpResponse<String> answer = forward(ACCOUNTS.get("good"), method, "/v2" + path, body);
      if (answer.statusCode() >= 300) {
        throw new IllegalStateException(
            "Expected %s %s to pass, but it answered %d %s"
                .formatted(method, path, answer.statusCode(), answer.body()));
      }
      return MessageCodec.mapper().readTree(answer.body());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Answer(int status, String body, Map<String, String> headers) {
    static final Answer CUT = new Answer(0, "", Map.of());
  }

  private interface Handler {
    Answer handle(HttpExchange exchange, String body) throws IOException;
  }

  private static void answer(HttpExchange exchange, Handler handler) throws IOException {
    try (exchange) {
      Answer answer =
          handler.handle(
              exchange,
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      if (answer.status() == 0) {
        return; // cut
      }
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private synchronized Answer login(HttpExchange exchange, String body) throws IOException {
    JsonNode auth = MessageCodec.mapper().readTree(body).path("auth");
    JsonNode identity = auth.path("identity");
    String method = identity.path("methods").path(0).asText();
    logins.add(method);
    requests++;
    JsonNode user = identity.path("password").path("user");
    JsonNode application = identity.path("application_credential");
    boolean password = method.equals("password");
    String name = (password ? user.path("name") : application.path("id")).asText();
    String secret = (password ? user.path("password") : application.path("secret")).asText();
    boolean scoped =
        !password
            || (auth.path("scope").path("project").path("name").asText().equals(PROJECT)
                && auth.path("scope")
                    .path("project")
                    .path("domain")
                    .path("name")
                    .asText()
                    .equals("Default")
                && user.path("domain").path("name").asText().equals("Default"));
    if (!exchange.getRequestMethod().equals("POST")
        || !ACCOUNTS.containsKey(name)
        || !secret.equals(SECRET)
        || !scoped) {
      return new Answer(
          401,
          "{\"error\": {\"code\": 401, \"message\": \"The request you have made requires"
              + " authentication.\", \"title\": \"Unauthorized\"}}",
          Map.of());
    }
    String token = issue(name);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ObjectNode issued = answer.putObject("token");
    issued.put("expires_at", tokens.get(token).endsAt().toString());
    var catalogue = issued.putArray("catalog");
    ObjectNode identityService = catalogue.addObject().put("type", "identity");
    endpoint(identityService, "public", "RegionOne", keystone());
    ObjectNode dns = catalogue.addObject().put("type", "dns");
    endpoint(dns, "internal", "RegionOne", URI.create("http://127.0.0.1:1/internal"));
    endpoint(dns, "public", "RegionTwo", URI.create("http://127.0.0.1:1/elsewhere"));
    endpoint(dns, "public", "RegionOne", address("/"));
    return new Answer(
        201, MessageCodec.mapper().writeValueAsString(answer), Map.of("X-Subject-Token", token));
  }

  private static void endpoint(ObjectNode service, String kind, String region, URI url) {
    service
        .withArray("endpoints")
        .addObject()
        .put("interface", kind)
        .put("region", region)
        .put("url", url.toString());
  }

  private Answer asked(HttpExchange exchange, String body) throws IOException {
    Account account;
    Fault fault = Fault.NONE;
    Runnable race = null;
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().toString();
    synchronized (this) {
      requests++;
      Issued token = tokens.get(exchange.getRequestHeaders().getFirst("X-Auth-Token"));
      if (token == null || token.endsAt().isBefore(Instant.now())) {
        return new Answer(
            401, "{\"error\": {\"code\": 401, \"title\": \"Unauthorized\"}}", Map.of());
      }
      account = token.account();
      boolean trial = body.contains("cutover-probe.invalid.");
      if (!method.equals("GET") && !trial) {
        changes.add(method + " " + path);
        Fault next = faults.poll();
        fault = next == null ? Fault.NONE : next;
        race = races.poll();
      }
    }
    if (race != null) {
      race.run();
    }
    if (fault == Fault.LOST_REQUEST) {
      return Answer.CUT;
    }
    if (fault == Fault.UNAVAILABLE) {
      return new Answer(503, "", Map.of());
    }
    if (fault == Fault.RACE && method.equals("PUT")) {
      forward(account, "PUT", path, "{\"ttl\": 77}");
    }
    HttpResponse<String> answer = forward(account, method, path, body);
    return fault == Fault.LOST_REPLY
        ? Answer.CUT
        : new Answer(answer.statusCode(), answer.body(), Map.of());
  }

  private HttpResponse<String> forward(Account account, String method, String path, String body)
      throws IOException {
    try {
      return client.send(
          HttpRequest.newBuilder(URI.create(backend + path))
              .header("X-Auth-Project-ID", account.project())
              .header("X-Roles", account.role())
              .header("Content-Type", "application/json")
              .method(
                  method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
              .build(),
          BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    http.stop(0);
    client.shutdownNow();
  }
}
