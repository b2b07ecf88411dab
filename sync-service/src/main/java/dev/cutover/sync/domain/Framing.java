package dev.cutover.sync.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes whole transactions of chunks, each exactly once and in commit order: drops what a replaced
 * capture still wrote, what was never finished, and what is applied already.
 *
 * <p>No clock, no I/O; owned by one thread. Why dropping is safe: every capture starts at the slot,
 * which is never ahead of what is applied, and writes without gaps; so the transactions dropped
 * here come again, or have been applied (correctness.md 1.1 and 4).
 *
 * <p>What it keeps is bounded, however large a transaction is: the changes of one beyond the bounds
 * are forgotten, and where they lie in the topic is told at its end.
 */
public final class Framing {
  private static final int CHANGES_MAX = 10_000;
  private static final int BYTES_MAX = 2 << 20;

  private final int changesMax;
  private final int bytesMax;
  private Lsn applied;
  private long epoch = -1;
  private long expectedNumber = -1;
  private @Nullable Open open;

  /** A transaction whose end has not been seen. */
  private static final class Open {
    private final ChunkPlace begin;
    private final long firstNumber;
    private final List<Change> changes = new ArrayList<>();
    private final List<Change.Mark> marks = new ArrayList<>();
    private long bytes;
    private boolean isLarge;
    private boolean hasRows;

    Open(ChunkPlace begin, long firstNumber) {
      this.begin = begin;
      this.firstNumber = firstNumber;
    }
  }

  /** Starts after a position. */
  public Framing(Lsn applied) {
    this(applied, CHANGES_MAX, BYTES_MAX);
  }

  /**
   * Starts after a position.
   *
   * @param changesMax beyond so many changes a transaction is large
   * @param bytesMax beyond so many encoded bytes too
   */
  public Framing(Lsn applied, int changesMax, int bytesMax) {
    this.applied = applied;
    this.changesMax = changesMax;
    this.bytesMax = bytesMax;
  }

  /**
   * Takes the next chunk of the topic.
   *
   * @return the transaction that it completes; empty when it completes none, or one to be dropped
   * @throws GapFound when a chunk of the current epoch is missing
   */
  public Optional<Transaction> accept(ChangeChunk chunk, ChunkPlace place) {
    if (chunk.epoch() < epoch) {
      return Optional.empty();
    }
    if (chunk.epoch() > epoch) {
      epoch = chunk.epoch();
      expectedNumber = chunk.number();
      open = null;
    }
    if (chunk.number() != expectedNumber) {
      throw new GapFound(epoch, expectedNumber, chunk.number());
    }
    expectedNumber++;
    Open current = chunk.begin() ? new Open(place, chunk.number()) : open;
    open = current;
    if (current == null) {
      return Optional.empty();
    }
    take(current, chunk, place);
    if (chunk.end().isEmpty()) {
      return Optional.empty();
    }
    open = null;
    Commit commit = chunk.end().get();
    if (commit.lsn().isUpTo(applied)) {
      return Optional.empty();
    }
    applied = commit.lsn();
    return Optional.of(
        current.isLarge
            ? new LargeTransaction(
                commit,
                current.begin.offset(),
                place.nextOffset(),
                chunk.epoch(),
                current.firstNumber,
                chunk.number(),
                current.marks,
                current.hasRows)
            : new ChangeFrame(commit, place.nextOffset(), current.changes));
  }

  private void take(Open current, ChangeChunk chunk, ChunkPlace place) {
    current.bytes += place.bytes();
    current.changes.addAll(chunk.changes());
    // One chunk is in memory anyway.
    current.isLarge |=
        !chunk.begin() && (current.changes.size() > changesMax || current.bytes > bytesMax);
    if (current.isLarge) {
      current.marks.addAll(Change.marks(current.changes));
      current.hasRows |= current.changes.stream().anyMatch(Change.OfTable.class::isInstance);
      current.changes.clear();
    }
  }

  /** A chunk never arrived; everything after it is worthless until the capture starts anew. */
  public static final class GapFound extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GapFound(long epoch, long expected, long found) {
      super(
          "Expected chunk %d of capture epoch %d, but the change topic has %d: start the stream again, the slot still holds the changes"
              .formatted(expected, epoch, found));
    }
  }
}
