package dev.cutover.orchestrator.adapter;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Which keys of two plan files differ. Comments, order and layout do not count. */
public final class PlanDifference {
  /** What is journalled of a plan that is another altogether. */
  private static final int KEYS_MAX = 100;

  private PlanDifference() {}

  /**
   * Keys whose values differ, sorted, such as {@code bounds.observation} or {@code approvers[1]}.
   * Both files have been read as plans before.
   */
  public static List<String> keys(String before, String after) {
    SortedMap<String, String> old = values(before);
    SortedMap<String, String> changed = values(after);
    TreeSet<String> all = new TreeSet<>(old.keySet());
    all.addAll(changed.keySet());
    List<String> keys = new ArrayList<>();
    for (String key : all) {
      if (!Objects.equals(old.get(key), changed.get(key)) && keys.size() < KEYS_MAX) {
        keys.add(key);
      }
    }
    return keys;
  }

  private static SortedMap<String, String> values(String yaml) {
    @Nullable Node node = new Yaml().compose(new StringReader(yaml));
    return node == null ? new TreeMap<>() : values(node);
  }

  /** Values by key, such as {@code bounds.observation}. */
  static SortedMap<String, String> values(Node node) {
    SortedMap<String, String> values = new TreeMap<>();
    collect("", node, values);
    return values;
  }

  private static void collect(String path, Node node, SortedMap<String, String> values) {
    switch (node) {
      case MappingNode mapping -> {
        for (NodeTuple tuple : mapping.getValue()) {
          String key =
              tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "(not a text)";
          collect(path.isEmpty() ? key : path + "." + key, tuple.getValueNode(), values);
        }
      }
      case SequenceNode sequence -> {
        for (int index = 0; index < sequence.getValue().size(); index++) {
          collect("%s[%d]".formatted(path, index), sequence.getValue().get(index), values);
        }
      }
      case ScalarNode scalar -> values.put(path, scalar.getValue());
      default -> values.put(path, "");
    }
  }
}
