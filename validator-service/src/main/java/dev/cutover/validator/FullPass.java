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
import dev.cutover.validator.domain.TableShape;
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
  private final Map<TableName, TableFindings> compared = new HashMap<>();

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
    List<TableFindings> findings = new ArrayList<>();
    for (TableName table : tables.isEmpty() ? spec.tables() : tables) {
      findings.add(compared(table));
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
              : RowCount.of(compared(table)));
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

  private TableFindings compared(TableName table) throws ReadFailed, InterruptedException {
    TableFindings known = compared.get(table);
    if (known == null) {
      known = compare(table);
      compared.put(table, known);
    }
    return known;
  }

  private TableFindings compare(TableName table) throws ReadFailed, InterruptedException {
    Instant startedAt = clock.instant();
    try {
      FinalPlan.Positions positions = sides.positions();
      TableFindings found =
          TableComparison.compare(sides, table, patience, clock, checking.settleMax(), deadline);
      if (found.isClean()) {
        memory.keep(spec, table, entry(table, startedAt, positions, found));
      } else {
        memory.forget(spec, table);
      }
      return found;
    } catch (ReadFailed e) {
      if (e.failure().kind() != FailureKind.TIMED_OUT) {
        throw e;
      }
      return TableFindings.none(table, e.failure().reason());
    }
  }

  private PassMemory.Entry entry(
      TableName table, Instant startedAt, FinalPlan.Positions positions, TableFindings found)
      throws ReadFailed, InterruptedException {
    Sides.Pair<TableShape> shapes = sides.both(reader -> reader.shape(table));
    long tookMs = Math.max(1, Duration.between(startedAt, clock.instant()).toMillis());
    return new PassMemory.Entry(
        shapes.source().alike(shapes.target()),
        new FinalPlan.Pass(
            startedAt,
            startedAt,
            positions,
            Set.of(),
            Math.max(found.sourceRows(), found.targetRows()),
            (double) found.sourceRows() / tookMs));
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
