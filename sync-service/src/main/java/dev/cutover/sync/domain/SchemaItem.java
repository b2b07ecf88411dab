package dev.cutover.sync.domain;

/**
 * One object of a schema, as a dump writes it.
 *
 * @param type such as {@code TABLE}, {@code INDEX} or {@code FK CONSTRAINT}
 * @param schema it is in; {@code -} without
 * @param name as the dump names it: for a constraint the table's and its own
 * @param owner empty where the dump says none
 * @param sql statements that make it
 */
public record SchemaItem(String type, String schema, String name, String owner, String sql) {
  @Override
  public String toString() {
    return type + " " + (schema.equals("-") ? "" : schema + ".") + name;
  }
}
