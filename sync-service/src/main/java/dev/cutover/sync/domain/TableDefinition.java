package dev.cutover.sync.domain;

import dev.cutover.contract.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A table as one side defines it, so that two can be compared.
 *
 * @param key names of the primary key's columns, in order; empty without a primary key
 * @param isUnlogged its rows are in no WAL, so nothing can capture them
 * @param hasRowSecurity policies may hide rows from whoever reads it
 */
public record TableDefinition(
    TableName name,
    List<Column> columns,
    List<String> key,
    boolean isUnlogged,
    boolean hasRowSecurity) {
  public TableDefinition {
    columns = List.copyOf(columns);
    key = List.copyOf(key);
  }

  /**
   * One column.
   *
   * @param type as declared, with its modifiers, e.g. {@code numeric(10,2)}
   * @param base name of the type below all domains; {@code enum} for enums
   * @param isGenerated computed from others: never copied
   * @param identity {@code a} always, {@code d} by default, empty without
   * @param needsValue NOT NULL without anything that would fill it
   */
  public record Column(
      String name,
      String type,
      String base,
      boolean isGenerated,
      String identity,
      boolean needsValue) {}

  /** The same with another primary key. */
  public TableDefinition withKey(List<String> otherKey) {
    return new TableDefinition(name, columns, otherKey, isUnlogged, hasRowSecurity);
  }

  /**
   * Compares the source's definition of a table with the target's. Pure. By name, never by position
   * (data.md C20).
   *
   * @return sentences; empty when rows of one fit into the other, both ways
   */
  public static List<String> differences(TableDefinition source, TableDefinition target) {
    List<String> faults = new ArrayList<>();
    Map<String, Column> there = byName(target);
    Map<String, Column> here = byName(source);
    for (Column column : source.columns()) {
      compare(source.name(), column, Optional.ofNullable(there.get(column.name())))
          .ifPresent(faults::add);
    }
    for (Column column : target.columns()) {
      if (!here.containsKey(column.name()) && column.needsValue()) {
        faults.add(
            "Expected column %s.%s of the target on the source too, or a default for it, but it has neither: add one of them"
                .formatted(target.name(), column.name()));
      }
    }
    if (!source.key().equals(target.key())) {
      faults.add(
          "Expected the same primary key of %s on both sides, but it is %s on the source and %s on the target: make them equal"
              .formatted(source.name(), source.key(), target.key()));
    }
    return faults;
  }

  private static Optional<String> compare(TableName table, Column source, Optional<Column> found) {
    if (found.isEmpty()) {
      return Optional.of(
          "Expected column %s.%s on the target, but it is not there: add it"
              .formatted(table, source.name()));
    }
    Column target = found.get();
    if (!source.type().equals(target.type())) {
      return Optional.of(
          "Expected column %s.%s to be %s as on the source, but on the target it is %s: make them equal"
              .formatted(table, source.name(), source.type(), target.type()));
    }
    if (source.isGenerated() != target.isGenerated()) {
      return Optional.of(
          "Expected column %s.%s to be generated on both sides or on none, but it is so on the %s only"
              .formatted(table, source.name(), source.isGenerated() ? "source" : "target"));
    }
    if (!source.identity().equals(target.identity())) {
      return Optional.of(
          "Expected the same GENERATED .. AS IDENTITY of column %s.%s on both sides, but it differs: make them equal"
              .formatted(table, source.name()));
    }
    return Optional.empty();
  }

  private static Map<String, Column> byName(TableDefinition table) {
    return table.columns().stream().collect(Collectors.toMap(Column::name, Function.identity()));
  }
}
