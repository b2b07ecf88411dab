package dev.cutover.deploy.simulation;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.Side;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.WriterRow;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One database: the row of {@code cutover.writer} and the triggers that read it, one table whose
 * keys come from a sequence, and its commits in order, from which slots stream.
 */
final class SimulatedDatabase {
  /**
   * One commit.
   *
   * @param row key and content, if it wrote one
   * @param marker its id, if it wrote one
   * @param byApplier whether the stream wrote it, so that it is not streamed back
   */
  record Commit(Optional<Map.Entry<Long, Long>> row, Optional<String> marker, boolean byApplier) {}

  /** What became of a client's write. */
  enum Written {
    ACKNOWLEDGED,
    REFUSED,
    UNREACHABLE,
    /** The sequence gave out a number that is taken. */
    TWICE
  }

  static final String SEQUENCE = "public.orders_id_seq";

  final Side side;
  final DatabaseEndpoint endpoint;
  final NavigableMap<Long, Long> rows = new TreeMap<>();
  final List<Commit> commits = new ArrayList<>();
  final Set<String> markers = new HashSet<>();

  /** Slots of captures here, by direction: up to where they are confirmed. */
  final Map<Direction, Integer> slots = new EnumMap<>(Direction.class);

  /** Up to where each stream was applied here; kept with the rows. */
  final Map<Direction, Integer> positions = new EnumMap<>(Direction.class);

  /** Writes that clients got an answer for, by key. */
  final Map<Long, Long> acknowledged = new TreeMap<>();

  boolean reachable = true;
  boolean triggers;
  long lastNumber;
  @Nullable WriterRow row;

  SimulatedDatabase(Side side, DatabaseEndpoint endpoint) {
    this.side = side;
    this.endpoint = endpoint;
  }

  /** Whether a client's write would go through, if it got here. */
  boolean isUnfenced() {
    return row == null || !triggers || row.isOpen();
  }

  boolean acceptsWrites() {
    return reachable && isUnfenced();
  }

  Written write(long content) {
    if (!reachable) {
      return Written.UNREACHABLE;
    }
    if (!isUnfenced()) {
      return Written.REFUSED;
    }
    long key = ++lastNumber;
    if (rows.containsKey(key)) {
      return Written.TWICE;
    }
    put(key, content, false);
    acknowledged.put(key, content);
    return Written.ACKNOWLEDGED;
  }

  /** Writes as the applier, whom nothing fences. */
  void put(long key, long content, boolean byApplier) {
    rows.put(key, content);
    commits.add(new Commit(Optional.of(Map.entry(key, content)), Optional.empty(), byApplier));
  }

  String mark(String kind) {
    String id = "%s-%s-%d".formatted(kind, side, commits.size());
    commits.add(new Commit(Optional.empty(), Optional.of(id), false));
    markers.add(id);
    return id;
  }

  /** Content that must not be streamed any more, as the schema it was kept in is gone. */
  void forgetStreams() {
    positions.clear();
    markers.clear();
  }

  WriterRow requireRow() throws GateRefused {
    requireReachable();
    if (row == null) {
      throw new GateRefused(Reason.NOT_PREPARED, "Expected schema cutover, but there is none");
    }
    return row;
  }

  void requireReachable() throws GateRefused {
    if (!reachable) {
      throw new GateRefused(
          Reason.UNREACHABLE, "Expected an answer of the %s, but got none".formatted(side));
    }
  }
}
