package dev.cutover.sync.domain;

import java.util.List;

/**
 * What came of a pass over two buckets.
 *
 * @param listed keys of the source that were looked at
 * @param same objects that were the same before
 * @param copied objects that were written
 * @param bytes of them
 * @param deleted objects that the source no longer had
 * @param kept objects that the source does not have, left alone
 * @param unproven objects whose source has a tag that is no hash of their content: their length is
 *     proven, and what arrived is what was read
 * @param faults the first of what could not be done
 * @param faultsTotal all of it
 * @param tookMs the pass
 */
public record ObjectsCopied(
    long listed,
    long same,
    long copied,
    long bytes,
    long deleted,
    long kept,
    long unproven,
    List<Fault> faults,
    long faultsTotal,
    long tookMs) {
  /** So many are named. */
  public static final int FAULTS_MAX = 100;

  public ObjectsCopied {
    faults = List.copyOf(faults);
  }

  /**
   * An object that is not as it shall be.
   *
   * @param reason a sentence
   */
  public record Fault(String key, String reason) {}

  /** Whether the target has all that the source had when it was listed. */
  public boolean isWhole() {
    return faultsTotal == 0;
  }
}
