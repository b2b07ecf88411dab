package dev.cutover.sync.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes whole transactions of chunks, each exactly once and in commit order: drops what a replaced
 * capture still wrote, what was never finished, and what is applied already.
 *
 * <p>No clock, no I/O; owned by one thread. Why dropping is safe: every capture starts at the slot,
 * which is never ahead of what is applied, and writes without gaps; so the transactions dropped
 * here come again, or have been applied (correctness.md 1.1 and 4).
 */
public final class Framing {
  private Lsn applied;
  private long epoch = -1;
  private long expectedNumber = -1;
  private boolean open;
  private final List<Change> changes = new ArrayList<>();

  /** Starts after a position. */
  public Framing(Lsn applied) {
    this.applied = applied;
  }

  /**
   * Takes the next chunk of the topic.
   *
   * @param nextOffset where the topic goes on after it
   * @return the transaction that it completes; empty when it completes none, or one to be dropped
   * @throws GapFound when a chunk of the current epoch is missing
   */
  public Optional<ChangeFrame> accept(ChangeChunk chunk, long nextOffset) {
    if (chunk.epoch() < epoch) {
      return Optional.empty();
    }
    if (chunk.epoch() > epoch) {
      epoch = chunk.epoch();
      expectedNumber = chunk.number();
      reset();
    }
    if (chunk.number() != expectedNumber) {
      throw new GapFound(epoch, expectedNumber, chunk.number());
    }
    expectedNumber++;
    if (chunk.begin()) {
      reset();
      open = true;
    }
    if (!open) {
      return Optional.empty();
    }
    changes.addAll(chunk.changes());
    if (chunk.end().isEmpty()) {
      return Optional.empty();
    }
    ChangeFrame frame = new ChangeFrame(chunk.end().get(), nextOffset, changes);
    reset();
    if (frame.end().isUpTo(applied)) {
      return Optional.empty();
    }
    applied = frame.end();
    return Optional.of(frame);
  }

  private void reset() {
    open = false;
    changes.clear();
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
