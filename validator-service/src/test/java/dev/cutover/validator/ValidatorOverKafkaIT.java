package dev.cutover.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CheckResult.Outcome;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DataCheck;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Message;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.TableName;
import dev.cutover.contract.UndecodableException;
import dev.cutover.contract.ValidatorCommand.CompareData;
import dev.cutover.contract.ValidatorReply.DataCompared;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.ServiceRuntime;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The service as it runs in production: orders come and answers go through Kafka only. */
class ValidatorOverKafkaIT {
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();

  private final List<Message> events = new CopyOnWriteArrayList<>();

  @Test
  void shouldAnswerOrdersThroughKafka(@TempDir Path directory) throws Exception {
    // given
    Topics topics = KAFKA.topics(2);
    Wire wire = new Wire(topics);
    Path file = directory.resolve("validator.properties");
    Properties credentials = new Properties();
    credentials.putAll(PostgresPair.credentials(World.CREDENTIAL));
    try (var writer = Files.newBufferedWriter(file)) {
      credentials.store(writer, null);
    }
    Map<String, String> environment =
        Map.of(
            "KAFKA_BOOTSTRAP_SERVERS", KAFKA.bootstrapServers(),
            "TOPICS_PREFIX", topics.prefix(),
            "TOPICS_PARTITIONS", "2",
            "TOPICS_REPLICAS", "1",
            "TOPICS_CHANGE_SLOTS", "2",
            "CUTOVER_VALIDATOR_CREDENTIALS", file.toString(),
            "CUTOVER_VALIDATOR_ALLOWED_HOSTS", "localhost");
    for (PostgresPair.Server server : List.of(PAIR.source(), PAIR.target())) {
      server.execute("CREATE TABLE orders (id bigint PRIMARY KEY); INSERT INTO orders VALUES (1)");
    }
    try (ServiceRuntime service = Main.start(environment);
        KafkaLog log = KafkaLog.writer(KAFKA.settings());
        TopicFollower follower =
            TopicFollower.start(
                KAFKA.settings(), List.of(topics.events()), true, r -> seen(wire, r))) {
      // when
      log.publish(wire.outgoing(order())).join();

      // then
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(events)
                      .anySatisfy(
                          event ->
                              assertThat(event)
                                  .isInstanceOfSatisfying(
                                      DataCompared.class,
                                      compared ->
                                          assertThat(compared.results())
                                              .allMatch(r -> r.outcome() == Outcome.MATCH))));
      assertThat(service.ready()).isTrue();
      assertThat(follower.caughtUp()).isNotCompletedExceptionally();
    }
  }

  private void seen(Wire wire, Received received) {
    try {
      events.add(wire.envelope(received).message());
    } catch (UndecodableException e) {
      throw new AssertionError(e);
    }
  }

  private static Envelope<CompareData> order() {
    CommandHeader header =
        new CommandHeader(
            new StepRef(new CutoverId("over-kafka"), "compare", 1),
            1,
            Instant.now().plusSeconds(60));
    ReplicationSpec spec =
        new ReplicationSpec(
            "shop",
            World.endpoint(PAIR.source()),
            World.endpoint(PAIR.target()),
            List.of(TableName.parse("orders")),
            true,
            1000);
    return new Envelope<>(
        "order-1",
        "/cutover/test",
        Instant.now(),
        "",
        1,
        false,
        new CompareData(
            header,
            spec,
            List.of(
                new DataCheck.RowCounts("counts", List.of()),
                new DataCheck.Checksums("content", List.of()))));
  }
}
