package dev.cutover.dns.cloudflare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.dns.cloudflare.ZoneRules.Refused;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Load balancers of a zone and pools of its account, as the API of Cloudflare keeps them. Each rule
 * names its source: the API reference ("API") with the operation or field, or the load balancing
 * documentation ("LB docs") with the page. Where a source leaves a choice, the stricter one is
 * taken.
 */
final class Balancers {
  /** What an id gives that leads nowhere. */
  static final int NOT_FOUND = 1001;

  private static final int INVALID = 1002;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** API, steering_policy. */
  private static final Set<String> POLICIES =
      Set.of(
          "",
          "off",
          "geo",
          "random",
          "dynamic_latency",
          "proximity",
          "least_outstanding_requests",
          "least_connections");

  private static final Set<String> TAKEN =
      Set.of(
          "description",
          "enabled",
          "proxied",
          "default_pools",
          "fallback_pool",
          "steering_policy",
          "random_steering",
          "session_affinity",
          "rules");

  private final Map<String, ObjectNode> balancers = new LinkedHashMap<>();
  private final Map<String, ObjectNode> pools = new LinkedHashMap<>();
  private final Map<String, Map<String, Boolean>> health = new LinkedHashMap<>();
  private final Random random = new Random(1);
  private long changes;

  /** API, Create Load Balancer: enabled, with steering off, unless said otherwise. */
  void create(String name, List<String> poolIds) {
    ObjectNode balancer = NODES.objectNode();
    balancer.put("id", "%032x".formatted(0xba1a0000L + ++changes)).put("name", name);
    balancer.put("description", "").put("enabled", true).put("proxied", true);
    balancer.put("steering_policy", "off").put("session_affinity", "none");
    poolIds.forEach(balancer.putArray("default_pools")::add);
    balancer.put("fallback_pool", poolIds.isEmpty() ? "" : poolIds.getLast());
    balancer.putObject("region_pools");
    balancer.putArray("rules");
    balancers.put(name, touched(balancer));
  }

  void remove(String name) {
    balancers.remove(name);
  }

  Optional<ObjectNode> named(String name) {
    return Optional.ofNullable(balancers.get(name));
  }

  Collection<ObjectNode> all() {
    return balancers.values();
  }

  /** Names that are answered with the edge's addresses. */
  List<String> proxied() {
    return balancers.entrySet().stream()
        .filter(b -> b.getValue().path("proxied").asBoolean() && on(b.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** LB docs, DNS records: one that is disabled lets the records answer. */
  private static boolean on(ObjectNode balancer) {
    return balancer.path("enabled").asBoolean();
  }

  ObjectNode pool(String poolId, String origin) {
    ObjectNode pool = NODES.objectNode().put("id", poolId).put("name", "pool-" + origin);
    pool.put("enabled", true).put("monitor", "");
    pool.putArray("origins")
        .addObject()
        .put("name", origin)
        .put("address", origin)
        .put("enabled", true)
        .put("weight", 1);
    pools.put(poolId, pool);
    return pool;
  }

  void health(String poolId, Map<String, Boolean> places) {
    health.put(poolId, Map.copyOf(places));
    pools.get(poolId).put("monitor", places.isEmpty() ? "" : "f".repeat(32));
  }

  /** API, Pool Details, and Pool Health Details behind a slash. */
  JsonNode told(String path) throws Refused {
    String poolId = path.replaceFirst("/health$", "");
    ObjectNode pool = pools.get(poolId);
    if (pool == null) {
      throw new Refused(NOT_FOUND, "pool not found");
    }
    if (!path.endsWith("/health")) {
      return pool;
    }
    ObjectNode told = NODES.objectNode().put("pool_id", poolId);
    ObjectNode places = told.putObject("pop_health");
    health
        .getOrDefault(poolId, Map.of())
        .forEach((place, up) -> places.putObject(place).put("healthy", up).putArray("origins"));
    return told;
  }

  /** API, Patch Load Balancer: overwrites what is named, each field as a whole. */
  JsonNode patch(String balancerId, JsonNode body) throws Refused {
    ObjectNode found =
        balancers.values().stream()
            .filter(balancer -> balancer.path("id").asText().equals(balancerId))
            .findFirst()
            .orElseThrow(() -> new Refused(NOT_FOUND, "load balancer not found"));
    ObjectNode changed = found.deepCopy();
    for (Map.Entry<String, JsonNode> field : body.properties()) {
      if (!TAKEN.contains(field.getKey())) {
        throw new Refused(INVALID, "unknown field " + field.getKey());
      }
      changed.set(field.getKey(), field.getValue());
    }
    check(changed);
    balancers.put(changed.path("name").asText(), touched(changed));
    return changed;
  }

  private ObjectNode touched(ObjectNode balancer) {
    return balancer.put("modified_on", "2026-01-01T00:00:00.%06dZ".formatted(++changes));
  }

  private void check(ObjectNode balancer) throws Refused {
    if (!POLICIES.contains(balancer.path("steering_policy").asText())) {
      throw new Refused(INVALID, "steering_policy: invalid value");
    }
    List<String> named = texts(balancer.path("default_pools"));
    if (named.isEmpty() || named.size() != new LinkedHashSet<>(named).size()) {
      throw new Refused(INVALID, "default_pools: expected pools, each of them once");
    }
    // API, fallback_pool: required.
    named.add(balancer.path("fallback_pool").asText());
    for (String pool : named) {
      if (!pools.containsKey(pool)) {
        throw new Refused(INVALID, "could not find pool " + pool);
      }
    }
    JsonNode steering = balancer.path("random_steering");
    if (steering.has("default_weight")) {
      requireStep(steering.path("default_weight").asDouble(), 10); // API: multipleOf 0.1
    }
    for (Map.Entry<String, JsonNode> weight : steering.path("pool_weights").properties()) {
      // LB docs, steering: weights from 0 to 1, in hundredths; here of its own pools alone.
      requireStep(weight.getValue().asDouble(-1), 100);
      if (!named.contains(weight.getKey())) {
        throw new Refused(INVALID, "pool_weights: %s is none of its pools".formatted(weight));
      }
    }
  }

  private static void requireStep(double weight, int steps) throws Refused {
    double scaled = weight * steps;
    if (weight < 0 || weight > 1 || Math.abs(scaled - Math.round(scaled)) > 1e-9) {
      throw new Refused(INVALID, "random_steering: invalid weight " + weight);
    }
  }

  /**
   * The endpoint of one request. LB docs, standard steering: off takes the first healthy pool,
   * random one of the healthy by the weights, and the fallback serves when all are unhealthy.
   */
  Optional<String> draw(String name) {
    ObjectNode balancer = balancers.get(name);
    List<String> up = texts(balancer.path("default_pools"));
    up.removeIf(pool -> !isUp(pool));
    String drawn = balancer.path("fallback_pool").asText();
    if (!up.isEmpty()) {
      drawn =
          balancer.path("steering_policy").asText().equals("random")
              ? weighted(balancer, up)
              : up.getFirst();
    }
    return Optional.ofNullable(pools.get(drawn))
        .map(pool -> pool.path("origins").path(0).path("address").asText());
  }

  private boolean isUp(String pool) {
    return pools.get(pool).path("enabled").asBoolean()
        && !health.getOrDefault(pool, Map.of()).containsValue(false);
  }

  private String weighted(ObjectNode balancer, List<String> up) {
    JsonNode steering = balancer.path("random_steering");
    double common = steering.path("default_weight").asDouble(1);
    List<Double> weights = new ArrayList<>();
    up.forEach(pool -> weights.add(steering.path("pool_weights").path(pool).asDouble(common)));
    double drawn = random.nextDouble() * weights.stream().mapToDouble(Double::doubleValue).sum();
    for (int i = 0; i < up.size(); i++) {
      drawn -= weights.get(i);
      if (drawn < 0) {
        return up.get(i);
      }
    }
    return up.getLast();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
