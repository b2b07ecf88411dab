package dev.cutover.sync.domain;

import java.util.List;

/** One whole transaction of the captured side, in memory or, where it is large, in the topic. */
public sealed interface Transaction permits ChangeFrame, LargeTransaction {
  /** Where and when it ended. */
  Commit commit();

  /** Where the change topic goes on after it. */
  long nextOffset();

  /** The markers that it wrote, in their order. */
  List<Change.Mark> marks();

  /** True if it changed a row of a replicated table. */
  boolean hasRows();

  /** Its position. */
  default Lsn end() {
    return commit().lsn();
  }

  /** True if it does nothing but measure. */
  default boolean isHeartbeat() {
    return !hasRows() && marks().size() == 1 && marks().getFirst().isHeartbeat();
  }
}
