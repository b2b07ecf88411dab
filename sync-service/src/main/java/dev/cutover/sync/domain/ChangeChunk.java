package dev.cutover.sync.domain;

import java.util.List;
import java.util.Optional;

/**
 * A piece of one captured transaction, as it travels in the change topic: a frame is one chunk or
 * several, the first with {@code begin}, the last with {@code end}.
 *
 * @param epoch which start of the capture wrote it; a higher one replaces all lower ones
 * @param number counts the chunks of one epoch, from 0, without gaps
 * @param begin first of its transaction
 * @param changes in commit order
 * @param end of the transaction; empty when more of it follows
 */
public record ChangeChunk(
    long epoch, long number, boolean begin, List<Change> changes, Optional<Commit> end) {
  public ChangeChunk {
    changes = List.copyOf(changes);
  }
}
