package dev.cutover.validator;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.CheckResult.Outcome;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.validator.domain.Bisection;
import dev.cutover.validator.domain.CheckJudge;
import dev.cutover.validator.domain.FinalPlan;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.RowDifference;
import dev.cutover.validator.domain.RowHash;
import dev.cutover.validator.domain.RowKey;
import dev.cutover.validator.domain.ShapeJudge;
import dev.cutover.validator.domain.TableFindings;
import dev.cutover.validator.domain.TableShape;
import dev.cutover.validator.domain.Verdict;
import dev.cutover.validator.domain.Witness;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Compares what changed since the last pass, while a stream runs. Each clean pass leaves the next
 * one less: it is repeated until little is left, so that the write outage has little to compare.
 *
 * <p>Rows are found by their transactions on both sides, and not by what the stream says of them: a
 * change that the stream has lost is found too. A row that was deleted leaves no trace: before the
 * switch the final validation compares the keys of all rows for that. After it nobody does, so a
 * pass of the reverse stream looks at them itself, once.
 */
final class ChangedPass {
  /** With more than that the whole table is compared: what is remembered must not grow with it. */
  private static final int LISTED_MAX = 50_000;

  /** So few rows, or so short a pass, are little. */
  private static final int LITTLE_ROWS = 200;

  private static final Duration LITTLE = Duration.ofMillis(500);
  private static final int ROUNDS_MAX = 4;

  /** How long rows are watched that differ at first; what is open then is left to the next pass. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final int OPEN_MAX = 1_000;

  /** Where keys never stand still, all rows are compared so often, at the most. */
  private static final Duration FULL_EVERY = Duration.ofHours(1);

  /** And with so many times its own length between. */
  private static final int FULL_SHARE = 20;

  private final Sides sides;
  private final ReplicationSpec spec;
  private final Supplier<FullPass> full;
  private final PassMemory memory;
  private final Patience patience;
  private final InstantSource clock;
  private final Instant deadline;

  /**
   * @param full gives a new one for each table of which no pass is known
   */
  ChangedPass(
      Sides sides,
      ReplicationSpec spec,
      Supplier<FullPass> full,
      PassMemory memory,
      ValidatorConfig.Checking checking,
      InstantSource clock,
      Instant deadline) {
    this.sides = sides;
    this.spec = spec;
    this.full = full;
    this.memory = memory;
    this.patience = new Patience(sides, checking.settle(), clock);
    this.clock = clock;
    this.deadline = deadline;
  }

  private boolean isReverse() {
    return sides.direction() == Direction.REVERSE;
  }

  /** One result for each table, of the last pass. */
  List<CheckResult> run() throws ReadFailed, InterruptedException {
    for (int round = 1; ; round++) {
      Instant startedAt = clock.instant();
      Map<TableName, Future<Compared>> running = new LinkedHashMap<>();
      for (TableName table : spec.tables()) {
        running.put(table, sides.pace().fork("validator-changed", () -> compared(table)));
      }
      List<CheckResult> results = new ArrayList<>();
      boolean enough = true;
      for (Map.Entry<TableName, Future<Compared>> table : running.entrySet()) {
        Compared compared = Sides.result(table.getValue());
        results.add(compared.verdict().toResult("changed " + table.getKey(), compared.tookMs()));
        enough &= compared.rows() <= LITTLE_ROWS;
      }
      boolean bad = results.stream().anyMatch(result -> result.outcome() != Outcome.MATCH);
      boolean quick = Duration.between(startedAt, clock.instant()).compareTo(LITTLE) < 0;
      if (bad
          || enough
          || quick
          || isReverse()
          || round == ROUNDS_MAX
          || clock.instant().isAfter(deadline)) {
        return results;
      }
    }
  }

  /**
   * One pass over one table.
   *
   * @param rows that had to be read
   */
  private record Compared(Verdict verdict, long rows, long tookMs) {}

  private Compared compared(TableName table) throws ReadFailed, InterruptedException {
    Instant startedAt = clock.instant();
    Optional<PassMemory.Entry> known = memory.of(spec, table);
    Sides.Pair<TableShape> shapes = sides.both(reader -> reader.shape(table));
    boolean same =
        shapes.source().hasKey()
            && ShapeJudge.faults(shapes.source(), shapes.target()).isEmpty()
            && known.filter(entry -> alike(entry.shape(), shapes.source())).isPresent();
    return same
        ? changed(known.orElseThrow(), startedAt)
        : inFull(table, shapes.source().estimatedRows(), startedAt);
  }

  private Compared changed(PassMemory.Entry entry, Instant startedAt)
      throws ReadFailed, InterruptedException {
    TableName table = entry.shape().table();
    FinalPlan.Positions positions = sides.positions();
    Sides.Pair<Map<RowKey, RowHash>> changed =
        sides.changedSince(entry.shape(), entry.pass().positions(), LISTED_MAX);
    int rows = Math.max(changed.source().size(), changed.target().size());
    if (rows > LISTED_MAX) {
      return inFull(table, rows, startedAt);
    }
    Suspects.Settled found = settled(entry, changed);
    if (!found.differences().isEmpty()) {
      memory.forget(spec, table);
      return since(startedAt, rows, wrong(table, rows, found.differences()));
    }
    if (found.undecided().size() > OPEN_MAX) {
      return since(
          startedAt,
          rows,
          new Verdict.Inconclusive(
              "Expected the other side to follow, but %d of %d changed rows of %s were not caught up with"
                  .formatted(found.undecided().size(), rows, table),
              List.of()));
    }
    Witness.State keys = isReverse() ? keys(entry.shape()) : Witness.State.PENDING;
    if (isReverse() && keys != Witness.State.SAME) {
      boolean inFull = keys == Witness.State.DIFFERENT || isOld(entry.pass(), startedAt);
      if (inFull) {
        return inFull(table, entry.pass().rows(), startedAt);
      }
    }
    memory.keep(spec, table, entry.followedBy(startedAt, positions, found.undecided()));
    return since(
        startedAt, rows, match(rows, found.undecided().size(), entry.pass(), startedAt, keys));
  }

  /** Whether both sides have the same keys: rows that were deleted on one side only show there. */
  private Witness.State keys(TableShape shape) throws ReadFailed, InterruptedException {
    TableName table = shape.table();
    return patience
        .watch(
            Set.of(table),
            _ -> Map.of(table, sides.leader().keys(shape)),
            _ -> Map.of(table, sides.follower().keys(shape)),
            patientUntil())
        .getOrDefault(table, Witness.unseen())
        .state();
  }

  private static boolean isOld(FinalPlan.Pass pass, Instant now) {
    double tookMs = pass.hashedPerMs() > 0 ? pass.rows() / pass.hashedPerMs() : 0;
    Duration share = Duration.ofMillis((long) (FULL_SHARE * tookMs));
    Duration every = share.compareTo(FULL_EVERY) > 0 ? share : FULL_EVERY;
    return pass.fullAt().plus(every).isBefore(now);
  }

  private Instant patientUntil() {
    Instant until = clock.instant().plus(PATIENCE);
    return until.isBefore(deadline) ? until : deadline;
  }

  private Compared inFull(TableName table, long rows, Instant startedAt)
      throws ReadFailed, InterruptedException {
    return since(startedAt, rows, full.get().content(List.of(table)));
  }

  private Compared since(Instant startedAt, long rows, Verdict verdict) {
    return new Compared(verdict, rows, Duration.between(startedAt, clock.instant()).toMillis());
  }

  private static boolean alike(TableShape before, TableShape now) {
    return before.columns().equals(now.columns()) && before.key().equals(now.key());
  }

  private Suspects.Settled settled(PassMemory.Entry entry, Sides.Pair<Map<RowKey, RowHash>> changed)
      throws ReadFailed, InterruptedException {
    Set<RowKey> suspects = new LinkedHashSet<>(entry.pass().open());
    Bisection.differences(changed.source(), changed.target())
        .forEach(difference -> suspects.add(difference.key()));
    List<RowDifference> differences = new ArrayList<>();
    Set<RowKey> undecided = new HashSet<>();
    Iterator<RowKey> left = suspects.iterator();
    while (left.hasNext() && differences.size() < TableFindings.DIFFERENCES_MAX) {
      Set<RowKey> batch = new HashSet<>();
      while (left.hasNext() && batch.size() < Suspects.MAX) {
        batch.add(left.next());
      }
      Suspects.Settled settled =
          Suspects.settle(sides, entry.shape(), patience, batch, patientUntil());
      differences.addAll(settled.differences());
      undecided.addAll(settled.undecided());
    }
    return new Suspects.Settled(differences, undecided);
  }

  private Verdict wrong(TableName table, int rows, List<RowDifference> differences) {
    return CheckJudge.content(
        List.of(
            new TableFindings(
                table,
                rows,
                rows,
                List.of(),
                differences.stream().limit(TableFindings.DIFFERENCES_MAX).toList(),
                List.of(),
                Optional.empty(),
                "%d rows that changed since the last pass".formatted(rows))),
        sides.direction().applied());
  }

  private Verdict match(
      int rows, int open, FinalPlan.Pass before, Instant startedAt, Witness.State keys) {
    List<String> evidence = new ArrayList<>();
    evidence.add(
        "the last pass began %d ms before, the full pass %d ms before"
            .formatted(
                Duration.between(before.startedAt(), startedAt).toMillis(),
                Duration.between(before.fullAt(), startedAt).toMillis()));
    if (open > 0) {
      evidence.add("%d rows were still changing: the next pass compares them".formatted(open));
    }
    if (isReverse()) {
      evidence.add(
          keys == Witness.State.SAME
              ? "both sides have the same keys"
              : "keys never stood still: rows deleted on one side only show in the next full pass");
    }
    return new Verdict.Match(
        "%d rows that changed since the last pass are the same".formatted(Math.max(0, rows - open)),
        evidence);
  }
}
