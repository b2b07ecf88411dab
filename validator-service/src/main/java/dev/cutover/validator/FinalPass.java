package dev.cutover.validator;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.validator.domain.Bisection;
import dev.cutover.validator.domain.Chunk;
import dev.cutover.validator.domain.ChunkDigest;
import dev.cutover.validator.domain.FinalPlan;
import dev.cutover.validator.domain.FinalPlan.Coverage;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.RowDifference;
import dev.cutover.validator.domain.RowHash;
import dev.cutover.validator.domain.RowKey;
import dev.cutover.validator.domain.ShapeJudge;
import dev.cutover.validator.domain.TableReader.KeySet;
import dev.cutover.validator.domain.TableShape;
import dev.cutover.validator.domain.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks inside the write outage. Both sides are fenced and drained, so every difference is one;
 * nothing is read twice. What is not known when the budget ends is inconclusive.
 */
final class FinalPass {
  private static final int LISTED_MAX = 20;
  private final Sides sides;
  private final PassMemory memory;
  private final Instant now;
  private final Instant lastFullPassAt;

  /**
   * @param sides whose statements are bounded by the budget
   * @param lastFullPassAt as the command has it, for tables whose pass this instance has not seen
   */
  FinalPass(Sides sides, PassMemory memory, Instant now, Instant lastFullPassAt) {
    this.sides = sides;
    this.memory = memory;
    this.now = now;
    this.lastFullPassAt = lastFullPassAt;
  }

  /**
   * One result for each table.
   *
   * @param planned what the work is meant to take; the rest of the budget is for what takes longer
   */
  List<CheckResult> run(ReplicationSpec spec, Duration budget, Duration planned)
      throws InterruptedException {
    long startedNanos = sides.pace().nanoTime();
    long untilNanos = startedNanos + budget.toNanos();
    Map<TableName, Verdict> unreadable = new HashMap<>();
    List<FinalPlan.Known> known = known(spec, unreadable, untilNanos);
    Map<TableName, Future<Verdict>> running = new HashMap<>();
    for (Coverage coverage : FinalPlan.plan(known, planned)) {
      running.put(coverage.shape().table(), start(() -> judged(coverage)));
    }
    List<CheckResult> results = new ArrayList<>();
    for (TableName table : spec.tables()) {
      Verdict verdict =
          unreadable.containsKey(table)
              ? unreadable.get(table)
              : await(running.get(table), untilNanos);
      long tookMs = (sides.pace().nanoTime() - startedNanos) / 1_000_000;
      results.add(verdict.toResult("final " + table, tookMs));
    }
    return results;
  }

  private List<FinalPlan.Known> known(
      ReplicationSpec spec, Map<TableName, Verdict> unreadable, long untilNanos)
      throws InterruptedException {
    Map<TableName, Future<FinalPlan.Known>> asked = new HashMap<>();
    for (TableName table : spec.tables()) {
      asked.put(table, start(() -> known(spec, table)));
    }
    List<FinalPlan.Known> known = new ArrayList<>();
    for (Map.Entry<TableName, Future<FinalPlan.Known>> table : asked.entrySet()) {
      try {
        known.add(table.getValue().get(untilNanos - sides.pace().nanoTime(), TimeUnit.NANOSECONDS));
      } catch (ExecutionException | TimeoutException e) {
        unreadable.put(table.getKey(), unknown(e));
      }
    }
    return known;
  }

  private FinalPlan.Known known(ReplicationSpec spec, TableName table)
      throws ReadFailed, InterruptedException {
    Optional<PassMemory.Entry> entry = memory.of(spec, table);
    if (entry.isPresent()) {
      return new FinalPlan.Known(entry.get().shape(), Optional.of(entry.get().pass()));
    }
    Sides.Pair<TableShape> shapes = sides.both(reader -> reader.shape(table));
    List<String> faults = ShapeJudge.faults(shapes.source(), shapes.target());
    if (!faults.isEmpty()) {
      throw new ReadFailed(FailureKind.UNSUITABLE, table + ": " + String.join("; ", faults), false);
    }
    return new FinalPlan.Known(shapes.source().alike(shapes.target()), Optional.empty());
  }

  private Verdict judged(Coverage coverage) throws ReadFailed, InterruptedException {
    return switch (coverage) {
      case Coverage.Whole whole -> whole(whole.shape());
      case Coverage.Changed changed -> changed(changed);
      case Coverage.Newest newest -> newest(newest);
      case Coverage.None none -> new Verdict.Inconclusive(none.why(), List.of());
    };
  }

  private Verdict whole(TableShape shape) throws ReadFailed, InterruptedException {
    return compared(shape, Chunk.ALL, "all %d rows are the same", List.of());
  }

  private Verdict newest(Coverage.Newest newest) throws ReadFailed, InterruptedException {
    Optional<RowKey> after = sides.source().keyBeforeLast(newest.shape(), newest.rows());
    return compared(
        newest.shape(),
        new Chunk.KeyRange(after, Optional.empty()),
        "the newest %d rows by key are the same",
        List.of(
            "rows with keys up to %s were not read again; %s"
                .formatted(after.map(RowKey::toString).orElse("none"), age(lastFullPassAt))));
  }

  private Verdict compared(TableShape shape, Chunk chunk, String match, List<String> evidence)
      throws ReadFailed, InterruptedException {
    Sides.Pair<ChunkDigest> digests = sides.both(reader -> reader.digest(shape, chunk));
    if (digests.source().equals(digests.target())) {
      return new Verdict.Match(match.formatted(digests.source().rows()), evidence);
    }
    int limit = Math.toIntExact(Math.max(digests.source().rows(), digests.target().rows()) + 1);
    Sides.Pair<Map<RowKey, RowHash>> rows = sides.both(reader -> reader.rows(shape, chunk, limit));
    return mismatch(Bisection.differences(rows.source(), rows.target()));
  }

  /**
   * Rows that did not change since the pass are as they were then, unless they are gone: so the
   * changed rows of either side, and the keys of both, decide.
   */
  private Verdict changed(Coverage.Changed plan) throws ReadFailed, InterruptedException {
    TableShape shape = plan.shape();
    Future<Sides.Pair<KeySet>> counting = start(() -> sides.both(reader -> reader.keys(shape)));
    Sides.Pair<Map<RowKey, RowHash>> changed =
        sides.changedSince(shape, plan.pass().positions(), plan.changedMax());
    int most = Math.max(changed.source().size(), changed.target().size());
    if (most > plan.changedMax()) {
      return new Verdict.Inconclusive(
          "Expected at most %d rows changed since the last pass, so that they can be compared in time, but there are more: compare again shortly before the switch"
              .formatted(plan.changedMax()),
          List.of(ages(plan.pass())));
    }
    Map<RowKey, RowHash> onSource = new HashMap<>(changed.source());
    Set<RowKey> wanted = new HashSet<>(plan.pass().open());
    wanted.addAll(changed.target().keySet());
    onSource.putAll(absentFrom(onSource, wanted, true, shape));
    Map<RowKey, RowHash> there = new HashMap<>(changed.target());
    wanted.addAll(changed.source().keySet());
    there.putAll(absentFrom(there, wanted, false, shape));
    List<RowDifference> differences = Bisection.differences(onSource, there);
    if (!differences.isEmpty()) {
      return mismatch(differences);
    }
    Sides.Pair<KeySet> keys = Sides.result(counting);
    KeySet source = keys.source();
    KeySet target = keys.target();
    if (!source.equals(target)) {
      return new Verdict.Mismatch(
          "Expected the same keys on both sides, but the source has %d rows and the target %d, of other keys: some were deleted on one side only"
              .formatted(source.rows(), target.rows()),
          List.of("key sums: source %s, target %s".formatted(source.sum(), target.sum())));
    }
    return new Verdict.Match(
        "%d rows that changed since the last pass, and the keys of all %d rows, are the same"
            .formatted(onSource.size(), source.rows()),
        List.of("rows that did not change were not read again; " + ages(plan.pass())));
  }

  private Map<RowKey, RowHash> absentFrom(
      Map<RowKey, RowHash> known, Set<RowKey> keys, boolean onSource, TableShape shape)
      throws ReadFailed {
    Set<RowKey> wanted =
        keys.stream().filter(key -> !known.containsKey(key)).collect(Collectors.toSet());
    if (wanted.isEmpty()) {
      return Map.of();
    }
    return (onSource ? sides.source() : sides.target()).rows(shape, wanted);
  }

  private String ages(FinalPlan.Pass pass) {
    return pass.startedAt().equals(pass.fullAt())
        ? age(pass.fullAt())
        : "%s, the last pass over what had changed %d ms before"
            .formatted(age(pass.fullAt()), Duration.between(pass.startedAt(), now).toMillis());
  }

  private String age(Instant fullPassAt) {
    return "the full pass began %d ms before"
        .formatted(Duration.between(fullPassAt, now).toMillis());
  }

  private static Verdict mismatch(List<RowDifference> differences) {
    return new Verdict.Mismatch(
        "Expected the same rows on both sides, fenced and drained, but %d differ"
            .formatted(differences.size()),
        differences.stream().limit(LISTED_MAX).map(RowDifference::describe).toList());
  }

  private Verdict await(@Nullable Future<Verdict> running, long untilNanos)
      throws InterruptedException {
    if (running == null) {
      return new Verdict.Inconclusive("it was not planned", List.of());
    }
    try {
      return running.get(untilNanos - sides.pace().nanoTime(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return unknown(e);
    }
  }

  private static Verdict unknown(Exception e) {
    String why =
        switch (e) {
          case TimeoutException _ -> "Expected an answer within the budget, but it ended first";
          case ExecutionException _ when e.getCause() instanceof ReadFailed failed ->
              failed.failure().reason();
          default -> String.valueOf(e.getCause());
        };
    return new Verdict.Inconclusive(why, List.of());
  }

  private <T> Future<T> start(Callable<T> work) {
    return sides.pace().fork("validator-final", work);
  }
}
