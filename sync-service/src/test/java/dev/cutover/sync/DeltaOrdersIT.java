package dev.cutover.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.Delta;
import dev.cutover.contract.Event;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.SyncReply;
import dev.cutover.contract.SyncReply.DeltaExported;
import dev.cutover.contract.TableName;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.runtime.Work;
import dev.cutover.sync.adapter.FencedPair;
import dev.cutover.sync.adapter.PostgresDatabaseReader;
import dev.cutover.sync.adapter.PostgresPreflight;
import dev.cutover.sync.adapter.PostgresReplicator;
import dev.cutover.sync.adapter.PostgresSchemaBaseline;
import dev.cutover.sync.adapter.PostgresSchemaCarrier;
import dev.cutover.sync.adapter.PostgresSequences;
import dev.cutover.sync.adapter.S3Stores;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Rollbacks whose delta is not simply applied, over real databases and a real change topic. */
final class DeltaOrdersIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();
  private static final Duration LEASE = Duration.ofMinutes(2);

  @TempDir Path directory;
  private final FencedPair world = new FencedPair(PAIR);
  private PostgresReplicator replicator;
  private SyncService service;
  private long epoch;
  private long preparedAt;
  private long fencedAt;

  @BeforeEach
  void start() throws Exception {
    world.reset();
    PAIR.target().execute("TRUNCATE accounts");
    Topics topics = KAFKA.topics(1);
    PostgresSequences sequences = new PostgresSequences(world.connections);
    PostgresSchemaBaseline baseline = new PostgresSchemaBaseline(world.connections);
    replicator = new PostgresReplicator(world.connections, KAFKA.settings(), topics, 1);
    S3Stores objects = new S3Stores();
    SyncConfig config =
        new SyncConfig(
            KAFKA.settings(),
            new Wire(topics),
            Path.of("unused"),
            List.of(world.source, world.target),
            1,
            Optional.of(directory));
    service =
        new SyncService(
            config,
            new SyncPorts(
                new PostgresPreflight(world.connections, sequences, _ -> true),
                new PostgresSchemaCarrier(world.connections),
                world.schema,
                baseline,
                world.gate,
                sequences,
                new PostgresDatabaseReader(world.connections),
                replicator,
                replicator.deltas(config.deltaDirectory()),
                (_, _) -> Map.of(),
                objects),
            new SyncWatch(
                world.gate,
                replicator,
                baseline,
                objects,
                config.databases(),
                _ -> CompletableFuture.completedFuture(null),
                InstantSource.system()),
            InstantSource.system());
  }

  @AfterEach
  void stop() throws Exception {
    replicator.drop(spec());
    replicator.close();
  }

  @Test
  void shouldApplyADeltaOnceAndOnlyTheOneThatWasApproved() throws Exception {
    // given
    switchOver(true);
    onTarget("INSERT INTO orders(id, account, note) VALUES (7, 1, 'it''s new')");
    onTarget("UPDATE accounts SET balance = 5 WHERE id = 2; DELETE FROM accounts WHERE id = 3");
    Event fenced = run(new SyncCommand.FenceTarget(header(), spec()));
    String marker = ((SyncReply.TargetFenced) fenced).marker();
    assertFailed(
        run(new SyncCommand.DrainReverse(header(), spec(), marker)), FailureKind.CONFLICT, "held");
    assertFailed(
        run(new SyncCommand.StartReverseSync(header(), spec(), false)),
        FailureKind.CONFLICT,
        "held");

    // when
    DeltaExported exported = (DeltaExported) run(new SyncCommand.ExportDelta(header(), spec()));

    // then
    assertThat(exported.delta().complete()).isTrue();
    assertThat(exported.delta().transactions()).isEqualTo(2);
    assertThat(exported.delta().tables())
        .extracting(Delta.TableDelta::table, Delta.TableDelta::rows)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(new TableName("public", "accounts"), 2L),
            org.assertj.core.groups.Tuple.tuple(new TableName("public", "orders"), 1L));
    Path folder = Path.of(exported.directory());
    assertThat(Files.readString(folder.resolve("public.accounts.jsonl")))
        .contains("\"before\":{\"id\":\"2\",\"balance\":\"0\"}")
        .contains("\"after\":{\"id\":\"2\",\"balance\":\"5\"}");
    assertThat(rows("SELECT count(*) FROM orders WHERE id = 7")).containsExactly("0");
    assertFailed(
        run(new SyncCommand.ApplyDelta(header(), spec(), "another")),
        FailureKind.MISMATCH,
        exported.sha256());
    SyncCommand apply = new SyncCommand.ApplyDelta(header(), spec(), exported.sha256());
    assertThat(run(apply)).isInstanceOf(SyncReply.DeltaApplied.class);
    assertThat(run(apply)).isInstanceOf(SyncReply.DeltaApplied.class);
    assertThat(rows("SELECT note FROM orders WHERE id = 7")).containsExactly("it's new");
    assertThat(rows("SELECT id || ' ' || balance FROM accounts WHERE id IN (2, 3)"))
        .containsExactly("2 5");
    assertThat(run(new SyncCommand.AlignSequences(header(), spec(), Side.SOURCE)))
        .isInstanceOf(SyncReply.SequencesAligned.class);
    assertThat(run(new SyncCommand.OpenSource(header(), spec(), fencedAt)))
        .isInstanceOf(SyncReply.SourceOpened.class);
  }

  @Test
  void shouldListWhatWasNotDrainedAndOpenTheSourceWhenTheApplierHangs() throws Exception {
    // given
    switchOver(false);
    assertFailed(
        run(new SyncCommand.ExportDelta(header(), spec())), FailureKind.CONFLICT, "fence it first");
    try (Connection blocker = PAIR.source().connect("postgres");
        Statement lock = blocker.createStatement()) {
      lock.execute("BEGIN; LOCK TABLE orders IN SHARE MODE");
      onTarget("INSERT INTO orders(id, account, note) VALUES (8, 1, 'late')");
      Event fenced = run(new SyncCommand.FenceTarget(header(), spec()));
      assertFailed(
          run(
              new SyncCommand.DrainReverse(
                  new CommandHeader(
                      FencedPair.step("drain"), epoch += 10, Instant.now().plusMillis(500)),
                  spec(),
                  ((SyncReply.TargetFenced) fenced).marker())),
          FailureKind.TIMED_OUT,
          "marker");

      // when
      DeltaExported exported = (DeltaExported) run(new SyncCommand.ExportDelta(header(), spec()));

      // then
      assertThat(exported.delta().tables())
          .singleElement()
          .satisfies(table -> assertThat(table.inserts()).isEqualTo(1));
      assertThat(exported.delta().firstChangeAt()).isPresent();
      lock.execute("ROLLBACK");
      SyncReply.LossCounted loss =
          (SyncReply.LossCounted) run(new SyncCommand.CountLoss(header(), spec()));
      assertThat(loss.delta()).isEqualTo(exported.delta());
    }
    run(new SyncCommand.AlignSequences(header(), spec(), Side.SOURCE));
    assertThat(run(new SyncCommand.OpenSource(header(), spec(), fencedAt)))
        .isInstanceOf(SyncReply.SourceOpened.class);
    assertThat(rows("SELECT count(*) FROM orders WHERE id = 8")).containsExactly("0");
    assertThat(
            ((SyncReply.DatabasesRead) run(new SyncCommand.ReadDatabases(header(), spec())))
                .source()
                .streams())
        .anyMatch(stream -> stream.held());
  }

  private void switchOver(boolean held) throws Exception {
    for (SyncCommand command :
        List.of(
            new SyncCommand.PrepareReplication(header(), spec()),
            new SyncCommand.StartForwardSync(header(), spec()),
            new SyncCommand.StartReverseSync(header(), spec(), held),
            new SyncCommand.ProveRoundTrip(header(), spec()),
            new SyncCommand.AlignSequences(header(), spec(), Side.TARGET),
            new SyncCommand.FenceSource(header(), spec(), LEASE))) {
      assertThat(run(command)).isNotInstanceOf(StepFailed.class);
      preparedAt =
          command instanceof SyncCommand.PrepareReplication p ? p.header().epoch() : preparedAt;
      fencedAt = command.header().epoch();
    }
    assertThat(run(new SyncCommand.OpenTarget(header(), spec(), preparedAt)))
        .isInstanceOf(SyncReply.TargetOpened.class);
  }

  private static void onTarget(String sql) throws SQLException {
    try (Connection shop = PAIR.target().connect("shop");
        Statement statement = shop.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> rows(String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection reader = PAIR.source().connect("cutover_reader");
        Statement statement = reader.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  private Event run(SyncCommand command) throws InterruptedException {
    return service.handle(
        command,
        new Work() {
          @Override
          public void publish(Event event) {}

          @Override
          public boolean rehearsal() {
            return false;
          }

          @Override
          public InstantSource clock() {
            return InstantSource.system();
          }
        });
  }

  private CommandHeader header() {
    return new CommandHeader(FencedPair.step("step"), epoch += 10, Instant.now().plusSeconds(60));
  }

  private ReplicationSpec spec() {
    return new ReplicationSpec(
        "delta",
        world.source,
        world.target,
        List.of(new TableName("public", "accounts"), new TableName("public", "orders")),
        true,
        100);
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
}
