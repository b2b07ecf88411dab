package dev.cutover.deploy.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Transactions of one kind of load, the same ones each time: every change says the values that the
 * row has afterwards, so it can be written to the source and applied row by row alike.
 */
final class ApplyWorkload {
  static final int ROWS = 100_000;

  private static final int CHANGES_OF_TRANSACTION = 10;
  private static final long SEED = 7;
  private static final int BRANCHES = 10;
  private static final int TELLERS = 100;

  /** What is written. */
  enum Kind {
    /** Ten new rows a transaction. */
    INSERTS("insert-heavy"),
    /** Ten changes a transaction: 18 updates of 20, one insert, one delete. */
    UPDATES("update-heavy"),
    /** An account, a teller and a branch changed and a row of history added a transaction. */
    TPC_B("TPC-B-like");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /**
   * One change.
   *
   * @param sql with a parameter for each value
   */
  record Operation(String sql, List<Object> values) {}

  static final String TABLES =
      """
      CREATE TABLE event(id bigint PRIMARY KEY, kind text NOT NULL, amount numeric(12,2) NOT NULL,
        payload text, at timestamptz NOT NULL);
      CREATE TABLE stock(id bigint PRIMARY KEY, quantity int NOT NULL, price numeric(12,2) NOT NULL,
        note text, changed timestamptz NOT NULL);
      CREATE TABLE branch(id int PRIMARY KEY, balance bigint NOT NULL, filler char(88));
      CREATE TABLE teller(id int PRIMARY KEY, branch int NOT NULL, balance bigint NOT NULL, filler char(84));
      CREATE TABLE account(id int PRIMARY KEY, branch int NOT NULL, balance bigint NOT NULL, filler char(84));
      CREATE TABLE history(id bigint PRIMARY KEY, teller int NOT NULL, branch int NOT NULL,
        account int NOT NULL, delta bigint NOT NULL, at timestamptz NOT NULL);
      CREATE TABLE paced(id bigint PRIMARY KEY, payload text NOT NULL);
      CREATE TABLE mark(id text PRIMARY KEY)""";

  static final List<String> TABLE_NAMES =
      List.of("event", "stock", "branch", "teller", "account", "history", "paced", "mark");

  /** The rows that are there before. */
  static final String ROWS_BEFORE =
      """
      INSERT INTO stock SELECT i, i %% 1000, i / 100.0, 'note ' || i, '2026-01-01Z' FROM generate_series(1, %1$d) i;
      INSERT INTO branch SELECT i, 0, 'b' FROM generate_series(1, %2$d) i;
      INSERT INTO teller SELECT i, 1 + i %% %2$d, 0, 't' FROM generate_series(1, %3$d) i;
      INSERT INTO account SELECT i, 1 + i %% %2$d, 0, 'a' FROM generate_series(1, %1$d) i"""
          .formatted(ROWS, BRANCHES, TELLERS);

  private static final String AT = "2026-09-01 12:00:00.123456Z";

  private final Kind kind;
  private final Random random;
  private final long[] accounts = new long[ROWS + 1];
  private final long[] tellers = new long[TELLERS + 1];
  private final long[] branches = new long[BRANCHES + 1];
  private long nextId = 1;
  private long oldestStock = 1;

  ApplyWorkload(Kind kind) {
    this.kind = kind;
    random = new Random(SEED);
  }

  Kind kind() {
    return kind;
  }

  /** The next transactions, with so many changes in all or a few more. */
  List<List<Operation>> next(int changes) {
    List<List<Operation>> transactions = new ArrayList<>();
    for (int made = 0; made < changes; made += transactions.getLast().size()) {
      transactions.add(
          switch (kind) {
            case INSERTS -> inserts();
            case UPDATES -> updates();
            case TPC_B -> transfer();
          });
    }
    return transactions;
  }

  private List<Operation> inserts() {
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < CHANGES_OF_TRANSACTION; i++) {
      operations.add(
          new Operation(
              "INSERT INTO event VALUES (?, ?, ?::numeric, ?, ?::timestamptz)",
              List.of(
                  nextId++,
                  "kind-" + random.nextInt(10),
                  amount(),
                  "payload " + Long.toHexString(random.nextLong()).repeat(4),
                  AT)));
    }
    return operations;
  }

  private List<Operation> updates() {
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < CHANGES_OF_TRANSACTION; i++) {
      int chance = random.nextInt(20);
      if (chance == 0) {
        operations.add(
            new Operation(
                "INSERT INTO stock VALUES (?, ?, ?::numeric, ?, ?::timestamptz)",
                List.of(ROWS + nextId++, random.nextInt(1000), amount(), "new", AT)));
      } else if (chance == 1 && oldestStock < ROWS / 2) {
        operations.add(new Operation("DELETE FROM stock WHERE id = ?", List.of(oldestStock++)));
      } else {
        operations.add(
            new Operation(
                "UPDATE stock SET quantity = ?, price = ?::numeric, changed = ?::timestamptz WHERE id = ?",
                List.of(
                    random.nextInt(1000), amount(), AT, ROWS / 2 + random.nextLong(1, ROWS / 2))));
      }
    }
    return operations;
  }

  private List<Operation> transfer() {
    int account = random.nextInt(1, ROWS + 1);
    int teller = random.nextInt(1, TELLERS + 1);
    int branch = 1 + teller % BRANCHES;
    long delta = random.nextLong(-5000, 5001);
    return List.of(
        new Operation(
            "UPDATE account SET balance = ? WHERE id = ?",
            List.of(accounts[account] += delta, account)),
        new Operation(
            "UPDATE teller SET balance = ? WHERE id = ?",
            List.of(tellers[teller] += delta, teller)),
        new Operation(
            "UPDATE branch SET balance = ? WHERE id = ?",
            List.of(branches[branch] += delta, branch)),
        new Operation(
            "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?::timestamptz)",
            List.of(nextId++, teller, branch, account, delta, AT)));
  }

  private String amount() {
    return random.nextInt(100_000) + "." + random.nextInt(10, 100);
  }
}
