package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CopyTerms;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.WriteGate.FenceOrder;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import dev.cutover.testkit.ToxicProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The network between the service and its databases delays, cuts and swallows. The service notices
 * within its patience, says so meanwhile, goes on by itself, and every row is there once.
 */
class ToxicNetworkIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final Patience PATIENCE =
      new Patience(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(4));

  /** The longest of them, and what a busy machine adds. */
  private static final Duration NOTICED_MAX = Duration.ofSeconds(20);

  private static final Duration GOES_ON_MAX = Duration.ofSeconds(40);

  private static final String ROWS =
      """
      CREATE TABLE SCHEMA.parent(id int PRIMARY KEY, note text);
      CREATE TABLE SCHEMA.child(id bigserial PRIMARY KEY, parent int REFERENCES SCHEMA.parent, n bigint UNIQUE, at timestamptz DEFAULT now());""";

  private ToxicProxy toSource;
  private ToxicProxy toTarget;
  private ReplicationWorld world;
  private final AtomicBoolean isDone = new AtomicBoolean();
  private final AtomicLong acknowledged = new AtomicLong();
  private CompletableFuture<Void> load = CompletableFuture.completedFuture(null);

  @BeforeEach
  void begin() {
    toSource = new ToxicProxy(PAIR.source().port());
    toTarget = new ToxicProxy(PAIR.target().port());
    world =
        new ReplicationWorld(
            PAIR,
            KAFKA,
            new ReplicationWorld.Network(toSource.port(), toTarget.port(), PATIENCE),
            ROWS,
            List.of("parent", "child"));
    world.execute(
        Side.SOURCE,
        "INSERT INTO SCHEMA.parent SELECT g, md5(g::text) FROM generate_series(1, 5000) g");
  }

  @AfterEach
  void end() {
    isDone.set(true);
    load.join();
    toSource.heal();
    toTarget.heal();
    world.close();
    toSource.close();
    toTarget.close();
  }

  /** Writes past the proxies, as the applications do. */
  private void write() {
    try (Connection source = world.connect(Side.SOURCE)) {
      source.setAutoCommit(false);
      for (long n = 1; !isDone.get(); n++) {
        PostgresSql.execute(
            source,
            "INSERT INTO %1$s.child(parent, n) VALUES (1 + %2$d %% 500, %2$d); UPDATE %1$s.parent SET note = 'n%2$d' WHERE id = 1 + %2$d %% 7"
                .formatted(world.schema, n));
        source.commit();
        acknowledged.set(n);
        PostgresSql.query(source, "SELECT pg_sleep(0.005)::text");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void startUnderLoad() throws Exception {
    world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
    world.drain(Direction.FORWARD, "started");
    load = CompletableFuture.runAsync(this::write, Thread::startVirtualThread);
  }

  private long applied() {
    return world.replicator.health(world.spec, Direction.FORWARD).appliedTransactions();
  }

  private void awaitGoingOn() {
    long before = applied();
    await().atMost(GOES_ON_MAX).until(() -> applied() > before + 10);
  }

  /** The service has given its connections up, and makes others; the lag says it meanwhile. */
  private void awaitNoticed(ToxicProxy network) {
    int before = network.accepted();
    await().atMost(NOTICED_MAX).until(() -> network.accepted() >= before + 2);
    assertThat(world.replicator.health(world.spec, Direction.FORWARD).lagMs()).isGreaterThan(2000);
  }

  private void assertEveryRowOnce() throws Exception {
    isDone.set(true);
    load.join();
    world.drain(Direction.FORWARD, "end");
    world.assertEqualRows();
    assertThat(world.rows(Side.TARGET, world.table("child"))).hasSize((int) acknowledged.get());
    assertThat(world.replicator.health(world.spec, Direction.FORWARD).error()).isEmpty();
  }

  @Test
  void shouldHaveEveryRowOnceWhenTheNetworkIsSlowAndCutsConnections() throws Exception {
    // given
    startUnderLoad();

    // when
    toSource.delay(Duration.ofMillis(200));
    toTarget.delay(Duration.ofMillis(200));
    awaitGoingOn();
    long drainMs = world.drain(Direction.FORWARD, "slow");
    toSource.delay(Duration.ZERO);
    toTarget.delay(Duration.ZERO);
    for (ToxicProxy network : List.of(toTarget, toSource)) {
      network.cut();
      awaitGoingOn();
    }

    // then
    assertThat(drainMs).isLessThan(15_000);
    assertEveryRowOnce();
  }

  @Test
  void shouldNoticeThatTheSourceIsSilentAndGoOnWhenItIsBack() throws Exception {
    // given
    startUnderLoad();

    // when its packets vanish, and what was open stays dead for ever
    toSource.silence();
    awaitNoticed(toSource);
    toSource.healForNewOnes();

    // then
    awaitGoingOn();
    assertEveryRowOnce();
  }

  @Test
  void shouldDrainWhenTheTargetIsSilentMeanwhile() throws Exception {
    // given
    startUnderLoad();

    // when
    toTarget.silence();
    isDone.set(true);
    load.join();
    CompletableFuture<Long> drain =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return world.drain(Direction.FORWARD, "silent");
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            },
            Thread::startVirtualThread);
    awaitNoticed(toTarget);
    assertThat(drain).isNotDone();
    toTarget.healForNewOnes();

    // then: also the session that the server has still, with the position in its hands
    assertThat(drain).succeedsWithin(GOES_ON_MAX);
    assertEveryRowOnce();
  }

  @Test
  void shouldNoticeACaptureThatAloneIsSilentThoughTheSourceAnswers() throws Exception {
    // given
    startUnderLoad();

    // when, as behind a gateway that forgot one connection
    toSource.silenceReplication();
    await()
        .atMost(NOTICED_MAX)
        .until(() -> world.replicator.health(world.spec, Direction.FORWARD).lagMs() > 2000);

    // then
    awaitGoingOn();
    assertEveryRowOnce();
  }

  @Test
  void shouldCopyEveryRowOnceWhenASideIsSilentInTheCopy() throws Exception {
    // given
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
                    CopyTerms.SchemaOrigin.CHECK, Optional.of(60_000L), Optional.empty())));
    CompletableFuture<Optional<ReplicationFailed>> copy = copying(slow);
    await().atMost(NOTICED_MAX).until(this::isCopying);

    // when
    toTarget.silence();

    // then
    assertThat(copy).succeedsWithin(GOES_ON_MAX);
    assertThat(copy.join()).isPresent();
    toTarget.healForNewOnes();

    // when it is ordered again, and the source is silent
    copy = copying(slow);
    await().atMost(NOTICED_MAX).until(this::isCopying);
    toSource.silence();
    assertThat(copy).succeedsWithin(GOES_ON_MAX);
    toSource.healForNewOnes();
    await()
        .atMost(GOES_ON_MAX)
        .ignoreExceptions()
        .until(() -> copying(world.spec).join().isEmpty());

    // then
    assertEveryRowOnce();
  }

  private CompletableFuture<Optional<ReplicationFailed>> copying(ReplicationSpec spec) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            world.replicator.copyAndStream(spec, Direction.FORWARD, _ -> {});
            return Optional.empty();
          } catch (ReplicationFailed e) {
            return Optional.of(e);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        Thread::startVirtualThread);
  }

  private boolean isCopying() throws SQLException {
    try (Connection target = PAIR.target().connect("postgres")) {
      return PostgresSql.query(target, "SELECT 1 FROM pg_stat_progress_copy").isPresent();
    }
  }

  @Test
  void shouldKeepTheFenceAndAnswerInTimeWhenTheSourceIsSilent() throws Exception {
    // given
    PostgresWriteGate gate = new PostgresWriteGate(world.connections, InstantSource.system());
    StepRef step = new StepRef(new CutoverId("shop-1"), "fence", 1);
    gate.fence(
        new FenceOrder(
            world.spec.source(), 2, step, true, Instant.now().plusSeconds(20), Optional.empty()));

    // when
    toSource.silence();
    long startedNanos = System.nanoTime();
    assertThatThrownBy(() -> gate.evidence(world.spec.source())).isInstanceOf(GateRefused.class);

    // then
    assertThat(Duration.ofNanos(System.nanoTime() - startedNanos)).isLessThan(NOTICED_MAX);
    assertThatThrownBy(
            () -> world.execute(Side.SOURCE, "UPDATE SCHEMA.parent SET note = 'late' WHERE id = 1"))
        .hasMessageContaining("fence");
    toSource.healForNewOnes();
    assertThat(gate.evidence(world.spec.source()).unfencedTables()).isEmpty();
    for (PostgresPair.Server server : List.of(PAIR.source(), PAIR.target())) {
      try (Connection fencer = server.connect("cutover_fencer")) { // exempt from the event trigger
        PostgresSql.execute(fencer, "DROP SCHEMA cutover CASCADE");
      }
    }
  }

  @Test
  void shouldLetProductionGoWhenTheServiceHoldsALockBehindASilentNetwork() throws Exception {
    // given
    try (PostgresSession session =
        PostgresSession.open(world.connections, world.spec.source(), DatabaseRole.FENCER)) {
      session.begin();
      session.execute("LOCK TABLE %s.parent IN EXCLUSIVE MODE".formatted(world.schema));

      // when
      toSource.silence();

      // then
      try (Connection shop = world.connect(Side.SOURCE)) {
        PostgresSql.execute(shop, "SET lock_timeout = '%ds'".formatted(NOTICED_MAX.toSeconds()));
        assertThat(
                PostgresSql.update(
                    shop, "UPDATE %s.parent SET note = 'x' WHERE id = 1".formatted(world.schema)))
            .isOne();
      }
    }
  }
}
