package dev.cutover.orchestrator.adapter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A mapping of a YAML file while it is read. Values are taken as they are written, never as what
 * YAML makes of them. What is missing or wrong is noted with its place, and a stand-in is given, so
 * that reading goes on; {@link #end} notes the keys that nobody asked for.
 */
final class YamlSection {
  /** A text with its place. */
  record Text(String value, Node node) {}

  /** Longest list that is read. */
  private static final int ITEMS_MAX = 10_000;

  private final String path;
  private final Node node;
  private final YamlFaults faults;
  private final SequencedMap<String, NodeTuple> entries = new LinkedHashMap<>();
  private final TreeSet<String> known = new TreeSet<>();

  YamlSection(String path, Node node, YamlFaults faults) {
    this.path = path;
    this.node = node;
    this.faults = faults;
    if (!(node instanceof MappingNode mapping)) {
      fault("Expected keys and values%s, but found %s".formatted(where(), found(node)));
      return;
    }
    for (NodeTuple tuple : mapping.getValue()) {
      String key =
          tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "(not a text)";
      if (entries.putIfAbsent(key, tuple) != null) {
        faults.add(
            tuple.getKeyNode(),
            "Expected each key once%s, but '%s' is there twice".formatted(where(), key));
      }
    }
  }

  /** Notes a fault of this section as a whole. */
  void fault(String sentence) {
    faults.add(node, sentence);
  }

  /** Notes a fault of a key's value; of the whole section when the key is missing. */
  void fault(String key, String sentence) {
    faults.add(value(key).orElse(node), sentence);
  }

  /** Notes a fault of the value at a path such as {@code a.b}, or of the nearest section there. */
  void faultAt(String dotted, String sentence) {
    int dot = dotted.indexOf('.');
    String key = dot < 0 ? dotted : dotted.substring(0, dot);
    Optional<YamlSection> inner = dot < 0 ? Optional.empty() : optionalSection(key);
    if (inner.isPresent()) {
      inner.get().faultAt(dotted.substring(dot + 1), sentence);
    } else {
      fault(key, sentence);
    }
  }

  /** Notes a fault of one text. */
  void fault(Text text, String sentence) {
    faults.add(text.node(), sentence);
  }

  boolean has(String key) {
    return value(key).isPresent();
  }

  /** Whether there are keys and values below that key, and not one value. */
  boolean isSection(String key) {
    return value(key).filter(MappingNode.class::isInstance).isPresent();
  }

  /** A section that must be there; an empty one in its place when it isn't. */
  YamlSection section(String key) {
    return optionalSection(key)
        .orElseGet(
            () -> {
              missing(key, "keys and values");
              return empty(key, new YamlFaults()); // its own faults follow from its absence
            });
  }

  /** A section that may be left out, which is the same as an empty one. */
  YamlSection sectionOrEmpty(String key) {
    return optionalSection(key).orElseGet(() -> empty(key, faults));
  }

  private YamlSection empty(String key, YamlFaults into) {
    Node nothing =
        new MappingNode(
            Tag.MAP, true, List.of(), node.getStartMark(), node.getEndMark(), FlowStyle.AUTO);
    return new YamlSection(child(key), nothing, into);
  }

  Optional<YamlSection> optionalSection(String key) {
    return value(key).map(value -> new YamlSection(child(key), value, faults));
  }

  /** A list of sections; empty when the key is missing. */
  List<YamlSection> sections(String key) {
    List<YamlSection> sections = new ArrayList<>();
    for (Node item : items(key)) {
      sections.add(new YamlSection("%s[%d]".formatted(child(key), sections.size()), item, faults));
    }
    return sections;
  }

  /** A list of texts; empty when the key is missing. */
  List<Text> texts(String key) {
    List<Text> texts = new ArrayList<>();
    for (Node item : items(key)) {
      if (item instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
        texts.add(new Text(scalar.getValue().strip(), item));
      } else {
        faults.add(item, "Expected a text in %s, but found %s".formatted(child(key), found(item)));
      }
    }
    return texts;
  }

  /** Any keys with texts; empty when the key is missing. */
  Map<String, String> map(String key) {
    Map<String, String> map = new HashMap<>();
    optionalSection(key)
        .ifPresent(
            section ->
                section.entries.forEach(
                    (name, tuple) -> {
                      if (tuple.getValueNode() instanceof ScalarNode scalar) {
                        map.put(name, scalar.getValue());
                      } else {
                        faults.add(
                            tuple.getValueNode(),
                            "Expected a text for %s.%s, but found %s"
                                .formatted(child(key), name, found(tuple.getValueNode())));
                      }
                    }));
    return map;
  }

  /** A text exactly as written, such as a body or a query. */
  Optional<String> optionalText(String key) {
    return scalar(key, "a text");
  }

  /** A text that must be there. */
  String text(String key, String expected) {
    return value(key, expected, "", Function.identity());
  }

  /** A value that must be there; the stand-in, and a fault, when it is missing or wrong. */
  <T> T value(String key, String expected, T standIn, Function<String, T> parse) {
    if (value(key).isEmpty()) {
      missing(key, expected);
      return standIn;
    }
    return valueOr(key, expected, standIn, parse);
  }

  /** A value with a default. {@code parse} refuses by any exception. */
  <T> T valueOr(String key, String expected, T fallback, Function<String, T> parse) {
    Optional<String> text = scalar(key, expected);
    if (text.isEmpty()) {
      return fallback;
    }
    try {
      return parse.apply(text.get().strip());
    } catch (RuntimeException e) {
      fault(key, "Expected %s for %s, but found '%s'".formatted(expected, child(key), text.get()));
      return fallback;
    }
  }

  /** Notes every key that nobody asked for, with the nearest one that exists. */
  void end() {
    entries.forEach(
        (key, tuple) -> {
          if (!known.contains(key)) {
            faults.add(
                tuple.getKeyNode(),
                "Expected one of %s%s, but found '%s'%s"
                    .formatted(known, where(), key, suggestion(key, known)));
          }
        });
  }

  /** {@code : did you mean 'x'?} for a near miss, otherwise nothing. */
  static String suggestion(String found, Iterable<String> known) {
    List<String> near = new ArrayList<>();
    known.forEach(near::add);
    return near.stream()
        .filter(name -> distance(found, name) <= Math.max(1, name.length() / 3))
        .min(Comparator.comparingInt(name -> distance(found, name)))
        .map(": did you mean '%s'?"::formatted)
        .orElse("");
  }

  private Optional<String> scalar(String key, String expected) {
    Optional<Node> value = value(key);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.get() instanceof ScalarNode scalar) {
      return Optional.of(scalar.getValue());
    }
    fault(
        key,
        "Expected %s for %s, but found %s".formatted(expected, child(key), found(value.get())));
    return Optional.empty();
  }

  private List<Node> items(String key) {
    Optional<Node> value = value(key);
    if (value.isEmpty()) {
      return List.of();
    }
    if (value.get() instanceof SequenceNode sequence && sequence.getValue().size() <= ITEMS_MAX) {
      return sequence.getValue();
    }
    fault(
        key,
        "Expected a list of at most %d items for %s, but found %s"
            .formatted(ITEMS_MAX, child(key), found(value.get())));
    return List.of();
  }

  /** The value of a key; a key without a value counts as missing. */
  private Optional<Node> value(String key) {
    known.add(key);
    @Nullable NodeTuple tuple = entries.get(key);
    if (tuple == null
        || (tuple.getValueNode() instanceof ScalarNode scalar
            && scalar.isPlain()
            && scalar.getValue().isEmpty())) {
      return Optional.empty();
    }
    return Optional.of(tuple.getValueNode());
  }

  private void missing(String key, String expected) {
    NodeTuple tuple = entries.get(key);
    faults.add(
        tuple == null ? node : tuple.getKeyNode(),
        "Expected %s for %s, but it is missing".formatted(expected, child(key)));
  }

  private String child(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private String where() {
    return path.isEmpty() ? "" : " in " + path;
  }

  private static String found(Node node) {
    return switch (node) {
      case ScalarNode scalar when scalar.getValue().isEmpty() -> "nothing";
      case ScalarNode scalar -> "'" + scalar.getValue() + "'";
      case SequenceNode sequence -> "a list of " + sequence.getValue().size();
      default -> "keys and values";
    };
  }

  /** Levenshtein's. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j], row[j - 1]) + 1, diagonal + change);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
