package dev.cutover.sync.domain;

import java.util.List;

/**
 * One whole transaction of the captured side.
 *
 * @param commit where and when it ended
 * @param nextOffset where the change topic goes on after it
 * @param changes in the order in which they were made; never empty
 */
public record ChangeFrame(Commit commit, long nextOffset, List<Change> changes) {
  public ChangeFrame {
    changes = List.copyOf(changes);
  }

  /** Its position. */
  public Lsn end() {
    return commit.lsn();
  }
}
