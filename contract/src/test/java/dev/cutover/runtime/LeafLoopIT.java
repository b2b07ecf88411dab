package dev.cutover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Event;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Message;
import dev.cutover.contract.PartitionsAssigned;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.UndecodableException;
import dev.cutover.contract.UndecodableMessage;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.SampleMessages;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class LeafLoopIT {
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final SwitchSpec SPEC = SampleMessages.of(ShiftTraffic.class).spec();

  private final InstantSource clock = new SteadyClock();
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final List<Received> deadLetters = new CopyOnWriteArrayList<>();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private Topics topics = new Topics("none", 1, 1, 1);
  private Wire wire = new Wire(topics);
  private KafkaLog writer = KafkaLog.writer(new KafkaSettings("127.0.0.1:1"));
  private List<TopicFollower> followers = List.of();

  @BeforeEach
  void follow() {
    topics = KAFKA.topics(2);
    wire = new Wire(topics);
    writer.close();
    writer = KafkaLog.writer(KAFKA.settings());
    followers =
        List.of(
            TopicFollower.start(KAFKA.settings(), List.of(topics.events()), true, this::event),
            TopicFollower.start(
                KAFKA.settings(), List.of(topics.deadLetters()), true, deadLetters::add));
  }

  @AfterEach
  void close() {
    followers.forEach(TopicFollower::close);
    writer.close();
    executor.shutdownNow();
  }

  private void event(Received received) {
    try {
      if (wire.envelope(received).message() instanceof Event event) {
        events.add(event);
      }
    } catch (UndecodableException e) {
      throw new IllegalStateException(e);
    }
  }

  private CommandHeader header(String cutover, String step, long epoch, Duration deadline) {
    return new CommandHeader(
        new StepRef(new CutoverId(cutover), step, 1), epoch, clock.instant().plus(deadline));
  }

  private ShiftTraffic shift(String cutover, long epoch) {
    return new ShiftTraffic(header(cutover, "shift", epoch, Duration.ofMinutes(1)), SPEC, 1, 100);
  }

  private void send(Message message) {
    writer
        .publish(
            wire.outgoing(
                new Envelope<>(
                    "m", "/cutover/orchestrator", clock.instant(), "", 1, false, message)))
        .join();
  }

  private ServiceRuntime start(CommandHandler<DnsCommand> handler) {
    return ServiceRuntime.start(
        "dns",
        0,
        _ ->
            new LeafLoop<>(
                "dns",
                DnsCommand.class,
                wire,
                new KafkaLog(KAFKA.settings(), topics.group("dns")),
                handler,
                executor,
                clock));
  }

  private static Event shifted(DnsCommand command) {
    return new TrafficShifted(command.header().step(), Instant.EPOCH, 1);
  }

  @Test
  void shouldBuryWhatItCannotReadAndGoOnWithOthers() {
    try (ServiceRuntime runtime = start((command, _) -> shifted(command))) {
      // when
      writer
          .publish(
              new Outgoing(topics.commands("dns"), "broken", Payload.of("secret row"), Map.of()))
          .join();
      send(shift("healthy", 2));

      // then
      await()
          .untilAsserted(() -> assertThat(events).hasAtLeastOneElementOfType(TrafficShifted.class));
      await().untilAsserted(() -> assertThat(deadLetters).hasSize(1));
      assertThat(deadLetters.getFirst().value().text())
          .contains("Expected the header ce_specversion")
          .doesNotContain("secret row");
      await()
          .untilAsserted(
              () ->
                  assertThat(events)
                      .filteredOn(UndecodableMessage.class::isInstance)
                      .extracting(event -> event.cutover().value())
                      .containsExactly("broken"));
      assertThat(events).hasAtLeastOneElementOfType(PartitionsAssigned.class);
      await().untilAsserted(() -> assertThat(runtime.ready()).isTrue());
    }
  }

  @Test
  void shouldNotStartWhenItsTopicHasAnotherNumberOfPartitions() {
    // given
    wire = new Wire(new Topics(topics.prefix(), 5, 1, 1));

    // when // then
    assertThatThrownBy(() -> start((command, _) -> shifted(command)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "Expected topic %s with 5 partitions, but it has 2: run topics verify"
                .formatted(topics.commands("dns")));
  }

  @Test
  void shouldRefuseALateCommandAndAnswerAFault() {
    try (ServiceRuntime _ =
        start(
            (_, _) -> {
              throw new IllegalArgumentException("odd");
            })) {
      // when
      send(new ShiftTraffic(header("late", "shift", 1, Duration.ofSeconds(-1)), SPEC, 1, 100));
      send(shift("faulty", 1));

      // then
      await()
          .untilAsserted(
              () ->
                  assertThat(events)
                      .filteredOn(StepFailed.class::isInstance)
                      .extracting(event -> ((StepFailed) event).failure().kind())
                      .containsExactlyInAnyOrder(FailureKind.TIMED_OUT, FailureKind.INTERNAL));
    }
  }

  @Test
  void shouldEndWhatARevertMakesVoidAndLeaveOtherCutoversAlone() throws Exception {
    // given
    CountDownLatch hanging = new CountDownLatch(2);
    CountDownLatch release = new CountDownLatch(1);
    CommandHandler<DnsCommand> handler =
        (command, _) -> {
          if (command instanceof RevertTraffic revert) {
            return new TrafficReverted(revert.header().step(), Instant.EPOCH, true, 1);
          }
          hanging.countDown();
          release.await();
          return shifted(command);
        };
    try (ServiceRuntime _ = start(handler)) {
      send(shift("one", 1));
      send(shift("two", 1));
      assertThat(hanging.await(20, TimeUnit.SECONDS)).isTrue();

      // when
      send(new RevertTraffic(header("one", "revert", 2, Duration.ofMinutes(1)), SPEC));

      // then
      await()
          .untilAsserted(
              () -> assertThat(events).hasAtLeastOneElementOfType(TrafficReverted.class));
      assertThat(events)
          .filteredOn(StepFailed.class::isInstance)
          .extracting(event -> ((StepFailed) event).failure().kind())
          .containsExactly(FailureKind.SUPERSEDED);
      release.countDown();
      await()
          .untilAsserted(
              () ->
                  assertThat(events)
                      .filteredOn(TrafficShifted.class::isInstance)
                      .extracting(event -> event.cutover().value())
                      .containsExactly("two"));
    }
  }

  @Test
  void shouldRunAnUnansweredCommandAgainAfterItWasStoppedAndAnsweredOnesNever() throws Exception {
    // given
    CountDownLatch began = new CountDownLatch(1);
    CommandHandler<DnsCommand> stuck =
        (command, _) -> {
          if (command.header().epoch() == 1) {
            return shifted(command);
          }
          began.countDown();
          new CountDownLatch(1).await();
          return shifted(command);
        };
    try (ServiceRuntime _ = start(stuck)) {
      send(shift("shop", 1));
      await()
          .untilAsserted(() -> assertThat(events).hasAtLeastOneElementOfType(TrafficShifted.class));
      send(shift("shop", 2));
      assertThat(began.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(events).filteredOn(StepFailed.class::isInstance).isEmpty();

    // when
    List<Long> run = new CopyOnWriteArrayList<>();
    try (ServiceRuntime _ =
        start(
            (command, _) -> {
              run.add(command.header().epoch());
              return shifted(command);
            })) {
      // then
      await()
          .untilAsserted(
              () -> assertThat(events).filteredOn(TrafficShifted.class::isInstance).hasSize(2));
    }
    assertThat(run).containsExactly(2L);
  }

  @Test
  void shouldForwardWhatAForeignPartitionerPutElsewhere() {
    // given
    String key = "shop";
    int wrong = 1 - topics.partitionOf(key);
    var properties = KAFKA.settings().properties();
    properties.put("key.serializer", StringSerializer.class);
    properties.put("value.serializer", ByteArraySerializer.class);
    Outgoing right =
        wire.outgoing(new Envelope<>("m", "/x", clock.instant(), "", 1, false, shift(key, 5)));
    try (ServiceRuntime _ = start((command, _) -> shifted(command));
        var foreign = new KafkaProducer<String, byte[]>(properties)) {
      // when
      var record = new ProducerRecord<>(right.topic(), wrong, key, right.value().bytes());
      KafkaClients.record(right).headers().forEach(record.headers()::add);
      var _ = foreign.send(record);
      foreign.flush();

      // then
      await()
          .untilAsserted(
              () -> assertThat(events).filteredOn(TrafficShifted.class::isInstance).hasSize(1));
    }
  }
}
