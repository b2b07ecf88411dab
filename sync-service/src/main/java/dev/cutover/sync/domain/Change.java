package dev.cutover.sync.domain;

import dev.cutover.contract.TableName;
import java.time.Instant;
import java.util.List;

/** One change of one captured transaction. */
public sealed interface Change {

  /** The markers among changes, in their order. */
  static List<Mark> marks(List<Change> changes) {
    return changes.stream().filter(Mark.class::isInstance).map(Mark.class::cast).toList();
  }

  /** A change of one table. */
  sealed interface OfTable extends Change {
    /** The changed table. */
    TableName table();
  }

  /**
   * A new row.
   *
   * @param after every replicated column
   */
  record Insert(TableName table, Row after) implements OfTable {}

  /**
   * A changed row.
   *
   * @param key the key as it was before: it finds the row, also where the key itself changes
   * @param after every replicated column as it is now; some may be {@link Value.Special#UNCHANGED}
   */
  record Update(TableName table, Row key, Row after) implements OfTable {}

  /**
   * A deleted row.
   *
   * @param key the key that it had
   */
  record Delete(TableName table, Row key) implements OfTable {}

  /** All rows of a table deleted at once. */
  record Truncate(TableName table) implements OfTable {}

  /**
   * A row of {@code cutover.marker}, written or written again.
   *
   * @param id {@link #HEARTBEAT}, or the step that waits for it
   * @param at as the writer's clock had it
   */
  record Mark(String id, Instant at) implements Change {
    /** Written every second on the captured side; measured, never stored on the other side. */
    public static final String HEARTBEAT = "hb";

    /** True for the row that only measures. */
    public boolean isHeartbeat() {
      return id.equals(HEARTBEAT);
    }
  }
}
