package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Delta;
import dev.cutover.contract.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DeltaCountTest {
  private static final TableName ORDERS = TableName.parse("orders");
  private static final TableShape SHAPE =
      new TableShape(
          ORDERS,
          List.of(
              new TableShape.Column("id", "bigint", "int8", true, false, false),
              new TableShape.Column("note", "text", "text", false, true, false)));
  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

  private final DeltaCount count = new DeltaCount(Map.of(ORDERS, SHAPE));

  private static Row key(String id) {
    return new Row(List.of("id"), List.of(new Value.Text(id)));
  }

  private static Row row(String id) {
    return new Row(List.of("id", "note"), List.of(new Value.Text(id), Value.Special.NULL));
  }

  private void add(long seconds, Change... changes) {
    ChangeFrame frame =
        new ChangeFrame(
            new Commit(new Lsn(seconds), NOON.plusSeconds(seconds)), seconds, List.of(changes));
    count.begin(frame);
    for (Change change : changes) {
      count.add(List.of(change)); // a large one comes in pieces
    }
  }

  @Test
  void shouldCountEachRowOnceAndEachChangeWhenARowChangesAgain() {
    // when
    add(1, new Change.Insert(ORDERS, row("1")), new Change.Insert(ORDERS, row("2")));
    add(2, new Change.Mark("hb", NOON));
    add(3, new Change.Update(ORDERS, key("1"), row("1")));
    add(4, new Change.Delete(ORDERS, key("9")));
    add(5, new Change.Mark("hb", NOON));

    // then
    Delta delta = count.toDelta(true);
    assertThat(delta.transactions()).isEqualTo(3);
    assertThat(delta.firstChangeAt()).contains(NOON.plusSeconds(1));
    assertThat(delta.lastChangeAt()).contains(NOON.plusSeconds(4));
    assertThat(delta.tables())
        .singleElement()
        .satisfies(
            table -> {
              assertThat(table.rows()).isEqualTo(3);
              assertThat(table.inserts()).isEqualTo(2);
              assertThat(table.updates()).isEqualTo(1);
              assertThat(table.deletes()).isEqualTo(1);
              assertThat(table.truncates()).isZero();
              assertThat(table.keysSha256()).hasSize(64);
            });
  }

  @Test
  void shouldBeEmptyWhenNothingWasChanged() {
    // when
    add(1, new Change.Mark("hb", NOON));

    // then
    assertThat(count.toDelta(false).tables()).isEmpty();
    assertThat(count.toDelta(false).firstChangeAt()).isEmpty();
    assertThat(count.toDelta(false).complete()).isFalse();
  }
}
