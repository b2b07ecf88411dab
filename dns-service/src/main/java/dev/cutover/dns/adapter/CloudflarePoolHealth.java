package dev.cutover.dns.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges whether a pool of Cloudflare may be given traffic, by what its monitor has found from each
 * place that checks it. Requests of a pool that is down would go to the fallback, whatever the
 * weights are (load balancing docs, standard steering). Pure.
 */
final class CloudflarePoolHealth {
  private CloudflarePoolHealth() {}

  /**
   * Why it may not, for people; empty if it may.
   *
   * @param pool as it is stored
   * @param places what was found, by place (API, Pool Health Details); empty where nobody checks
   */
  static List<String> unable(JsonNode pool, Optional<JsonNode> places) {
    String name = "pool %s (%s)".formatted(pool.path("name").asText(), pool.path("id").asText());
    if (!pool.path("enabled").asBoolean(true)) {
      return List.of(name + " is disabled");
    }
    boolean endpoint = false;
    for (JsonNode origin : pool.path("origins")) {
      endpoint |= origin.path("enabled").asBoolean(true) && origin.path("weight").asDouble(1) > 0;
    }
    if (!endpoint) {
      return List.of(name + " has no endpoint that gets requests");
    }
    if (places.isEmpty()) {
      return List.of(); // nobody checks it: Cloudflare takes it for healthy
    }
    if (places.get().isEmpty()) {
      return List.of(name + " has a monitor that has found nothing yet");
    }
    List<String> unable = new ArrayList<>();
    places
        .get()
        .properties()
        .forEach(
            place -> {
              if (!place.getValue().path("healthy").asBoolean(false)) {
                unable.add("%s is unhealthy as seen from %s".formatted(name, place.getKey()));
              }
            });
    return unable;
  }
}
