package dev.cutover.validator.domain;

import java.time.Instant;

/** How much of the source's history the target is known to hold. */
public sealed interface Applied {
  /**
   * By the position that the stream keeps with the rows.
   *
   * @param lsn commit end of the last transaction that was applied; all before it were
   */
  record UpTo(long lsn) implements Applied {}

  /**
   * By assumption, where no stream keeps a position: nothing takes longer.
   *
   * @param at by the source's clock
   */
  record Before(Instant at) implements Applied {}

  /** Whether it holds all that could be seen at that point. Pure. */
  default boolean covers(SourcePoint point) {
    return switch (this) {
      case UpTo up -> up.lsn >= point.lsn();
      case Before before -> before.at.isAfter(point.at());
    };
  }
}
