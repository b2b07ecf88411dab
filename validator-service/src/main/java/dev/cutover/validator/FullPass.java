package dev.cutover.validator;

import dev.cutover.contract.DataCheck.SampleQuery;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.validator.domain.CheckJudge;
import dev.cutover.validator.domain.CheckJudge.RowCount;
import dev.cutover.validator.domain.FinalPlan;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.TableFindings;
import dev.cutover.validator.domain.Verdict;
import dev.cutover.validator.domain.Witness;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * One comparison of both databases while changes may stream. A table that several checks name is
 * compared once.
 */
final class FullPass {
  private final Sides sides;
  private final ReplicationSpec spec;
  private final PassMemory memory;
  private final ValidatorConfig.Checking checking;
  private final InstantSource clock;
  private final Instant deadline;
  private final Patience patience;
  private final Map<TableName, Future<TableFindings>> compared = new HashMap<>();

  FullPass(
      Sides sides,
      ReplicationSpec spec,
      PassMemory memory,
      ValidatorConfig.Checking checking,
      InstantSource clock,
      Instant deadline) {
    this.sides = sides;
    this.spec = spec;
    this.memory = memory;
    this.checking = checking;
    this.clock = clock;
    this.deadline = deadline;
    this.patience = new Patience(sides, checking.settle(), clock);
  }

  /**
   * Compares the content of tables.
   *
   * @param tables none means all of the replication
   */
  Verdict content(List<TableName> tables) throws ReadFailed, InterruptedException {
    List<Future<TableFindings>> begun = new ArrayList<>();
    for (TableName table : tables.isEmpty() ? spec.tables() : tables) {
      begun.add(begin(table));
    }
    List<TableFindings> findings = new ArrayList<>();
    for (Future<TableFindings> table : begun) {
      findings.add(Sides.result(table));
    }
    return CheckJudge.content(findings, sides.direction().applied());
  }

  /** Compares the numbers of rows; where they move, by the rows that are missing or too many. */
  Verdict counts(List<TableName> tables) throws ReadFailed, InterruptedException {
    List<RowCount> counts = new ArrayList<>();
    for (TableName table : tables.isEmpty() ? spec.tables() : tables) {
      Sides.Pair<Long> rows = sides.both(reader -> reader.count(table));
      counts.add(
          rows.source().equals(rows.target())
              ? new RowCount(table, rows.source(), rows.target(), RowCount.Standing.EQUAL)
              : RowCount.of(Sides.result(begin(table))));
    }
    return CheckJudge.counts(counts);
  }

  /** Compares the result of a query with what is expected, or with the source's. */
  Verdict query(SampleQuery query) throws ReadFailed, InterruptedException {
    String name = query.name();
    Optional<String> expected = query.expected().map(text -> hash(text.strip()));
    Map<String, Witness<String>> known =
        patience.watch(
            Set.of(name),
            _ ->
                Map.of(
                    name,
                    expected.isPresent()
                        ? expected.get()
                        : hash(sides.leader().query(query.sql()))),
            _ -> Map.of(name, hash(sides.follower().query(query.sql()))),
            earlier(checking.settleMax()));
    Witness<String> witness = known.getOrDefault(name, Witness.unseen());
    List<String> evidence =
        List.of(
            "%s %s, target %s"
                .formatted(
                    expected.isPresent() ? "expected" : "source",
                    witness.source().orElse("not read"),
                    witness.target().orElse("not read")));
    return switch (witness.state()) {
      case SAME -> new Verdict.Match("the target's result is as expected", evidence);
      case DIFFERENT ->
          new Verdict.Mismatch(
              "Expected another result on the target than it gives: run the query there and"
                  + " compare",
              evidence);
      case PENDING ->
          new Verdict.Inconclusive("the result kept changing, or the target lags behind", evidence);
    };
  }

  /** Reads a table; rows that differ are watched while the next one is read. */
  private Future<TableFindings> begin(TableName table) throws ReadFailed, InterruptedException {
    Future<TableFindings> known = compared.get(table);
    if (known == null) {
      known = read(table);
      compared.put(table, known);
    }
    return known;
  }

  private Future<TableFindings> read(TableName table) throws ReadFailed, InterruptedException {
    Instant startedAt = clock.instant();
    try {
      FinalPlan.Positions positions = sides.positions();
      TableComparison read =
          TableComparison.read(sides, table, patience, clock, checking.settleMax(), deadline);
      return sides
          .pace()
          .fork("validator-settle", () -> settled(table, startedAt, positions, read));
    } catch (ReadFailed e) {
      return CompletableFuture.completedFuture(none(table, e));
    }
  }

  private TableFindings settled(
      TableName table, Instant startedAt, FinalPlan.Positions positions, TableComparison read)
      throws ReadFailed, InterruptedException {
    try {
      TableFindings found = read.settled();
      if (found.isClean()) {
        memory.keep(spec, table, entry(startedAt, positions, read, found));
      } else {
        memory.forget(spec, table);
      }
      return found;
    } catch (ReadFailed e) {
      return none(table, e);
    }
  }

  /** A table that takes too long is not known; whatever else fails is a failure of all. */
  private static TableFindings none(TableName table, ReadFailed e) throws ReadFailed {
    if (e.failure().kind() != FailureKind.TIMED_OUT) {
      throw e;
    }
    return TableFindings.none(table, e.failure().reason());
  }

  private static PassMemory.Entry entry(
      Instant startedAt, FinalPlan.Positions positions, TableComparison read, TableFindings found) {
    return new PassMemory.Entry(
        read.shape(),
        new FinalPlan.Pass(
            startedAt,
            startedAt,
            positions,
            Set.of(),
            Math.max(found.sourceRows(), found.targetRows()),
            (double) found.sourceRows() / Math.max(1, read.took().toMillis())));
  }

  private Instant earlier(Duration bound) {
    Instant until = clock.instant().plus(bound);
    return until.isBefore(deadline) ? until : deadline;
  }

  /** Evidence holds no customers' rows, so results are compared and shown as hashes. */
  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      long lines = text.isEmpty() ? 0 : text.lines().count();
      return "%d rows, sha256 %s".formatted(lines, HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
