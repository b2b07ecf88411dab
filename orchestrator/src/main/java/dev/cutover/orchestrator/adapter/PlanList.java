package dev.cutover.orchestrator.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A list of a plan whose items are all different. */
final class PlanList {
  private PlanList() {}

  /**
   * Reads it; every fault with its place.
   *
   * @param path of the section, such as {@code traffic.haproxy}
   * @param expected what an item is, for a sentence
   * @param parse throws where an item is none
   */
  static <T> List<T> distinct(
      YamlSection section, String path, String key, String expected, Function<String, T> parse) {
    List<T> items = new ArrayList<>();
    List<YamlSection.Text> texts = section.texts(key);
    for (YamlSection.Text text : texts) {
      try {
        T item = parse.apply(text.value());
        if (items.contains(item)) {
          section.fault(
              text, "Expected each of %s once, but '%s' is there twice".formatted(key, item));
        }
        items.add(item);
      } catch (RuntimeException e) {
        section.fault(text, "Expected %s, but found '%s'".formatted(expected, text.value()));
      }
    }
    if (texts.isEmpty()) {
      section.fault(key, "Expected %s in %s.%s, but found none".formatted(expected, path, key));
    }
    return items;
  }
}
