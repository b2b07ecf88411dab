package dev.cutover.deploy.validate;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.DataCheck;
import dev.cutover.contract.DataCheck.HttpFlow;
import dev.cutover.contract.DataCheck.SideQuery;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.SystemCheck;
import dev.cutover.contract.TableName;
import dev.cutover.orchestrator.domain.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One line of a validation: a table of a comparison, or a check of one side.
 *
 * @param name of the check, with its table or side
 * @param keys by which it is asked for
 * @param needs names of lines that have to match first; they come before it
 */
record PlannedLine(String name, List<String> keys, List<String> needs, Job job) {
  /** What is done for it. */
  @FunctionalInterface
  interface Job {
    CheckResult by(ValidatorHere validator) throws InterruptedException;
  }

  CheckResult run(ValidatorHere validator) throws InterruptedException {
    return job.by(validator);
  }

  /**
   * Lines of a plan, in its order: comparisons first; the content of all tables where the plan
   * names no comparison.
   *
   * @param only names of checks or tables; none means all
   */
  static List<PlannedLine> of(Plan plan, List<String> only) {
    List<PlannedLine> lines = new ArrayList<>();
    if (plan.data().isPresent()) {
      List<DataCheck> checks =
          plan.dataChecks().isEmpty()
              ? List.of(new DataCheck.Checksums("checksums", List.of()))
              : plan.dataChecks();
      checks.forEach(check -> lines.addAll(compared(plan.data().get(), check)));
    }
    needsFirst(plan.readingChecks()).forEach(check -> lines.add(ofSide(Side.TARGET, check)));
    needsFirst(plan.sourceChecks()).stream()
        .filter(check -> !check.writes())
        .forEach(check -> lines.add(ofSide(Side.SOURCE, check)));
    return only.isEmpty()
        ? lines
        : lines.stream().filter(line -> line.keys().stream().anyMatch(only::contains)).toList();
  }

  /** In the plan's order, but each after those that it needs. */
  private static List<DataCheck> needsFirst(List<DataCheck> checks) {
    List<DataCheck> left = new ArrayList<>(checks);
    List<DataCheck> ordered = new ArrayList<>();
    while (!left.isEmpty()) {
      DataCheck next =
          left.stream()
              .filter(check -> left.stream().noneMatch(o -> check.needed().contains(o.name())))
              .findFirst()
              .orElse(left.getFirst());
      ordered.add(next);
      left.remove(next);
    }
    return ordered;
  }

  private static List<PlannedLine> compared(ReplicationSpec spec, DataCheck check) {
    return switch (check.itself()) {
      case DataCheck.Checksums(String name, List<TableName> tables) ->
          tables(spec, tables).stream()
              .map(table -> ofTable(spec, new DataCheck.Checksums(name, List.of(table)), table))
              .toList();
      case DataCheck.RowCounts(String name, List<TableName> tables) ->
          tables(spec, tables).stream()
              .map(table -> ofTable(spec, new DataCheck.RowCounts(name, List.of(table)), table))
              .toList();
      case DataCheck.SampleQuery query ->
          List.of(
              new PlannedLine(
                  query.name(),
                  List.of(query.name()),
                  List.of(),
                  validator -> validator.compare(spec, query)));
      case SideQuery query -> List.of(ofSide(query.side(), query));
      case HttpFlow _, DataCheck.Recommended _, DataCheck.Dependent _, SystemCheck _ ->
          List.of(ofSide(Side.TARGET, check));
    };
  }

  private static List<TableName> tables(ReplicationSpec spec, List<TableName> named) {
    return named.isEmpty() ? spec.tables() : named;
  }

  private static PlannedLine ofTable(ReplicationSpec spec, DataCheck check, TableName table) {
    return new PlannedLine(
        check.name() + " " + table,
        List.of(check.name(), table.toString(), table.name()),
        List.of(),
        validator -> validator.compare(spec, check));
  }

  private static PlannedLine ofSide(Side side, DataCheck check) {
    return new PlannedLine(
        name(check.name(), side),
        List.of(check.name()),
        check.needed().stream().map(needed -> name(needed, side)).toList(),
        validator -> validator.run(side, check));
  }

  private static String name(String check, Side side) {
    return "%s (%s)".formatted(check, side.name().toLowerCase(Locale.ROOT));
  }
}
