package dev.cutover.orchestrator.adapter;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/** Collects all faults of a file, each with its place. Lives within one reading. */
final class YamlFaults {
  private record Fault(int line, int column, String sentence) {
    @Override
    public String toString() {
      return "line %d, column %d: %s".formatted(line, column, sentence);
    }
  }

  private final List<Fault> faults = new ArrayList<>();

  /**
   * Reads a file into nodes; a file that can't be read is a fault.
   *
   * @param what the file is expected to hold, such as {@code a plan}
   */
  Optional<Node> compose(String yaml, int charactersMax, String what) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(charactersMax);
    options.setMaxAliasesForCollections(50);
    options.setNestingDepthLimit(20);
    try {
      @Nullable Node node = new Yaml(options).compose(new StringReader(yaml));
      if (node == null) {
        faults.add(new Fault(1, 1, "Expected %s, but found nothing".formatted(what)));
      }
      return Optional.ofNullable(node);
    } catch (MarkedYAMLException e) {
      add(e.getProblemMark(), "Expected YAML, but " + e.getProblem());
    } catch (YAMLException e) {
      faults.add(new Fault(1, 1, "Expected YAML, but " + e.getMessage()));
    }
    return Optional.empty();
  }

  void add(Node node, String sentence) {
    add(node.getStartMark(), sentence);
  }

  void add(@Nullable Mark mark, String sentence) {
    faults.add(
        mark == null
            ? new Fault(1, 1, sentence)
            : new Fault(mark.getLine() + 1, mark.getColumn() + 1, sentence));
  }

  boolean none() {
    return faults.isEmpty();
  }

  /** All of them, in the order of the file. */
  List<String> sentences() {
    return faults.stream()
        .sorted(Comparator.comparingInt(Fault::line).thenComparingInt(Fault::column))
        .map(Fault::toString)
        .distinct()
        .toList();
  }
}
