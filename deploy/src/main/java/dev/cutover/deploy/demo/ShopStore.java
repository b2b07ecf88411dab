package dev.cutover.deploy.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.postgresql.PGConnection;

/**
 * The shop's use of its database. Written as shops are: rows are locked in the order in which the
 * customer named the products, so two orders lock in opposite orders now and then; the loser of a
 * deadlock tries again.
 */
final class ShopStore implements AutoCloseable {
  private static final Set<String> WORTH_ANOTHER_TRY = Set.of("40P01", "40001");
  private static final int ATTEMPTS_MAX = 4;

  private final HikariDataSource pool;

  ShopStore(String url, String user, String password) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setAutoCommit(false);
    config.setMaximumPoolSize(40);
    config.setMinimumIdle(20); // warm before the customers come, as before any switch
    config.setConnectionTimeout(2000);
    config.setInitializationFailTimeout(-1);
    this.pool = new HikariDataSource(config);
  }

  /** One product and how many of it. */
  record Item(int product, int quantity) {}

  /**
   * What a committed transaction did.
   *
   * @param committingMicros when COMMIT was sent, in microseconds since 1970: a lower bound of the
   *     instant of the commit
   * @param rows rows as they are after it
   * @param deleted keys as of {@link Row#key()}
   */
  record Written(long committingMicros, List<Row> rows, List<String> deleted) {}

  /** The database refused, or the transaction ended before its commit: nothing was written. */
  static final class Refused extends Exception {
    Refused(SQLException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** The connection was lost while it committed: nobody knows whether it was written. */
  static final class OutcomeUnknown extends Exception {
    OutcomeUnknown(SQLException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** Takes the products from stock last, one after the other as the customer named them. */
  Written placeOrder(long customer, String note, String attributes, List<Item> items)
      throws Refused, OutcomeUnknown {
    Integer[] products = items.stream().map(Item::product).toArray(Integer[]::new);
    Integer[] quantities = items.stream().map(Item::quantity).toArray(Integer[]::new);
    return write(
        w -> {
          List<Row> orders =
              w.rows(
                  "orders",
                  """
                  INSERT INTO shop.orders (customer_id, status, total, attributes, note)
                  SELECT ?, 'PLACED', sum(i.quantity * p.price), ?::jsonb, ?
                  FROM unnest(?::integer[], ?::integer[]) AS i (product, quantity)
                  JOIN shop.products p ON p.id = i.product
                  RETURNING *
                  """,
                  customer,
                  attributes,
                  note,
                  products,
                  quantities);
          w.keep(orders);
          long order = Long.parseLong(String.valueOf(orders.getFirst().columns().get("id")));
          w.keep(
              w.rows(
                  "order_items",
                  """
                  INSERT INTO shop.order_items (order_id, line, product_id, quantity, price)
                  SELECT ?, i.line, p.id, i.quantity, p.price
                  FROM unnest(?::integer[], ?::integer[]) WITH ORDINALITY AS i (product, quantity, line)
                  JOIN shop.products p ON p.id = i.product
                  RETURNING *
                  """,
                  order,
                  products,
                  quantities));
          for (Item item : items) {
            w.keep(
                w.rows(
                    "products",
                    "UPDATE shop.products SET stock = stock - ?, sold = sold + ?,"
                        + " version = version + 1 WHERE id = ? RETURNING *",
                    item.quantity,
                    item.quantity,
                    item.product));
          }
        });
  }

  Written setStatus(long order, String status) throws Refused, OutcomeUnknown {
    return write(
        w ->
            w.keep(
                w.rows(
                    "orders",
                    "UPDATE shop.orders SET status = ?, version = version + 1 WHERE id = ?"
                        + " RETURNING *",
                    status,
                    order)));
  }

  Written deleteOrder(long order) throws Refused, OutcomeUnknown {
    return write(
        w -> {
          for (Row item :
              w.rows("order_items", "SELECT * FROM shop.order_items WHERE order_id = ?", order)) {
            w.deleted.add(item.key());
          }
          for (Row row :
              w.rows("orders", "DELETE FROM shop.orders WHERE id = ? RETURNING *", order)) {
            w.deleted.add(row.key());
          }
        });
  }

  Written addCustomer(String name, String email) throws Refused, OutcomeUnknown {
    return write(
        w ->
            w.keep(
                w.rows(
                    "customers",
                    "INSERT INTO shop.customers (name, email) VALUES (?, ?) RETURNING *",
                    name,
                    email)));
  }

  Written credit(long customer, int amount) throws Refused, OutcomeUnknown {
    return write(
        w ->
            w.keep(
                w.rows(
                    "customers",
                    "UPDATE shop.customers SET balance = balance + ?, version = version + 1 WHERE"
                        + " id = ? RETURNING *",
                    amount,
                    customer)));
  }

  /** Fails where the customer has orders. */
  Written deleteCustomer(long customer) throws Refused, OutcomeUnknown {
    return write(
        w -> {
          for (Row row :
              w.rows(
                  "customers", "DELETE FROM shop.customers WHERE id = ? RETURNING *", customer)) {
            w.deleted.add(row.key());
          }
        });
  }

  Written addDocument(UUID id, String title, String body) throws Refused, OutcomeUnknown {
    return write(
        w ->
            w.keep(
                w.rows(
                    "documents",
                    "INSERT INTO shop.documents (id, title, body) VALUES (?, ?, ?) RETURNING *",
                    id,
                    title,
                    body)));
  }

  /**
   * Changes the title only: the body, kept outside the row, is not part of the change that
   * PostgreSQL writes to its log.
   */
  Written rename(UUID document, String title) throws Refused, OutcomeUnknown {
    return write(
        w ->
            w.keep(
                w.rows(
                    "documents",
                    "UPDATE shop.documents SET title = ?, version = version + 1 WHERE id = ?"
                        + " RETURNING *",
                    title,
                    document)));
  }

  Written audit(UUID batch, List<String> actions) throws Refused, OutcomeUnknown {
    return write(w -> w.copyAudit(batch, actions));
  }

  /**
   * Holds its transaction open for the given time after it has written: what a nightly job does to
   * a shop.
   */
  Written report(UUID batch, int holdMs) throws Refused, OutcomeUnknown {
    return write(
        w -> {
          w.copyAudit(batch, List.of("report"));
          w.sleep(holdMs);
        });
  }

  /**
   * Locks two products in the order given, with a pause between: two of these in opposite orders
   * are a deadlock.
   */
  Written restock(int first, int second, int pauseMs) throws Refused, OutcomeUnknown {
    return write(
        w -> {
          String sql =
              "UPDATE shop.products SET stock = stock + 100, version = version + 1 WHERE id = ?"
                  + " RETURNING *";
          w.keep(w.rows("products", sql, first));
          w.sleep(pauseMs);
          w.keep(w.rows("products", sql, second));
        });
  }

  /** Reads rows of one table. */
  List<Row> read(String table, String sql, Object... values) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      List<Row> rows = new Writing(connection).rows(table, sql, values);
      connection.rollback();
      return rows;
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  private interface Work {
    void doIn(Writing writing) throws SQLException;
  }

  private Written write(Work work) throws Refused, OutcomeUnknown {
    for (int attempt = 1; ; attempt++) {
      long committing = 0;
      try (Connection connection = pool.getConnection()) {
        try {
          Writing writing = new Writing(connection);
          work.doIn(writing);
          Instant now = Instant.now();
          committing = now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
          connection.commit();
          return new Written(committing, writing.rows, writing.deleted);
        } catch (SQLException e) {
          if (committing == 0) {
            connection.rollback();
          }
          throw e;
        }
      } catch (SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (committing != 0 && (state.startsWith("08") || state.startsWith("57"))) {
          throw new OutcomeUnknown(e);
        }
        if (attempt == ATTEMPTS_MAX || !WORTH_ANOTHER_TRY.contains(state)) {
          throw new Refused(e);
        }
      }
    }
  }

  /** One transaction under way. */
  private static final class Writing {
    final Connection connection;
    final List<Row> rows = new ArrayList<>();
    final List<String> deleted = new ArrayList<>();

    Writing(Connection connection) {
      this.connection = connection;
    }

    void keep(List<Row> written) {
      rows.addAll(written);
    }

    List<Row> rows(String table, String sql, Object... values) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        for (int i = 0; i < values.length; i++) {
          statement.setObject(i + 1, values[i]);
        }
        List<Row> found = new ArrayList<>();
        try (ResultSet result = statement.executeQuery()) {
          while (result.next()) {
            found.add(Row.fromResult(table, result));
          }
        }
        return found;
      }
    }

    void copyAudit(UUID batch, List<String> actions) throws SQLException {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < actions.size(); i++) {
        lines.append(batch).append('\t').append(i).append('\t').append(actions.get(i)).append('\n');
      }
      try {
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn(
                "COPY shop.audit (batch, line, action) FROM STDIN",
                new StringReader(lines.toString()));
      } catch (IOException e) {
        throw new SQLException("copy failed", "08006", e);
      }
      keep(rows("audit", "SELECT * FROM shop.audit WHERE batch = ?", batch));
    }

    void sleep(int ms) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement("SELECT pg_sleep(?)")) {
        statement.setDouble(1, ms / 1000.0);
        statement.execute();
      }
    }
  }
}
