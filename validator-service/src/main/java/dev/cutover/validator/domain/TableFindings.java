package dev.cutover.validator.domain;

import dev.cutover.contract.TableName;
import java.util.List;
import java.util.Optional;

/**
 * What comparing one table found.
 *
 * @param sourceRows rows read on the source, as the chunks were read one after the other
 * @param targetRows the same on the target
 * @param shapeFaults how the tables themselves differ, sentences; then no row was compared
 * @param differences rows that are certainly different; at most {@link #DIFFERENCES_MAX}
 * @param undecided rows that kept changing, or that the target had not caught up with
 * @param stopped why the table was not compared to its end; empty when it was
 * @param coverage what was compared, for evidence
 */
public record TableFindings(
    TableName table,
    long sourceRows,
    long targetRows,
    List<String> shapeFaults,
    List<RowDifference> differences,
    List<RowKey> undecided,
    Optional<String> stopped,
    String coverage) {
  /** More than that are not listed: the table is known to be wrong. */
  public static final int DIFFERENCES_MAX = 100;

  public TableFindings {
    shapeFaults = List.copyOf(shapeFaults);
    differences = List.copyOf(differences);
    undecided = List.copyOf(undecided);
  }

  /** Nothing could be compared. */
  public static TableFindings none(TableName table, String why) {
    return new TableFindings(
        table, 0, 0, List.of(), List.of(), List.of(), Optional.of(why), "nothing compared");
  }

  /** Whether something is certainly wrong. */
  public boolean isWrong() {
    return !shapeFaults.isEmpty() || !differences.isEmpty();
  }

  /** Whether every row was compared and is the same. */
  public boolean isClean() {
    return !isWrong() && undecided.isEmpty() && stopped.isEmpty();
  }
}
