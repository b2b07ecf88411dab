package dev.cutover.validator.domain;

import dev.cutover.contract.DataCheck.HttpFlow;
import dev.cutover.contract.DataCheck.SideQuery;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Turns what was found into verdicts. Pure. A difference outweighs what is undecided. */
public final class CheckJudge {
  private static final int UNDECIDED_LISTED_MAX = 20;

  /** POST is not among them: people log in by it. */
  private static final Set<String> CHANGING = Set.of("PUT", "PATCH", "DELETE");

  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");

  private CheckJudge() {}

  /**
   * Judges the content of tables.
   *
   * @param follower the side that is to be as the other one
   */
  public static Verdict content(List<TableFindings> tables, Side follower) {
    List<String> evidence = new ArrayList<>();
    for (TableFindings table : tables) {
      evidence.add("%s: %s".formatted(table.table(), table.coverage()));
      table.shapeFaults().forEach(fault -> evidence.add(table.table() + ": " + fault));
      table.differences().forEach(d -> evidence.add(table.table() + " " + d.describe()));
      table.undecided().stream()
          .limit(UNDECIDED_LISTED_MAX)
          .forEach(key -> evidence.add("%s %s is undecided".formatted(table.table(), key)));
      table.stopped().ifPresent(why -> evidence.add("%s: %s".formatted(table.table(), why)));
    }
    List<String> wrong =
        tables.stream()
            .filter(TableFindings::isWrong)
            .map(table -> table.table() + " (" + atLeast(table) + ")")
            .toList();
    if (!wrong.isEmpty()) {
      return new Verdict.Mismatch(
          "Expected the same rows on both sides, but found differences in "
              + String.join(", ", wrong)
              + (follower == Side.TARGET
                  ? ": repair the named rows on the target, or copy the table again"
                  : ": the source lacks what the target has, so a rollback would lose it; repair the"
                      + " named rows on the source first"),
          evidence);
    }
    List<String> open =
        tables.stream()
            .filter(table -> !table.isClean())
            .map(
                table ->
                    table
                        .stopped()
                        .map(why -> table.table() + ": " + why)
                        .orElseGet(
                            () ->
                                "%s: %d rows kept changing or were not caught up with"
                                    .formatted(table.table(), table.undecided().size())))
            .toList();
    if (!open.isEmpty()) {
      return new Verdict.Inconclusive(String.join("; ", open), evidence);
    }
    long rows = tables.stream().mapToLong(TableFindings::sourceRows).sum();
    return new Verdict.Match(
        "%d rows in %d tables are the same".formatted(rows, tables.size()), evidence);
  }

  /**
   * Judges the number of rows of tables.
   *
   * @param tables each either counted on both sides, or compared row by row because the counts
   *     moved
   */
  public static Verdict counts(List<RowCount> tables) {
    List<String> evidence = tables.stream().map(RowCount::describe).toList();
    String wrong = names(tables, RowCount.Standing.UNEQUAL);
    if (!wrong.isEmpty()) {
      return new Verdict.Mismatch(
          "Expected as many rows on the target as on the source, but the numbers differ in "
              + wrong
              + ": see which rows with a check of checksums",
          evidence);
    }
    String open = names(tables, RowCount.Standing.UNDECIDED);
    if (!open.isEmpty()) {
      return new Verdict.Inconclusive("The numbers of rows kept changing in " + open, evidence);
    }
    return new Verdict.Match(
        "The numbers of rows of %d tables are the same".formatted(tables.size()), evidence);
  }

  /** Judges what a query of one side gave; shows it only where it is a number. */
  public static Verdict answer(SideQuery query, String found) {
    String side = query.side().name().toLowerCase(Locale.ROOT);
    if (found.strip().equals(query.expected().strip())) {
      return new Verdict.Match("the %s's answer is as expected".formatted(side), List.of());
    }
    boolean shown = NUMBER.matcher(found).matches();
    return new Verdict.Mismatch(
        "Expected '%s' of the %s, but found %s: run the query there, and mend what it shows"
            .formatted(
                query.expected(),
                side,
                shown ? found : "%d rows of another result".formatted(found.lines().count())),
        List.of());
  }

  /** Why a flow that says that it writes nothing is not to be believed; empty when it is. */
  public static Optional<String> contradiction(HttpFlow flow) {
    if (flow.writes()) {
      return Optional.empty();
    }
    return flow.steps().stream()
        .filter(step -> CHANGING.contains(step.method().toUpperCase(Locale.ROOT)))
        .findFirst()
        .map(
            step ->
                "Expected a flow that writes nothing, as it says, but its step '%s' is a %s: declare that it writes"
                    .formatted(step.name(), step.method()));
  }

  private static String names(List<RowCount> tables, RowCount.Standing standing) {
    return tables.stream()
        .filter(table -> table.standing() == standing)
        .map(table -> table.table().toString())
        .collect(Collectors.joining(", "));
  }

  private static String atLeast(TableFindings table) {
    int found = table.differences().size();
    if (found == 0) {
      return "the table itself";
    }
    boolean all = table.stopped().isEmpty();
    return (all ? "" : "at least ") + found + (found == 1 ? " row" : " rows");
  }

  /**
   * Number of rows of one table.
   *
   * @param source rows on the source when last counted
   * @param target rows on the target when last counted
   */
  public record RowCount(TableName table, long source, long target, Standing standing) {
    /** What is known of the numbers. */
    public enum Standing {
      EQUAL,
      UNEQUAL,
      UNDECIDED
    }

    /** The count of a table by the rows found missing and extra, whatever is changing. Pure. */
    public static RowCount of(TableFindings found) {
      long missing =
          found.differences().stream().filter(d -> d instanceof RowDifference.Missing).count();
      long extra =
          found.differences().stream().filter(d -> d instanceof RowDifference.Extra).count();
      Standing standing =
          missing != extra
              ? Standing.UNEQUAL
              : found.stopped().isEmpty() && found.undecided().isEmpty()
                  ? Standing.EQUAL
                  : Standing.UNDECIDED;
      return new RowCount(found.table(), found.sourceRows(), found.targetRows(), standing);
    }

    String describe() {
      return "%s: source %d, target %d, %s"
          .formatted(
              table,
              source,
              target,
              switch (standing) {
                case EQUAL -> "equal up to what was on its way";
                case UNEQUAL -> "unequal";
                case UNDECIDED -> "undecided";
              });
    }
  }
}
