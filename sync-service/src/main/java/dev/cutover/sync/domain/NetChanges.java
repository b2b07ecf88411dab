package dev.cutover.sync.domain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What remains of one table's changes, a change for each key: a row updated a hundred times is
 * written once. Pure.
 *
 * <p>Only for tables where nothing but the primary key makes one row's change depend on another's;
 * then rows with different keys may be changed in any order. Changes that cannot be joined without
 * hiding a conflict (an insert and its deletion, a deletion and a new row of that key) and those
 * that change a key keep their place: everything before them is written first.
 */
final class NetChanges {
  private final List<String> key;
  private final List<Coalescer.Step> steps = new ArrayList<>();
  private final Map<List<Value>, Change.OfTable> net = new LinkedHashMap<>();
  private final List<Change.OfTable> apart = new ArrayList<>();

  private NetChanges(List<String> key) {
    this.key = key;
  }

  /**
   * Plans the steps of one table's changes.
   *
   * @param key names of the primary key's columns
   */
  static List<Coalescer.Step> of(List<Change.OfTable> changes, List<String> key) {
    NetChanges all = new NetChanges(key);
    changes.forEach(all::accept);
    all.flush();
    return all.steps;
  }

  private void accept(Change.OfTable change) {
    List<Value> at = fixedKey(change);
    if (at == null) {
      flushNet();
      apart.add(change);
      return;
    }
    flushApart();
    Change.OfTable before = net.get(at);
    Change.OfTable joined = before == null ? change : joined(before, change);
    if (joined == null) {
      flushNet();
      joined = change;
    }
    net.put(at, joined);
  }

  /** The key where the change leaves it as it is; null where it does not. */
  private @Nullable List<Value> fixedKey(Change.OfTable change) {
    return switch (change) {
      case Change.Insert insert -> values(insert.after());
      case Change.Delete delete -> values(delete.key());
      case Change.Update update -> {
        List<Value> before = values(update.key());
        yield before != null && before.equals(values(update.after())) ? before : null;
      }
      case Change.Truncate truncate -> null;
    };
  }

  private @Nullable List<Value> values(Row row) {
    List<Value> values = new ArrayList<>(key.size());
    for (String name : key) {
      int index = row.columns().indexOf(name);
      if (index < 0 || !(row.values().get(index) instanceof Value.Text text)) {
        return null;
      }
      values.add(text);
    }
    return values;
  }

  private static Change.@Nullable OfTable joined(Change.OfTable before, Change.OfTable after) {
    return switch (before) {
      case Change.Insert insert ->
          after instanceof Change.Update update && isOverlaid(insert.after(), update.after())
              ? new Change.Insert(insert.table(), overlaid(insert.after(), update.after()))
              : null;
      case Change.Update first ->
          switch (after) {
            case Change.Update update ->
                isOverlaid(first.after(), update.after())
                    ? new Change.Update(
                        first.table(), first.key(), overlaid(first.after(), update.after()))
                    : null;
            case Change.Delete delete -> delete;
            case Change.Insert insert -> null;
            case Change.Truncate truncate -> null;
          };
      case Change.Delete delete -> null;
      case Change.Truncate truncate -> null;
    };
  }

  private static boolean isOverlaid(Row before, Row after) {
    return before.columns().equals(after.columns());
  }

  // A value that the later change leaves alone is the earlier one's, which may leave it alone too.
  private static Row overlaid(Row before, Row after) {
    List<Value> values = new ArrayList<>(after.values());
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) == Value.Special.UNCHANGED) {
        values.set(i, before.values().get(i));
      }
    }
    return new Row(after.columns(), values);
  }

  private void flush() {
    flushNet();
    flushApart();
  }

  private void flushApart() {
    if (!apart.isEmpty()) {
      steps.addAll(Coalescer.neighbours(apart));
      apart.clear();
    }
  }

  // Deletions first: keys of different text can be equal to the database (citext, 1.0 and 1.00),
  // and a new row may have such a key.
  private void flushNet() {
    List<Change.OfTable> deletes = new ArrayList<>();
    Map<List<String>, List<Change.OfTable>> updates = new LinkedHashMap<>();
    Map<List<String>, List<Change.OfTable>> inserts = new LinkedHashMap<>();
    for (Change.OfTable change : net.values()) {
      switch (change) {
        case Change.Delete delete -> deletes.add(delete);
        case Change.Update update ->
            updates.computeIfAbsent(Coalescer.assigned(update), _ -> new ArrayList<>()).add(update);
        case Change.Insert insert ->
            inserts.computeIfAbsent(insert.after().columns(), _ -> new ArrayList<>()).add(insert);
        case Change.Truncate truncate -> throw new IllegalStateException("a truncation has no key");
      }
    }
    if (!deletes.isEmpty()) {
      steps.add(new Coalescer.RowSet(deletes));
    }
    updates.values().forEach(changes -> steps.add(new Coalescer.RowSet(changes)));
    inserts.values().forEach(changes -> steps.add(new Coalescer.RowSet(changes)));
    net.clear();
  }
}
