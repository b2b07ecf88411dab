package dev.cutover.sync.domain;

import dev.cutover.contract.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Orders tables so that rows may be written with foreign keys in force. Pure. */
public final class ParentsFirst {
  private ParentsFirst() {}

  /**
   * Each table after those that it refers to; otherwise, and where they refer to each other in a
   * circle, in the order given.
   *
   * @param references what each table refers to; tables that are not to be ordered do not matter
   */
  public static List<TableName> order(
      Collection<TableName> tables, Map<TableName, Set<TableName>> references) {
    Set<TableName> left = new LinkedHashSet<>(tables);
    List<TableName> ordered = new ArrayList<>();
    while (!left.isEmpty()) {
      TableName next =
          left.stream()
              .filter(
                  table ->
                      references.getOrDefault(table, Set.of()).stream()
                          .noneMatch(other -> !other.equals(table) && left.contains(other)))
              .findFirst()
              .orElseGet(() -> left.iterator().next());
      left.remove(next);
      ordered.add(next);
    }
    return ordered;
  }
}
