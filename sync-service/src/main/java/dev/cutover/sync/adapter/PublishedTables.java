package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks for changes that never reach a stream though all of it looks healthy: of a table that was
 * dropped and made anew, which is no longer in the publication (data.md B15), and the truncation of
 * a single partition, which PostgreSQL does not send where a publication names the root (data.md
 * C10, C17). Kept by one thread for as long as a stream lives.
 */
final class PublishedTables {
  private static final String MISSING =
      """
      SELECT t FROM pg_publication p, unnest(?::text[]) t
       WHERE p.pubname = ?
         AND NOT EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = to_regclass(t))""";

  private static final String LEAVES =
      """
      SELECT t, l.relid::regclass::text, pg_relation_filenode(l.relid)
        FROM unnest(?::text[]) t, pg_partition_tree(to_regclass(t)) l
       WHERE l.isleaf AND l.level > 0""";

  private final String publication;
  private final String[] tables;
  private final Map<String, Long> files = new HashMap<>();

  PublishedTables(String publication, Collection<TableName> tables) {
    this.publication = publication;
    this.tables = tables.stream().map(PostgresSql::quote).toArray(String[]::new);
  }

  /**
   * What was changed behind the stream's back, since the first call where it is about partitions.
   *
   * @param captured the side whose changes are captured
   * @return a sentence that says what to do; empty when nothing was
   */
  Optional<String> fault(Connection captured) throws SQLException {
    List<String> missing = PostgresSql.texts(captured, MISSING, tables, publication);
    if (!missing.isEmpty()) {
      return Optional.of(
          "Expected publication '%s' to have table %s, but it has not: the table was dropped or made anew, and its changes since are not in the stream. Drop the replication and copy again"
              .formatted(publication, String.join(", ", missing)));
    }
    return rewritten(captured)
        .map(
            leaf ->
                "Expected partition %s of %s to be as it was, but it was truncated or rewritten (VACUUM FULL, CLUSTER), and PostgreSQL does not tell a stream that a single partition was truncated. Compare %s on both sides, repair it, and start the stream again"
                    .formatted(leaf.name(), leaf.root(), leaf.root()));
  }

  private record Leaf(String root, String name, long file) {}

  // Where all partitions of a table have new files at once, the table itself was truncated, and
  // that is sent.
  private Optional<Leaf> rewritten(Connection captured) throws SQLException {
    Map<String, List<Leaf>> byRoot = new HashMap<>();
    try (PreparedStatement statement = captured.prepareStatement(LEAVES)) {
      statement.setObject(1, tables);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Leaf leaf = new Leaf(rows.getString(1), rows.getString(2), rows.getLong(3));
          byRoot.computeIfAbsent(leaf.root(), _ -> new ArrayList<>()).add(leaf);
        }
      }
    }
    Optional<Leaf> found = Optional.empty();
    for (List<Leaf> leaves : byRoot.values()) {
      List<Leaf> changed = leaves.stream().filter(this::isChanged).toList();
      if (!changed.isEmpty() && changed.size() < leaves.size()) {
        found = Optional.of(changed.getFirst());
      }
      leaves.forEach(leaf -> files.put(leaf.name(), leaf.file()));
    }
    return found;
  }

  private boolean isChanged(Leaf leaf) {
    Long before = files.get(leaf.name());
    return before != null && before != leaf.file();
  }
}
