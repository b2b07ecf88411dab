package dev.cutover.sync.domain;

import dev.cutover.sync.domain.WriteGate.FenceEvidence;
import java.util.ArrayList;
import java.util.List;

/** Judges whether a fence that stood still stands. Pure. */
public final class FenceWatch {
  private FenceWatch() {}

  /**
   * Compares what is there with what was there when the fence was proven.
   *
   * <p>A row with a newer epoch is no loss: somebody else has decided meanwhile.
   *
   * @param then evidence taken right after the fence
   * @param now evidence read again
   * @return why the fence cannot be relied on, as sentences; empty when it stands or was superseded
   */
  public static List<String> losses(FenceEvidence then, FenceEvidence now) {
    if (now.row().epoch() > then.row().epoch()) {
      return List.of();
    }
    List<String> losses = new ArrayList<>();
    if (now.row().epoch() < then.row().epoch()) {
      losses.add(
          "Expected the fence's row at epoch %d, but it is back at %d: the database has lost commits"
              .formatted(then.row().epoch(), now.row().epoch()));
    }
    if (now.row().isOpen()) {
      losses.add("Expected the row FENCED, but it says OPEN at the same epoch: somebody edited it");
    }
    if (!now.unfencedTables().isEmpty()) {
      losses.add(
          "Expected the trigger of every table to be enabled, but it is not on "
              + String.join(", ", now.unfencedTables()));
    }
    if (then.ddlRefused().orElse(false) && !now.ddlRefused().orElse(false)) {
      losses.add("Expected the event trigger cutover_ddl to be enabled, but it is not");
    }
    if (now.timeline() != then.timeline()) {
      losses.add(
          "Expected timeline %d, but the database is on %d: it failed over, and may have lost the fence for a moment"
              .formatted(then.timeline(), now.timeline()));
    }
    return losses;
  }
}
