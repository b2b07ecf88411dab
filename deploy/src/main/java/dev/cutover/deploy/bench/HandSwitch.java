package dev.cutover.deploy.bench;

import dev.cutover.contract.Side;
import dev.cutover.deploy.demo.Databases;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The same move without the product, by PostgreSQL's logical replication and a script that loses no
 * time: rights taken away on the source, its log awaited, sequences set, rights given on the
 * target. It compares nothing, moves no traffic, and has no way back.
 */
final class HandSwitch implements AutoCloseable {
  private static final String DATABASE = "by_hand";
  private static final Duration COPY_MAX = Duration.ofMinutes(2);
  private static final Duration DRAIN_MAX = Duration.ofSeconds(30);
  private static final String SUBSCRIPTION = "by_hand";
  private static final long SEQUENCE_MARGIN = 10_000;

  private final Databases databases;
  private final Map<Side, Connection> connections = new EnumMap<>(Side.class);

  /** Makes a database with the shop's tables on each server; only the source has rows. */
  HandSwitch(Databases databases) throws SQLException, IOException {
    this.databases = databases;
    for (Side side : Side.values()) {
      try (Connection server = databases.connect(side)) {
        execute(server, "CREATE DATABASE " + DATABASE);
      }
      connections.put(side, DriverManager.getConnection(url(side), "postgres", "postgres"));
      execute(connection(side), script("/demo/shop.sql"));
    }
    execute(connection(Side.SOURCE), script("/demo/stock.sql"));
    execute(connection(Side.SOURCE), "CREATE PUBLICATION by_hand FOR TABLES IN SCHEMA shop");
  }

  Map<Side, String> urls() {
    return Map.of(Side.SOURCE, url(Side.SOURCE), Side.TARGET, url(Side.TARGET));
  }

  Connection connection(Side side) {
    return java.util.Objects.requireNonNull(connections.get(side));
  }

  /** The target follows, and takes no writes of the application. */
  void prepare() throws SQLException, InterruptedException {
    Connection target = connection(Side.TARGET);
    execute(target, "REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop FROM shop");
    execute(
        target,
        "CREATE SUBSCRIPTION %s CONNECTION 'host=127.0.0.1 port=%d dbname=%s user=postgres password=postgres' PUBLICATION by_hand"
            .formatted(SUBSCRIPTION, databases.endpoint(Side.SOURCE).port(), DATABASE));
    Waiting.until(
        "the subscription to have copied",
        COPY_MAX,
        () ->
            ask(
                target,
                "SELECT NOT EXISTS (SELECT FROM pg_subscription_rel WHERE srsubstate <> 'r')"));
  }

  /** The switch, from the first right that is taken away to the last that is given. */
  void move() throws SQLException, InterruptedException {
    Connection source = connection(Side.SOURCE);
    Connection target = connection(Side.TARGET);
    execute(source, "REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop FROM shop");
    Waiting.until(
        "transactions that began before to end",
        DRAIN_MAX,
        () ->
            ask(
                source,
                "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'shop' AND backend_xid IS NOT NULL)"));
    String end = text(source, "SELECT pg_current_wal_insert_lsn()::text");
    Waiting.until(
        "the target to have everything",
        DRAIN_MAX,
        () ->
            ask(
                source,
                "SELECT COALESCE(replay_lsn >= '%s'::pg_lsn, false) FROM pg_stat_replication WHERE application_name = '%s'"
                    .formatted(end, SUBSCRIPTION)));
    for (String sequence :
        List.of("shop.customer_number", "shop.orders_id_seq", "shop.audit_id_seq")) {
      long last = Long.parseLong(text(source, "SELECT last_value FROM " + sequence));
      execute(target, "SELECT setval('%s', %d)".formatted(sequence, last + SEQUENCE_MARGIN));
    }
    execute(target, "GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop TO shop");
  }

  /** As it was before: the source serves, the target is empty. */
  void reset() throws SQLException {
    Connection target = connection(Side.TARGET);
    execute(target, "DROP SUBSCRIPTION " + SUBSCRIPTION);
    execute(
        target,
        "TRUNCATE shop.customers, shop.products, shop.orders, shop.order_items, shop.documents, shop.audit");
    execute(
        connection(Side.SOURCE),
        "GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop TO shop");
    execute(connection(Side.SOURCE), "UPDATE shop.products SET sold = 0");
  }

  private String url(Side side) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(databases.endpoint(side).port(), DATABASE);
  }

  private static boolean ask(Connection connection, String sql) throws SQLException {
    return "t".equals(text(connection, sql));
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String script(String resource) throws IOException {
    try (InputStream in = HandSwitch.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException(
            "Expected %s in the program, but it is not there".formatted(resource));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : connections.values()) {
      connection.close();
    }
  }
}
