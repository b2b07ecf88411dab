package dev.cutover.orchestrator.adapter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What checks of one list need: others of the same list, and never each other in a circle. */
final class PlanNeeds {
  private final String list;
  private final Map<String, Needed> byCheck = new LinkedHashMap<>();

  private record Needed(YamlSection entry, List<YamlSection.Text> names) {}

  /**
   * @param list such as {@code reading}
   */
  PlanNeeds(String list) {
    this.list = list;
  }

  /** Names of the checks that this one needs. */
  List<String> read(YamlSection entry, String check) {
    List<YamlSection.Text> names = entry.has("needs") ? entry.texts("needs") : List.of();
    byCheck.put(check, new Needed(entry, names));
    return names.stream().map(YamlSection.Text::value).distinct().toList();
  }

  /** After the last check: reports names that are not there, and circles. */
  void end() {
    boolean known = true;
    for (Needed needed : byCheck.values()) {
      for (YamlSection.Text name : needed.names()) {
        if (!byCheck.containsKey(name.value())) {
          known = false;
          needed
              .entry()
              .fault(
                  name,
                  "Expected the name of a check in checks.%s, but found '%s'%s"
                      .formatted(
                          list,
                          name.value(),
                          YamlSection.suggestion(name.value(), byCheck.keySet())));
        }
      }
    }
    if (known) {
      circle();
    }
  }

  private void circle() {
    Map<String, Needed> left = new LinkedHashMap<>(byCheck);
    boolean fewer = true;
    while (fewer) { // what needs nothing that is left is in no circle
      fewer = left.values().removeIf(needed -> names(needed).stream().noneMatch(left::containsKey));
    }
    if (!left.isEmpty()) {
      left.values()
          .iterator()
          .next()
          .entry()
          .fault(
              "needs",
              "Expected checks that do not need each other, but these do: "
                  + String.join(", ", left.keySet()));
    }
  }

  private static List<String> names(Needed needed) {
    List<String> names = new ArrayList<>();
    needed.names().forEach(name -> names.add(name.value()));
    return names;
  }
}
