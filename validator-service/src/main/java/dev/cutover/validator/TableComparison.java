package dev.cutover.validator;

import dev.cutover.contract.TableName;
import dev.cutover.validator.domain.Bisection;
import dev.cutover.validator.domain.Chunk;
import dev.cutover.validator.domain.ChunkDigest;
import dev.cutover.validator.domain.ChunkPlanner;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.RowDifference;
import dev.cutover.validator.domain.RowHash;
import dev.cutover.validator.domain.RowKey;
import dev.cutover.validator.domain.ShapeJudge;
import dev.cutover.validator.domain.TableFindings;
import dev.cutover.validator.domain.TableShape;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Compares one table in full, while changes may stream: digests of chunks, then of their parts,
 * then hashes of rows, then the rows that differ by key until each is the same or certainly not.
 *
 * <p>For one table and one thread.
 */
final class TableComparison {
  /** So few rows are listed at once. */
  private static final long LISTED_ROWS_MAX = 2_000;

  private static final int SAMPLE = 2 * TableFindings.DIFFERENCES_MAX;
  private final Sides sides;
  private final TableShape shape;
  private final List<String> faults;
  private final Patience patience;
  private final InstantSource clock;
  private final Instant deadline;
  private final Duration settleMax;
  private final List<RowDifference> differences = new ArrayList<>();
  private final Set<RowKey> pending = new HashSet<>();
  private final Set<RowKey> undecided = new HashSet<>();
  private long sourceRows;
  private long targetRows;
  private long chunks;
  private Duration took = Duration.ZERO;
  private Optional<String> stopped = Optional.empty();

  private TableComparison(
      Sides sides,
      TableShape shape,
      List<String> faults,
      Patience patience,
      InstantSource clock,
      Instant deadline,
      Duration settleMax) {
    this.sides = sides;
    this.shape = shape;
    this.faults = faults;
    this.patience = patience;
    this.clock = clock;
    this.deadline = deadline;
    this.settleMax = settleMax;
  }

  /**
   * Reads a whole table; what differs is still to be {@link #settled}.
   *
   * @param settleMax how long the rows of one chunk are watched at most
   * @param deadline when it stops, whatever is left
   */
  static TableComparison read(
      Sides sides,
      TableName table,
      Patience patience,
      InstantSource clock,
      Duration settleMax,
      Instant deadline)
      throws ReadFailed, InterruptedException {
    Sides.Pair<TableShape> shapes = sides.both(reader -> reader.shape(table));
    List<String> faults = ShapeJudge.faults(shapes.source(), shapes.target());
    TableShape shape = shapes.source().alike(shapes.target());
    TableComparison comparison =
        new TableComparison(sides, shape, faults, patience, clock, deadline, settleMax);
    Instant startedAt = clock.instant();
    if (faults.isEmpty()) {
      if (shape.ordered() && !ChunkPlanner.isOneChunk(shape)) {
        comparison.byRanges();
      } else {
        comparison.byBuckets();
      }
    }
    comparison.took = Duration.between(startedAt, clock.instant());
    return comparison;
  }

  /** Watches the rows that differed until each is known to be the same or not. */
  TableFindings settled() throws ReadFailed, InterruptedException {
    if (!faults.isEmpty()) {
      return new TableFindings(
          shape.table(), 0, 0, faults, List.of(), List.of(), Optional.empty(), "no row compared");
    }
    settlePending();
    return findings();
  }

  /** As both sides have it. */
  TableShape shape() {
    return shape;
  }

  /** How long reading took. */
  Duration took() {
    return took;
  }

  private void byRanges() throws ReadFailed, InterruptedException {
    RangeDigests ranges = new RangeDigests(sides, shape, clock);
    Optional<RangeDigests.Range> next = ranges.next();
    while (next.isPresent() && !mustStop()) {
      RangeDigests.Range range = next.get();
      count(1, range.digests().source().rows(), range.digests().target().rows());
      if (range.differs()) {
        locateIn(range);
      }
      next = ranges.next();
    }
  }

  /** One more scan of the range tells its differing parts, and another one lists their rows. */
  private void locateIn(RangeDigests.Range range) throws ReadFailed, InterruptedException {
    long most = Math.max(range.digests().source().rows(), range.digests().target().rows());
    if (most <= LISTED_ROWS_MAX) {
      locate(range.keys());
      return;
    }
    int of = ChunkPlanner.buckets(most);
    locateIn(range.keys(), of, sides.both(reader -> reader.bucketDigests(shape, range.keys(), of)));
  }

  /** One scan a side for all buckets, then one for those that differ. */
  private void byBuckets() throws ReadFailed, InterruptedException {
    int of = ChunkPlanner.buckets(shape.estimatedRows());
    Sides.Pair<Map<Integer, ChunkDigest>> digests =
        sides.both(reader -> reader.bucketDigests(shape, Chunk.ALL, of));
    count(shape.ordered() ? 1 : of, rowsIn(digests.source()), rowsIn(digests.target()));
    locateIn(Chunk.ALL, of, digests);
  }

  private void locateIn(Chunk.KeyRange range, int of, Sides.Pair<Map<Integer, ChunkDigest>> digests)
      throws ReadFailed, InterruptedException {
    SortedSet<Integer> differing = Bisection.differingBuckets(digests.source(), digests.target());
    while (!differing.isEmpty() && !mustStop()) {
      SortedSet<Integer> batch = new TreeSet<>();
      long rows = 0;
      for (int id : differing) {
        long most = Math.max(rowsIn(digests.source(), id), rowsIn(digests.target(), id));
        if (!batch.isEmpty() && rows + most > Suspects.MAX * 4L) {
          break;
        }
        batch.add(id);
        rows += most;
      }
      locate(new Chunk.Buckets(range, of, batch));
      differing.removeAll(batch);
    }
  }

  private static long rowsIn(Map<Integer, ChunkDigest> digests) {
    return digests.values().stream().mapToLong(ChunkDigest::rows).sum();
  }

  private static long rowsIn(Map<Integer, ChunkDigest> digests, int id) {
    return digests.getOrDefault(id, ChunkDigest.EMPTY).rows();
  }

  /** Rounds end when the chunk is the same, or rows were found that are not. */
  private void locate(Chunk chunk) throws ReadFailed, InterruptedException {
    while (!mustStop()) {
      Set<RowKey> suspects = new HashSet<>();
      boolean complete = suspects(chunk, suspects);
      if (complete && pending.size() + suspects.size() <= Suspects.MAX) {
        pending.addAll(suspects);
        return;
      }
      settlePending();
      int before = differences.size() + undecided.size();
      // so many that a sample shows whether they are damage
      settle(suspects.stream().limit(SAMPLE).collect(Collectors.toSet()));
      if (complete || differences.size() + undecided.size() > before) {
        return;
      }
    }
  }

  /** Collects keys of rows that differ at this moment; false when there are too many. */
  private boolean suspects(Chunk chunk, Set<RowKey> suspects)
      throws ReadFailed, InterruptedException {
    int limit = Suspects.MAX * 10;
    Sides.Pair<Map<RowKey, RowHash>> rows = sides.both(reader -> reader.rows(shape, chunk, limit));
    List<RowDifference> found = Bisection.differences(rows.source(), rows.target());
    found.stream().limit(Suspects.MAX).forEach(difference -> suspects.add(difference.key()));
    return found.size() <= Suspects.MAX
        && rows.source().size() < limit
        && rows.target().size() < limit;
  }

  /** Rows of many chunks together: each waits for the stream at the same time. */
  private void settlePending() throws ReadFailed, InterruptedException {
    settle(pending);
    pending.clear();
  }

  private void settle(Set<RowKey> suspects) throws ReadFailed, InterruptedException {
    if (suspects.isEmpty()) {
      return;
    }
    Suspects.Settled settled =
        Suspects.settle(sides, shape, patience, suspects, earlier(settleMax));
    differences.addAll(settled.differences());
    undecided.addAll(settled.undecided());
  }

  private boolean mustStop() {
    if (stopped.isEmpty()) {
      if (differences.size() >= TableFindings.DIFFERENCES_MAX) {
        stopped = Optional.of("stopped after %d rows that differ".formatted(differences.size()));
      } else if (clock.instant().isAfter(deadline)) {
        stopped = Optional.of("stopped at the deadline after %d rows".formatted(sourceRows));
      }
    }
    return stopped.isPresent();
  }

  private Instant earlier(Duration bound) {
    Instant until = clock.instant().plus(bound);
    return until.isBefore(deadline) ? until : deadline;
  }

  private void count(long parts, long onSource, long onTarget) {
    chunks += parts;
    sourceRows += onSource;
    targetRows += onTarget;
  }

  private TableFindings findings() {
    List<RowDifference> listed = differences.stream().limit(TableFindings.DIFFERENCES_MAX).toList();
    return new TableFindings(
        shape.table(),
        sourceRows,
        targetRows,
        List.of(),
        listed,
        List.copyOf(undecided),
        stopped,
        "%d rows on the source, %d on the target, %d columns, in %d %s, %d ms"
            .formatted(
                sourceRows,
                targetRows,
                shape.columns().size(),
                chunks,
                shape.ordered() ? "key ranges" : "hash buckets",
                took.toMillis()));
  }
}
