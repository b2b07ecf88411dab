package dev.cutover.dns.route53;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cutover.dns.QueryPart;
import dev.cutover.dns.route53.HostedZoneRules.InvalidBatch;
import dev.cutover.dns.route53.HostedZoneRules.InvalidInput;
import dev.cutover.dns.route53.HostedZoneRules.NoSuchHealthCheck;
import dev.cutover.dns.route53.HostedZoneRules.ZoneChange;
import dev.cutover.dns.route53.StoredSet.StoredKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;

/**
 * One hosted zone behind the API of Route 53, for the real SDK. It keeps what it is told, refuses
 * what {@link HostedZoneRules} refuse, and hands each change that becomes INSYNC on to real name
 * servers.
 */
public final class Route53Server implements AutoCloseable {
  private static final int PAGE_MAX = 300; // API ListResourceRecordSets

  /** What goes wrong with the next change. */
  public enum Fault {
    /** DG "Throttling": HTTP 400, not 429 (trap 9). */
    THROTTLING,
    /** API errors, PriorRequestNotComplete: HTTP 400, for the zone (trap 9). */
    PRIOR_REQUEST_NOT_COMPLETE,
    /** The change is made, and nobody hears of it (trap 18). */
    LOST_REPLY,
    /** API common errors, ServiceUnavailable: HTTP 503; nothing is made. */
    UNAVAILABLE,
    /** Somebody else changes a TTL between the reading and the writing. */
    RACE
  }

  private final String id;
  private final String zone;
  private final BiConsumer<Map<StoredKey, StoredSet>, Map<StoredKey, StoredSet>> spread;
  private final HttpServer http;
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final Deque<List<ZoneChange>> races = new ArrayDeque<>();
  private final Map<String, Boolean> changes = new HashMap<>();
  private final List<Runnable> pending = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private final HealthChecks healthChecks = new HealthChecks();
  private final Map<String, Set<String>> resources = new HashMap<>();
  private Map<StoredKey, StoredSet> stored = new TreeMap<>(new ListingOrder());
  private boolean stuck;
  private boolean messagesInList;
  private boolean isPrivate;
  private int accepted;

  /**
   * Starts it on a free port of the loopback address.
   *
   * @param spread takes what the name servers served, and what they serve from now on
   */
  public Route53Server(
      String id,
      String zone,
      List<StoredSet> sets,
      BiConsumer<Map<StoredKey, StoredSet>, Map<StoredKey, StoredSet>> spread)
      throws IOException {
    this.id = id;
    this.zone = zone;
    this.spread = spread;
    sets.forEach(set -> stored.put(set.key(), set));
    // Else each answer waits 40 ms for an acknowledgement of its headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/2013-04-01/", this::handle);
    http.start();
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  /** Makes the next changes fail, one each. */
  public synchronized void failNext(Fault... next) {
    faults.addAll(List.of(next));
  }

  /** Lets somebody else write that between the reading and the writing of the next change. */
  public synchronized void raceNext(List<ZoneChange> batch) {
    faults.add(Fault.RACE);
    races.add(batch);
  }

  /** Keeps changes PENDING, or (false) lets all of them become INSYNC. */
  public synchronized void holdPending(boolean hold) {
    stuck = hold;
    if (!hold) {
      pending.forEach(Runnable::run);
      pending.clear();
    }
  }

  /** Whether a refused batch is answered as a list of messages. */
  public synchronized void answerMessagesInList(boolean inList) {
    messagesInList = inList;
  }

  public synchronized void makePrivate(boolean wanted) {
    isPrivate = wanted;
  }

  /** The account's health checks. */
  public HealthChecks healthChecks() {
    return healthChecks;
  }

  /** Lets a service of AWS have that name, in a hosted zone of AWS's own. */
  public synchronized void addResource(String hostedZone, String name) {
    resources.computeIfAbsent(hostedZone, _ -> new HashSet<>()).add(name);
  }

  /** How many batches were made. */
  public synchronized int accepted() {
    return accepted;
  }

  /** Method and operation of every request so far. */
  public synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  /** Changes the zone as another tool does, without this product's conditions. */
  public synchronized void write(List<ZoneChange> batch) {
    try {
      make(batch);
    } catch (InvalidInput | InvalidBatch | NoSuchHealthCheck e) {
      throw new IllegalStateException("Expected the change to pass, but: " + e.getMessage(), e);
    }
  }

  /** All that is stored. */
  public synchronized Map<StoredKey, StoredSet> zone() {
    return Map.copyOf(stored);
  }

  /** What is stored for a name. */
  public synchronized List<StoredSet> stored(String name) {
    return stored.values().stream().filter(set -> set.name().equals(name)).toList();
  }

  private String make(List<ZoneChange> batch) throws InvalidInput, InvalidBatch, NoSuchHealthCheck {
    Map<StoredKey, StoredSet> before = stored;
    stored =
        HostedZoneRules.applied(
            new AliasRules(id, zone, resources), healthChecks.ids(), before, batch);
    accepted++;
    String changeId = "C" + accepted;
    changes.put(changeId, false);
    Map<StoredKey, StoredSet> after = new LinkedHashMap<>(stored);
    Runnable insync =
        () -> {
          spread.accept(before, after);
          changes.put(changeId, true);
        };
    if (stuck) {
      pending.add(insync);
    } else {
      insync.run();
    }
    return changeId;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      // Before the lock is taken: a client that begins a request and goes away holds up nobody.
      byte[] sent = exchange.getRequestBody().readAllBytes();
      Answer answer = answer(exchange, sent);
      if (answer.status() == 0) {
        return; // cut
      }
      byte[] body = answer.xml().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/xml");
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private record Answer(int status, String xml) {}

  private synchronized Answer answer(HttpExchange exchange, byte[] sent) throws IOException {
    String path = exchange.getRequestURI().getPath().substring("/2013-04-01/".length());
    String method = exchange.getRequestMethod();
    requests.add(method + " " + path.replaceAll("/$", ""));
    String user = accessKey(exchange);
    if (user.equals("NOBODY")) {
      // API common errors: the access key does not exist.
      return new Answer(
          403, Route53Xml.error("InvalidClientTokenId", "The security token is invalid."));
    }
    if (path.startsWith("healthcheck/")) {
      return healthCheck(path.substring("healthcheck/".length()), user);
    }
    if (path.startsWith("change/")) {
      return progress(path.substring("change/".length()));
    }
    if (!path.startsWith("hostedzone/" + id)) {
      // API errors, NoSuchHostedZone: HTTP 404.
      return new Answer(
          404, Route53Xml.error("NoSuchHostedZone", "No hosted zone found with ID: " + path));
    }
    if (path.equals("hostedzone/" + id)) {
      return new Answer(200, Route53Xml.zone(id, zone, isPrivate));
    }
    return method.equals("POST") ? change(sent, user) : list(QueryPart.of(exchange));
  }

  private Answer healthCheck(String path, String user) {
    String checkId = path.replaceAll("/status$", "");
    HealthChecks.Check check = healthChecks.all().get(checkId);
    if (user.equals("WEAK")) {
      return new Answer(
          403,
          Route53Xml.error("AccessDenied", "not authorized to perform: route53:GetHealthCheck"));
    }
    if (check == null) {
      // API errors, NoSuchHealthCheck: HTTP 404.
      return new Answer(
          404,
          Route53Xml.error("NoSuchHealthCheck", "No health check exists with the ID " + checkId));
    }
    if (!path.endsWith("/status")) {
      return new Answer(200, Route53Xml.healthCheck(checkId, check));
    }
    // API GetHealthCheckStatus: not of a calculated one.
    return check.type().equals("CALCULATED")
        ? new Answer(400, Route53Xml.error("InvalidInput", "status of a calculated health check"))
        : new Answer(200, Route53Xml.healthCheckStatus(check.statuses()));
  }

  private Answer progress(String changeId) {
    Boolean insync = changes.get(changeId);
    // API errors, NoSuchChange: HTTP 404.
    return insync == null
        ? new Answer(404, Route53Xml.error("NoSuchChange", "no change " + changeId))
        : new Answer(200, Route53Xml.change("GetChangeResponse", changeId, insync));
  }

  private Answer change(byte[] sent, String user) throws IOException {
    List<ZoneChange> batch;
    try {
      batch = Route53Xml.batch(new ByteArrayInputStream(sent));
    } catch (InvalidInput e) {
      return new Answer(400, Route53Xml.error("InvalidInput", e.getMessage()));
    }
    if (user.equals("WEAK")) {
      // IAM is asked before the zone is looked at.
      return new Answer(
          403,
          Route53Xml.error(
              "AccessDenied",
              "User: arn:aws:iam::123456789012:user/weak is not authorized to perform:"
                  + " route53:ChangeResourceRecordSets"));
    }
    Fault fault = faults.poll();
    if (fault == Fault.THROTTLING) {
      return new Answer(400, Route53Xml.error("Throttling", "Rate exceeded"));
    }
    if (fault == Fault.PRIOR_REQUEST_NOT_COMPLETE) {
      return new Answer(
          400,
          Route53Xml.error(
              "PriorRequestNotComplete",
              "The request was rejected because Route 53 was still processing a prior request."));
    }
    if (fault == Fault.UNAVAILABLE) {
      return new Answer(503, Route53Xml.error("ServiceUnavailable", "try later"));
    }
    if (fault == Fault.RACE) {
      List<ZoneChange> race = races.poll();
      if (race == null) {
        raise(batch);
      } else {
        write(race);
      }
    }
    try {
      String changeId = make(batch);
      return fault == Fault.LOST_REPLY
          ? new Answer(0, "")
          : new Answer(
              200, Route53Xml.change("ChangeResourceRecordSetsResponse", changeId, !stuck));
    } catch (InvalidInput e) {
      return new Answer(400, Route53Xml.error("InvalidInput", e.getMessage()));
    } catch (NoSuchHealthCheck e) {
      return new Answer(404, Route53Xml.error("NoSuchHealthCheck", e.getMessage()));
    } catch (InvalidBatch e) {
      return new Answer(
          400,
          messagesInList
              ? Route53Xml.invalidBatch(e.messages())
              : Route53Xml.error("InvalidChangeBatch", e.getMessage()));
    }
  }

  /**
   * Somebody else raises the TTL of the first set that the batch is about to delete, and of its
   * group.
   */
  private void raise(List<ZoneChange> batch) {
    Optional<StoredSet> first =
        batch.stream()
            .filter(change -> change.action().equals("DELETE"))
            .findFirst()
            .map(change -> stored.get(change.set().key()));
    if (first.isEmpty()) {
      return;
    }
    List<ZoneChange> raised = new ArrayList<>();
    List<StoredSet> group =
        stored(first.get().name()).stream()
            .filter(set -> set.type().equals(first.get().type()))
            .toList();
    group.forEach(set -> raised.add(new ZoneChange("DELETE", set)));
    group.forEach(
        set ->
            raised.add(
                new ZoneChange(
                    "CREATE",
                    new StoredSet(
                        set.name(),
                        set.type(),
                        set.identifier(),
                        set.weight(),
                        set.aliasTarget(),
                        set.healthCheck(),
                        set.ttl().map(ttl -> ttl + 1),
                        set.values()))));
    write(raised);
  }

  private Answer list(Map<String, String> query) {
    int maxItems =
        Math.min(PAGE_MAX, Integer.parseInt(query.getOrDefault("maxitems", "" + PAGE_MAX)));
    String name = query.get("name");
    String type = query.getOrDefault("type", "");
    if (name == null && !type.isEmpty()) {
      // API ListResourceRecordSets: a type without a name.
      return new Answer(400, Route53Xml.error("InvalidInput", "type without name"));
    }
    StoredKey from =
        name == null
            ? null
            : new StoredKey(Route53Xml.stored(name), type, query.getOrDefault("identifier", ""));
    ListingOrder order = new ListingOrder();
    List<StoredSet> found =
        stored.values().stream()
            .filter(set -> from == null || order.compare(set.key(), from) >= 0)
            .toList();
    Optional<StoredSet> next =
        found.size() > maxItems ? Optional.of(found.get(maxItems)) : Optional.empty();
    return new Answer(
        200,
        Route53Xml.listing(found.subList(0, Math.min(maxItems, found.size())), next, maxItems));
  }

  /** {@code Authorization: AWS4-HMAC-SHA256 Credential=<id>/...}. */
  private static String accessKey(HttpExchange exchange) {
    String header =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
    return header.replaceAll(".*Credential=([^/]+)/.*", "$1");
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
