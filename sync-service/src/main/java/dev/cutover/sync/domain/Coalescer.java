package dev.cutover.sync.domain;

import dev.cutover.contract.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns the changes of whole transactions into few statements that leave the same rows. Pure.
 *
 * <p>Within a table the order of commits is kept, and only neighbours of one shape are put
 * together: so secondary unique keys never see a state that the captured side did not have (data.md
 * C5). Where a table has no such keys, only what remains of each row's changes is written. Tables
 * are independent of each other only where foreign keys are not checked; otherwise the order over
 * all tables is kept (data.md C6).
 */
public final class Coalescer {
  private Coalescer() {}

  /** What is to be executed, in order. */
  public sealed interface Step {}

  /**
   * Changes that differ in values only: one statement, executed for each.
   *
   * @param changes never empty; all of one kind, table and set of columns
   */
  public record Rows(List<Change.OfTable> changes) implements Step {}

  /**
   * Changes of one shape whose keys are all different and that may be executed in any order, also
   * by one statement.
   *
   * @param changes never empty; all of one kind, table and set of columns
   */
  public record RowSet(List<Change.OfTable> changes) implements Step {}

  /**
   * Tables emptied by one statement, as they were: apart they would break foreign keys.
   *
   * @param tables never empty
   */
  public record Truncation(Set<TableName> tables) implements Step {}

  /**
   * Plans the statements for changes in commit order. Marks are not part of it.
   *
   * @param tablesIndependent foreign keys are not checked while these are executed
   */
  public static List<Step> coalesce(List<Change> changes, boolean tablesIndependent) {
    return coalesce(changes, tablesIndependent, Map.of());
  }

  /**
   * Plans the statements for changes in commit order. Marks are not part of it.
   *
   * @param tablesIndependent foreign keys are not checked while these are executed
   * @param keys names of the primary key's columns of those tables in which nothing but that key
   *     relates one row to another; used only where tables are independent
   */
  public static List<Step> coalesce(
      List<Change> changes, boolean tablesIndependent, Map<TableName, List<String>> keys) {
    Map<TableName, List<String>> orderFree = tablesIndependent ? keys : Map.of();
    List<Step> steps = new ArrayList<>();
    Map<Object, List<Change.OfTable>> lanes = new LinkedHashMap<>();
    Set<TableName> truncated = new LinkedHashSet<>();
    for (Change change : changes) {
      switch (change) {
        case Change.Mark mark -> {}
        case Change.Truncate truncate -> {
          drain(lanes, orderFree, steps);
          truncated.add(truncate.table());
        }
        case Change.OfTable row -> {
          drain(truncated, steps);
          Object lane = tablesIndependent ? row.table() : "one";
          lanes.computeIfAbsent(lane, _ -> new ArrayList<>()).add(row);
        }
      }
    }
    drain(truncated, steps);
    drain(lanes, orderFree, steps);
    return steps;
  }

  private static void drain(Set<TableName> truncated, List<Step> steps) {
    if (!truncated.isEmpty()) {
      steps.add(new Truncation(new LinkedHashSet<>(truncated)));
      truncated.clear();
    }
  }

  private static void drain(
      Map<Object, List<Change.OfTable>> lanes,
      Map<TableName, List<String>> orderFree,
      List<Step> steps) {
    for (List<Change.OfTable> lane : lanes.values()) {
      List<String> key = orderFree.get(lane.getFirst().table());
      steps.addAll(key == null ? neighbours(lane) : NetChanges.of(lane, key));
    }
    lanes.clear();
  }

  /** Steps that keep the order: neighbours of one shape together. */
  static List<Step> neighbours(List<Change.OfTable> changes) {
    List<Step> steps = new ArrayList<>();
    List<Change.OfTable> batch = new ArrayList<>();
    for (Change.OfTable change : changes) {
      if (!batch.isEmpty() && !isOneShape(batch.getFirst(), change)) {
        steps.add(new Rows(batch));
        batch = new ArrayList<>();
      }
      batch.add(change);
    }
    steps.add(new Rows(batch));
    return steps;
  }

  private static boolean isOneShape(Change.OfTable one, Change.OfTable other) {
    if (!one.table().equals(other.table())) {
      return false;
    }
    return switch (one) {
      case Change.Insert insert ->
          other instanceof Change.Insert next
              && insert.after().columns().equals(next.after().columns());
      case Change.Update update ->
          other instanceof Change.Update next && assigned(update).equals(assigned(next));
      case Change.Delete delete ->
          other instanceof Change.Delete next
              && delete.key().columns().equals(next.key().columns());
      case Change.Truncate truncate -> false;
    };
  }

  /**
   * The columns that an update sets: not those left alone, and the key only where it changes. May
   * be empty.
   */
  public static List<String> assigned(Change.Update update) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < update.after().columns().size(); i++) {
      String column = update.after().columns().get(i);
      Value value = update.after().values().get(i);
      int key = update.key().columns().indexOf(column);
      boolean isKept = key >= 0 && update.key().values().get(key).equals(value);
      if (value != Value.Special.UNCHANGED && !isKept) {
        names.add(column);
      }
    }
    return names;
  }
}
