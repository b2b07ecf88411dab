package dev.cutover.dns.elb;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the API takes as tags (service model: AddTags, Tag; user guide of Application Load
 * Balancers: tags for listeners and rules). Pure.
 */
final class TagRules {
  private static final int TAGS_MAX = 50;
  private static final int KEY_MAX = 128;
  private static final int VALUE_MAX = 256;
  private static final Pattern TEXT = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");

  private TagRules() {}

  /** All tags once these are added: one whose key is there has its value replaced. */
  static Map<String, String> taken(Map<String, String> stored, JsonNode added) throws Refused {
    Map<String, String> tags = new TreeMap<>(stored);
    Set<String> seen = new HashSet<>();
    for (JsonNode tag : added) {
      String key = tag.path("Key").asText();
      String value = tag.path("Value").asText("");
      boolean valid =
          TEXT.matcher(key).matches()
              && TEXT.matcher(value).matches()
              && !key.isEmpty()
              && key.length() <= KEY_MAX
              && value.length() <= VALUE_MAX
              && !key.startsWith("aws:");
      if (!valid) {
        throw new Refused("ValidationError", "no tag: %s=%s".formatted(key, value));
      }
      if (!seen.add(key)) {
        throw new Refused("DuplicateTagKeys", key);
      }
      tags.put(key, value);
    }
    if (tags.size() > TAGS_MAX) {
      throw new Refused("TooManyTags", "no more than 50 tags");
    }
    return tags;
  }
}
