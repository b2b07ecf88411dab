package dev.cutover.dns.cloudflare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.dns.QueryPart;
import dev.cutover.dns.cloudflare.ZoneRules.Made;
import dev.cutover.dns.cloudflare.ZoneRules.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One zone behind the API of Cloudflare. It keeps what it is told, refuses what {@link ZoneRules}
 * refuse and whom a token gives no right, and hands each record's change on to real name servers by
 * itself: the batch is one transaction, its propagation is not (API, Batch DNS Records).
 */
public final class CloudflareServer implements AutoCloseable {
  /** The account that has the pools. */
  public static final String ACCOUNT = "a".repeat(32);

  private static final JsonMapper JSON = new JsonMapper();

  /** What a token may do in the zone (fundamentals, permissions). */
  public enum Right {
    DNS_READ,
    DNS_WRITE,
    ZONE_READ,
    LOAD_BALANCERS_READ,
    LOAD_BALANCERS_WRITE,
    /** Load Balancing: Monitors And Pools Read, of the account. */
    POOLS_READ,
    /** Account Settings Read, of the account: its audit logs. */
    AUDIT_READ
  }

  /** What goes wrong with the next batch. */
  public enum Fault {
    /** The change is made, and nobody hears of it (trap 18). */
    LOST_REPLY,
    /** The connection ends before anything is done. */
    LOST_REQUEST,
    /** A gateway's page, no envelope; nothing is made. */
    UNAVAILABLE,
    /** Somebody else is quicker; see {@link #raceNext}. */
    RACE
  }

  private record User(String name, Set<Right> rights) {}

  private record Answer(int status, String body, Map<String, String> headers) {
    static final Answer CUT = new Answer(0, "", Map.of());
  }

  private final String id;
  private final String zone;
  private final ZoneRules rules;
  private final BiConsumer<Collection<RecordSet>, Collection<RecordSet>> spread;
  private final HttpServer http;
  private final Map<String, User> tokens = new HashMap<>();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final Deque<Consumer<CloudflareServer>> races = new ArrayDeque<>();
  private final List<String> requests = new ArrayList<>();
  private final Set<String> blocked = new HashSet<>();
  private final Balancers balancers = new Balancers();
  private final Deque<ObjectNode> audit = new ArrayDeque<>();
  private Map<String, StoredRecord> stored = new LinkedHashMap<>();
  private List<RecordSet> served;
  private Predicate<RecordSet> held = _ -> false;
  private List<String> edge = List.of("104.16.0.1", "2606:4700::6810:1");
  private int accepted;
  private int pageMax = 5_000_000; // API, List DNS Records

  /**
   * Starts it on a free port of the loopback address.
   *
   * @param zone its name without the final dot
   * @param records posts, as the API takes them
   * @param spread takes what the name servers served, and what they serve from now on
   */
  public CloudflareServer(
      String id,
      String zone,
      ZoneRules rules,
      JsonNode records,
      BiConsumer<Collection<RecordSet>, Collection<RecordSet>> spread)
      throws IOException {
    this.id = id;
    this.zone = zone;
    this.rules = rules;
    this.spread = spread;
    try {
      stored = rules.batch(stored, records).after();
    } catch (Refused e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    served = answered();
    // Else each answer waits 40 ms for an acknowledgement of its headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/client/v4/", this::handle);
    http.start();
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:%d/client/v4".formatted(http.getAddress().getPort()));
  }

  /** Knows a token of a user; two tokens of one user share its limit. */
  public synchronized void token(String secret, String user, Right... rights) {
    tokens.put(secret, new User(user, Set.of(rights)));
  }

  public synchronized void failNext(Fault... next) {
    faults.addAll(List.of(next));
  }

  /** Lets somebody else act between the reading and the writing of the next batch. */
  public synchronized void raceNext(Consumer<CloudflareServer> somebody) {
    faults.add(Fault.RACE);
    races.add(somebody);
  }

  /** Blocks a user as if too much had been sent, or (false) ends that. */
  public synchronized void block(String user, boolean block) {
    if (block) {
      blocked.add(user);
    } else {
      blocked.remove(user);
    }
  }

  /** A load balancer of the zone, by its name without the final dot. */
  public synchronized void balance(String name, boolean there) {
    if (there) {
      balancers.create(name, List.of());
    } else {
      balancers.remove(name);
    }
    spread();
  }

  /** Creates a proxied load balancer that sends all requests to the first of these pools. */
  public synchronized void balance(String name, List<String> pools) {
    balancers.create(name, pools);
    spread();
  }

  /** A pool of the account, with one endpoint. */
  public synchronized ObjectNode pool(String poolId, String origin) {
    return balancers.pool(poolId, origin);
  }

  /** What a monitor has found of a pool, by place; empty for a pool that nobody checks. */
  public synchronized void health(String poolId, Map<String, Boolean> places) {
    balancers.health(poolId, places);
  }

  /** A load balancer as it is stored, to be changed as another tool or a person does. */
  public synchronized ObjectNode balancer(String name) {
    return balancers.named(name).orElseThrow();
  }

  /** From now on names behind the edge are answered with these addresses. */
  public synchronized void edge(List<String> addresses) {
    edge = List.copyOf(addresses);
    spread();
  }

  /**
   * Where the edge finds the origin of one request: the record's content, or an endpoint of the
   * pool that is drawn. A load balancer takes precedence over records of the same name (load
   * balancing docs, DNS records).
   *
   * @param host without the final dot
   */
  public synchronized Optional<String> origin(String host) {
    if (balancers.named(host).filter(b -> b.path("enabled").asBoolean()).isPresent()) {
      return balancers.draw(host);
    }
    return stored.values().stream()
        .filter(r -> r.name().equals(host) && r.proxied())
        .map(StoredRecord::content)
        .findFirst();
  }

  private List<RecordSet> answered() {
    List<RecordSet> sets = new ArrayList<>(StoredRecord.served(stored.values(), edge));
    for (String name : balancers.proxied()) {
      sets.removeIf(
          set ->
              set.name().equals(name + ".")
                  && List.of(RecordType.A, RecordType.AAAA, RecordType.CNAME).contains(set.type()));
      List<String> addresses = edge.stream().filter(address -> !address.contains(":")).toList();
      sets.add(new RecordSet(name + ".", RecordType.A, 300, addresses));
    }
    return sets;
  }

  /** Keeps changes of these sets from the name servers, until others are held. */
  public synchronized void hold(Predicate<RecordSet> sets) {
    held = sets;
    spread();
  }

  /** How many batches were made. */
  public synchronized int accepted() {
    return accepted;
  }

  /** Method and path of every request so far. */
  public synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  /** What is stored for a name without the final dot. */
  public synchronized List<StoredRecord> stored(String name) {
    return stored.values().stream().filter(r -> r.name().equals(name)).toList();
  }

  /** Changes the zone as another tool or a person in the dashboard does. */
  public synchronized void write(JsonNode batch) {
    try {
      make(batch);
    } catch (Refused e) {
      throw new IllegalStateException("Expected the change to pass, but: " + e.getMessage(), e);
    }
  }

  /**
   * Lets the account's audit log tell a request; the newest is told first.
   *
   * @param request body of a change of a record
   */
  public synchronized void audit(String email, String address, JsonNode request) {
    ObjectNode entry = JSON.createObjectNode();
    entry.put("id", "audit-" + audit.size());
    entry
        .putObject("action")
        .put("result", "success")
        .put("type", "update")
        .put("time", "2026-12-01T02:00:00Z");
    entry
        .putObject("actor")
        .put("context", "dash")
        .put("email", email)
        .put("ip_address", address)
        .put("type", "user");
    entry
        .putObject("raw")
        .put("method", "PATCH")
        .put("uri", "/client/v4/zones/" + id + "/dns_records");
    entry
        .putObject("resource")
        .put("product", "dns")
        .put("type", "dns_record")
        .set("request", request);
    entry.putObject("zone").put("id", id).put("name", zone);
    audit.addFirst(entry);
  }

  /**
   * API, Get Account Audit Logs (version 2): since and before are required; the newest first, where
   * asked so.
   */
  private Answer audited(Map<String, String> query) {
    if (!query.keySet().containsAll(Set.of("since", "before"))) {
      return refused(400, 10001, "since and before are required");
    }
    ArrayNode result = JSON.createArrayNode();
    if (id.equals(query.getOrDefault("zone_id", id))
        && "desc".equals(query.getOrDefault("direction", "desc"))) {
      audit.stream()
          .limit(Integer.parseInt(query.getOrDefault("limit", "100")))
          .forEach(result::add);
    }
    return succeeded(result, Optional.empty());
  }

  private Made make(JsonNode batch) throws Refused {
    Made made = rules.batch(stored, batch);
    stored = made.after();
    accepted++;
    spread();
    return made;
  }

  /** Each set by itself: "must treat each record change as a single key-value pair". */
  private void spread() {
    List<RecordSet> now = answered();
    List<RecordSet> next = new ArrayList<>(served);
    for (RecordSet set : served) {
      if (!now.contains(set) && !held.test(set)) {
        next.remove(set);
      }
    }
    for (RecordSet set : now) {
      if (!next.contains(set) && !held.test(set)) {
        next.add(set);
      }
    }
    spread.accept(served, next);
    served = next;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Answer answer = answer(exchange, body);
      if (answer.status() == 0) {
        return; // cut
      }
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private synchronized Answer answer(HttpExchange exchange, byte[] body) throws IOException {
    String path = exchange.getRequestURI().getPath().substring("/client/v4".length());
    String method = exchange.getRequestMethod();
    requests.add(method + " " + path);
    String header =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
    if (!header.startsWith("Bearer ")) {
      return refused(400, 6003, "Invalid request headers"); // trackers: what a bad header gives
    }
    User user = tokens.get(header.substring("Bearer ".length()));
    if (user == null) {
      return refused(403, 9109, "Invalid access token"); // certbot#8015
    }
    // Fundamentals, API limits: over the limit every call is blocked for five minutes.
    if (blocked.contains(user.name())) {
      return new Answer(
          429,
          envelope(10100, "More than 1200 requests per 300 seconds reached."),
          Map.of("retry-after", "287", "Ratelimit", "\"default\";r=0;t=287"));
    }
    String pools = "/accounts/%s/load_balancers/pools/".formatted(ACCOUNT);
    if (path.startsWith(pools) && method.equals("GET")) {
      String rest = path.substring(pools.length());
      return needing(user, Right.POOLS_READ, () -> answer(() -> Optional.of(balancers.told(rest))));
    }
    if (path.equals("/accounts/%s/logs/audit".formatted(ACCOUNT)) && method.equals("GET")) {
      return needing(user, Right.AUDIT_READ, () -> audited(QueryPart.of(exchange)));
    }
    if (!path.startsWith("/zones/" + id)) {
      // Trackers: an id that is none, or another's, with 404 and 7003.
      return refused(
          404,
          7003,
          "Could not route to %s, perhaps your object identifier is invalid?".formatted(path));
    }
    String rest = path.substring(("/zones/" + id).length());
    if (method.equals("PATCH") && rest.startsWith("/load_balancers/")) {
      String balancerId = rest.substring("/load_balancers/".length());
      return needing(user, Right.LOAD_BALANCERS_WRITE, () -> patch(balancerId, body));
    }
    return switch (method + rest) {
      case "GET" -> needing(user, Right.ZONE_READ, () -> zone());
      case "GET/dns_records" -> needing(user, Right.DNS_READ, () -> list(QueryPart.of(exchange)));
      case "GET/load_balancers" -> needing(user, Right.LOAD_BALANCERS_READ, this::balancers);
      case "POST/dns_records/batch" -> needing(user, Right.DNS_WRITE, () -> batch(body));
      default -> refused(405, 10405, "Method not allowed for this authentication scheme");
    };
  }

  private interface Handler {
    Answer answer() throws IOException;
  }

  /** 3.2: rights are looked at before anything else. */
  private static Answer needing(User user, Right right, Handler handler) throws IOException {
    boolean granted =
        user.rights().contains(right)
            || (right == Right.DNS_READ && user.rights().contains(Right.DNS_WRITE))
            || (right == Right.LOAD_BALANCERS_READ
                && user.rights().contains(Right.LOAD_BALANCERS_WRITE));
    return granted ? handler.answer() : refused(403, 10000, "Authentication error");
  }

  private Answer zone() {
    ObjectNode found = JSON.createObjectNode();
    found.put("id", id).put("name", zone).put("status", "active").put("type", "full");
    found.putObject("account").put("id", ACCOUNT).put("name", "Shop");
    return succeeded(found, Optional.empty());
  }

  private Answer balancers() {
    ArrayNode list = JSON.createArrayNode();
    balancers.all().forEach(list::add);
    return succeeded(list, Optional.empty());
  }

  private interface Telling {
    Optional<JsonNode> tell() throws Refused;
  }

  private static Answer answer(Telling telling) {
    try {
      return succeeded(telling.tell().orElseThrow(), Optional.empty());
    } catch (Refused e) {
      return refused(
          e.code() == Balancers.NOT_FOUND ? 404 : 400, e.code(), String.valueOf(e.getMessage()));
    }
  }

  /** API, Patch Load Balancer. Faults meet changes, not attempts without effect. */
  private Answer patch(String balancerId, byte[] body) throws IOException {
    JsonNode change = JSON.readTree(body);
    Fault fault = change.has("description") ? faults.poll() : null;
    Optional<Answer> failed = failed(fault);
    if (failed.isPresent()) {
      return failed.get();
    }
    Answer answer =
        answer(
            () -> {
              JsonNode made = balancers.patch(balancerId, change);
              accepted++;
              return Optional.of(made);
            });
    return fault == Fault.LOST_REPLY ? Answer.CUT : answer;
  }

  /** What becomes of a change before it is made. */
  private Optional<Answer> failed(@Nullable Fault fault) {
    if (fault == Fault.LOST_REQUEST) {
      return Optional.of(Answer.CUT);
    }
    if (fault == Fault.UNAVAILABLE) {
      return Optional.of(new Answer(503, "<html>upstream connect error</html>", Map.of()));
    }
    if (fault == Fault.RACE) {
      races.remove().accept(this);
    }
    return Optional.empty();
  }

  /** Lists at most so many records at once, as a zone that has more than are asked for. */
  public synchronized void listAtMost(int records) {
    pageMax = records;
  }

  /** API, List DNS Records. */
  private Answer list(Map<String, String> query) {
    int perPage = Math.min(pageMax, Integer.parseInt(query.getOrDefault("per_page", "100")));
    int page = Integer.parseInt(query.getOrDefault("page", "1"));
    List<StoredRecord> found =
        stored.values().stream()
            .filter(
                r -> !query.containsKey("name.exact") || r.name().equals(query.get("name.exact")))
            .filter(r -> r.name().endsWith(query.getOrDefault("name.endswith", "")))
            .toList();
    ArrayNode result = JSON.createArrayNode();
    found.stream()
        .skip((long) (page - 1) * perPage)
        .limit(perPage)
        .forEach(r -> result.add(r.json()));
    ObjectNode info = JSON.createObjectNode();
    info.put("page", page).put("per_page", perPage).put("count", result.size());
    info.put("total_count", found.size());
    info.put("total_pages", (found.size() + perPage - 1) / perPage);
    return succeeded(result, Optional.of(info));
  }

  private Answer batch(byte[] body) throws IOException {
    Fault fault = faults.poll();
    Optional<Answer> failed = failed(fault);
    if (failed.isPresent()) {
      return failed.get();
    }
    try {
      Made made = make(JSON.readTree(body));
      if (fault == Fault.LOST_REPLY) {
        return Answer.CUT;
      }
      ObjectNode result = JSON.createObjectNode();
      shown(result.putArray("deletes"), made.deletes());
      shown(result.putArray("patches"), made.patches());
      shown(result.putArray("puts"), made.puts());
      shown(result.putArray("posts"), made.posts());
      return succeeded(result, Optional.empty());
    } catch (Refused e) {
      // Trackers: content and TTL come under 1004, the rest by itself.
      return e.code() == 9021 || e.code() == 9005
          ? new Answer(
              400,
              """
              {"result":null,"success":false,"messages":[],"errors":[{"code":1004,\
              "message":"DNS Validation Error","error_chain":[{"code":%d,"message":"%s"}]}]}"""
                  .formatted(e.code(), e.getMessage()),
              Map.of())
          : refused(400, e.code(), String.valueOf(e.getMessage()));
    }
  }

  private static void shown(ArrayNode array, List<StoredRecord> records) {
    records.forEach(r -> array.add(r.json()));
  }

  /** 3.2: the envelope, and the headers that tell what is left. */
  private static Answer succeeded(JsonNode result, Optional<JsonNode> info) {
    ObjectNode envelope = JSON.createObjectNode();
    envelope.set("result", result);
    envelope.put("success", true);
    envelope.putArray("errors");
    envelope.putArray("messages");
    info.ifPresent(i -> envelope.set("result_info", i));
    return new Answer(200, envelope.toString(), Map.of("Ratelimit", "\"default\";r=1199;t=300"));
  }

  private static Answer refused(int status, int code, String message) {
    return new Answer(status, envelope(code, message), Map.of());
  }

  private static String envelope(int code, String message) {
    ObjectNode envelope = JSON.createObjectNode();
    envelope.putNull("result");
    envelope.put("success", false);
    envelope.putArray("errors").addObject().put("code", code).put("message", message);
    envelope.putArray("messages");
    return envelope.toString();
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
