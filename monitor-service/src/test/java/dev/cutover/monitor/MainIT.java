package dev.cutover.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.Command;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.HealthReported;
import dev.cutover.contract.Message;
import dev.cutover.contract.MonitorCommand.LearnBaseline;
import dev.cutover.contract.MonitorCommand.StopWatching;
import dev.cutover.contract.MonitorCommand.WatchHealth;
import dev.cutover.contract.MonitorReply.BaselineLearned;
import dev.cutover.contract.MonitorReply.WatchStarted;
import dev.cutover.contract.MonitorReply.WatchStopped;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.UndecodableException;
import dev.cutover.contract.WatchSpec;
import dev.cutover.monitor.adapter.ShopServer;
import dev.cutover.monitor.adapter.WebClients;
import dev.cutover.monitor.domain.DecisionId;
import dev.cutover.monitor.domain.Specs;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.ServiceRuntime;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.testkit.KafkaBroker;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The whole service as it runs in production: its own wiring, a real broker, real HTTP. */
class MainIT {
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();
  private static final CutoverId CUTOVER = new CutoverId("shop");

  private final List<Message> said = new CopyOnWriteArrayList<>();

  @Test
  void shouldNameEveryFaultWhenItIsMisconfigured() {
    assertThatThrownBy(() -> Main.start(Map.of("CUTOVER_MONITOR_TRIGGER_LIFETIME", "soon")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("KAFKA_BOOTSTRAP_SERVERS")
        .hasMessageContaining("CUTOVER_MONITOR_ALLOWED_HOSTS")
        .hasMessageContaining("CUTOVER_MONITOR_TRIGGER_LIFETIME");
  }

  @Test
  void shouldLearnWatchTriggerAndStopOverKafka() throws Exception {
    // given
    Topics topics = KAFKA.topics(2);
    Wire wire = new Wire(topics);
    Vertx vertx = WebClients.vertx(List.of());
    CountingShop source = new CountingShop();
    CountingShop target = new CountingShop();
    ShopServer sourceServer = new ShopServer(vertx, source::answer);
    ShopServer targetServer = new ShopServer(vertx, target::answer);
    WatchSpec spec =
        Specs.spec(
            sourceServer.url(), targetServer.url(), 100, Specs.reading("browse", "/products"));
    Map<String, String> environment =
        Map.of(
            "KAFKA_BOOTSTRAP_SERVERS", KAFKA.bootstrapServers(),
            "TOPICS_PREFIX", topics.prefix(),
            "TOPICS_PARTITIONS", "2",
            "TOPICS_REPLICAS", "1",
            "TOPICS_CHANGE_SLOTS", "2",
            "CUTOVER_MONITOR_ALLOWED_HOSTS", "127.0.0.1");
    List<String> followed =
        List.of(topics.events(), topics.measurements(), topics.rollbackTriggers());
    try (KafkaLog orders = KafkaLog.writer(KAFKA.settings());
        TopicFollower _ =
            TopicFollower.start(
                KAFKA.settings(), followed, true, received -> hear(wire, received));
        ServiceRuntime runtime = Main.start(environment)) {
      await().atMost(Duration.ofSeconds(30)).until(runtime::ready);
      // when
      order(wire, orders, new LearnBaseline(header("learn", 1), spec, Duration.ofSeconds(3)));
      BaselineLearned learned = awaitOne(BaselineLearned.class);
      order(wire, orders, new WatchHealth(header("watch", 2), spec, learned.baseline()));
      awaitOne(WatchStarted.class);
      awaitOne(HealthReported.class);
      target.errorShare = 0.6;
      // then
      RollbackTrigger trigger = awaitOne(RollbackTrigger.class);
      assertThat(trigger.decisionId()).isEqualTo(DecisionId.rollback(CUTOVER, 2));
      order(wire, orders, new StopWatching(header("stop", 3)));
      awaitOne(WatchStopped.class);
      assertThat(said).filteredOn(RollbackTrigger.class::isInstance).hasSize(1);
    }
    sourceServer.close();
    targetServer.close();
    vertx.close();
  }

  private <T> T awaitOne(Class<T> type) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(said).hasAtLeastOneElementOfType(type));
    return said.stream().filter(type::isInstance).map(type::cast).findFirst().orElseThrow();
  }

  private void hear(Wire wire, Received received) {
    try {
      said.add(wire.envelope(received).message());
    } catch (UndecodableException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void order(Wire wire, KafkaLog orders, Command command) {
    orders
        .publish(
            wire.outgoing(
                new Envelope<>(
                    command.header().step().toString(),
                    "/cutover/orchestrator",
                    Instant.now(),
                    "",
                    command.header().epoch(),
                    true,
                    command)))
        .join();
  }

  private static CommandHeader header(String step, long epoch) {
    return new CommandHeader(new StepRef(CUTOVER, step, 1), epoch, Instant.now().plusSeconds(60));
  }
}
