package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.Value;
import java.util.List;

/** Rows in the text format of COPY. */
final class CopyLines {
  private CopyLines() {}

  /** Adds a row as a line. */
  static void append(Row row, StringBuilder lines) {
    List<Value> values = row.values();
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        lines.append('\t');
      }
      switch (values.get(i)) {
        case Value.Text(String text) -> append(text, lines);
        case Value.Special.NULL -> lines.append("\\N");
        case Value.Special.UNCHANGED, Value.Special.REFETCH ->
            throw new IllegalStateException(
                "Expected a value for each column of a new row, but one is missing");
      }
    }
    lines.append('\n');
  }

  private static void append(String text, StringBuilder lines) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> lines.append("\\\\");
        case '\n' -> lines.append("\\n");
        case '\r' -> lines.append("\\r");
        case '\t' -> lines.append("\\t");
        default -> lines.append(c);
      }
    }
  }
}
