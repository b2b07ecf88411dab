package dev.cutover.deploy.bench;

import dev.cutover.contract.Side;
import dev.cutover.deploy.demo.GapMeter;
import dev.cutover.deploy.demo.GapMeter.Gap;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An application that writes at a pace, one row in a transaction, with connections to both sides:
 * whoever is refused goes to the other side with the next write. So no TTL is part of its outage.
 */
final class OutageLoad implements AutoCloseable {
  private static final int WRITERS = 16;
  private static final int PRODUCTS = 1_990;
  private static final Duration ENDED_MAX = Duration.ofSeconds(10);
  private static final String MARK = "bench";

  /** A fence of the product, and a right that was taken away. */
  private static final Set<String> REFUSALS = Set.of("25006", "42501");

  private final Map<Side, String> urls;
  private final String user;
  private final String password;
  private final Pacer pacer;
  private final GapMeter gapMeter = new GapMeter(0);
  private final Set<UUID> inserted = ConcurrentHashMap.newKeySet();
  private final AtomicLong updated = new AtomicLong();
  private final AtomicLong uncertain = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final List<Thread> writers = new ArrayList<>();
  private volatile Side side = Side.SOURCE;
  private volatile boolean isStopped;

  /**
   * Begins to write.
   *
   * @param urls of JDBC, of two databases with the shop's tables
   * @param user the application's login on both
   */
  OutageLoad(Map<Side, String> urls, String user, String password, int writesPerSecond) {
    this.urls = Map.copyOf(urls);
    this.user = user;
    this.password = password;
    this.pacer = new Pacer(writesPerSecond);
    for (int n = 0; n < WRITERS; n++) {
      writers.add(Thread.ofPlatform().daemon().name("writer-" + n).start(this::writeUntilStopped));
    }
  }

  /** Until then writes are counted as acknowledged. */
  long acknowledged() {
    return inserted.size() + updated.get();
  }

  /** Writes that a side turned away. */
  long refused() {
    return refused.get();
  }

  /**
   * The longest time without an accepted write that this side ended since then; awaits its end. It
   * may begin a moment earlier: with a write that was on its way.
   */
  Gap outage(Instant since, Side endedBy) throws InterruptedException {
    Waiting.untilTrue(
        "a time without writes that the %s ended".formatted(endedBy),
        ENDED_MAX,
        () -> longest(since, endedBy).isPresent());
    return longest(since, endedBy).orElseThrow();
  }

  private Optional<Gap> longest(Instant since, Side endedBy) {
    return gapMeter.gaps().stream()
        .filter(gap -> gap.endedBy() == endedBy && gap.to().isAfter(since))
        .max(Comparator.comparingLong(Gap::ms));
  }

  /** Ends all writers; what was begun is answered first. */
  void stop() throws InterruptedException {
    isStopped = true;
    for (Thread writer : writers) {
      writer.join();
    }
  }

  /**
   * Acknowledged writes that are not there; each counted once. Writers must have stopped.
   *
   * @param authoritative a connection to the side that serves, with all rights
   */
  long missing(Connection authoritative) throws SQLException {
    Set<UUID> left = ConcurrentHashMap.newKeySet();
    left.addAll(inserted);
    long found;
    try (Statement statement = authoritative.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery("SELECT batch FROM shop.audit WHERE action = '" + MARK + "'")) {
        while (rows.next()) {
          left.remove(rows.getObject(1, UUID.class));
        }
      }
      try (ResultSet sold = statement.executeQuery("SELECT sum(sold) FROM shop.products")) {
        sold.next();
        found = sold.getLong(1);
      }
    }
    return left.size() + Math.max(0, updated.get() - found);
  }

  private void writeUntilStopped() {
    Map<Side, Connection> connections = new EnumMap<>(Side.class);
    try {
      while (!isStopped) {
        pacer.await();
        write(connections);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      for (Side each : Side.values()) {
        drop(connections, each);
      }
    }
  }

  private void write(Map<Side, Connection> connections) {
    Side tried = side;
    Instant sent = Instant.now();
    try {
      Connection connection = connections.get(tried);
      if (connection == null) {
        connection = connect(tried);
        connections.put(tried, connection);
        sent = Instant.now();
      }
      boolean isInsert = ThreadLocalRandom.current().nextBoolean();
      if (isInsert) {
        insert(connection);
      } else {
        update(connection);
      }
      gapMeter.acknowledged(sent, Instant.now(), sent, tried);
    } catch (SQLException e) {
      if (REFUSALS.contains(String.valueOf(e.getSQLState()))) {
        refused.incrementAndGet();
        gapMeter.refused(sent);
        side = tried.other();
      } else {
        uncertain.incrementAndGet();
        drop(connections, tried);
      }
    }
  }

  private void insert(Connection connection) throws SQLException {
    UUID id = UUID.randomUUID();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO shop.audit (batch, line, action) VALUES (?, 0, '%s')".formatted(MARK))) {
      statement.setObject(1, id);
      statement.executeUpdate();
    }
    inserted.add(id);
  }

  private void update(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("UPDATE shop.products SET sold = sold + 1 WHERE id = ?")) {
      statement.setInt(1, 1 + ThreadLocalRandom.current().nextInt(PRODUCTS));
      statement.executeUpdate();
    }
    updated.incrementAndGet();
  }

  private Connection connect(Side to) throws SQLException {
    Properties settings = new Properties();
    settings.setProperty("user", user);
    settings.setProperty("password", password);
    settings.setProperty("socketTimeout", "20");
    return DriverManager.getConnection(String.valueOf(urls.get(to)), settings);
  }

  private static void drop(Map<Side, Connection> connections, Side of) {
    Connection connection = connections.remove(of);
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // it was broken already
      }
    }
  }

  @Override
  public void close() {
    try {
      stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
