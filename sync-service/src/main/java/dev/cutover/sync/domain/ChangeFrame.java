package dev.cutover.sync.domain;

import java.util.List;

/**
 * One whole transaction of the captured side, in memory.
 *
 * @param changes in the order in which they were made; never empty
 */
public record ChangeFrame(Commit commit, long nextOffset, List<Change> changes)
    implements Transaction {
  public ChangeFrame {
    changes = List.copyOf(changes);
  }

  @Override
  public List<Change.Mark> marks() {
    return Change.marks(changes);
  }

  @Override
  public boolean hasRows() {
    return changes.stream().anyMatch(Change.OfTable.class::isInstance);
  }
}
