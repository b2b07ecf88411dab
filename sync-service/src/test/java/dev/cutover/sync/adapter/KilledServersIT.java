package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CopyTerms;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.Replicator.StreamHealth;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.KilledServer;
import dev.cutover.testkit.PostgresPair;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The servers of both databases and the broker are killed as by {@code kill -9}, at random points
 * of copy, stream, drain and way back, while fifty tables are written. {@code -Dseeds=20} with the
 * storm profile asks for more.
 */
class KilledServersIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.killable();

  private static final Duration GOES_ON_MAX = Duration.ofMinutes(2);

  private enum Victim {
    SOURCE,
    TARGET,
    BROKER
  }

  private SplittableRandom random = new SplittableRandom(0);

  @Tag("B11")
  @ParameterizedTest
  @ValueSource(longs = 4)
  void shouldHaveEveryRowWhenServersAreKilled(long seed) throws Exception {
    random = new SplittableRandom(seed);
    try (ReplicationWorld world =
        new ReplicationWorld(
            PAIR,
            KAFKA,
            WritersOfManyTables.ddl(),
            WritersOfManyTables.tables().toArray(String[]::new))) {
      world.execute(Side.SOURCE, WritersOfManyTables.firstRows());
      thereAndBack(world, seed);
    }
  }

  @Test
  @Tag("storm")
  void shouldHaveEveryRowWhenServersAreKilledManyTimes() throws Exception {
    for (long seed = 5; seed < 5 + Integer.getInteger("seeds", 10); seed++) {
      shouldHaveEveryRowWhenServersAreKilled(seed);
    }
  }

  private void thereAndBack(ReplicationWorld world, long seed) throws Exception {
    Set<String> acknowledged = new HashSet<>();
    try (WritersOfManyTables there = new WritersOfManyTables(world, Side.SOURCE, 1_000, seed)) {
      copy(world);
      stream(world, Direction.FORWARD);
      world.replicator.copyAndStream(world.spec, Direction.REVERSE, _ -> {});
      there.stop();
      drain(world, Direction.FORWARD);
      acknowledged.addAll(there.acknowledged());
    }
    assertRows(world, acknowledged);
    try (WritersOfManyTables back =
        new WritersOfManyTables(world, Side.TARGET, 1_000_000, seed + 1)) {
      stream(world, Direction.REVERSE);
      back.stop();
      world.drain(Direction.REVERSE, "back");
      acknowledged.addAll(back.acknowledged());
    }
    world.drain(Direction.FORWARD, "end");
    assertRows(world, acknowledged);
  }

  /** A copy that its orderer orders again until it is done. */
  private void copy(ReplicationWorld world) throws Exception {
    ReplicationSpec slow =
        new ReplicationSpec(
            world.spec.name(),
            world.spec.source(),
            world.spec.target(),
            world.spec.tables(),
            true,
            1000,
            Optional.of(
                new CopyTerms(
                    CopyTerms.SchemaOrigin.CHECK, Optional.of(800_000L), Optional.empty())));
    CompletableFuture<Void> copy =
        CompletableFuture.runAsync(
            () ->
                await()
                    .atMost(GOES_ON_MAX)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> isCopied(world, slow)),
            Thread::startVirtualThread);
    strike(1000, random.nextBoolean() ? Victim.SOURCE : Victim.TARGET);
    copy.join();
  }

  private static boolean isCopied(ReplicationWorld world, ReplicationSpec slow)
      throws InterruptedException {
    try {
      world.replicator.copyAndStream(slow, Direction.FORWARD, _ -> {});
      return true;
    } catch (ReplicationFailed e) {
      System.out.println("copy: " + e.getMessage());
      return false;
    }
  }

  private void stream(ReplicationWorld world, Direction direction) throws Exception {
    awaitGoingOn(world, direction);
    strike(1000, victim());
    awaitGoingOn(world, direction);
  }

  private static void awaitGoingOn(ReplicationWorld world, Direction direction) {
    long before = world.replicator.health(world.spec, direction).appliedTransactions();
    await()
        .atMost(GOES_ON_MAX)
        .until(
            () -> {
              StreamHealth health = world.replicator.health(world.spec, direction);
              assertThat(health.error()).isEmpty();
              return health.appliedTransactions() > before + 20;
            });
  }

  /** The marker is committed; then a server dies before it has passed, or as it does. */
  private void drain(ReplicationWorld world, Direction direction) throws Exception {
    String id = world.schema + direction + random.nextInt();
    try (Connection captured = world.connect(direction.captured())) {
      PostgresSql.execute(captured, "SET synchronous_commit = on");
      PostgresSql.update(captured, "INSERT INTO cutover.marker VALUES (?, clock_timestamp())", id);
    }
    strike(50, random.nextBoolean() ? Victim.SOURCE : Victim.TARGET);
    world.replicator.awaitMarker(world.spec, direction, id, Instant.now().plus(GOES_ON_MAX));
  }

  private Victim victim() {
    return Victim.values()[random.nextInt(Victim.values().length)];
  }

  private void strike(int withinMs, Victim victim) throws Exception {
    await().pollDelay(Duration.ofMillis(random.nextInt(withinMs))).until(() -> true);
    System.out.printf("%s killed: %s%n", Instant.now(), victim);
    switch (victim) {
      case SOURCE -> restart(PAIR.source());
      case TARGET -> restart(PAIR.target());
      case BROKER -> {
        KAFKA.kill();
        KAFKA.start();
      }
    }
  }

  private static void restart(PostgresPair.Server server) throws Exception {
    KilledServer killed = new KilledServer(server);
    killed.kill();
    killed.start();
  }

  private static void assertRows(ReplicationWorld world, Set<String> acknowledged)
      throws Exception {
    world.assertEqualRows();
    Set<String> found = new HashSet<>();
    for (TableName table : world.spec.tables()) {
      for (String row : world.rows(Side.TARGET, table)) {
        found.add(table.name() + " " + row.substring(1, row.indexOf(',')));
      }
    }
    List<String> lost = acknowledged.stream().filter(row -> !found.contains(row)).toList();
    assertThat(lost).as("acknowledged rows that are gone").isEmpty();
    assertThat(acknowledged).isNotEmpty();
  }
}
