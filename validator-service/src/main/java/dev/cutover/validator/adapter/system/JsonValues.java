package dev.cutover.validator.adapter.system;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.validator.domain.JsonJudge.Found;
import java.util.ArrayList;
import java.util.List;

/** Finds values by JSON pointers (RFC 6901) in which {@code *} stands for each child. */
final class JsonValues {
  private static final int VALUES_MAX = 10_000;

  private JsonValues() {}

  /** All values there; empty when there is none. */
  static List<Found> at(JsonNode document, String pointer) {
    List<Found> found = new ArrayList<>();
    descend(document, "", pointer, found);
    return found;
  }

  private static void descend(JsonNode node, String at, String rest, List<Found> found) {
    if (found.size() >= VALUES_MAX || node.isMissingNode()) {
      return;
    }
    if (rest.isEmpty()) {
      found.add(new Found(at, node.isValueNode() ? node.asText() : node.toString()));
      return;
    }
    int end = rest.indexOf('/', 1);
    String segment = end < 0 ? rest : rest.substring(0, end);
    String deeper = end < 0 ? "" : rest.substring(end);
    if (!segment.equals("/*")) {
      descend(node.at(segment), at + segment, deeper, found);
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        descend(node.get(i), at + "/" + i, deeper, found);
      }
    } else {
      node.properties()
          .forEach(
              member ->
                  descend(
                      member.getValue(),
                      at + "/" + member.getKey().replace("~", "~0").replace("/", "~1"),
                      deeper,
                      found));
    }
  }
}
