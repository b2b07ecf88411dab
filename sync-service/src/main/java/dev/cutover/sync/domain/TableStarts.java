package dev.cutover.sync.domain;

import dev.cutover.contract.TableName;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * From where on each table's changes count: what its snapshot shows already must not be applied
 * again. Tables that a resumed copy brought over have a later start than the stream.
 *
 * @param byTable positions; a table that is not among them counts from the stream's own start
 * @param latest of them: what ends later counts on every table
 */
public record TableStarts(Map<TableName, Lsn> byTable, Lsn latest) {
  public TableStarts {
    byTable = Map.copyOf(byTable);
  }

  public TableStarts(Map<TableName, Lsn> byTable) {
    this(byTable, byTable.values().stream().max(Comparator.naturalOrder()).orElse(Lsn.ZERO));
  }

  /**
   * Those changes of a transaction that are not in the snapshot of their table, in their order.
   *
   * @param end of the transaction
   */
  public List<Change> due(Lsn end, List<Change> changes) {
    if (!end.isUpTo(latest)) {
      return changes;
    }
    return changes.stream()
        .filter(
            change ->
                !(change instanceof Change.OfTable of)
                    || !end.isUpTo(byTable.getOrDefault(of.table(), Lsn.ZERO)))
        .toList();
  }
}
