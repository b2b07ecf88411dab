package dev.cutover.dns.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.dns.domain.EpochMark.Epoch;
import java.time.Duration;

/**
 * Whose order it is, how new, and how long it may take.
 *
 * @param epoch totally ordered within the cutover
 * @param within bounds the trying; refuses nothing by itself
 */
public record Order(CutoverId cutover, long epoch, Duration within) {
  /** The mark that this order leaves. */
  public Epoch mark() {
    return mark(epoch);
  }

  /** The mark that an order of the same cutover left. */
  public Epoch mark(long otherEpoch) {
    return new Epoch(otherEpoch, cutover, false);
  }

  /** The mark that this order leaves if it is the cutover's last. */
  public Epoch lastMark() {
    return new Epoch(epoch, cutover, true);
  }
}
