package dev.cutover.sync.domain;

import java.util.List;

/**
 * Some columns of a row. Never prints values: they are customers' data.
 *
 * @param columns names; rows of one shape may share the list
 * @param values one for each column
 */
public record Row(List<String> columns, List<Value> values) {
  public Row {
    if (columns.size() != values.size()) {
      throw new IllegalArgumentException(
          "Expected a value for each column, but there are %d columns and %d values"
              .formatted(columns.size(), values.size()));
    }
  }

  /** The value of a column that is there. */
  public Value value(String column) {
    return values.get(columns.indexOf(column));
  }

  @Override
  public String toString() {
    return "Row" + columns;
  }
}
