package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.TableName;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CoalescerTest {
  private static final TableName A = new TableName("public", "a");
  private static final TableName B = new TableName("public", "b");
  private static final List<String> KEY = List.of("id");
  private static final List<String> COLUMNS = List.of("id", "big", "n");

  private static Change.OfTable insert(TableName table, int id) {
    return new Change.Insert(table, row(id, new Value.Text("x")));
  }

  private static Change.OfTable update(int from, int to, Value big) {
    return new Change.Update(A, new Row(KEY, List.of(text(from))), row(to, big));
  }

  private static Change.OfTable delete(TableName table, int id) {
    return new Change.Delete(table, new Row(KEY, List.of(text(id))));
  }

  private static Row row(int id, Value big) {
    return new Row(COLUMNS, List.of(text(id), big, text(7)));
  }

  private static Value text(int number) {
    return new Value.Text(Integer.toString(number));
  }

  private static Coalescer.Rows rows(Change.OfTable... changes) {
    return new Coalescer.Rows(List.of(changes));
  }

  @Test
  void shouldKeepTheOrderOverTablesWhenForeignKeysAreChecked() {
    // when
    List<Coalescer.Step> steps =
        Coalescer.coalesce(List.of(insert(A, 1), insert(B, 1), insert(A, 2)), false);

    // then
    assertThat(steps).containsExactly(rows(insert(A, 1)), rows(insert(B, 1)), rows(insert(A, 2)));
  }

  @Test
  void shouldBatchATableWhenForeignKeysAreNotChecked() {
    // when
    List<Coalescer.Step> steps =
        Coalescer.coalesce(
            List.of(insert(A, 1), insert(B, 1), insert(A, 2), delete(A, 1), insert(A, 1)), true);

    // then
    assertThat(steps)
        .containsExactly(
            rows(insert(A, 1), insert(A, 2)),
            rows(delete(A, 1)),
            rows(insert(A, 1)),
            rows(insert(B, 1)));
  }

  @Test
  @Tag("C1")
  void shouldSeparateUpdatesWhenOtherColumnsAreUnchanged() {
    // given
    Change.OfTable whole = update(1, 1, new Value.Text("y"));
    Change.OfTable without = update(2, 2, Value.Special.UNCHANGED);
    Change.OfTable moved = update(3, 4, new Value.Text("y"));

    // when
    List<Coalescer.Step> steps = Coalescer.coalesce(List.of(whole, without, moved), true);

    // then
    assertThat(steps).containsExactly(rows(whole), rows(without), rows(moved));
    assertThat(Coalescer.assigned((Change.Update) whole)).containsExactly("big", "n");
    assertThat(Coalescer.assigned((Change.Update) without)).containsExactly("n");
    assertThat(Coalescer.assigned((Change.Update) moved)).containsExactly("id", "big", "n");
  }

  @Test
  void shouldTruncateTogetherWhenTablesWereTruncatedTogether() {
    // when
    List<Coalescer.Step> steps =
        Coalescer.coalesce(
            List.of(insert(A, 1), new Change.Truncate(A), new Change.Truncate(B), insert(B, 2)),
            true);

    // then
    assertThat(steps)
        .containsExactly(
            rows(insert(A, 1)), new Coalescer.Truncation(Set.of(A, B)), rows(insert(B, 2)));
  }
}
