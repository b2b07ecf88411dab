package dev.cutover.sync.domain;

import dev.cutover.contract.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is made once the rows are there, sorted by what may be done at once. Pure.
 *
 * @param builds indexes and the constraints that have one: each by itself, on any table at once
 * @param others in this order, after the builds
 * @param references foreign keys, last
 */
public record SchemaWork(List<Build> builds, List<SchemaItem> others, List<Reference> references) {
  private static final String NAME = "(?:\"(?:[^\"]|\"\")+\"|[^\\s\".;()]+)";
  private static final String TABLE = "(" + NAME + ")\\.(" + NAME + ")";
  private static final String COLUMNS = "\\((?:" + NAME + ")(?:, (?:" + NAME + "))*\\)";

  private static final Pattern INDEX =
      Pattern.compile(
          "^CREATE (?:UNIQUE )?INDEX " + NAME + " ON (?:ONLY )?" + TABLE + " USING .*",
          Pattern.DOTALL);
  private static final Pattern ALTER =
      Pattern.compile(
          "^ALTER TABLE (?:ONLY )?" + TABLE + "\\s+ADD CONSTRAINT (" + NAME + ") .*",
          Pattern.DOTALL);

  /** A primary key or a unique constraint, and nothing else in the same item. */
  private static final Pattern KEY =
      Pattern.compile(
          "^ALTER TABLE (?:ONLY )?(?<table>"
              + NAME
              + "\\."
              + NAME
              + ")\\s+ADD CONSTRAINT (?<name>"
              + NAME
              + ") (?<kind>PRIMARY KEY|UNIQUE)(?<nulls> NULLS NOT DISTINCT)? (?<columns>"
              + COLUMNS
              + ")(?<include> INCLUDE "
              + COLUMNS
              + ")?(?<timing>(?: DEFERRABLE)?(?: INITIALLY DEFERRED)?);$");

  public SchemaWork {
    builds = List.copyOf(builds);
    others = List.copyOf(others);
    references = List.copyOf(references);
  }

  /**
   * An index.
   *
   * @param table it is on
   * @param item as dumped: by this it is known again
   * @param index builds it while others are built on the same table
   * @param constraint then makes a constraint of it, at once; empty for a plain index
   */
  public record Build(
      TableName table, SchemaItem item, String index, Optional<String> constraint) {}

  /**
   * A foreign key.
   *
   * @param table the referencing one
   * @param add makes it hold for new rows
   * @param validate proves it for those that are there; empty where the source has not proven it
   */
  public record Reference(
      TableName table, SchemaItem item, String add, Optional<String> validate) {}

  /**
   * Sorts the objects of a dump's last section.
   *
   * @param plain ordinary tables of the target, partitions included: only there an index can become
   *     a constraint, and a foreign key be added before it is proven
   * @param partitioned the others
   */
  public static SchemaWork of(
      List<SchemaItem> items, Set<TableName> plain, Set<TableName> partitioned) {
    List<Build> builds = new ArrayList<>();
    List<SchemaItem> others = new ArrayList<>();
    List<Reference> references = new ArrayList<>();
    for (SchemaItem item : items) {
      Optional<TableName> table = table(item);
      boolean isThere =
          table.isPresent() && (plain.contains(table.get()) || partitioned.contains(table.get()));
      if (isThere && (item.type().equals("INDEX") || item.type().equals("CONSTRAINT"))) {
        builds.add(build(item, table.get(), plain.contains(table.get())));
      } else if (isThere && item.type().equals("FK CONSTRAINT")) {
        references.add(reference(item, table.get(), plain.contains(table.get())));
      } else {
        others.add(item);
      }
    }
    return new SchemaWork(builds, others, references);
  }

  private static Optional<TableName> table(SchemaItem item) {
    for (Pattern pattern : List.of(INDEX, ALTER)) {
      Matcher found = pattern.matcher(item.sql());
      if (found.matches()) {
        return Optional.of(new TableName(plain(found.group(1)), plain(found.group(2))));
      }
    }
    return Optional.empty();
  }

  private static String plain(String identifier) {
    return identifier.startsWith("\"")
        ? identifier.substring(1, identifier.length() - 1).replace("\"\"", "\"")
        : identifier;
  }

  private static Build build(SchemaItem item, TableName table, boolean isPlain) {
    Matcher key = KEY.matcher(item.sql());
    if (!isPlain || !key.matches()) {
      return new Build(table, item, item.sql(), Optional.empty());
    }
    String on = key.group("table");
    String name = key.group("name");
    return new Build(
        table,
        item,
        "CREATE UNIQUE INDEX %s ON %s USING btree %s%s%s"
            .formatted(
                name,
                on,
                key.group("columns"),
                orEmpty(key.group("include")),
                orEmpty(key.group("nulls"))),
        Optional.of(
            "ALTER TABLE ONLY %s ADD CONSTRAINT %s %s USING INDEX %s%s"
                .formatted(on, name, key.group("kind"), name, key.group("timing"))));
  }

  private static String orEmpty(@org.jspecify.annotations.Nullable String text) {
    return text == null ? "" : text;
  }

  private static Reference reference(SchemaItem item, TableName table, boolean isPlain) {
    Matcher alter = ALTER.matcher(item.sql());
    String sql = item.sql();
    if (!isPlain
        || !alter.matches()
        || !sql.endsWith(";")
        || sql.indexOf(';') != sql.length() - 1
        || sql.endsWith(" NOT VALID;")) {
      return new Reference(table, item, sql, Optional.empty());
    }
    return new Reference(
        table,
        item,
        sql.substring(0, sql.length() - 1) + " NOT VALID",
        Optional.of(
            "ALTER TABLE ONLY %s.%s VALIDATE CONSTRAINT %s"
                .formatted(alter.group(1), alter.group(2), alter.group(3))));
  }
}
