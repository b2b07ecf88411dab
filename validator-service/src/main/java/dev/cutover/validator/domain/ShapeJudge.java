package dev.cutover.validator.domain;

import java.util.ArrayList;
import java.util.List;

/** Judges whether two tables can be compared row by row. Pure. */
public final class ShapeJudge {
  private ShapeJudge() {}

  /**
   * What keeps the tables from being compared, as sentences; empty when nothing does. Columns are
   * matched by name (trap C20). Their types may differ as long as the rows print alike.
   */
  public static List<String> faults(TableShape source, TableShape target) {
    List<String> faults = new ArrayList<>();
    missing(source, target)
        .forEach(column -> faults.add("column %s is missing on the target".formatted(column)));
    missing(target, source)
        .forEach(column -> faults.add("column %s is only on the target".formatted(column)));
    if (!source.encoding().equals(target.encoding())) {
      faults.add(
          "expected one server encoding, but the source has %s and the target %s: their hashes cannot be compared"
              .formatted(source.encoding(), target.encoding()));
    }
    return List.copyOf(faults);
  }

  private static List<String> missing(TableShape from, TableShape in) {
    return from.columns().stream().filter(column -> !in.columns().contains(column)).toList();
  }
}
