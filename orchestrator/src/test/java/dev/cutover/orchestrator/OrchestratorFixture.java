package dev.cutover.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.MessageCodec;
import dev.cutover.runtime.MessageSigner;
import dev.cutover.runtime.MessageSigner.Trust;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.testkit.KafkaBroker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A real broker's topics, signing keys, tokens, and the service as its Main wires it. */
final class OrchestratorFixture implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  final Topics topics;
  final Wire wire;
  final ScriptedLeaves leaves;
  private final Map<String, String> environment = new HashMap<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private Main.@Nullable Running running;

  OrchestratorFixture(KafkaBroker broker, Path directory) throws IOException {
    topics = broker.topics(3);
    KeyPair keys = MessageSigner.newKeys();
    wire =
        new Wire(
            topics,
            new MessageCodec(),
            Optional.of(
                new MessageSigner(
                    "test",
                    keys.getPrivate(),
                    List.of(
                        new Trust(
                            "test",
                            keys.getPublic(),
                            List.of(
                                "request.",
                                "report.",
                                "dns.",
                                "sync.",
                                "validator.",
                                "monitor.",
                                "outbound."))))));
    Path trusted = directory.resolve("trusted.properties");
    Files.writeString(
        trusted,
        "test.key=%s\ntest.signs=request.,report.,outbound.\n"
            .formatted(Base64.getEncoder().encodeToString(keys.getPublic().getEncoded())));
    Path tokens = directory.resolve("tokens.properties");
    StringBuilder people = new StringBuilder();
    for (String line :
        List.of(
            "ana viewer,operator,approver",
            "bo approver",
            "eve viewer",
            "mallory approver",
            // one of each, by the name of its role
            "viewer viewer",
            "operator operator",
            "validator validator",
            "approver approver",
            "administrator administrator")) {
      String name = line.substring(0, line.indexOf(' '));
      people.append("%s.sha256=%s\n".formatted(name, Payload.of("token-" + name).sha256()));
      people.append("%s.roles=%s\n".formatted(name, line.substring(line.indexOf(' ') + 1)));
    }
    Files.writeString(tokens, people);
    environment.put("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    environment.put("KAFKA_INSTANCE", "one");
    environment.put("TOPICS_PREFIX", topics.prefix());
    environment.put("TOPICS_PARTITIONS", "3");
    environment.put("TOPICS_REPLICAS", "1");
    environment.put("TOPICS_CHANGE_SLOTS", "2");
    environment.put("API_PORT", "0");
    environment.put("API_TOKENS", tokens.toString());
    environment.put("BREAK_GLASS_DIRECTORY", tokens.resolveSibling("break-glass").toString());
    environment.put("SIGNING_KEY_ID", "test");
    environment.put(
        "SIGNING_KEY", Base64.getEncoder().encodeToString(keys.getPrivate().getEncoded()));
    environment.put("TRUSTED_KEYS", trusted.toString());
    leaves = new ScriptedLeaves(broker.settings(), wire);
  }

  /** Starts the service, or starts it anew. */
  OrchestratorFixture start() {
    stop();
    running = Main.start(environment);
    Awaitility.await("API")
        .atMost(PATIENCE)
        .until(() -> get("eve", "/cutovers").statusCode() == 200);
    return this;
  }

  void stop() {
    if (running != null) {
      running.close();
      running = null;
    }
  }

  /** A plan whose times are seconds. */
  static String plan(String cutover) {
    return """
    cutover: %1$s
    approvers: [ana, bo]
    readiness: {requireCritical: false}
    data:
      source: {host: 127.0.0.1, port: 5432, database: %1$s, credential: shop-source}
      target: {host: 127.0.0.1, port: 5433, database: %1$s, credential: shop-target}
      tables: [public.orders]
    traffic:
      zone: test.
      primary: 127.0.0.1:5353
      tsigKey: key
      loweredTtl: 1s
      names:
        - name: %1$s.test.
          source: [{type: A, values: [127.0.0.2]}]
          target: [{type: A, values: [127.0.0.3]}]
    watch:
      source: {metrics: "http://127.0.0.2/metrics"}
      target: {metrics: "http://127.0.0.3/metrics"}
    bounds: {maxWriteOutage: 20s, switchStep: 10s, observation: 2s, ttlSlack: 0s, baseline: 1s,
             preparationStep: 20s, finalValidation: 1s}
    rollback: {window: 0s}
    """
        .formatted(cutover);
  }

  /** The same with what a rehearsal of it is made on. */
  static String rehearsed(String cutover) {
    return plan(cutover)
        + """
        rehearsal:
          plan:
            data: {source: {database: rehearsed}, target: {database: rehearsed}}
            traffic:
              names:
                - name: rehearsed.test.
                  source: [{type: A, values: [127.0.0.2]}]
                  target: [{type: A, values: [127.0.0.3]}]
        """;
  }

  /** A programme with one member. */
  static String programme(String name, String member) {
    return "programme: %s\nmembers:\n  - plan: |\n%s"
        .formatted(name, (plan(member) + "programme: " + name + "\n").indent(6));
  }

  HttpResponse<String> post(String person, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(20))
            .header("authorization", "Bearer token-" + person)
            // what curl says of any body unless it is told otherwise
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  HttpResponse<String> get(String person, String path) {
    return send(
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(20))
            .header("authorization", "Bearer token-" + person)
            .build());
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The head and the first line, of an answer that goes on. */
  Documented.Answer first(HttpRequest request) {
    try {
      HttpResponse<InputStream> answer =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
        return new Documented.Answer(
            answer.statusCode(),
            answer.headers().firstValue("content-type").orElse(""),
            String.valueOf(reader.readLine()));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /**
   * Events of a stream as {@code [event, id, data]}, an absent id as an empty text, until there are
   * enough.
   */
  List<List<String>> events(String path, String lastEventId, Predicate<List<List<String>>> enough) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).header("authorization", "Bearer token-eve");
    if (!lastEventId.isEmpty()) {
      request.header("last-event-id", lastEventId);
    }
    List<List<String>> events = new ArrayList<>();
    try {
      HttpResponse<InputStream> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
        Map<String, String> fields = new HashMap<>();
        while (!enough.test(events)) {
          String line = reader.readLine();
          if (line == null) {
            throw new AssertionError("Expected more events than " + events);
          }
          if (line.isEmpty() && fields.containsKey("data")) {
            events.add(
                List.of(
                    fields.getOrDefault("event", ""),
                    fields.getOrDefault("id", ""),
                    fields.getOrDefault("data", "")));
          }
          int colon = line.indexOf(": ");
          if (line.isEmpty()) {
            fields.clear();
          } else if (colon > 0) {
            fields.put(line.substring(0, colon), line.substring(colon + 2));
          }
        }
      }
      return events;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Without a token. */
  HttpResponse<String> anonymous(String path) {
    return send(HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20)).build());
  }

  URI uri(String path) {
    if (running == null) {
      throw new IllegalStateException("Expected the service to run");
    }
    return URI.create("http://127.0.0.1:%d%s".formatted(running.apiPort(), path));
  }

  JsonObject begin(String cutover) {
    HttpResponse<String> answer = post("ana", "/cutovers", plan(cutover));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return new JsonObject(answer.body());
  }

  /** Starts a programme and waits until it can be looked at. */
  void beginProgramme(String name, String member) {
    HttpResponse<String> answer = post("ana", "/programmes", programme(name, member));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    Awaitility.await("programme")
        .until(() -> get("ana", "/programmes/" + name).statusCode() == 200);
  }

  void approve(String cutover, String... people) {
    for (String person : people) {
      HttpResponse<String> answer =
          post(person, "/cutovers/%s/approvals".formatted(cutover), approval(cutover));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }
  }

  /** A yes to what is shown now. */
  String approval(String cutover) {
    String shown = status(cutover).orElseThrow().getString("evidenceHash");
    return new JsonObject().put("gate", "go").put("evidenceHash", shown).encode();
  }

  Optional<JsonObject> status(String cutover) {
    HttpResponse<String> answer = get("eve", "/cutovers/" + cutover);
    return answer.statusCode() == 200
        ? Optional.of(new JsonObject(answer.body()))
        : Optional.empty();
  }

  JsonObject awaitState(String cutover, String state) {
    return Awaitility.await("state " + state)
        .atMost(PATIENCE)
        .until(
            () -> status(cutover),
            status -> status.isPresent() && status.get().getString("state").equals(state))
        .orElseThrow();
  }

  JsonArray journal(String cutover) {
    return new JsonArray(get("eve", "/cutovers/%s/journal".formatted(cutover)).body());
  }

  List<String> types(String cutover) {
    return journal(cutover).stream()
        .map(entry -> ((JsonObject) entry).getJsonObject("event").getString("type"))
        .toList();
  }

  boolean sent(CutoverId cutover, String step) {
    return leaves.seen.stream()
        .anyMatch(
            command ->
                command.cutover().equals(cutover) && command.header().step().step().equals(step));
  }

  @Override
  public void close() {
    stop();
    leaves.close();
  }
}
