package dev.cutover.dns.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Split;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordSets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a load balancer of Cloudflare shares requests out to its pools, as it is stored (API, Load
 * Balancers). Its mark is the end of its description, so that it changes with the weights. Pure.
 *
 * @param found as the API tells it
 */
record CloudflareSteering(JsonNode found) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Pattern DESCRIPTION =
      Pattern.compile("(.*?)\\s*\\[cutover: (.*)\\]\\s*", Pattern.DOTALL);
  private static final double HUNDRED = 100;

  /** Fields that send some requests elsewhere than where the weights say (API, Load Balancers). */
  private static final List<String> GEOGRAPHIC =
      List.of("region_pools", "country_pools", "pop_pools");

  String id() {
    return found.path("id").asText();
  }

  /** The switched name. */
  String name() {
    return RecordSets.normaliseName(found.path("name").asText());
  }

  private List<String> pools() {
    List<String> pools = new ArrayList<>();
    found.path("default_pools").forEach(pool -> pools.add(pool.asText()));
    return pools;
  }

  private String policy() {
    String policy = found.path("steering_policy").asText("");
    return !policy.isEmpty() ? policy : hasGeographic() ? "geo" : "off";
  }

  private boolean hasGeographic() {
    return GEOGRAPHIC.stream().anyMatch(field -> !found.path(field).isEmpty());
  }

  /** The pools that get requests, by the ratio of their weights. */
  RecordSet set() {
    List<String> pools = pools();
    List<String> values =
        switch (policy()) {
          case "random" ->
              pools.stream().map(pool -> new Split.Share(pool, weight(pool)).text()).toList();
          // One after the other, as far as they are healthy: one alone gets all.
          case "off" ->
              pools.size() == 1
                  ? List.of(new Split.Share(pools.getFirst(), 1).text())
                  : List.of("off: %s".formatted(String.join(", then ", pools)));
          default -> List.of("steering by %s".formatted(policy()));
        };
    RecordSet set = new RecordSet(name(), RecordType.SERVER, 0, values);
    return Split.shares(set).isEmpty() ? set : Split.ratio(set);
  }

  /** In hundredths. */
  private int weight(String pool) {
    JsonNode steering = found.path("random_steering");
    double common = steering.path("default_weight").asDouble(1);
    double weight = steering.path("pool_weights").path(pool).asDouble(common);
    return (int) Math.clamp(Math.round(weight * HUNDRED), 0, (long) HUNDRED);
  }

  /** The mark as it would stand in a zone. */
  EpochMark mark() {
    Matcher marked = DESCRIPTION.matcher(description());
    return EpochMark.parse(
        marked.matches() ? List.of("\"%s\"".formatted(marked.group(2))) : List.of());
  }

  private String description() {
    return found.path("description").asText("");
  }

  /** Why the weights would not be what requests are shared out by; empty if they are. */
  Optional<String> unsteerable() {
    String affinity = found.path("session_affinity").asText("none");
    if (!found.path("enabled").asBoolean(true)) {
      return Optional.of("it is disabled, and the zone's records are answered in its place");
    }
    if (!found.path("proxied").asBoolean(false)) {
      return Optional.of(
          "it is not proxied: it is answered with endpoints' addresses, which nobody can count through the edge");
    }
    if (!affinity.isEmpty() && !affinity.equals("none")) {
      return Optional.of(
          "its session affinity '%s' holds a client to the pool that it got first, whatever the weights are: switch it off"
              .formatted(affinity));
    }
    for (JsonNode rule : found.path("rules")) {
      if (!rule.path("disabled").asBoolean(false)) {
        return Optional.of(
            "its rule '%s' answers some requests in another way: disable it"
                .formatted(rule.path("name").asText()));
      }
    }
    return Optional.empty();
  }

  /** A change that is refused after the right to make it was looked at: there is no such policy. */
  static JsonNode trial() {
    return NODES.objectNode().put("steering_policy", "cutover-trial");
  }

  /** The change that writes the mark alone. */
  JsonNode marked(EpochMark.Epoch mark) {
    return NODES.objectNode().put("description", described(mark));
  }

  private String described(EpochMark.Epoch mark) {
    Matcher marked = DESCRIPTION.matcher(description());
    String own = (marked.matches() ? marked.group(1) : description()).strip();
    return "%s[cutover: %s]".formatted(own.isEmpty() ? "" : own + " ", bare(mark.text()));
  }

  /** A mark without the quotes that it has in a zone. */
  static String bare(String text) {
    return text.substring(1, text.length() - 1);
  }

  /**
   * The change that writes the mark and shares requests out. Pools without a share are none of the
   * default pools: one at weight 0 may get requests when the others are unhealthy (trap 1). The
   * fallback, which serves when all are, follows if it is one of the plan's.
   *
   * @param weightPercent how much of the traffic the target gets
   */
  ObjectNode sharing(
      EpochMark.Epoch mark, List<String> source, List<String> target, int weightPercent) {
    ObjectNode change = NODES.objectNode().put("description", described(mark));
    steer(change, source, target, weightPercent, found);
    String fallback = found.path("fallback_pool").asText();
    if (source.contains(fallback) || target.contains(fallback)) {
      change.put("fallback_pool", (weightPercent == 100 ? target : source).getFirst());
    }
    return change;
  }

  private static void steer(
      ObjectNode change,
      List<String> source,
      List<String> target,
      int weightPercent,
      JsonNode before) {
    Map<String, Integer> sides = new LinkedHashMap<>();
    source.forEach(pool -> sides.put(pool, 100 - weightPercent));
    target.forEach(pool -> sides.put(pool, weightPercent));
    ArrayNode pools = change.putArray("default_pools");
    JsonNode steering = before.path("random_steering");
    ObjectNode random = NODES.objectNode();
    if (steering.has("default_weight")) {
      random.set("default_weight", steering.path("default_weight"));
    }
    ObjectNode weights = random.putObject("pool_weights");
    steering
        .path("pool_weights")
        .properties()
        .forEach(
            other -> {
              if (!sides.containsKey(other.getKey())) {
                weights.set(other.getKey(), other.getValue());
              }
            });
    sides.forEach(
        (pool, weight) -> {
          if (weight > 0) {
            pools.add(pool);
            weights.put(pool, weight / HUNDRED);
          }
        });
    change.put("steering_policy", "random");
    change.set("random_steering", random);
  }

  /** The same change without a mark and whatever is there, for a person's script. */
  static ObjectNode byHand(List<String> source, List<String> target, int weightPercent) {
    ObjectNode change = NODES.objectNode();
    steer(change, source, target, weightPercent, NODES.objectNode());
    return change;
  }
}
