package dev.cutover.sync.domain;

import dev.cutover.contract.DatabaseState;
import dev.cutover.contract.DatabaseState.AppliedStream;
import dev.cutover.contract.DatabaseState.Slot;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What of a sync is in its two databases, whoever began it.
 *
 * @param forward the stream from the source
 * @param reverse the stream back
 * @param ownCopy of a copy by itself that is under way or was cut off: what it wrote down; empty
 *     without one
 */
public record SyncStatus(
    DatabaseState source,
    DatabaseState target,
    Stream forward,
    Stream reverse,
    Optional<String> ownCopy) {
  /** A running stream moves its position each second. */
  private static final long LATE_MS = 10_000;

  /**
   * One direction.
   *
   * @param name of stream, slot and publication
   * @param slot on the captured side
   * @param published tables that its publication has
   * @param begun whether a copy was begun for it
   * @param complete tables whose rows are all there
   * @param position up to where changes are applied on the other side; there is none before the
   *     copy is complete
   * @param lagBytes log of the captured side after that; -1 when unknown
   */
  public record Stream(
      String name,
      Optional<Slot> slot,
      List<TableName> published,
      boolean begun,
      List<TableName> complete,
      Optional<AppliedStream> position,
      long lagBytes) {
    public Stream {
      published = List.copyOf(published);
      complete = List.copyOf(complete);
    }

    /** Nothing is there of it. */
    public boolean isAbsent() {
      return slot.isEmpty() && published.isEmpty() && !begun && position.isEmpty();
    }
  }

  /**
   * What somebody should look at, as sentences.
   *
   * @param retainedMaxBytes more log than that should not be kept for a slot
   */
  public List<String> warnings(ReplicationSpec spec, long retainedMaxBytes) {
    List<String> warnings = new ArrayList<>();
    for (Side side : Side.values()) {
      database(spec.endpoint(side).address(), side, warnings);
    }
    // Of a captured side that does not answer nothing is known of slot and publication.
    if (source.unreachable().isEmpty()) {
      stream(forward, spec, retainedMaxBytes, warnings);
    }
    if (target.unreachable().isEmpty()) {
      stream(reverse, spec, retainedMaxBytes, warnings);
    }
    ownCopy.ifPresent(
        what ->
            warnings.add(
                "Expected no copy by itself under way on %s, but there is its record (%s): unless one runs, copy again, or drop"
                    .formatted(spec.target().address(), what)));
    return warnings;
  }

  private void database(String address, Side side, List<String> warnings) {
    DatabaseState state = side == Side.SOURCE ? source : target;
    state.unreachable().ifPresent(warnings::add);
    if (!state.unfencedTables().isEmpty()) {
      warnings.add(
          "Expected the fence of %s to cover all tables, but it does not cover %s"
              .formatted(address, String.join(", ", state.unfencedTables())));
    }
    state
        .fence()
        .flatMap(DatabaseState.Fence::manual)
        .ifPresent(
            mark ->
                warnings.add(
                    "%s has the manual mark of %s: nothing changes it meanwhile"
                        .formatted(address, mark.who().orElse("a person"))));
  }

  private static void stream(
      Stream stream, ReplicationSpec spec, long retainedMaxBytes, List<String> warnings) {
    boolean isTools = spec.isExternal(Direction.FORWARD) && stream.name().endsWith("_forward");
    if (stream.isAbsent() || isTools) {
      return;
    }
    if (stream.begun() && stream.position().isEmpty()) {
      warnings.add(
          "The copy of %s is not complete, %d of %d tables are: unless one runs, follow again, or drop"
              .formatted(stream.name(), stream.complete().size(), spec.tables().size()));
    }
    if (stream.slot().isEmpty()) {
      if (stream.position().isPresent()) {
        warnings.add(
            "Expected slot %s, but it is gone, and the changes since %s with it: drop, and copy again"
                .formatted(stream.name(), stream.position().get().lsn()));
      }
      return;
    }
    slot(stream, stream.slot().get(), retainedMaxBytes, warnings);
    List<TableName> missing = new ArrayList<>(spec.tables());
    missing.removeAll(stream.published());
    if (!missing.isEmpty()) {
      warnings.add(
          "Expected the plan's tables in publication %s, but these are not: %s. Their changes do not follow"
              .formatted(stream.name(), missing));
    }
  }

  private static void slot(Stream stream, Slot slot, long retainedMaxBytes, List<String> warnings) {
    if (slot.walStatus().equals("lost")) {
      warnings.add(
          "Expected slot %s to hold its changes, but the server gave up the log that it needs: drop, and copy again"
              .formatted(slot.name()));
    } else if (slot.walStatus().equals("unreserved")) {
      warnings.add(
          "Slot %s is about to lose the log that it needs: let somebody follow it now"
              .formatted(slot.name()));
    }
    if (slot.retainedBytes() > retainedMaxBytes) {
      warnings.add(
          "Expected at most %,d bytes of log kept for slot %s, but it keeps %,d: the server's disk fills"
              .formatted(retainedMaxBytes, slot.name(), slot.retainedBytes()));
    }
    if (!slot.active()) {
      warnings.add(
          "Nobody reads slot %s, and the server keeps its log for it: follow, or drop"
              .formatted(slot.name()));
    } else {
      stream
          .position()
          .filter(position -> !position.held() && position.ageMs() > LATE_MS)
          .ifPresent(
              position ->
                  warnings.add(
                      String.format(
                          Locale.ROOT,
                          "Expected %s to be applied each second, but nothing was for %.0f s",
                          stream.name(),
                          position.ageMs() / 1000.0)));
    }
  }
}
