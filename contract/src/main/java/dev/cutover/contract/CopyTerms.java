package dev.cutover.contract;

import java.util.Optional;

/**
 * How rows are brought to the target before the stream begins.
 *
 * @param schema where the target's schema comes from
 * @param maxBytesPerSecond what all workers together may read of the source; empty for no limit
 * @param maxSourceSessions the copy waits while more than these of other clients are active on the
 *     source; empty for never
 */
public record CopyTerms(
    SchemaOrigin schema, Optional<Long> maxBytesPerSecond, Optional<Integer> maxSourceSessions) {
  /** What holds where a plan says nothing. */
  public static final CopyTerms DEFAULT =
      new CopyTerms(SchemaOrigin.CHECK, Optional.empty(), Optional.empty());

  public CopyTerms {
    Arguments.require(
        maxBytesPerSecond.orElse(1L) > 0,
        "Expected maxBytesPerSecond of 1 or more, but got %s".formatted(maxBytesPerSecond));
    Arguments.require(
        maxSourceSessions.orElse(0) >= 0,
        "Expected maxSourceSessions of 0 or more, but got %s".formatted(maxSourceSessions));
  }

  /** Whether the target's schema may come from the source. */
  public boolean carriesSchema() {
    return schema == SchemaOrigin.CARRY;
  }

  /** Where the target's schema comes from. */
  public enum SchemaOrigin {
    /** It is there, and is compared with the source's, column by column. */
    CHECK,
    /** Carried over from the source where the target has none of the tables; otherwise compared. */
    CARRY
  }
}
