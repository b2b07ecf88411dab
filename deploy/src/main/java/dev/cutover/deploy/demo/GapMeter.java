package dev.cutover.deploy.demo;

import dev.cutover.contract.Side;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures the times in which one client could not write, from how its writes ended. Answers come
 * in any order. Safe for use by many threads.
 */
public final class GapMeter {
  /**
   * A time in which a client could not write.
   *
   * @param from when the first refused write was sent
   * @param to when the first write sent after that was acknowledged
   * @param changedAt when the client's cache learned the address that acknowledged it
   * @param endedBy the side that acknowledged it
   */
  public record Gap(int client, Instant from, Instant to, Instant changedAt, Side endedBy) {
    /** How long it was, in milliseconds. */
    public long ms() {
      return Duration.between(from, to).toMillis();
    }
  }

  private final int client;
  private final List<Gap> gaps = new ArrayList<>();
  private @Nullable Instant refusedFrom;
  private Instant lastAcknowledgedSent = Instant.MIN;

  /** Measures for that client. */
  public GapMeter(int client) {
    this.client = client;
  }

  /**
   * A write was refused. It begins a gap unless a write that was sent later had gone through: of a
   * long one that was under way when the fence came, only the end fell into the gap.
   */
  public synchronized void refused(Instant sent) {
    boolean contradicted = !sent.isAfter(lastAcknowledgedSent);
    if (!contradicted && (refusedFrom == null || sent.isBefore(refusedFrom))) {
      refusedFrom = sent;
    }
  }

  /**
   * A write was acknowledged. It ends a gap if it was sent after the gap began.
   *
   * @param changedAt since when the client knows the address
   */
  public synchronized void acknowledged(Instant sent, Instant at, Instant changedAt, Side side) {
    if (sent.isAfter(lastAcknowledgedSent)) {
      lastAcknowledgedSent = sent;
    }
    Instant from = refusedFrom;
    if (from != null && sent.isAfter(from)) {
      gaps.add(new Gap(client, from, at, changedAt, side));
      refusedFrom = null;
    }
  }

  /** Every gap that has ended. */
  public synchronized List<Gap> gaps() {
    return List.copyOf(gaps);
  }
}
