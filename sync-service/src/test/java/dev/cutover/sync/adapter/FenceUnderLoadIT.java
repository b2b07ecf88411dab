package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.sync.domain.WriteGate.Fenced;
import dev.cutover.testkit.PostgresPair;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The promise itself: what was acknowledged is there, and nothing is added after the fence. */
final class FenceUnderLoadIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  private static final Logger LOGGER = LoggerFactory.getLogger(FenceUnderLoadIT.class);
  private static final int WRITERS = 12;
  private static final int ROUNDS = 5;

  private final AtomicLong ids = new AtomicLong();
  private final Set<Long> acknowledged = new ConcurrentSkipListSet<>();
  private FencedPair world;

  @BeforeEach
  void prepare() throws Exception {
    world = new FencedPair(PAIR);
    world.reset();
    world.prepare(1);
  }

  @Test
  @Tag("A5")
  void shouldLetNothingCommitAfterTheFenceHasReturned() throws Exception {
    long epoch = 1;
    for (int round = 0; round < ROUNDS; round++) {
      // given
      acknowledged.clear();
      CountDownLatch started = new CountDownLatch(WRITERS);
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        boolean opposite = i % 2 == 0;
        writers.add(Thread.ofVirtual().start(() -> write(started, opposite)));
      }
      started.await();
      try (Connection longOne = PAIR.source().connect("shop");
          Statement statement = longOne.createStatement()) {
        longOne.setAutoCommit(false);
        statement.execute("INSERT INTO audit(what) VALUES ('long transaction')");
        int before = acknowledged.size();
        await().until(() -> acknowledged.size() > before + 100);

        // when
        Fenced fenced = world.gate.fence(world.fenceSource(++epoch));
        Set<Long> there = orders();

        // then
        for (Thread writer : writers) {
          writer.join();
        }
        LOGGER
            .atInfo()
            .addKeyValue("tablesMs", fenced.tablesMs())
            .addKeyValue("barrierMs", fenced.barrierMs())
            .addKeyValue("markerMs", fenced.markerMs())
            .addKeyValue("ended", fenced.sessionsEnded())
            .addKeyValue("acknowledged", acknowledged.size())
            .log("fence under load");
        assertThat(orders()).isEqualTo(there);
        assertThat(acknowledged).as("acknowledged, and not there").allMatch(there::contains);
        // The long one; and writers that a deadlock of their own holds up for longer than the
        // grace.
        assertThat(fenced.sessionsEnded()).isBetween(1, 1 + WRITERS);
        assertThat(fenced.barrierMs()).isLessThan(2000);
        world.gate.open(world.openSource(epoch, ++epoch));
      }
    }
  }

  @Test
  void shouldNotBeHeldUpByAutovacuum() throws Exception {
    // given
    PAIR.source()
        .execute(
            "CREATE TABLE big AS SELECT i AS id, repeat('x', 200) AS filler FROM generate_series(1, 60000) i;"
                + " ALTER TABLE big ADD PRIMARY KEY (id); ALTER TABLE big OWNER TO shop;"
                + " ALTER TABLE big SET (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0,"
                + "   autovacuum_vacuum_cost_delay = 50, autovacuum_vacuum_cost_limit = 1)");
    PAIR.source().execute("ALTER SYSTEM SET autovacuum_naptime = '1s'");
    PAIR.source().execute("SELECT pg_reload_conf()");
    world.prepare(2);
    PAIR.source().execute("UPDATE big SET filler = filler || 'y'");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> count("SELECT count(*) FROM pg_stat_progress_vacuum") > 0);

    // when
    Fenced fenced = world.gate.fence(world.fenceSource(3));

    // then
    LOGGER
        .atInfo()
        .addKeyValue("barrierMs", fenced.barrierMs())
        .addKeyValue("ended", fenced.sessionsEnded())
        .log("fence under autovacuum");
    assertThat(fenced.barrierMs()).isLessThan(800);
    assertThat(fenced.sessionsEnded()).isZero();
  }

  /**
   * Writes until it is refused; takes locks in one order or the other, so that deadlocks happen.
   */
  private void write(CountDownLatch started, boolean opposite) {
    try (Connection shop = PAIR.source().connect("shop");
        PreparedStatement insert =
            shop.prepareStatement("INSERT INTO orders(id, account) VALUES (?, 1)");
        PreparedStatement update =
            shop.prepareStatement("UPDATE accounts SET balance = balance + 1 WHERE id = ?")) {
      shop.setAutoCommit(false);
      started.countDown();
      while (true) {
        long id = ids.incrementAndGet();
        try {
          int low = (int) (id % 30) + 1;
          int high = low + 1 + (int) (id % 7);
          for (int account : opposite ? new int[] {high, low} : new int[] {low, high}) {
            update.setInt(1, account);
            update.execute();
          }
          insert.setLong(1, id);
          insert.execute();
          shop.commit();
          acknowledged.add(id);
        } catch (SQLException e) {
          if (!PostgresSession.DEADLOCK.equals(e.getSQLState())) {
            return;
          }
          shop.rollback();
        }
      }
    } catch (SQLException e) {
      return; // ended by the fence
    }
  }

  private static Set<Long> orders() throws SQLException {
    Set<Long> ids = new TreeSet<>();
    try (Connection reader = PAIR.source().connect("cutover_reader");
        Statement statement = reader.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id FROM orders")) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    return ids;
  }

  private static long count(String sql) throws SQLException {
    try (Connection reader = PAIR.source().connect("postgres");
        Statement statement = reader.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
