package dev.cutover.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.RollbackRequest;
import dev.cutover.contract.RollbackRequest.Kind;
import dev.cutover.contract.RollbackRequestRefused;
import dev.cutover.contract.RollbackRequestRefused.Why;
import dev.cutover.contract.RollbackRequested;
import dev.cutover.contract.UndecodableException;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.MessageSigner;
import dev.cutover.runtime.Outgoing;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.ServiceRuntime;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.testkit.KafkaBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The intake as it runs in production, over a real broker. */
class RollbackRequestsIT {
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();
  private static final int PARTITIONS = 2;
  private static final KeyPair PAGER = MessageSigner.newKeys();
  private static final String ROW = "ada@example.org;4111111111111111";

  @TempDir private Path directory;
  private final Topics topics = KAFKA.topics(PARTITIONS);
  private final Wire wire = new Wire(topics);
  private final List<RollbackRequested> triggers = new CopyOnWriteArrayList<>();
  private final List<RollbackRequestRefused> refused = new CopyOnWriteArrayList<>();
  private final List<Received> deadLetters = new CopyOnWriteArrayList<>();
  private Map<String, String> environment;

  @BeforeEach
  void configure() throws IOException {
    Path senders =
        Files.writeString(
            directory.resolve("senders.properties"),
            "pager.key=%s\npager.cutovers=shop-*\npager.kinds=error_rate\n"
                .formatted(Base64.getEncoder().encodeToString(PAGER.getPublic().getEncoded())));
    environment =
        Map.of(
            "KAFKA_BOOTSTRAP_SERVERS", KAFKA.bootstrapServers(),
            "TOPICS_PREFIX", topics.prefix(),
            "TOPICS_PARTITIONS", Integer.toString(PARTITIONS),
            "TOPICS_REPLICAS", "1",
            "TOPICS_CHANGE_SLOTS", "2",
            "CUTOVER_MONITOR_ALLOWED_HOSTS", "127.0.0.1",
            "CUTOVER_MONITOR_SENDERS", senders.toString());
  }

  @Test
  void shouldRefuseEachFaultAndBeSeenAndDrownInNoFlood() throws Exception {
    try (KafkaLog log = KafkaLog.writer(KAFKA.settings());
        TopicFollower _ = follow();
        ServiceRuntime service = Main.start(environment)) {
      await().atMost(Duration.ofSeconds(30)).until(service::ready);
      Outgoing good = request("shop-eu", "good", Kind.ERROR_RATE, Instant.now());
      // when
      log.publish(without(good, MessageSigner.SIGNATURE)).join();
      log.publish(with(good, MessageSigner.KEY_ID, "stranger")).join();
      log.publish(with(good, "ce_id", "another")).join();
      log.publish(signed("shop-eu", "row", Payload.of("{\"cutover\":\"" + ROW + "\"}"))).join();
      log.publish(request("billing", "1", Kind.ERROR_RATE, Instant.now())).join();
      log.publish(request("shop-eu", "2", Kind.SECURITY, Instant.now())).join();
      log.publish(request("shop-eu", "3", Kind.ERROR_RATE, Instant.now().minusSeconds(600))).join();
      log.publish(good).join();
      log.publish(good).join();
      for (int n = 0; n < 300; n++) {
        var _ =
            log.publish(
                without(
                    request("shop-eu", "f" + n, Kind.ERROR_RATE, Instant.now()), "ce_signature"));
      }
      log.publish(request("shop-eu", "last", Kind.ERROR_RATE, Instant.now())).join();
      // then
      await().atMost(Duration.ofSeconds(20)).until(() -> triggers.size() == 2);
      await()
          .untilAsserted(
              () ->
                  assertThat(refused.stream().map(RollbackRequestRefused::why).distinct())
                      .containsExactlyInAnyOrder(
                          Why.UNSIGNED,
                          Why.UNKNOWN_SENDER,
                          Why.FORGED,
                          Why.MALFORMED,
                          Why.FORBIDDEN,
                          Why.EXPIRED,
                          Why.REPLAYED));
      assertThat(triggers).extracting(RollbackRequested::requestId).containsExactly("good", "last");
      assertThat(triggers.getFirst().sender()).isEqualTo("pager");
      assertThat(refused).filteredOn(r -> r.sender().equals("unknown")).hasSize(5);
      assertThat(deadLetters).hasSameSizeAs(refused);
      assertThat(
              Stream.concat(
                  deadLetters.stream().map(r -> r.value().text()),
                  refused.stream().map(Object::toString)))
          .noneMatch(text -> text.contains("ada@") || text.contains("4111"));
    }
  }

  @Test
  void shouldAcceptOnceWhenTwoInstancesServeAndAllIsReadAgain() throws Exception {
    try (KafkaLog log = KafkaLog.writer(KAFKA.settings());
        KafkaProducer<String, byte[]> hanging = transactional();
        TopicFollower _ = follow()) {
      // given
      try (ServiceRuntime one = Main.start(environment);
          ServiceRuntime other = Main.start(environment)) {
        await().atMost(Duration.ofSeconds(30)).until(() -> one.ready() && other.ready());
        for (int n = 0; n < 4; n++) {
          log.publish(request("shop-" + n, "r" + n, Kind.ERROR_RATE, Instant.now())).join();
        }
        hanging.initTransactions();
        hanging.beginTransaction();
        var _ = hanging.send(record(request("shop-0", "hung", Kind.ERROR_RATE, Instant.now())));
        hanging.flush();
        await().atMost(Duration.ofSeconds(20)).until(() -> triggers.size() == 5);
      }
      rewind();
      // when
      try (ServiceRuntime again = Main.start(environment)) {
        await().atMost(Duration.ofSeconds(30)).until(again::ready);
        log.publish(request(cutoverOf(0), "marker", Kind.ERROR_RATE, Instant.now())).join();
        log.publish(request(cutoverOf(1), "marker", Kind.ERROR_RATE, Instant.now())).join();
        // then
        await().atMost(Duration.ofSeconds(20)).until(() -> triggers.size() >= 7);
        assertThat(triggers).extracting(RollbackRequested::decisionId).doesNotHaveDuplicates();
        assertThat(triggers).hasSize(7);
        assertThat(refused).isEmpty();
      }
    }
  }

  @Test
  void shouldNotStartWhenItCouldNotReadBackWhatItSigned() throws IOException {
    Map<String, String> signing = new HashMap<>(environment);
    Path key =
        Files.writeString(
            directory.resolve("monitor.key"),
            Base64.getEncoder().encodeToString(PAGER.getPrivate().getEncoded()));
    signing.put("SIGNING_KEY_ID", "monitor");
    signing.put("SIGNING_KEY_FILE", key.toString());

    assertThatThrownBy(() -> Main.start(signing))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("TRUSTED_KEYS")
        .hasMessageContaining("'monitor' is unknown");
  }

  private String cutoverOf(int partition) {
    for (int n = 10; ; n++) {
      if (topics.partitionOf("shop-" + n) == partition) {
        return "shop-" + n;
      }
    }
  }

  /** As an operator would who reads the topic again from its start. */
  private void rewind() throws Exception {
    Map<TopicPartition, OffsetAndMetadata> starts = new HashMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      starts.put(
          new TopicPartition(topics.rollbackRequests(), partition), new OffsetAndMetadata(0));
    }
    try (Admin admin = Admin.create(KAFKA.settings().properties())) {
      admin.alterConsumerGroupOffsets(RollbackRequestIntake.group(topics), starts).all().get();
    }
  }

  private static KafkaProducer<String, byte[]> transactional() {
    Properties properties = KAFKA.settings().properties();
    properties.put("transactional.id", "foreign");
    return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  private static ProducerRecord<String, byte[]> record(Outgoing outgoing) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(outgoing.topic(), outgoing.key(), outgoing.value().bytes());
    outgoing
        .headers()
        .forEach(
            (name, value) ->
                record
                    .headers()
                    .add(name, value.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    return record;
  }

  private Outgoing request(String cutover, String id, Kind kind, Instant issuedAt) {
    RollbackRequest request =
        new RollbackRequest(new CutoverId(cutover), kind, "8 % of checkouts fail", "");
    return new Wire(topics, new MessageCodec(), Optional.of(signer()))
        .outgoing(new Envelope<>(id, "/outside/pager", issuedAt, "", 0, false, request));
  }

  private Outgoing signed(String cutover, String id, Payload value) {
    Outgoing sample = request(cutover, id, Kind.ERROR_RATE, Instant.now());
    return new Outgoing(
        sample.topic(),
        cutover,
        value,
        signer().sign(sample.topic(), cutover, sample.headers(), value.bytes()));
  }

  private static MessageSigner signer() {
    return new MessageSigner("pager", PAGER.getPrivate(), List.of());
  }

  private static Outgoing with(Outgoing record, String header, String value) {
    Map<String, String> headers = new HashMap<>(record.headers());
    headers.put(header, value);
    return new Outgoing(record.topic(), record.key(), record.value(), headers);
  }

  private static Outgoing without(Outgoing record, String header) {
    Map<String, String> headers = new HashMap<>(record.headers());
    headers.remove(header);
    return new Outgoing(record.topic(), record.key(), record.value(), headers);
  }

  private TopicFollower follow() {
    return TopicFollower.start(
        KAFKA.settings(),
        List.of(topics.events(), topics.rollbackTriggers(), topics.deadLetters()),
        true,
        this::hear);
  }

  private void hear(Received received) {
    if (received.topic().equals(topics.deadLetters())) {
      deadLetters.add(received);
      return;
    }
    try {
      switch (wire.envelope(received).message()) {
        case RollbackRequested trigger -> triggers.add(trigger);
        case RollbackRequestRefused refusal -> refused.add(refusal);
        default -> {}
      }
    } catch (UndecodableException e) {
      throw new IllegalStateException(e);
    }
  }
}
