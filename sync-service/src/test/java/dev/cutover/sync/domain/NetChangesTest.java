package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NetChangesTest {
  private static final TableName T = new TableName("public", "t");
  private static final List<String> KEY = List.of("id");
  private static final List<String> COLUMNS = List.of("id", "big", "n");

  private static Change.OfTable insert(int id, String big, int n) {
    return new Change.Insert(T, row(id, new Value.Text(big), n));
  }

  private static Change.OfTable update(int id, Value big, int n) {
    return moved(id, id, big, n);
  }

  private static Change.OfTable moved(int from, int to, Value big, int n) {
    return new Change.Update(T, new Row(KEY, List.of(text(from))), row(to, big, n));
  }

  private static Change.OfTable delete(int id) {
    return new Change.Delete(T, new Row(KEY, List.of(text(id))));
  }

  private static Row row(int id, Value big, int n) {
    return new Row(COLUMNS, List.of(text(id), big, text(n)));
  }

  private static Value text(int number) {
    return new Value.Text(Integer.toString(number));
  }

  private static Coalescer.RowSet set(Change.OfTable... changes) {
    return new Coalescer.RowSet(List.of(changes));
  }

  private static List<Coalescer.Step> net(Change.OfTable... changes) {
    return Coalescer.coalesce(List.of(changes), true, Map.of(T, KEY));
  }

  @Test
  void shouldWriteARowOnceWhenItIsUpdatedOften() {
    // given
    Value unchanged = Value.Special.UNCHANGED;

    // when / then
    assertThat(
            net(
                update(1, new Value.Text("x"), 1),
                update(2, unchanged, 5),
                update(1, unchanged, 2)))
        .containsExactly(set(update(1, new Value.Text("x"), 2)), set(update(2, unchanged, 5)));
    assertThat(net(insert(1, "x", 1), update(1, unchanged, 2)))
        .containsExactly(set(insert(1, "x", 2)));
    assertThat(net(update(1, unchanged, 2), delete(1))).containsExactly(set(delete(1)));
  }

  @Test
  void shouldKeepTheOrderWhenJoiningWouldHideAConflict() {
    assertThat(net(insert(1, "x", 1), delete(1)))
        .containsExactly(set(insert(1, "x", 1)), set(delete(1)));
    assertThat(net(delete(1), insert(1, "x", 1)))
        .containsExactly(set(delete(1)), set(insert(1, "x", 1)));
    assertThat(net(insert(1, "x", 1), insert(1, "y", 1)))
        .containsExactly(set(insert(1, "x", 1)), set(insert(1, "y", 1)));
    assertThat(net(delete(1), update(1, new Value.Text("x"), 1)))
        .containsExactly(set(delete(1)), set(update(1, new Value.Text("x"), 1)));
  }

  @Test
  @Tag("C4")
  void shouldWriteEverythingBeforeWhenAKeyChanges() {
    // given
    Change.OfTable moved = moved(1, 2, new Value.Text("x"), 1);

    // when / then
    assertThat(net(delete(2), moved, insert(1, "y", 1)))
        .containsExactly(
            set(delete(2)), new Coalescer.Rows(List.of(moved)), set(insert(1, "y", 1)));
  }

  @Test
  void shouldKeepTheOrderWhenForeignKeysAreChecked() {
    assertThat(
            Coalescer.coalesce(
                List.of(update(1, new Value.Text("x"), 1), update(1, new Value.Text("x"), 2)),
                false,
                Map.of(T, KEY)))
        .containsExactly(
            new Coalescer.Rows(
                List.of(update(1, new Value.Text("x"), 1), update(1, new Value.Text("x"), 2))));
  }

  @Test
  void shouldLeaveTheSameRowsWhateverTheChanges() {
    for (int seed = 0; seed < 300; seed++) {
      // given
      List<Change> changes = valid(new Random(seed), 60);

      // when
      Map<Value, Row> inOrder = new HashMap<>();
      Coalescer.coalesce(changes, true).forEach(step -> apply(step, inOrder));
      Map<Value, Row> net = new HashMap<>();
      Coalescer.coalesce(changes, true, Map.of(T, KEY)).forEach(step -> apply(step, net));

      // then
      assertThat(net).as("seed %d", seed).isEqualTo(inOrder);
    }
  }

  /** Changes as a database can make them, on few keys. */
  private static List<Change> valid(Random random, int count) {
    Map<Integer, Boolean> there = new HashMap<>();
    List<Change> changes = new ArrayList<>();
    while (changes.size() < count) {
      int id = random.nextInt(6);
      int to = random.nextInt(6);
      Value big =
          random.nextBoolean()
              ? Value.Special.UNCHANGED
              : new Value.Text("v" + random.nextInt(100));
      if (!there.getOrDefault(id, false)) {
        changes.add(insert(id, "new" + random.nextInt(100), changes.size()));
        there.put(id, true);
      } else if (random.nextInt(4) == 0) {
        changes.add(delete(id));
        there.put(id, false);
      } else if (random.nextInt(6) == 0 && !there.getOrDefault(to, false)) {
        changes.add(moved(id, to, big, changes.size()));
        there.put(id, false);
        there.put(to, true);
      } else {
        changes.add(update(id, big, changes.size()));
      }
    }
    return changes;
  }

  /** A table that refuses what does not fit. */
  private static void apply(Coalescer.Step step, Map<Value, Row> rows) {
    List<Change.OfTable> changes =
        switch (step) {
          case Coalescer.Rows some -> some.changes();
          case Coalescer.RowSet set -> set.changes();
          case Coalescer.Truncation truncation -> List.of();
        };
    for (Change.OfTable change : changes) {
      switch (change) {
        case Change.Insert insert ->
            assertThat(rows.put(insert.after().value("id"), insert.after())).isNull();
        case Change.Delete delete -> assertThat(rows.remove(delete.key().value("id"))).isNotNull();
        case Change.Update update -> {
          Row before = rows.remove(update.key().value("id"));
          assertThat(before).isNotNull();
          List<Value> values = new ArrayList<>(update.after().values());
          if (before != null && values.get(1) == Value.Special.UNCHANGED) {
            values.set(1, before.values().get(1));
          }
          assertThat(rows.put(update.after().value("id"), new Row(COLUMNS, values))).isNull();
        }
        case Change.Truncate truncate -> rows.clear();
      }
    }
  }
}
