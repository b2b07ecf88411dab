package dev.cutover.sync.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes a plain dump of pg_dump apart into its objects. Pure. */
public final class SchemaDump {
  private static final Pattern HEADER =
      Pattern.compile(
          "^--\\n-- Name: (.*); Type: (.*); Schema: (.*); Owner: ?(.*)\\n--\\n", Pattern.MULTILINE);

  private SchemaDump() {}

  /**
   * The objects, in the order in which they can be made. What stands before the first one are
   * settings of the session, which the caller has its own of; lines for psql alone are left out,
   * and so is what belongs to a cutover or can't be made by who is no superuser. A schema may be
   * there.
   */
  public static List<SchemaItem> items(String dump) {
    List<SchemaItem> items = new ArrayList<>();
    Matcher header = HEADER.matcher(dump);
    int begin = -1;
    String[] last = {};
    while (header.find()) {
      add(items, last, dump, begin, header.start());
      last = new String[] {header.group(2), header.group(3), header.group(1), header.group(4)};
      begin = header.end();
    }
    add(items, last, dump, begin, dump.length());
    return items;
  }

  private static void add(
      List<SchemaItem> items, String[] header, String dump, int begin, int end) {
    if (begin < 0) {
      return;
    }
    String sql = sql(dump.substring(begin, end));
    if (header[0].equals("SCHEMA")) {
      sql = sql.replaceFirst("^CREATE SCHEMA ", "CREATE SCHEMA IF NOT EXISTS ");
    }
    SchemaItem item = new SchemaItem(header[0], header[1], header[2], header[3], sql);
    if (!sql.isEmpty() && isCarried(item)) {
      items.add(item);
    }
  }

  /** Without the dump's own last words, and without what only psql understands. */
  private static String sql(String text) {
    return text.replaceAll("(?m)^\\\\(un)?restrict .*$", "")
        .replaceAll("(?s)\\n--\\n-- PostgreSQL database dump complete\\n--\\s*$", "")
        .strip();
  }

  private static boolean isCarried(SchemaItem item) {
    return switch (item.type()) {
      case "TRIGGER" -> !item.name().endsWith("00_cutover_fence");
      case "EVENT TRIGGER" -> !item.name().equals("cutover_ddl");
      case "COMMENT" ->
          !item.name().startsWith("EXTENSION ") && !item.name().equals("SCHEMA public");
      default -> true;
    };
  }
}
