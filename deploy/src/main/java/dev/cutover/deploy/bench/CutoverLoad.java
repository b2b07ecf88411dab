package dev.cutover.deploy.bench;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.UndecodableException;
import dev.cutover.deploy.Operator;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Wire;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Many cutovers at once: people start them and say go through the API, at the benchmark's pace; the
 * services are played by {@link PromptLeaves}.
 */
final class CutoverLoad implements AutoCloseable {
  private static final int PEOPLE_AT_ONCE = 8;
  private static final Duration RUN_MAX = Duration.ofMinutes(30);

  /** Whoever is refused or gets no answer looks again after a second, so often. */
  private static final int TRIES_MAX = 30;

  private final Wire wire;
  private final Pacer pacer;
  private final PromptLeaves leaves;
  private final Operator ada;
  private final Operator grace;
  private final Set<CutoverId> started = ConcurrentHashMap.newKeySet();
  private final Set<CutoverId> askedForGo = ConcurrentHashMap.newKeySet();
  private final Set<CutoverId> waitingForGo = ConcurrentHashMap.newKeySet();
  private final Set<CutoverId> finished = ConcurrentHashMap.newKeySet();
  private final Semaphore people = new Semaphore(PEOPLE_AT_ONCE);
  private final ExecutorService posts = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final AtomicInteger triedAgain = new AtomicInteger();
  private final TopicFollower follower;

  /** Listens to the statuses; {@link #play} starts cutovers. */
  CutoverLoad(KafkaSettings kafka, Wire wire, Pacer pacer, Operator ada, Operator grace) {
    this.wire = wire;
    this.pacer = pacer;
    this.ada = ada;
    this.grace = grace;
    this.leaves = new PromptLeaves(kafka, wire, pacer);
    this.follower = TopicFollower.start(kafka, List.of(wire.topics().status()), false, this::hear);
  }

  PromptLeaves leaves() {
    return leaves;
  }

  /** Starts so many cutovers and waits until all of them are completed. */
  void play(String name, int number) throws InterruptedException {
    finished.clear();
    for (int i = 0; i < number; i++) {
      CutoverId id = new CutoverId("%s-%05d".formatted(name, i));
      post(() -> persist(() -> ada.start(BenchPlans.of(id)), () -> !started.contains(id)));
    }
    Waiting.untilTrue(
        "%d %s cutovers to complete".formatted(number, name),
        RUN_MAX,
        () -> finished.size() >= number || failure.get() != null);
    RuntimeException gaveUp = failure.get();
    if (gaveUp != null) {
      throw new IllegalStateException(
          "Expected %d %s cutovers to complete, but %d did and a person gave up"
              .formatted(number, name, finished.size()),
          gaveUp);
    }
  }

  /** Starts so many cutovers and waits until all of them wait for people, who don't come. */
  void lineUp(String name, int number) throws InterruptedException {
    List<CutoverId> ids =
        IntStream.range(0, number)
            .mapToObj(i -> new CutoverId("%s-%05d".formatted(name, i)))
            .toList();
    askedForGo.addAll(ids);
    ids.forEach(
        id -> post(() -> persist(() -> ada.start(BenchPlans.of(id)), () -> !started.contains(id))));
    Waiting.untilTrue(
        "%d %s cutovers to wait for go".formatted(number, name),
        RUN_MAX,
        () -> waitingForGo.containsAll(ids) || failure.get() != null);
  }

  /** How often a person was refused or got no answer, and looked again. */
  int triedAgain() {
    return triedAgain.get();
  }

  private void hear(Received received) {
    try {
      if (!(wire.envelope(received).message() instanceof CutoverStatus status)) {
        return;
      }
      CutoverId id = status.cutover();
      started.add(id);
      boolean waits = status.waitingFor().startsWith("go ");
      if (waits) {
        waitingForGo.add(id);
      } else {
        waitingForGo.remove(id);
      }
      if (status.outcome().filter("COMPLETED"::equals).isPresent()) {
        finished.add(id);
      } else if (waits && askedForGo.add(id)) {
        post(
            () -> {
              persist(() -> ada.approve(id, "go"), () -> waitingForGo.contains(id));
              pacer.await();
              leaves.asked(id);
              persist(() -> grace.approve(id, "go"), () -> waitingForGo.contains(id));
            });
      }
    } catch (UndecodableException e) {
      throw new IllegalStateException("the orchestrator's own status is readable", e);
    }
  }

  @FunctionalInterface
  private interface Post {
    void run() throws InterruptedException;
  }

  /** As people do: whoever is refused looks again, as long as it is still asked for. */
  private void persist(Post post, BooleanSupplier needed) throws InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        post.run();
        return;
      } catch (IllegalStateException e) {
        if (!needed.getAsBoolean()) {
          return; // it took effect, only the answer was lost
        }
        if (tries == TRIES_MAX) {
          failure.compareAndSet(null, e);
          return;
        }
        triedAgain.incrementAndGet();
        TimeUnit.SECONDS.sleep(1);
      }
    }
  }

  private void post(Post post) {
    var _ =
        posts.submit(
            () -> {
              people.acquire();
              try {
                pacer.await();
                post.run();
              } finally {
                people.release();
              }
              return null;
            });
  }

  @Override
  public void close() {
    follower.close();
    posts.shutdownNow();
    leaves.close();
  }
}
