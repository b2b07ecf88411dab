package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.SchemaItem;
import dev.cutover.sync.domain.SchemaWork;
import dev.cutover.sync.domain.SchemaWork.Build;
import dev.cutover.sync.domain.SchemaWork.Reference;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes on a carried target what follows the rows. Each object in a transaction of its own together
 * with its row in {@code cutover.carried}, so that whoever goes on makes none twice.
 */
final class SchemaFinish {
  private static final String TABLES =
      """
      SELECT n.nspname, c.relname, c.relkind = 'p', rn.nspname, r.relname
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_class r ON r.oid = COALESCE(pg_partition_root(c.oid), c.oid)
        JOIN pg_namespace rn ON rn.oid = r.relnamespace
       WHERE c.relkind IN ('r','p','m') AND n.nspname NOT IN ('pg_catalog','information_schema','cutover')
         AND n.nspname !~ '^pg_'""";

  private static final String UNPOPULATED =
      "SELECT format('%I.%I', schemaname, matviewname) FROM pg_matviews WHERE NOT ispopulated"
          + " ORDER BY 1";
  private static final String POPULATED =
      "SELECT format('%I.%I', schemaname, matviewname) FROM pg_matviews WHERE ispopulated";

  private final boolean isAny;
  private final SchemaWork work;
  private final Map<TableName, TableName> roots;

  private SchemaFinish(boolean isAny, SchemaWork work, Map<TableName, TableName> roots) {
    this.isAny = isAny;
    this.work = work;
    this.roots = roots;
  }

  /** Nothing to make: the target had its schema before. */
  static SchemaFinish none() {
    return new SchemaFinish(false, new SchemaWork(List.of(), List.of(), List.of()), Map.of());
  }

  /** What is to be made of these objects on that target. */
  static SchemaFinish of(List<SchemaItem> items, Connection target) throws SQLException {
    Set<TableName> plain = new HashSet<>();
    Set<TableName> partitioned = new HashSet<>();
    Map<TableName, TableName> roots = new HashMap<>();
    try (Statement statement = target.createStatement();
        ResultSet rows = statement.executeQuery(TABLES)) {
      while (rows.next()) {
        TableName table = new TableName(rows.getString(1), rows.getString(2));
        (rows.getBoolean(3) ? partitioned : plain).add(table);
        roots.put(table, new TableName(rows.getString(4), rows.getString(5)));
      }
    }
    return new SchemaFinish(true, SchemaWork.of(items, plain, partitioned), roots);
  }

  /** Builds by the table of the plan that they belong to; those of others by their own. */
  Map<TableName, List<Build>> builds() {
    return work.builds().stream()
        .collect(Collectors.groupingBy(build -> roots.getOrDefault(build.table(), build.table())));
  }

  /** Builds an index; others may be built on the same table meanwhile. */
  static void index(Connection owner, Build build) throws SQLException {
    make(owner, "index " + hash(build.item()), build.item(), build.index());
  }

  /** Makes a constraint of an index that is there. */
  static void constraint(Connection owner, Build build) throws SQLException {
    if (build.constraint().isPresent()) {
      make(owner, hash(build.item()), build.item(), build.constraint().get());
    }
  }

  /** Makes all that is no index, once those are there. */
  void run(CopyPlaces places, int workers)
      throws SQLException, InterruptedException, ReplicationFailed {
    if (!isAny) {
      return;
    }
    CopyQueue proofs = new CopyQueue();
    try (CopySession session = new CopySession(places, "")) {
      others(session.owner());
      proofs(proofs);
      proofs.run(workers, () -> new CopySession(places, ""));
      try (Connection captured = places.watcher().open()) {
        refresh(captured, session.owner());
      }
      complete(session.owner());
    }
  }

  /** Makes all that is no index, in its order, and adds foreign keys without proving them. */
  private void others(Connection owner) throws SQLException {
    for (SchemaItem item : work.others()) {
      make(owner, hash(item), item, item.sql());
    }
    for (Reference reference : work.references()) {
      make(owner, hash(reference.item()), reference.item(), reference.add());
    }
  }

  /** Adds the proofs of foreign keys to a queue; those of one table one after the other. */
  private void proofs(CopyQueue queue) {
    Map<TableName, List<Reference>> byTable =
        work.references().stream().collect(Collectors.groupingBy(Reference::table));
    byTable.forEach(
        (table, references) ->
            queue.add(
                "Foreign keys of table %s could not be proven".formatted(table),
                0,
                session -> {
                  for (Reference reference : references) {
                    if (reference.validate().isPresent()) {
                      make(
                          session.owner(),
                          "proof " + hash(reference.item()),
                          reference.item(),
                          reference.validate().get());
                    }
                  }
                }));
  }

  /**
   * Fills the materialized views that are filled on the source. One that reads another comes after
   * it.
   */
  private static void refresh(Connection source, Connection owner) throws SQLException {
    Set<String> filled = new HashSet<>(PostgresSql.texts(source, POPULATED));
    List<String> left = new ArrayList<>(PostgresSql.texts(owner, UNPOPULATED));
    left.retainAll(filled);
    while (!left.isEmpty()) {
      List<String> early = new ArrayList<>();
      SQLException last = null;
      for (String view : left) {
        try {
          PostgresSql.execute(owner, "REFRESH MATERIALIZED VIEW " + view);
        } catch (SQLException e) {
          if (!"55000".equals(e.getSQLState())) { // has not been populated
            throw e;
          }
          early.add(view);
          last = e;
        }
      }
      if (last != null && early.size() == left.size()) {
        throw last;
      }
      left = early;
    }
  }

  /** Writes that all of it is made. */
  private static void complete(Connection owner) throws SQLException {
    if (!PostgresSchemaCarrier.isMade(owner, PostgresSchemaCarrier.AFTER_ROWS)) {
      PostgresSchemaCarrier.record(owner, PostgresSchemaCarrier.AFTER_ROWS, "all of it");
    }
  }

  private static void make(Connection owner, String key, SchemaItem item, String sql)
      throws SQLException {
    owner.setAutoCommit(false);
    try {
      if (!PostgresSchemaCarrier.isMade(owner, key)) {
        PostgresSql.script(owner, sql);
        PostgresSchemaCarrier.record(owner, key, item.toString());
      }
      owner.commit();
    } catch (SQLException e) {
      if (!owner.isClosed()) {
        owner.rollback();
      }
      throw new SQLException("%s: %s".formatted(item, e.getMessage()), e.getSQLState(), e);
    } finally {
      if (!owner.isClosed()) {
        owner.setAutoCommit(true);
      }
    }
  }

  private static String hash(SchemaItem item) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest((item + "\n" + item.sql()).getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
