package dev.cutover.validator.domain;

import java.time.Instant;

/**
 * A moment in the source's history.
 *
 * @param lsn every transaction that could be seen at that moment was committed at or below it
 * @param at the source's clock
 */
public record SourcePoint(long lsn, Instant at) {
  /** Before everything. */
  static final SourcePoint BEGINNING = new SourcePoint(Long.MIN_VALUE, Instant.MIN);
}
