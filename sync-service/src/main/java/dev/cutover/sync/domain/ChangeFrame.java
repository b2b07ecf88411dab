package dev.cutover.sync.domain;

import java.util.List;

/**
 * One whole transaction of the captured side.
 *
 * @param end the end of its commit record: its position (never BEGIN's, data.md B2)
 * @param nextOffset where the change topic goes on after it
 * @param changes in the order in which they were made; never empty
 */
public record ChangeFrame(Lsn end, long nextOffset, List<Change> changes) {
  public ChangeFrame {
    changes = List.copyOf(changes);
  }
}
