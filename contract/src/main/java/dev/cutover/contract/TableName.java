package dev.cutover.contract;

/** A table, by schema and name, unquoted and exactly as the catalogue has them. */
public record TableName(String schema, String name) {
  public TableName {
    Arguments.require(
        !schema.isBlank() && !name.isBlank(), "Expected schema.table, but a part is blank");
  }

  /** Reads {@code schema.table}; without a schema it is {@code public}. */
  public static TableName parse(String text) {
    int dot = text.indexOf('.');
    return dot < 0
        ? new TableName("public", text)
        : new TableName(text.substring(0, dot), text.substring(dot + 1));
  }

  @Override
  public String toString() {
    return schema + "." + name;
  }
}
