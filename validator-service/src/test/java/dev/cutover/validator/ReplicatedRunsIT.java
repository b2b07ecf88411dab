package dev.cutover.validator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.CheckResult.Outcome;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.testkit.PostgresPair;
import dev.cutover.validator.domain.Verdict;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Full passes and passes over what changed while a seeded load is replicated: lag is never called
 * damage, and damage is found. {@code -Dvalidator.seeds=1000} for a long evening.
 */
class ReplicatedRunsIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();

  private static final TableName TABLE = TableName.parse("run");
  private static final int ROWS = 300;
  private static final int SEEDS = Integer.getInteger("validator.seeds", 15);

  /** Seeds whose target is damaged: one in so many. */
  private static final int DAMAGED_EVERY = 5;

  private static World world;

  @BeforeAll
  static void openWorld() {
    world = new World(PAIR);
    world.onBoth(
        "CREATE SCHEMA IF NOT EXISTS cutover; CREATE TABLE IF NOT EXISTS cutover.position(stream"
            + " text PRIMARY KEY, lsn pg_lsn NOT NULL)");
  }

  @AfterAll
  static void closeWorld() {
    world.onBoth("DROP SCHEMA cutover CASCADE");
    world.close();
  }

  @Test
  void shouldTellLagFromDamageWhateverTheSeed() throws Exception {
    // given
    List<String> wrong = new ArrayList<>();

    // when
    for (int seed = 1; seed <= SEEDS; seed++) {
      boolean damaged = seed % DAMAGED_EVERY == 0;
      Run run = run(seed, damaged);
      if (run.sawDamage() != damaged || !run.isDecided()) {
        wrong.add("seed %d: %s".formatted(seed, run.results()));
      }
    }

    // then
    assertThat(wrong).isEmpty();
  }

  private record Run(List<CheckResult> results) {
    boolean sawDamage() {
      return results.stream().anyMatch(result -> result.outcome() == Outcome.MISMATCH);
    }

    boolean isDecided() {
      return results.getLast().outcome() != Outcome.INCONCLUSIVE;
    }
  }

  private Run run(int seed, boolean damaged) throws Exception {
    Random random = new Random(seed);
    world.table(
        "run",
        "id int PRIMARY KEY, a text, n bigint",
        "INSERT INTO run SELECT i, 'a'||i, i FROM generate_series(1, %d) i".formatted(ROWS));
    world.onBoth("DELETE FROM cutover.position");
    PAIR.target()
        .execute(
            "INSERT INTO cutover.position VALUES ('cutover_shop_forward', '0/0'), ('cutover_shop_reverse', '0/0')");
    Sides sides = seed % 2 == 0 ? world.sides() : world.switchedSides();
    AtomicBoolean running = new AtomicBoolean(true);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> stream = threads.submit(() -> replicate(new Random(seed), running));
      PassMemory memory = new PassMemory();
      List<CheckResult> results = new ArrayList<>();
      try {
        results.addAll(passes(sides, memory, random, damaged));
      } finally {
        running.set(false);
        stream.get();
      }
      // nothing streams any more; so little is planned for that it reads only what changed
      results.addAll(
          new FinalPass(sides, memory, Instant.now(), Instant.now())
              .run(spec(), Duration.ofSeconds(20), Duration.ofMillis(1)));
      return new Run(results);
    }
  }

  private static ReplicationSpec spec() {
    return new ReplicationSpec(
        World.REPLICATION,
        World.endpoint(PAIR.source()),
        World.endpoint(PAIR.target()),
        List.of(TABLE),
        true,
        1000);
  }

  private List<CheckResult> passes(Sides sides, PassMemory memory, Random random, boolean damaged)
      throws Exception {
    InstantSource clock = InstantSource.system();
    ReplicationSpec spec = spec();
    ValidatorConfig.Checking checking =
        new ValidatorConfig.Checking(
            4, Duration.ofSeconds(30), Duration.ofMillis(100), Duration.ofSeconds(5), 50);
    List<CheckResult> results = new ArrayList<>();
    Instant deadline = Instant.now().plusSeconds(60);
    Verdict full = new FullPass(sides, spec, memory, checking, clock, deadline).content(List.of());
    results.add(full.toResult("full", 0));
    if (damaged) {
      // a row that the load leaves alone, so that nothing mends it
      PAIR.target()
          .execute(
              switch (random.nextInt(3)) {
                case 0 -> "UPDATE run SET a=a||' ' WHERE id=%d".formatted(1 + random.nextInt(9));
                case 1 -> "DELETE FROM run WHERE id=%d".formatted(1 + random.nextInt(9));
                default ->
                    "INSERT INTO run VALUES (%d, 'stray', 0)".formatted(-1 - random.nextInt(9));
              });
    }
    results.addAll(
        new ChangedPass(
                sides,
                spec,
                () -> new FullPass(sides, spec, memory, checking, clock, deadline),
                memory,
                checking,
                clock,
                deadline)
            .run());
    return results;
  }

  /** Changes of the source, in transactions of several rows, applied later in order. */
  private static Void replicate(Random random, AtomicBoolean running) throws SQLException {
    record Change(String sql, long lsn, long dueNanos) {}
    Deque<Change> onTheirWay = new ArrayDeque<>();
    long lagNanos = (1 + random.nextInt(60)) * 1_000_000L;
    try (Connection source = PAIR.source().connect("postgres");
        Connection target = PAIR.target().connect("postgres");
        Statement onSource = source.createStatement();
        Statement onTarget = target.createStatement()) {
      int next = ROWS + 1;
      while (running.get() || !onTheirWay.isEmpty()) {
        if (running.get()) {
          StringBuilder sql = new StringBuilder();
          for (int i = random.nextInt(4); i >= 0; i--) {
            int id = 10 + random.nextInt(ROWS - 9);
            sql.append(
                switch (random.nextInt(5)) {
                  case 0 -> "INSERT INTO run VALUES (%d, 'new', %d);".formatted(next++, id);
                  case 1 -> "DELETE FROM run WHERE id=%d;".formatted(id);
                  case 2 -> "UPDATE run SET n=%d WHERE id=10;".formatted(random.nextInt());
                  case 3 ->
                      "DELETE FROM run WHERE id=%1$d; INSERT INTO run VALUES (%1$d, 'again', %2$d);"
                          .formatted(id, random.nextInt(3));
                  default ->
                      "UPDATE run SET a='%s' WHERE id=%d;"
                          .formatted(Integer.toHexString(random.nextInt()), id);
                });
          }
          onSource.execute(sql.toString());
          try (ResultSet row =
              onSource.executeQuery("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")) {
            row.next();
            onTheirWay.add(
                new Change(sql.toString(), row.getLong(1), System.nanoTime() + lagNanos));
          }
        }
        while (!onTheirWay.isEmpty()
            && (onTheirWay.element().dueNanos() <= System.nanoTime() || !running.get())) {
          Change change = onTheirWay.remove();
          // one implicit transaction
          onTarget.execute(
              change.sql()
                  + "UPDATE cutover.position SET lsn = '0/0'::pg_lsn + %d".formatted(change.lsn()));
        }
        LockSupport.parkNanos(random.nextInt(10) * 1_000_000L);
      }
    }
    return null;
  }
}
