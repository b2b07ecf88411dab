package dev.cutover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.runtime.KafkaTransactionalLog.Step;
import dev.cutover.testkit.KafkaBroker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A saga that counts its inputs: each must be counted once, whatever dies. */
final class SagaLoopIT {
  @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.restartable();

  private static final int PARTITIONS = 2;

  private final InstantSource clock = new SteadyClock();
  private final Map<String, List<String>> sent = new ConcurrentHashMap<>();
  private final List<Running> running = new CopyOnWriteArrayList<>();
  private Topics topics = new Topics("none", 1, 1, 1);
  private KafkaLog writer = KafkaLog.writer(new KafkaSettings("127.0.0.1:1"));
  private List<TopicFollower> followers = List.of();

  @BeforeEach
  void follow() {
    topics = KAFKA.topics(PARTITIONS);
    writer.close();
    writer = KafkaLog.writer(KAFKA.settings());
    followers =
        List.of(
            TopicFollower.start(
                KAFKA.settings(),
                List.of(topics.commands("dns")),
                true,
                received ->
                    sent.computeIfAbsent(
                            received.key().orElse(""), _ -> new CopyOnWriteArrayList<>())
                        .add(received.value().text())));
  }

  @AfterEach
  void close() {
    running.forEach(Running::kill);
    followers.forEach(TopicFollower::close);
    writer.close();
  }

  /** Numbers inputs of each key, and journals and sends each number. */
  private final class Counting implements Saga {
    private final Map<Integer, Map<String, Integer>> counts = new HashMap<>();
    private Optional<Instant> due = Optional.empty();

    @Override
    public void restore(int partition, List<Received> journal) {
      Map<String, Integer> counted = counts.computeIfAbsent(partition, _ -> new HashMap<>());
      journal.forEach(
          record -> counted.put(record.key().orElse(""), Integer.parseInt(record.value().text())));
    }

    @Override
    public Optional<Instant> restored(int partition, Instant now) {
      counts.computeIfAbsent(partition, _ -> new HashMap<>());
      return Optional.empty();
    }

    @Override
    public List<Outgoing> onRecord(Received input, Instant now, boolean caughtUp) {
      if (input.value().text().equals("timer")) {
        due = Optional.of(now.plusMillis(300));
        return List.of();
      }
      return next(input.partition(), input.key().orElse(""));
    }

    private List<Outgoing> next(int partition, String key) {
      int count =
          counts.computeIfAbsent(partition, _ -> new HashMap<>()).merge(key, 1, Integer::sum);
      Payload number = Payload.of(Integer.toString(count));
      return List.of(
          new Outgoing(topics.journal(), key, number, Map.of()),
          new Outgoing(topics.commands("dns"), key, number, Map.of()));
    }

    @Override
    public List<Outgoing> onTimer(int partition, Instant now, boolean caughtUp) {
      due = Optional.empty();
      return next(partition, topics.keyOf(partition));
    }

    @Override
    public Optional<Instant> nextDue(int partition) {
      return partition == 0 ? due : Optional.empty();
    }

    @Override
    public void revoked(int partition) {
      counts.remove(partition);
    }
  }

  /** Dies here. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** An instance that can vanish without a word, as one killed does. */
  private final class Running {
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final SagaLoop loop;
    private final Thread thread;

    Running(String instance, Consumer<Step> reached) {
      KafkaSettings kafka =
          new KafkaSettings(KAFKA.bootstrapServers(), Optional.of(instance), Map.of());
      KafkaTransactionalLog log =
          new KafkaTransactionalLog(kafka, topics, topics.group("orchestrator"), reached);
      loop = new SagaLoop(topics, log, new Counting(), clock);
      thread =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      loop.open();
                      while (!stopped.get()) {
                        loop.round(Duration.ofMillis(100));
                      }
                    } catch (Killed | LogException _) {
                      stopped.set(true);
                    }
                    log.abandon();
                  });
      running.add(this);
    }

    Running(String instance) {
      this(instance, _ -> {});
    }

    Running ready() {
      await().atMost(Duration.ofSeconds(30)).until(loop::assigned);
      return this;
    }

    void kill() {
      stopped.set(true);
      loop.wake();
      awaitDead();
    }

    boolean alive() {
      return thread.isAlive();
    }

    void awaitDead() {
      await().atMost(Duration.ofSeconds(30)).until(() -> !thread.isAlive());
    }
  }

  private void send(String topic, String key, String value) {
    writer.publish(new Outgoing(topic, key, Payload.of(value), Map.of())).join();
  }

  private void awaitCounted(String key, int count, Duration atMost) {
    await()
        .atMost(atMost)
        .untilAsserted(
            () ->
                assertThat(sent.getOrDefault(key, List.of()))
                    .isEqualTo(
                        IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toList()));
  }

  private void awaitCounted(String key, int count) {
    awaitCounted(key, count, Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void shouldCountEachInputOnceWhenItIsKilledBetweenTwoCalls(Step at) {
    // given: all partitions are taken over in one step, everything else comes again
    int fatal = at == Step.TAKEN_OVER ? 1 : 2;
    AtomicInteger passed = new AtomicInteger();
    Running doomed =
        new Running(
            "one",
            step -> {
              if (step == at && passed.incrementAndGet() == fatal) {
                throw new Killed();
              }
            });

    // when
    int inputs = 0;
    for (; doomed.alive() && inputs < 2_000; inputs++) {
      send(topics.requests(), "a", "in");
      send(topics.events(), "a", "in");
    }
    doomed.awaitDead();
    new Running("one");
    send(topics.events(), "a", "in");

    // then
    awaitCounted("a", 2 * inputs + 1);
  }

  @Test
  void shouldBeReplacedWithinTwelveSecondsWhenItVanishes() {
    // given
    Running first = new Running("one").ready();
    new Running("two").ready();
    String keyA = topics.keyOf(0);
    String keyB = topics.keyOf(1);
    send(topics.events(), keyA, "in");
    send(topics.events(), keyB, "in");
    awaitCounted(keyA, 1);
    awaitCounted(keyB, 1);

    // when
    first.kill();
    send(topics.events(), keyA, "in");
    send(topics.events(), keyB, "in");

    // then
    awaitCounted(keyA, 2, Duration.ofSeconds(12));
    awaitCounted(keyB, 2, Duration.ofSeconds(12));
  }

  @Test
  void shouldGoOnWithinThreeSecondsWhenTheSameInstanceIsStartedAgain() {
    // given
    Running first = new Running("one").ready();
    send(topics.events(), "a", "in");
    awaitCounted("a", 1);

    // when
    first.kill();
    send(topics.events(), "a", "in");
    new Running("one");

    // then
    awaitCounted("a", 2, Duration.ofSeconds(3));
  }

  @Test
  void shouldWriteNothingWhenItWakesAfterSomebodyElseTookOver() throws Exception {
    // given
    CountDownLatch asleep = new CountDownLatch(1);
    CountDownLatch wake = new CountDownLatch(1);
    Running sleeper =
        new Running(
            "one",
            step -> {
              if (step == Step.WRITTEN) {
                asleep.countDown();
                try {
                  wake.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }
            });
    send(topics.events(), "a", "in");
    assertThat(asleep.await(30, TimeUnit.SECONDS)).isTrue();
    new Running("one");
    awaitCounted("a", 1);

    // when
    wake.countDown();
    send(topics.events(), "a", "in");

    // then
    awaitCounted("a", 2);
    sleeper.kill();
    send(topics.events(), "a", "in");
    awaitCounted("a", 3);
  }

  @Test
  void shouldRunATimerWhenItIsDue() {
    // given
    new Running("one").ready();
    String key = topics.keyOf(0);

    // when
    send(topics.events(), key, "timer");

    // then
    awaitCounted(key, 1);
  }

  @Test
  void shouldGoOnWhenTheBrokerComesBack() {
    // given
    new Running("one").ready();
    send(topics.events(), "a", "in");
    awaitCounted("a", 1);

    // when
    KAFKA.stop();
    KAFKA.start();
    send(topics.events(), "a", "in");

    // then
    awaitCounted("a", 2);
  }
}
