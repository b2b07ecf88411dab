package dev.cutover.deploy.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of cells under a head, each column as wide as its widest cell. */
public final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  /** Begins with the names of the columns. */
  public Table(String... head) {
    row(head);
  }

  /** Adds a row, with a cell for each column. */
  public void row(String... cells) {
    rows.add(Arrays.stream(cells).map(Table::shown).toList());
  }

  /** Its lines; the last column is not padded. */
  public List<String> lines() {
    int columns = rows.getFirst().size();
    int[] widths =
        IntStream.range(0, columns)
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    return rows.stream()
        .map(
            row ->
                IntStream.range(0, columns)
                    .mapToObj(
                        column ->
                            ("%-" + Math.max(1, widths[column]) + "s").formatted(row.get(column)))
                    .collect(Collectors.joining("  "))
                    .stripTrailing())
        .toList();
  }

  /** On one line, and without what could drive a terminal: texts come from people. */
  public static String shown(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ");
  }
}
