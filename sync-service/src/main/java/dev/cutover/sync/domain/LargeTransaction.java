package dev.cutover.sync.domain;

import java.util.List;

/**
 * A transaction that is too large to be kept in memory. Its changes are read once more from the
 * topic, chunk by chunk, while it is applied; it is complete there, so none is begun that has no
 * end.
 *
 * @param offset where its first chunk begins
 * @param epoch of the capture whose chunks count
 * @param firstNumber of its chunks
 * @param lastNumber of its chunks
 */
public record LargeTransaction(
    Commit commit,
    long offset,
    long nextOffset,
    long epoch,
    long firstNumber,
    long lastNumber,
    List<Change.Mark> marks,
    boolean hasRows)
    implements Transaction {
  public LargeTransaction {
    marks = List.copyOf(marks);
  }

  /** True if the chunk is a part of it, and not of another capture that wrote at the same time. */
  public boolean has(ChangeChunk chunk) {
    return chunk.epoch() == epoch && chunk.number() >= firstNumber && chunk.number() <= lastNumber;
  }
}
