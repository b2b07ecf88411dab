package dev.cutover.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CopyMeasured;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.Event;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.FenceLeaseExpired;
import dev.cutover.contract.FenceLost;
import dev.cutover.contract.ReplicationMeasured;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.SchemaObserved;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.SyncReply;
import dev.cutover.contract.TableName;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.runtime.Work;
import dev.cutover.sync.adapter.FencedPair;
import dev.cutover.sync.adapter.PostgresDatabaseReader;
import dev.cutover.sync.adapter.PostgresPreflight;
import dev.cutover.sync.adapter.PostgresSchemaBaseline;
import dev.cutover.sync.adapter.PostgresSchemaCarrier;
import dev.cutover.sync.adapter.PostgresSequences;
import dev.cutover.sync.adapter.S3Stores;
import dev.cutover.sync.domain.CopyProgress;
import dev.cutover.sync.domain.Deltas;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.Replicator;
import dev.cutover.sync.domain.WriteGate;
import dev.cutover.sync.domain.WriterRow;
import dev.cutover.testkit.ManualClock;
import dev.cutover.testkit.PostgresPair;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The service on two real databases; only the stream between them is taken for granted. */
final class SyncServiceIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  private static final Duration LEASE = Duration.ofMinutes(2);

  private final ManualClock clock = new ManualClock(Instant.now());
  private final List<Event> reports = new CopyOnWriteArrayList<>();
  private final InstantStream stream = new InstantStream();
  private FencedPair world;
  private PostgresSchemaBaseline baseline;
  private final S3Stores objects = new S3Stores();
  private SyncWatch watch;
  private SyncService service;
  private long epoch;

  @BeforeEach
  void start() throws Exception {
    world = new FencedPair(PAIR);
    world.reset();
    PostgresSequences sequences = new PostgresSequences(world.connections);
    baseline = new PostgresSchemaBaseline(world.connections);
    watch = newWatch();
    service =
        new SyncService(
            new SyncConfig(
                new KafkaSettings("unused:1"),
                new Wire(new Topics("cutover", 1, 1, 1)),
                Path.of("unused"),
                List.of(world.source, world.target),
                1,
                Optional.empty()),
            new SyncPorts(
                new PostgresPreflight(world.connections, sequences, _ -> true),
                new PostgresSchemaCarrier(world.connections),
                world.schema,
                baseline,
                world.gate,
                sequences,
                new PostgresDatabaseReader(world.connections),
                stream,
                stream,
                (_, _) -> Map.of(),
                objects),
            watch,
            clock);
  }

  private SyncWatch newWatch() {
    return new SyncWatch(
        world.gate,
        stream,
        baseline,
        objects,
        List.of(world.source, world.target),
        event -> {
          reports.add(event);
          return CompletableFuture.completedFuture(null);
        },
        clock);
  }

  @Test
  void shouldRefuseADatabaseThatItsConfigurationDoesNotName() throws Exception {
    // given
    ReplicationSpec elsewhere =
        new ReplicationSpec(
            "shop",
            new DatabaseEndpoint("production", 5432, "shop", "source"),
            world.target,
            List.of(new TableName("public", "accounts")),
            true,
            10);

    // then
    assertFailed(
        run(new SyncCommand.PrepareReplication(header(), elsewhere)),
        FailureKind.REFUSED,
        "CUTOVER_SYNC_DATABASES");
  }

  @Test
  void shouldSayAllFaultsAndTouchNothingWhenThePlanDoesNotFit() throws Exception {
    // when
    Event event =
        run(new SyncCommand.PrepareReplication(header(), spec("accounts", "sessions", "nowhere")));

    // then
    assertFailed(event, FailureKind.UNSUITABLE, "public.sessions");
    assertFailed(event, FailureKind.UNSUITABLE, "public.nowhere");
    assertThat(reasonOf(() -> world.gate.state(world.source)))
        .isEqualTo(GateRefused.Reason.NOT_PREPARED);
  }

  @Test
  void shouldCarryACutoverThereAndBack() throws Exception {
    // when
    prepare();
    long preparedAt = epoch;
    assertThat(run(new SyncCommand.StartForwardSync(header(), spec())))
        .isInstanceOf(SyncReply.ForwardSyncStarted.class);
    assertThat(run(new SyncCommand.StartReverseSync(header(), spec())))
        .isInstanceOf(SyncReply.ReverseSyncStarted.class);
    assertThat(run(new SyncCommand.ProveRoundTrip(header(), spec())))
        .isInstanceOf(SyncReply.RoundTripProven.class);
    assertThat(run(new SyncCommand.AlignSequences(header(), spec(), Side.TARGET)))
        .isInstanceOf(SyncReply.SequencesAligned.class);
    assertThat(run(new SyncCommand.FenceSource(header(), spec(), LEASE)))
        .isInstanceOf(SyncReply.SourceFenced.class);
    long fencedAt = epoch;
    assertThat(run(new SyncCommand.OpenTarget(header(), spec(), preparedAt)))
        .isInstanceOf(SyncReply.TargetOpened.class);

    // then
    Event fenced = run(new SyncCommand.FenceTarget(header(), spec()));
    assertThat(fenced).isInstanceOf(SyncReply.TargetFenced.class);
    String marker = ((SyncReply.TargetFenced) fenced).marker();
    assertThat(run(new SyncCommand.DrainReverse(header(), spec(), marker)))
        .isInstanceOf(SyncReply.ReverseDrained.class);
    assertThat(run(new SyncCommand.AlignSequences(header(), spec(), Side.SOURCE)))
        .isInstanceOf(SyncReply.SequencesAligned.class);
    Event opened = run(new SyncCommand.OpenSource(header(), spec(), fencedAt));
    assertThat(((SyncReply.SourceOpened) opened).wasFenced()).isTrue();
    assertThat(world.gate.state(world.source).isOpen()).isTrue();
    assertThat(world.gate.state(world.target).isFenced()).isTrue();
    assertFailed(
        run(new SyncCommand.OpenTarget(header(), spec(), preparedAt)),
        FailureKind.CONFLICT,
        "FENCED");
    prepare();
  }

  @Test
  @Tag("F7")
  void shouldRefuseALateCommand() throws Exception {
    // given
    prepare();
    SyncCommand late = new SyncCommand.FenceSource(header(), spec(), LEASE);
    run(new SyncCommand.OpenSource(header(), spec(), late.header().epoch()));

    // then
    assertFailed(run(late), FailureKind.SUPERSEDED, "newer epoch");
    assertThat(world.gate.state(world.source).isOpen()).isTrue();
  }

  @Test
  void shouldOpenTheSourceWithoutTheTargetWhenPeopleDeclaredItDead() throws Exception {
    // given
    prepare();
    run(new SyncCommand.FenceSource(header(), spec(), LEASE));
    long fencedAt = epoch;
    PAIR.source().execute("SET session_replication_role = replica; SELECT 1");
    try (var applier = PAIR.source().connect("cutover_applier");
        var statement = applier.createStatement()) {
      statement.execute("INSERT INTO orders(id, account) VALUES (5000, 1)");
    }

    // when
    Event opened = run(new SyncCommand.OpenSourceAlone(header(), spec(), fencedAt));

    // then
    assertThat(opened).isInstanceOf(SyncReply.SourceOpened.class);
    assertThat(new PostgresSequences(world.connections).read(world.source))
        .anySatisfy(
            sequence -> {
              assertThat(sequence.name()).isEqualTo("public.orders_id_seq");
              assertThat(sequence.lastValue()).isGreaterThan(5000);
            });
  }

  @Test
  void shouldFenceTheTargetThatWasDeclaredDeadWhenItComesBackAfterARestart() throws Exception {
    // given
    prepare();
    long preparedAt = epoch;
    run(new SyncCommand.FenceSource(header(), spec(), LEASE));
    long fencedAt = epoch;
    run(new SyncCommand.OpenTarget(header(), spec(), preparedAt));
    assertThat(run(new SyncCommand.OpenSourceAlone(header(), spec(), fencedAt)))
        .isInstanceOf(SyncReply.SourceOpened.class);
    long openedAt = epoch;
    assertThat(world.gate.state(world.target).isOpen()).isTrue();
    watch.leases().forget(FencedPair.CUTOVER);
    reports.clear();

    // when
    watch.leases().find();
    watch.leases().fenceOwed();
    watch.leases().find();
    watch.leases().fenceOwed();

    // then
    assertThat(world.gate.state(world.target).isFenced()).isTrue();
    assertThat(world.gate.state(world.target).epoch()).isEqualTo(openedAt);
    assertThat(world.gate.probe(world.target).refused()).isPositive();
    assertThat(world.gate.state(world.source).isOpen()).isTrue();
    assertThat(world.gate.state(world.source).lease()).isEmpty();
    assertThat(reports).hasOnlyElementsOfType(FenceLost.class).hasSize(1);
  }

  @Test
  void shouldTellOnceOfEachWriteThatGotThroughTheFence() throws Exception {
    // given
    prepare();
    run(new SyncCommand.FenceSource(header(), spec(), LEASE));
    reports.clear();
    watch.fences().check();
    assertThat(reports).isEmpty();

    // when
    stream.lateWrites = 2;
    watch.fences().check();
    watch.fences().check();

    // then
    assertThat(reports)
        .singleElement()
        .isInstanceOfSatisfying(
            FenceLost.class,
            lost -> {
              assertThat(lost.side()).isEqualTo(Side.SOURCE);
              assertThat(lost.reasserted()).isFalse();
              assertThat(lost.detail()).contains("2 transactions did");
            });
  }

  @Test
  void shouldGiveTheFenceBackWhenItHearsNothingPastTheLease() throws Exception {
    // given
    prepare();
    long preparedAt = epoch;
    run(new SyncCommand.FenceSource(header(), spec(), LEASE));
    long fencedAt = epoch;
    watch.leases().giveBackExpired();
    assertThat(world.gate.state(world.source).isFenced()).isTrue();

    // when
    clock.advance(LEASE.plusMillis(1));
    watch.leases().giveBackExpired();

    // then
    assertThat(world.gate.state(world.source).isOpen()).isTrue();
    assertThat(world.gate.state(world.source).epoch()).isEqualTo(fencedAt + 1);
    assertThat(world.gate.state(world.target).epoch()).isEqualTo(fencedAt + 1);
    assertThat(reports).hasAtLeastOneElementOfType(FenceLeaseExpired.class);
    assertFailed(
        run(new SyncCommand.OpenTarget(header(), spec(), preparedAt)), FailureKind.CONFLICT, "");
  }

  @Test
  void shouldFindTheSourceOpenedAndSaySoWhenTheLeaseWasFasterThanTheOrder() throws Exception {
    // given
    prepare();
    run(new SyncCommand.FenceSource(header(), spec(), LEASE));
    long fencedAt = epoch;
    clock.advance(LEASE.plusMillis(1));
    watch.leases().giveBackExpired();
    reports.clear();

    // when
    Event answer = run(new SyncCommand.OpenSource(header(), spec(), fencedAt));

    // then
    assertThat(answer).isInstanceOf(SyncReply.SourceOpened.class);
    assertThat(world.gate.state(world.source).epoch()).isEqualTo(epoch);
    assertThat(reports).hasOnlyElementsOfType(FenceLeaseExpired.class).hasSize(1);
  }

  @Test
  void shouldSayThatTheLeaseIsOverWhenTheTargetIsOrderedToOpenAfterIt() throws Exception {
    // given
    prepare();
    long preparedAt = epoch;
    run(new SyncCommand.FenceSource(header(), spec(), LEASE));
    long fencedAt = epoch;
    clock.advance(LEASE.plusMillis(1));
    watch.leases().giveBackExpired();
    reports.clear();

    // when the target has the epoch of before, and when it has been fenced anew
    Event refused = run(new SyncCommand.OpenTarget(header(), spec(), preparedAt));
    run(new SyncCommand.FenceTarget(header(), spec()));
    long fencedAnewAt = epoch;
    Event again = run(new SyncCommand.OpenTarget(header(), spec(), fencedAnewAt));

    // then
    assertFailed(refused, FailureKind.CONFLICT, "");
    assertFailed(again, FailureKind.CONFLICT, "to be fenced");
    assertThat(reports)
        .hasSize(2)
        .allSatisfy(
            report ->
                assertThat(report)
                    .isInstanceOfSatisfying(
                        FenceLeaseExpired.class,
                        expired -> assertThat(expired.fenceEpoch()).isEqualTo(fencedAt)));
  }

  @Test
  void shouldKeepThePromiseOfAProcessThatDied() throws Exception {
    // given
    prepare();
    run(new SyncCommand.FenceSource(header(), spec(), LEASE));
    SyncWatch successor = newWatch();

    // when
    successor.leases().find();
    clock.advance(LEASE.plusMillis(1));
    successor.leases().giveBackExpired();

    // then
    assertThat(world.gate.state(world.source).isOpen()).isTrue();
  }

  @Test
  void shouldNotGiveTheFenceBackOnceTheTargetServes() throws Exception {
    // given
    prepare();
    long preparedAt = epoch;
    run(new SyncCommand.FenceSource(header(), spec(), LEASE));
    SyncWatch successor = newWatch();
    successor.leases().find();
    run(new SyncCommand.OpenTarget(header(), spec(), preparedAt));

    // when
    clock.advance(LEASE.plusMillis(1));
    watch.leases().giveBackExpired();
    successor.leases().giveBackExpired();

    // then
    assertThat(world.gate.state(world.source).isFenced()).isTrue();
  }

  @Test
  @Tag("A13")
  void shouldNotGiveTheFenceBackWhenTheTargetCannotBeReached() throws Exception {
    // given
    prepare();
    run(new SyncCommand.FenceSource(header(), spec(), LEASE));
    PAIR.source().execute("UPDATE cutover.writer SET lease_other = 'target@localhost:1/shop'");

    // when
    clock.advance(LEASE.plusMillis(1));
    watch.leases().giveBackExpired();

    // then
    assertThat(world.gate.state(world.source).isFenced()).isTrue();
  }

  @Test
  void shouldFenceAgainAndSaySoWhenSomebodyDisablesATrigger() throws Exception {
    // given
    prepare();
    run(new SyncCommand.FenceSource(header(), spec(), LEASE));
    watch.fences().check();
    assertThat(reports).isEmpty();

    // when
    try (var owner = PAIR.source().connect("cutover_fencer");
        var statement = owner.createStatement()) {
      statement.execute("ALTER TABLE accounts DISABLE TRIGGER ALL");
    }
    watch.fences().check();
    watch.fences().check();

    // then
    assertThat(reports)
        .singleElement()
        .isInstanceOfSatisfying(
            FenceLost.class,
            lost -> {
              assertThat(lost.side()).isEqualTo(Side.SOURCE);
              assertThat(lost.reasserted()).isTrue();
              assertThat(lost.detail()).contains("public.accounts");
            });
    assertThat(world.gate.evidence(world.source).unfencedTables()).isEmpty();
    assertThat(world.gate.state(world.source).lease()).isPresent();
  }

  @Test
  @Tag("B1")
  void shouldMeasureStreamsThatWereStarted() throws Exception {
    // given
    prepare();
    run(new SyncCommand.StartForwardSync(header(), spec()));

    // when
    watch.measureStreams();

    // then
    assertThat(reports)
        .singleElement()
        .isEqualTo(
            new ReplicationMeasured(FencedPair.CUTOVER, Direction.FORWARD, 3, 4, 0, true, ""));
  }

  @Test
  void shouldTellHowFarACopyIs() throws Exception {
    // given
    prepare();
    stream.told.add(new CopyProgress(5, 600, 70, 8000, true, List.of()));

    // when
    run(new SyncCommand.StartForwardSync(header(), spec()));

    // then
    assertThat(reports)
        .singleElement()
        .isInstanceOfSatisfying(
            CopyMeasured.class,
            measured -> {
              assertThat(measured.cutover()).isEqualTo(FencedPair.CUTOVER);
              assertThat(measured.measuredAt()).isEqualTo(clock.instant());
              assertThat(measured.rows()).isEqualTo(5);
              assertThat(measured.leftMs()).isEqualTo(8000);
              assertThat(measured.waiting()).isTrue();
            });
  }

  @Test
  void shouldLeaveNothingBehindWhenAbandoned() throws Exception {
    // given
    prepare();

    // when
    Event dropped = run(new SyncCommand.DropReplication(header(), spec()));
    Event again = run(new SyncCommand.DropReplication(header(), spec()));

    // then
    assertThat(dropped).isInstanceOf(SyncReply.ReplicationDropped.class);
    assertThat(again).isInstanceOf(SyncReply.ReplicationDropped.class);
    assertThat(reasonOf(() -> world.gate.state(world.target)))
        .isEqualTo(GateRefused.Reason.NOT_PREPARED);
  }

  @Test
  void shouldKeepTheOldSourceFencedWhenDroppedAfterACutover() throws Exception {
    // given
    prepare();
    long preparedAt = epoch;
    run(new SyncCommand.FenceSource(header(), spec(), LEASE));
    assertFailed(
        run(new SyncCommand.DropReplication(header(), spec())), FailureKind.CONFLICT, "both");
    run(new SyncCommand.OpenTarget(header(), spec(), preparedAt));

    // when
    assertThat(run(new SyncCommand.DropReplication(header(), spec())))
        .isInstanceOf(SyncReply.ReplicationDropped.class);

    // then
    assertThat(world.gate.state(world.source).isFenced()).isTrue();
    assertThat(world.gate.state(world.source).cutover()).isEmpty();
  }

  @Test
  void shouldOpenTheSourceAgainAndSayHowLongItRefusedWhenDrilled() throws Exception {
    // given
    prepare();
    long preparedAt = epoch;

    // when
    Event drilled = run(drill(Duration.ofSeconds(2)));

    // then
    assertThat(drilled)
        .isInstanceOfSatisfying(
            SyncReply.FenceDrilled.class,
            figures -> assertThat(figures.refusedMs()).isBetween(0L, 2000L));
    assertThat(world.gate.state(world.source).isOpen()).isTrue();
    assertThat(world.gate.state(world.target).epoch()).isEqualTo(preparedAt);
    writeSource();
    assertThat(run(new SyncCommand.FenceSource(header(), spec(), LEASE)))
        .isInstanceOf(SyncReply.SourceFenced.class);
    assertThat(world.gate.probe(world.source).refused()).isPositive();
    assertFailed(run(drill(Duration.ofMinutes(1))), FailureKind.UNSUITABLE, "30 s");
  }

  @Test
  void shouldOpenTheSourceAgainWhenADrillIsNotDrained() throws Exception {
    // given
    prepare();
    stream.isStuck = true;

    // then
    assertFailed(run(drill(Duration.ofSeconds(2))), FailureKind.TIMED_OUT, "does not come");
    assertThat(world.gate.state(world.source).isOpen()).isTrue();
    writeSource();
  }

  @Test
  void shouldDrillNeitherASourceThatIsFencedNorOneWhoseTargetServes() throws Exception {
    // given
    prepare();
    long preparedAt = epoch;
    run(new SyncCommand.FenceSource(header(), spec(), LEASE));
    long fencedAt = epoch;

    // then
    assertFailed(run(drill(Duration.ofSeconds(2))), FailureKind.CONFLICT, "OPEN before a drill");
    run(new SyncCommand.OpenTarget(header(), spec(), preparedAt));
    assertFailed(run(drill(Duration.ofSeconds(2))), FailureKind.CONFLICT, "target");
    assertThat(world.gate.state(world.source).epoch()).isEqualTo(fencedAt);
    assertThat(world.gate.probe(world.source).refused()).isPositive();
  }

  @Test
  void shouldLetWritersThroughByItselfWhenTheServiceDiesInADrill() throws Exception {
    // given
    prepare();
    long preparedAt = epoch;
    SyncCommand.DrillFence drill = drill(Duration.ofMillis(800));
    var _ =
        world.gate.fence(
            new WriteGate.FenceOrder(
                world.source,
                epoch,
                drill.header().step(),
                true,
                drill.header().deadline(),
                Optional.of(new WriterRow.Lease(Instant.now(), epoch, world.target)),
                Optional.of(drill.max())));
    assertThat(world.gate.probe(world.source).refused()).isPositive();
    assertFailed(
        run(new SyncCommand.OpenTarget(header(), spec(), preparedAt)),
        FailureKind.CONFLICT,
        "is a drill");

    // then
    await().atMost(Duration.ofSeconds(10)).ignoreExceptions().untilAsserted(this::writeSource);
    assertThat(world.gate.state(world.source).isFenced()).isTrue();
    assertFailed(run(drill), FailureKind.CONFLICT, "cut short");
    assertThat(world.gate.state(world.source).isOpen()).isTrue();
    assertThat(run(drill(Duration.ofSeconds(2)))).isInstanceOf(SyncReply.FenceDrilled.class);
  }

  @Test
  void shouldPutTheRowRightByTheLeaseWhenADrillWasForgotten() throws Exception {
    // given
    prepare();
    SyncCommand.DrillFence drill = drill(Duration.ofMillis(800));
    var _ =
        world.gate.fence(
            new WriteGate.FenceOrder(
                world.source,
                epoch,
                drill.header().step(),
                true,
                drill.header().deadline(),
                Optional.of(
                    new WriterRow.Lease(clock.instant().plusSeconds(1), epoch, world.target)),
                Optional.of(drill.max())));

    // when
    SyncWatch successor = newWatch();
    successor.leases().find();
    clock.advance(Duration.ofSeconds(2));
    successor.leases().giveBackExpired();

    // then
    assertThat(world.gate.state(world.source).isOpen()).isTrue();
    assertThat(world.gate.state(world.source).endsAt()).isEmpty();
    writeSource();
  }

  @Test
  void shouldChangeNothingWhileAPersonIsInCharge() throws Exception {
    // given
    prepare();
    PAIR.target()
        .execute(
            "UPDATE cutover.writer SET manual = true, manual_by = 'anna', manual_why = 'network is"
                + " split', manual_at = now()");

    // then
    for (SyncCommand changing :
        List.of(
            new SyncCommand.PrepareReplication(header(), spec()),
            new SyncCommand.StartForwardSync(header(), spec()),
            new SyncCommand.StartReverseSync(header(), spec()),
            new SyncCommand.ProveRoundTrip(header(), spec()),
            new SyncCommand.AlignSequences(header(), spec(), Side.TARGET),
            new SyncCommand.FenceSource(header(), spec(), LEASE),
            new SyncCommand.FenceTarget(header(), spec()),
            new SyncCommand.OpenTarget(header(), spec(), 1),
            new SyncCommand.DrainReverse(header(), spec(), "m"),
            drill(Duration.ofSeconds(2)),
            new SyncCommand.ExportDelta(header(), spec()),
            new SyncCommand.ApplyDelta(header(), spec(), "hash"),
            new SyncCommand.CountLoss(header(), spec()),
            new SyncCommand.DropReplication(header(), spec()))) {
      assertFailed(run(changing), FailureKind.MANUAL, "anna");
    }
    assertThat(run(new SyncCommand.ReadDatabases(header(), spec())))
        .isInstanceOfSatisfying(
            SyncReply.DatabasesRead.class,
            read ->
                assertThat(read.target().fence().orElseThrow().manual().orElseThrow().why())
                    .contains("network is split"));
    PAIR.target().execute("UPDATE cutover.writer SET manual = false");
    prepare();
  }

  @Test
  void shouldReadBothDatabasesAndSayWhichOneDoesNotAnswer() throws Exception {
    // given
    prepare();
    run(new SyncCommand.AlignSequences(header(), spec(), Side.TARGET));
    run(new SyncCommand.FenceSource(header(), spec(), LEASE));

    // when
    Event event = run(new SyncCommand.ReadDatabases(header(), spec()));

    // then
    SyncReply.DatabasesRead read = (SyncReply.DatabasesRead) event;
    assertThat(read.source().fence().orElseThrow().fenced()).isTrue();
    assertThat(read.source().fence().orElseThrow().leaseUntil()).isPresent();
    assertThat(read.source().sequencesAhead()).contains(false);
    assertThat(read.target().sequencesAhead()).contains(true);
    assertThat(read.target().unfencedTables()).isEmpty();
    assertThat(read.target().preparedTransactions()).isZero();
    assertThat(
            new PostgresDatabaseReader(world.connections)
                .read(new DatabaseEndpoint("localhost", 1, "shop", "target"), "shop")
                .unreachable())
        .isPresent();
  }

  @Test
  @Tag("C16")
  void shouldSayAtOnceWhatChangedInASchemaAndOnceAMinuteOtherwise() throws Exception {
    // given
    prepare();
    assertThat(run(new SyncCommand.WatchSchema(header(), spec())))
        .isInstanceOf(SyncReply.SchemaWatched.class);
    watch.schemas().look();
    watch.schemas().look();
    assertThat(observed()).hasSize(2).allMatch(seen -> seen.drifts().isEmpty() && !seen.blind());

    // when
    PAIR.source().execute("ALTER TABLE orders ADD COLUMN extra text; CREATE TABLE stray(id int)");
    watch.schemas().look();
    watch.schemas().look();

    // then
    assertThat(observed()).hasSize(3);
    assertThat(observed().getLast().side()).isEqualTo(Side.SOURCE);
    assertThat(observed().getLast().drifts())
        .containsExactly(
            "table public.orders: column extra text added", "table public.stray added");
    clock.advance(Duration.ofMinutes(1));
    watch.schemas().look();
    assertThat(observed()).hasSize(5);
    PAIR.source().execute("DELETE FROM cutover.baseline");
    watch.schemas().look();
    assertThat(observed().getLast().blind()).isTrue();
    assertThat(observed().getLast().drifts()).hasSize(2);
  }

  private List<SchemaObserved> observed() {
    return reports.stream()
        .filter(SchemaObserved.class::isInstance)
        .map(SchemaObserved.class::cast)
        .toList();
  }

  private SyncCommand.DrillFence drill(Duration max) {
    return new SyncCommand.DrillFence(header(), spec(), max);
  }

  private void writeSource() throws SQLException {
    try (var shop = PAIR.source().connect("shop");
        var statement = shop.createStatement()) {
      statement.execute("UPDATE accounts SET balance = balance + 1");
    }
  }

  private void prepare() throws InterruptedException {
    assertThat(run(new SyncCommand.PrepareReplication(header(), spec())))
        .isInstanceOf(SyncReply.ReplicationPrepared.class);
  }

  private Event run(SyncCommand command) throws InterruptedException {
    return service.handle(
        command,
        new Work() {
          @Override
          public void publish(Event event) {
            reports.add(event);
          }

          @Override
          public boolean rehearsal() {
            return false;
          }

          @Override
          public InstantSource clock() {
            return clock;
          }
        });
  }

  private CommandHeader header() {
    return new CommandHeader(FencedPair.step("step"), epoch += 10, clock.instant().plusSeconds(60));
  }

  private ReplicationSpec spec(String... tables) {
    List<TableName> names =
        tables.length == 0
            ? List.of(new TableName("public", "accounts"), new TableName("public", "orders"))
            : java.util.Arrays.stream(tables).map(table -> new TableName("public", table)).toList();
    return new ReplicationSpec("shop", world.source, world.target, names, true, 100);
  }

  private static void assertFailed(Event event, FailureKind kind, String sentence) {
    assertThat(event)
        .isInstanceOfSatisfying(
            StepFailed.class,
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(kind);
              assertThat(failed.failure().reason()).contains(sentence);
            });
  }

  /** Something that a gate refuses. */
  private interface Attempt {
    void run() throws GateRefused;
  }

  private static Optional<GateRefused.Reason> reason(Attempt attempt) {
    try {
      attempt.run();
      return Optional.empty();
    } catch (GateRefused e) {
      return Optional.of(e.reason());
    }
  }

  private static GateRefused.Reason reasonOf(Attempt attempt) {
    return reason(attempt).orElseThrow();
  }

  /** A stream without a way: whatever is marked has arrived. */
  private static final class InstantStream implements Replicator, Deltas {
    final List<CopyProgress> told = new ArrayList<>();

    private volatile boolean isStuck;
    private volatile long lateWrites;

    @Override
    public void hold(ReplicationSpec spec, long epoch) {}

    @Override
    public Standing standing(ReplicationSpec spec) {
      return new Standing(false, Optional.empty());
    }

    @Override
    public Found find(ReplicationSpec spec, Search search) {
      throw new AssertionError("no delta here");
    }

    @Override
    public void approve(ReplicationSpec spec, String sha256, long epoch) {}

    @Override
    public CopyResult copyAndStream(ReplicationSpec spec, Direction direction, Progress progress) {
      told.forEach(progress::copied);
      return new CopyResult(1, 2, Map.of(), 3);
    }

    @Override
    public void start(ReplicationSpec spec, Direction direction) {}

    @Override
    public StreamHealth health(ReplicationSpec spec, Direction direction) {
      return new StreamHealth(true, 3, 4, 0, Optional.empty(), 0, Optional.empty());
    }

    @Override
    public void guardSlot(ReplicationSpec spec, Direction direction) {}

    @Override
    public long lateWrites(ReplicationSpec spec, Direction direction, long fenceEpoch) {
      return direction == Direction.FORWARD ? lateWrites : 0;
    }

    @Override
    public void awaitMarker(
        ReplicationSpec spec, Direction direction, String markerId, Instant deadline)
        throws DrainTimedOut {
      if (isStuck) {
        throw new DrainTimedOut("Expected marker " + markerId + ", but it does not come");
      }
    }

    @Override
    public void stop(ReplicationSpec spec, Direction direction) {}

    @Override
    public void drop(ReplicationSpec spec) {}

    @Override
    public void close() {}
  }
}
