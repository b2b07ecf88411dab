package dev.cutover.deploy.demo;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.CutoverStatus.Progress;
import dev.cutover.contract.CutoverStatus.StepStatus;
import dev.cutover.contract.Direction;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.HealthReported;
import dev.cutover.contract.Message;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.ReplicationMeasured;
import dev.cutover.contract.Reply;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.UndecodableException;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to the public topics as any subscriber may, and remembers what was said of one cutover.
 * Safe for use by many threads.
 */
public final class Observer implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Observer.class);

  private final MessageCodec codec = new MessageCodec();
  private final CutoverId cutover;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Thread thread;
  private final List<Message> said = new ArrayList<>();
  private final Map<Direction, ReplicationMeasured> streams = new EnumMap<>(Direction.class);
  private final Map<String, StepStatus> steps = new LinkedHashMap<>();
  private Optional<CutoverStatus> status = Optional.empty();
  private Optional<HealthReported> health = Optional.empty();

  /** Listens from the beginning of the topics. */
  public Observer(KafkaSettings kafka, Topics topics, CutoverId cutover) {
    this.cutover = cutover;
    Properties properties = kafka.properties();
    properties.put("isolation.level", "read_committed");
    properties.put("auto.offset.reset", "earliest");
    properties.put("enable.auto.commit", "false");
    this.consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic :
        List.of(
            topics.events(), topics.rollbackTriggers(), topics.status(), topics.measurements())) {
      consumer
          .partitionsFor(topic)
          .forEach(p -> partitions.add(new TopicPartition(p.topic(), p.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    this.thread = Thread.ofPlatform().name("observer").daemon().start(this::listen);
  }

  /** The latest; empty when there was none yet. */
  public synchronized Optional<CutoverStatus> status() {
    return status;
  }

  /**
   * Every step that was ever sent, as it was last said: a cutover that is prepared again has none.
   */
  public synchronized List<StepStatus> steps() {
    return List.copyOf(steps.values());
  }

  synchronized Optional<HealthReported> health() {
    return health;
  }

  synchronized Optional<ReplicationMeasured> stream(Direction direction) {
    return Optional.ofNullable(streams.get(direction));
  }

  /** Returns what was said of that kind, oldest first. */
  public synchronized <T extends Message> List<T> said(Class<T> kind) {
    return said.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Returns all replies, triggers and reports but the repeated ones, oldest first. */
  synchronized List<Message> said() {
    return List.copyOf(said);
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void listen() {
    try (consumer) {
      while (true) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(500))) {
          if (cutover.value().equals(record.key()) && record.value() != null) {
            hear(record);
          }
        }
      }
    } catch (WakeupException e) {
      LOGGER.atDebug().log("observer closed");
    }
  }

  private void hear(ConsumerRecord<String, byte[]> record) {
    Map<String, String> headers = new HashMap<>();
    for (Header header : record.headers()) {
      headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
    }
    try {
      note(codec.envelope(headers, record.value()));
    } catch (UndecodableException e) {
      LOGGER
          .atWarn()
          .addKeyValue("topic", record.topic())
          .addKeyValue("error", e.getMessage())
          .log("message not understood");
    }
  }

  private synchronized void note(Envelope<? extends Message> envelope) {
    switch (envelope.message()) {
      case CutoverStatus latest -> {
        status = Optional.of(latest);
        latest.steps().stream()
            .filter(step -> step.sentAt().isPresent())
            .forEach(step -> steps.put(step.step(), step));
      }
      case HealthReported latest -> health = Optional.of(latest);
      case ReplicationMeasured latest -> streams.put(latest.direction(), latest);
      case Reply reply -> {
        said.add(reply);
        steps.computeIfPresent(
            reply.step().step(), (_, sent) -> ended(sent, reply, envelope.time()));
      }
      case Message other -> said.add(other);
    }
  }

  /** The last step's end is in no status: what follows it is a cutover that is prepared again. */
  private static StepStatus ended(StepStatus sent, Reply reply, Instant at) {
    if (sent.progress() != Progress.SENT || sent.attempt() != reply.step().attempt()) {
      return sent;
    }
    return new StepStatus(
        sent.step(),
        sent.service(),
        reply instanceof StepFailed ? Progress.FAILED : Progress.DONE,
        sent.attempt(),
        sent.sentAt(),
        Optional.of(at),
        reply instanceof StepFailed failed ? failed.failure().reason() : sent.detail(),
        sent.shown());
  }
}
