package dev.cutover.deploy.bench;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.UndecodableException;
import dev.cutover.deploy.AllServices;
import dev.cutover.deploy.LocalKeys;
import dev.cutover.deploy.Operator;
import dev.cutover.orchestrator.Main.Running;
import dev.cutover.runtime.EmbeddedBroker;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.TopicAdmin;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One orchestrator as it runs in production, a real broker, and many cutovers at once. People start
 * and approve them through the API; the services are played by {@link PromptLeaves}.
 */
final class OrchestrateBench {
  private static final int WARM_UP_CUTOVERS = 200;
  private static final int FLOOR_RECORDS = 2_000;
  private static final int PEOPLE_AT_ONCE = 8;
  private static final Duration READY_MAX = Duration.ofSeconds(60);
  private static final Duration RUN_MAX = Duration.ofMinutes(30);

  private final int cutovers;
  private final int inputsPerSecond;
  private final PrintStream out;
  private final Pacer pacer;
  private final Topics topics = new Topics("bench", 8, 1, 1);
  private final Wire wire = new Wire(topics);
  private final Set<CutoverId> askedForGo = ConcurrentHashMap.newKeySet();
  private final Set<CutoverId> finished = ConcurrentHashMap.newKeySet();
  private final Semaphore people = new Semaphore(PEOPLE_AT_ONCE);

  OrchestrateBench(int cutovers, int inputsPerSecond, PrintStream out) {
    this.cutovers = cutovers;
    this.inputsPerSecond = inputsPerSecond;
    this.out = out;
    this.pacer = new Pacer(inputsPerSecond);
  }

  OrchestrateFigures run() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("cutover-bench-");
    out.println("bench orchestrate: starting a broker and an orchestrator");
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      KafkaSettings kafka = new KafkaSettings(broker.bootstrapServers());
      try (TopicAdmin admin = new TopicAdmin(kafka)) {
        admin.create(topics);
      }
      Path tokenFile = directory.resolve("people.properties");
      Map<String, String> tokens =
          LocalKeys.addTokens(tokenFile, Map.of("ada", "operator,approver", "grace", "approver"));
      Map<String, String> environment = environment(broker, directory, tokenFile);
      Measured measured = measure(environment, kafka, tokens);
      out.println("measuring a bare transaction on the same broker");
      Latencies floor = new BareTransaction(kafka, topics).run(FLOOR_RECORDS, inputsPerSecond);
      out.println("starting a new instance on the same journals");
      long replayMs = replay(environment);
      System.gc();
      Runtime machine = Runtime.getRuntime();
      return new OrchestrateFigures(
          cutovers,
          measured.completed,
          measured.tookMs,
          measured.inputs,
          measured.inputs * 1000.0 / measured.tookMs,
          measured.latencies.count(),
          measured.latencies.quantileMs(0.5),
          measured.latencies.quantileMs(0.99),
          floor.quantileMs(0.5),
          floor.quantileMs(0.99),
          BareTransaction.records(kafka, topics.journal()),
          replayMs,
          (machine.totalMemory() - machine.freeMemory()) >> 20,
          machine.availableProcessors(),
          Runtime.version().toString());
    }
  }

  private record Measured(int completed, long tookMs, long inputs, Latencies latencies) {}

  private Measured measure(
      Map<String, String> environment, KafkaSettings kafka, Map<String, String> tokens)
      throws InterruptedException {
    try (Running orchestrator = dev.cutover.orchestrator.Main.start(environment);
        HttpClient http = HttpClient.newHttpClient();
        PromptLeaves leaves = new PromptLeaves(kafka, wire, pacer);
        ExecutorService posts = Executors.newVirtualThreadPerTaskExecutor()) {
      await("the orchestrator to be ready", READY_MAX, orchestrator.runtime()::ready);
      URI api = URI.create("http://127.0.0.1:" + orchestrator.apiPort());
      Operator ada = new Operator(api, token(tokens, "ada"), http);
      Operator grace = new Operator(api, token(tokens, "grace"), http);
      try (TopicFollower _ =
          TopicFollower.start(
              kafka,
              List.of(topics.status()),
              false,
              received -> hear(received, leaves, posts, ada, grace))) {
        out.println("warming up with " + WARM_UP_CUTOVERS + " cutovers");
        play("warm", WARM_UP_CUTOVERS, posts, ada);
        leaves.latencies().clear();
        finished.clear();
        long answeredBefore = leaves.answered();
        out.println("running " + cutovers + " cutovers at once");
        long startedNanos = System.nanoTime();
        int completed = play("bench", cutovers, posts, ada);
        return new Measured(
            completed,
            (System.nanoTime() - startedNanos) / 1_000_000,
            leaves.answered() - answeredBefore,
            leaves.latencies());
      }
    }
  }

  private int play(String name, int number, ExecutorService posts, Operator ada)
      throws InterruptedException {
    for (int i = 0; i < number; i++) {
      CutoverId id = new CutoverId("%s-%05d".formatted(name, i));
      post(posts, () -> ada.start(BenchPlans.of(id)));
    }
    await(name + " cutovers to complete", RUN_MAX, () -> finished.size() >= number);
    return finished.size();
  }

  private void hear(
      Received received, PromptLeaves leaves, ExecutorService posts, Operator ada, Operator grace) {
    try {
      if (!(wire.envelope(received).message() instanceof CutoverStatus status)) {
        return;
      }
      CutoverId id = status.cutover();
      if (status.outcome().filter("COMPLETED"::equals).isPresent()) {
        finished.add(id);
      } else if (status.waitingFor().startsWith("go ") && askedForGo.add(id)) {
        post(
            posts,
            () -> {
              ada.approve(id, "go");
              pacer.await();
              leaves.asked(id);
              grace.approve(id, "go");
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

  private void post(ExecutorService posts, Post post) {
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

  private long replay(Map<String, String> environment) throws InterruptedException {
    long startedNanos = System.nanoTime();
    try (Running orchestrator = dev.cutover.orchestrator.Main.start(environment)) {
      await("the new instance to be ready", READY_MAX, orchestrator.runtime()::ready);
      return (System.nanoTime() - startedNanos) / 1_000_000;
    }
  }

  private Map<String, String> environment(EmbeddedBroker broker, Path directory, Path tokenFile)
      throws IOException {
    Map<String, String> environment =
        new HashMap<>(
            new LocalKeys(directory.resolve("keys"), AllServices.NAMES).signing("orchestrator"));
    environment.put("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    environment.put("TOPICS_PREFIX", topics.prefix());
    environment.put("TOPICS_PARTITIONS", Integer.toString(topics.partitions()));
    environment.put("TOPICS_REPLICAS", "1");
    environment.put("TOPICS_CHANGE_SLOTS", "1");
    environment.put("API_PORT", "0");
    environment.put("API_TOKENS", tokenFile.toString());
    return environment;
  }

  private static String token(Map<String, String> tokens, String person) {
    return java.util.Objects.requireNonNull(tokens.get(person), person);
  }

  private static void await(String what, Duration within, BooleanSupplier condition)
      throws InterruptedException {
    long untilNanos = System.nanoTime() + within.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - untilNanos > 0) {
        throw new IllegalStateException(
            "Expected %s within %s, but it did not happen".formatted(what, within));
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
