package dev.cutover.orchestrator.adapter;

import dev.cutover.orchestrator.domain.Claims;
import dev.cutover.orchestrator.domain.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Refuses a plan early whose names or databases belong to another live cutover. Early only: two
 * starts may race, and the marks in the databases and zones themselves decide then. For one thread
 * at a time.
 */
final class Claimants {
  /** Whoever has it, and the state of that cutover, by what is claimed. */
  private final Map<String, Map<String, String>> owners = new HashMap<>();

  /** What a cutover claims now, instead of before. */
  void changed(String cutover, List<String> before, List<String> now, String state) {
    for (String claim : before) {
      Map<String, String> having = owners.getOrDefault(claim, Map.of());
      if (!now.contains(claim) && having.remove(cutover) != null && having.isEmpty()) {
        owners.remove(claim);
      }
    }
    for (String claim : now) {
      owners.computeIfAbsent(claim, _ -> new TreeMap<>()).put(cutover, state);
    }
  }

  /** A sentence for each thing that another cutover has. */
  List<String> refusals(Plan plan) {
    List<String> refusals = new ArrayList<>();
    for (String claim : Claims.of(plan)) {
      owners
          .getOrDefault(claim, Map.of())
          .forEach(
              (owner, state) -> {
                if (!plan.id().value().equals(owner)) {
                  refusals.add(
                      "Expected %s to be free, but it belongs to cutover %s, which is %s: finish or abandon that one first"
                          .formatted(claim, owner, state));
                }
              });
    }
    return refusals;
  }
}
