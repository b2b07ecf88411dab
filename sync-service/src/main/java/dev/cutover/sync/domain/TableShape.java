package dev.cutover.sync.domain;

import dev.cutover.contract.TableName;
import java.util.List;

/**
 * The replicated columns of a table, in the catalogue's order; generated columns are not among
 * them.
 *
 * @param columns never empty
 */
public record TableShape(TableName table, List<Column> columns) {
  public TableShape {
    columns = List.copyOf(columns);
  }

  /**
   * One column.
   *
   * @param type as PostgreSQL writes it, e.g. {@code numeric(10,2)}
   * @param base name of the type below all domains, e.g. {@code numeric}; {@code enum} for enums
   * @param key part of the primary key
   * @param nullable may be null
   * @param identityAlways generated always as identity: taken over on insert, never set afterwards
   */
  public record Column(
      String name,
      String type,
      String base,
      boolean key,
      boolean nullable,
      boolean identityAlways) {
    /** True if the stream's values of it are trusted. */
    public boolean verified() {
      return VerifiedTypes.isVerified(base);
    }
  }

  /** Names of all columns. */
  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /** The primary key's columns; empty where there is none. */
  public List<Column> key() {
    return columns.stream().filter(Column::key).toList();
  }

  /** Columns that are read again by key instead of being taken from the stream. */
  public List<Column> refetched() {
    return columns.stream().filter(column -> !column.verified()).toList();
  }

  /** The column of that name. */
  public Column column(String name) {
    return columns.stream()
        .filter(column -> column.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Expected a column '%s' in %s, but there is none: was the table altered while its changes are streamed?"
                        .formatted(name, table)));
  }
}
