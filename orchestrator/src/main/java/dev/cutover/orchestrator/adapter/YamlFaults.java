package dev.cutover.orchestrator.adapter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
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
