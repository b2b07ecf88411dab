package dev.cutover.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.FenceLimits;
import dev.cutover.contract.FenceLost;
import dev.cutover.contract.ForwardMode;
import dev.cutover.contract.Message;
import dev.cutover.contract.ObjectsFenced;
import dev.cutover.contract.ObjectsMeasured;
import dev.cutover.contract.ReplicationMeasured;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Reply;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.SyncReply;
import dev.cutover.contract.TableName;
import dev.cutover.contract.UndecodableException;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.ServiceRuntime;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.sync.adapter.FencedPair;
import dev.cutover.sync.adapter.ManagedRoles;
import dev.cutover.sync.adapter.ObjectShop;
import dev.cutover.sync.domain.DatabaseRight;
import dev.cutover.sync.domain.FoundRight;
import dev.cutover.sync.domain.HostingProvider;
import dev.cutover.sync.domain.SideRights;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import dev.cutover.testkit.Subscriber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole service as a process wires it: orders by Kafka, two databases, writers all the time.
 */
final class CutoverThereAndBackIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();
  private static final Logger LOGGER = LoggerFactory.getLogger(CutoverThereAndBackIT.class);
  private static final Duration SLOW = Duration.ofMinutes(2);

  private static final String POLICY =
      "{\"Version\":\"2012-10-17\", \"Statement\":"
          + " {\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::old/*\"}}";

  private final List<Message> said = new CopyOnWriteArrayList<>();
  private final Set<Long> acknowledged = new ConcurrentSkipListSet<>();
  private final AtomicLong ids = new AtomicLong(1_000_000);
  private volatile boolean stopWriting;
  private final ObjectShop shop = new ObjectShop();
  private final Topics topics = KAFKA.topics(1);
  private final Wire wire = new Wire(topics);
  private final KafkaLog orders = KafkaLog.writer(KAFKA.settings());
  private final FencedPair world = new FencedPair(PAIR);
  private long epoch;
  private String step = "";
  private Logins logins = Logins.SUPERUSER;

  CutoverThereAndBackIT() throws Exception {}

  /** Who the service is in both databases. */
  enum Logins {
    SUPERUSER,
    /** No more than RDS gives. */
    MANAGED,
    /** The servers replicate to the target by themselves, for an applier that is no superuser. */
    SERVERS;

    Optional<List<String>> unreached() {
      return switch (this) {
        case SUPERUSER, SERVERS -> Optional.empty();
        case MANAGED -> Optional.of(List.of("main_user", "shop"));
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  @Tag("B6")
  void shouldLoseNoAcknowledgedWriteThereAndBack(Logins logins, @TempDir Path directory)
      throws Exception {
    // given
    Path profiles = directory.resolve("profiles");
    ObjectShop.writeCredentials(profiles);
    System.setProperty("aws.sharedCredentialsFile", profiles.toString());
    shop.policies().put("old", Optional.of(POLICY));
    shop.policies().inForceAfter(Duration.ofMillis(500));
    world.reset();
    for (PostgresPair.Server server : List.of(PAIR.source(), PAIR.target())) {
      server.execute(
          "ALTER TABLE orders ADD FOREIGN KEY (account) REFERENCES accounts ON DELETE CASCADE"
              + " DEFERRABLE");
    }
    PAIR.target().execute("TRUNCATE accounts CASCADE");
    this.logins = logins;
    if (logins == Logins.SERVERS) {
      Subscriber.grant(PAIR);
    }
    if (logins == Logins.MANAGED) {
      assertThat(ManagedRoles.grant(PAIR, spec())).allSatisfy(CutoverThereAndBackIT::isAsOnRds);
    }
    try (ServiceRuntime service = Main.start(environment(logins, directory, topics));
        ObjectWriters objects = new ObjectWriters(shop, "old");
        TopicFollower _ =
            TopicFollower.start(
                KAFKA.settings(),
                List.of(topics.events(), topics.measurements()),
                true,
                received -> {
                  try {
                    said.add(wire.envelope(received).message());
                  } catch (UndecodableException e) {
                    throw new IllegalStateException(e);
                  }
                })) {
      await().atMost(Duration.ofSeconds(30)).until(service::ready);
      Thread source = Thread.ofVirtual().start(() -> write(PAIR.source()));

      // when
      send(new SyncCommand.PrepareReplication(header("prepare"), spec()));
      assertThat(answer())
          .isInstanceOfSatisfying(
              SyncReply.ReplicationPrepared.class,
              reply ->
                  assertThat(reply.limits().map(FenceLimits::source))
                      .isEqualTo(logins.unreached()));
      long preparedAt = epoch;
      send(new SyncCommand.StartForwardSync(header("start-forward"), spec()));
      assertThat(answer()).isInstanceOf(SyncReply.ForwardSyncStarted.class);
      assertThat(shop.policies().of("new").orElseThrow()).contains("CutoverFence");
      shop.policies().put("new", Optional.empty()); // as a tool that knows no fence would
      await().atMost(SLOW).until(() -> said.stream().anyMatch(FenceLost.class::isInstance));
      assertThat(shop.policies().of("new").orElseThrow()).contains("CutoverFence");
      send(new SyncCommand.StartReverseSync(header("start-reverse"), spec()));
      assertThat(answer()).isInstanceOf(SyncReply.ReverseSyncStarted.class);
      send(new SyncCommand.ProveRoundTrip(header("prove"), spec()));
      assertThat(answer()).isInstanceOf(SyncReply.RoundTripProven.class);
      send(new SyncCommand.AlignSequences(header("align"), spec(), Side.TARGET));
      assertThat(answer()).isInstanceOf(SyncReply.SequencesAligned.class);
      send(new SyncCommand.FenceSource(header("fence"), spec(), Duration.ofMinutes(2)));
      assertThat(answer())
          .isInstanceOfSatisfying(
              SyncReply.SourceFenced.class,
              reply -> {
                assertThat(reply.unreached()).isEqualTo(logins.unreached());
                assertThat(reply.objects().orElseThrow().probes()).isPositive();
                assertThat(reply.objects().get().buckets())
                    .extracting(ObjectsFenced.FencedBucket::previousPolicy)
                    .containsExactly(Optional.of(POLICY));
              });
      assertThat(objects.missing("new")).as("objects").isEmpty();
      assertThat(objects.taken()).isPositive();
      long fencedAt = epoch;
      source.join();
      assertThat(missing(Side.TARGET)).isEmpty();
      assertThat(orders(Side.TARGET).equals(orders(Side.SOURCE))).as("both sides alike").isTrue();
      send(new SyncCommand.OpenTarget(header("open-target"), spec(), preparedAt));
      assertThat(answer()).isInstanceOf(SyncReply.TargetOpened.class);
      objects.moveTo("new");
      long taken = objects.taken();
      await().atMost(SLOW).until(() -> objects.taken() > taken + 20);
      Thread target = Thread.ofVirtual().start(() -> write(PAIR.target()));
      int before = acknowledged.size();
      await().atMost(SLOW).until(() -> acknowledged.size() > before + 100);
      send(new SyncCommand.FenceTarget(header("fence-target"), spec()));
      Reply fenced = answer();
      assertThat(fenced).isInstanceOf(SyncReply.TargetFenced.class);
      target.join();
      send(
          new SyncCommand.DrainReverse(
              header("drain"), spec(), ((SyncReply.TargetFenced) fenced).marker()));
      assertThat(answer()).isInstanceOf(SyncReply.ReverseDrained.class);
      assertThat(objects.missing("old")).as("objects").isEmpty();
      send(new SyncCommand.AlignSequences(header("sequences"), spec(), Side.SOURCE));
      assertThat(answer()).isInstanceOf(SyncReply.SequencesAligned.class);
      send(new SyncCommand.OpenSource(header("open-source"), spec(), fencedAt));
      assertThat(answer()).isInstanceOf(SyncReply.SourceOpened.class);

      // then
      assertThat(missing(Side.SOURCE)).isEmpty();
      assertThat(shop.policies().of("old")).contains(POLICY);
      objects.moveTo("old");
      long takenBack = objects.taken();
      await().atMost(SLOW).until(() -> objects.taken() > takenBack + 20);
      assertThat(said).hasAtLeastOneElementOfType(ObjectsMeasured.class);
      stopWriting = true;
      write(PAIR.source());
      assertThat(said).hasAtLeastOneElementOfType(ReplicationMeasured.class);
      send(new SyncCommand.DropReplication(header("drop"), spec()));
      assertThat(answer()).isInstanceOf(SyncReply.ReplicationDropped.class);
      assertThat(shop.policies().of("new")).as("the target's policy").isEmpty();
      objects.stop();
      assertThat(objects.missing("old")).as("objects").isEmpty();
      LOGGER.atInfo().addKeyValue("objects", objects.taken()).log("objects there and back");
      LOGGER.atInfo().addKeyValue("acknowledged", acknowledged.size()).log("there and back");
    } finally {
      stopWriting = true;
      orders.close();
      shop.close();
      System.clearProperty("aws.sharedCredentialsFile");
    }
  }

  private static void isAsOnRds(SideRights rights) {
    assertThat(rights.provider()).isEqualTo(HostingProvider.RDS);
    assertThat(rights.faults()).isEmpty();
    assertThat(rights.rights())
        .filteredOn(FoundRight::isMissing)
        .extracting(FoundRight::right)
        .containsExactly(
            DatabaseRight.SET_DEADLOCK_TIMEOUT,
            DatabaseRight.REFUSE_SCHEMA_CHANGES,
            DatabaseRight.SKIP_TRIGGERS,
            DatabaseRight.USE_ORIGINS,
            DatabaseRight.SET_DATABASE_READ_ONLY);
    assertThat(rights.superusers()).containsExactly("cutover_fencer", "postgres");
    assertThat(rights.unreached()).containsExactly("main_user", "shop");
  }

  private Map<String, String> environment(Logins logins, Path directory, Topics topics)
      throws Exception {
    Map<String, String> entries = new TreeMap<>();
    for (String name : List.of("source", "target")) {
      entries.putAll(
          switch (logins) {
            case SUPERUSER, SERVERS -> PostgresPair.credentials(name);
            case MANAGED -> ManagedRoles.credentials(name);
          });
    }
    Path credentials = directory.resolve("credentials.properties");
    Files.writeString(
        credentials,
        entries.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining("\n")));
    return Map.of(
        "CUTOVER_SYNC_BUCKETS",
        "s3://old@%s,s3://new@%s".formatted(shop.endpoint(), shop.endpoint()),
        "KAFKA_BOOTSTRAP_SERVERS",
        KAFKA.bootstrapServers(),
        "TOPICS_PREFIX",
        topics.prefix(),
        "TOPICS_PARTITIONS",
        "1",
        "TOPICS_REPLICAS",
        "1",
        "CUTOVER_SYNC_CREDENTIALS",
        credentials.toString(),
        "CUTOVER_SYNC_DATABASES",
        "source@localhost:%d/shop,target@localhost:%d/shop"
            .formatted(PAIR.source().port(), PAIR.target().port()));
  }

  /** Writes until it is refused, or once more when told to stop. */
  private void write(PostgresPair.Server server) {
    try (Connection shop = server.connect("shop");
        PreparedStatement insert =
            shop.prepareStatement("INSERT INTO orders(id, account, note) VALUES (?, 1, ?)")) {
      do {
        long id = ids.incrementAndGet();
        insert.setLong(1, id);
        insert.setString(2, "order " + id);
        insert.execute();
        acknowledged.add(id);
      } while (!stopWriting);
    } catch (SQLException e) {
      LOGGER.atInfo().addKeyValue("cause", e.getMessage()).log("writer refused");
    }
  }

  /** Acknowledged, and not there. */
  private Set<Long> missing(Side side) throws SQLException {
    Set<Long> missing = new TreeSet<>(acknowledged);
    missing.removeAll(orders(side));
    return missing;
  }

  private Set<Long> orders(Side side) throws SQLException {
    PostgresPair.Server server = side == Side.SOURCE ? PAIR.source() : PAIR.target();
    Set<Long> found = new TreeSet<>();
    try (Connection reader = server.connect("cutover_reader");
        Statement statement = reader.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id FROM orders")) {
      while (rows.next()) {
        found.add(rows.getLong(1));
      }
    }
    return found;
  }

  private CommandHeader header(String step) {
    epoch += 10;
    this.step = step;
    return new CommandHeader(
        new StepRef(FencedPair.CUTOVER, step, 1), epoch, Instant.now().plusSeconds(90));
  }

  private void send(SyncCommand command) {
    orders
        .publish(
            wire.outgoing(
                new Envelope<>(
                    command.header().step() + "/" + epoch,
                    "/test",
                    Instant.now(),
                    "",
                    epoch,
                    false,
                    command)))
        .join();
  }

  /** The answer to the order sent last. */
  private Reply answer() {
    await().atMost(SLOW).until(() -> !replies().isEmpty());
    Reply reply = replies().getFirst();
    LOGGER.atInfo().addKeyValue("reply", reply).log("answered");
    return reply;
  }

  private List<Reply> replies() {
    return said.stream()
        .filter(Reply.class::isInstance)
        .map(Reply.class::cast)
        .filter(reply -> reply.step().step().equals(step))
        .toList();
  }

  private ReplicationSpec spec() {
    return new ReplicationSpec(
            "shop",
            world.source,
            world.target,
            List.of(
                new TableName("public", "accounts"),
                new TableName("public", "orders"),
                new TableName("public", "audit"),
                new TableName("public", "measures")),
            true,
            1000,
            Optional.empty(),
            logins == Logins.SERVERS ? Optional.of(ForwardMode.NATIVE) : Optional.empty(),
            Optional.empty())
        .withObjects(shop.spec(true));
  }
}
