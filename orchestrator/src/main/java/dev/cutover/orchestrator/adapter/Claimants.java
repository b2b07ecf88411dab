package dev.cutover.orchestrator.adapter;

import dev.cutover.orchestrator.domain.Claims;
import dev.cutover.orchestrator.domain.Plan;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Refuses a plan early whose names or databases belong to another live cutover. Early only: two
 * starts may race, and the marks in the databases and zones themselves decide then.
 */
final class Claimants {
  private Claimants() {}

  /**
   * A sentence for each thing that another cutover has.
   *
   * @param statuses latest status of each cutover, JSON
   */
  static List<String> refusals(List<String> statuses, Plan plan) {
    List<String> claims = Claims.of(plan);
    List<String> refusals = new ArrayList<>();
    for (String text : statuses) {
      if (claims.stream().noneMatch(text::contains)) {
        continue; // most are about something else, and need no reading
      }
      JsonObject status = new JsonObject(text);
      JsonArray owned = status.getJsonArray("claims", new JsonArray());
      String owner = status.getString("cutover");
      for (String claim : claims) {
        if (owned.contains(claim) && !plan.id().value().equals(owner)) {
          refusals.add(
              "Expected %s to be free, but it belongs to cutover %s, which is %s: finish or abandon that one first"
                  .formatted(claim, owner, status.getString("state")));
        }
      }
    }
    return refusals;
  }
}
