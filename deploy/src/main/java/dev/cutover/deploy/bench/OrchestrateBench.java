package dev.cutover.deploy.bench;

import dev.cutover.deploy.AllServices;
import dev.cutover.deploy.LocalKeys;
import dev.cutover.deploy.Operator;
import dev.cutover.runtime.EmbeddedBroker;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.TopicAdmin;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Orchestrators in processes of their own as they run in production, a real broker, and many
 * cutovers at once: how fast they decide, start anew, and stand in for one that was killed.
 */
final class OrchestrateBench {
  private static final int WARM_UP_CUTOVERS = 200;
  private static final int UNDER_WAY = 100;
  private static final int FLOOR_RECORDS = 2_000;
  private static final int PARTS = 5;
  private static final int REPLAYS = 3;
  private static final int UNPACED = 100_000;
  private static final Duration READY_MAX = Duration.ofMinutes(2);

  private final int cutovers;
  private final int inputsPerSecond;
  private final int failOverRounds;
  private final PrintStream out;

  OrchestrateBench(int cutovers, int inputsPerSecond, int failOverRounds, PrintStream out) {
    this.cutovers = cutovers;
    this.inputsPerSecond = inputsPerSecond;
    this.failOverRounds = failOverRounds;
    this.out = out;
  }

  List<BenchRow> run() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("cutover-bench-");
    out.println("bench orchestrate: starting a broker and an orchestrator");
    List<BenchRow> rows = new ArrayList<>();
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        HttpClient http = HttpClient.newHttpClient()) {
      KafkaSettings kafka = new KafkaSettings(broker.bootstrapServers());
      Topics topics = topics(kafka, "bench");
      Path tokenFile = directory.resolve("people.properties");
      Map<String, String> tokens =
          LocalKeys.addTokens(tokenFile, Map.of("ada", "operator,approver", "grace", "approver"));
      Map<String, String> environment = new HashMap<>(environment(broker, topics, tokenFile));
      environment.putAll(
          new LocalKeys(directory.resolve("keys"), AllServices.NAMES).signing("orchestrator"));
      try (OrchestratorProcess orchestrator =
          new OrchestratorProcess("one", environment, directory)) {
        start(orchestrator, http);
        decide(orchestrator, http, kafka, topics, tokens, rows);
        out.println("measuring a bare transaction on the same broker");
        Latencies floor = new BareTransaction(kafka, topics).run(FLOOR_RECORDS, inputsPerSecond);
        rows.add(BenchRow.of("floor, p50", floor.quantileMs(0.5), "ms", "a bare transaction"));
        rows.add(BenchRow.of("floor, p99", floor.quantileMs(0.99), "ms", "a bare transaction"));
        replay(orchestrator, http, kafka, topics, rows);
      }
      if (failOverRounds > 0) {
        Topics own = topics(kafka, "failover");
        out.println("killing one of two orchestrators, and starting it again");
        try (FailOver failOver =
            new FailOver(kafka, own, environment(broker, own, tokenFile), directory, http)) {
          rows.addAll(failOver.run(failOverRounds));
        }
      }
    }
    return rows;
  }

  private void decide(
      OrchestratorProcess orchestrator,
      HttpClient http,
      KafkaSettings kafka,
      Topics topics,
      Map<String, String> tokens,
      List<BenchRow> rows)
      throws InterruptedException {
    Pacer pacer = new Pacer(inputsPerSecond);
    Operator ada = new Operator(orchestrator.api(), token(tokens, "ada"), http);
    Operator grace = new Operator(orchestrator.api(), token(tokens, "grace"), http);
    try (CutoverLoad load = new CutoverLoad(kafka, new Wire(topics), pacer, ada, grace)) {
      PromptLeaves leaves = load.leaves();
      out.println("warming up with " + WARM_UP_CUTOVERS + " cutovers");
      load.play("warm", WARM_UP_CUTOVERS);
      leaves.latencies().clear();
      out.println("running " + cutovers + " cutovers at once");
      long answeredBefore = leaves.answered();
      long startedNanos = System.nanoTime();
      load.play("bench", cutovers);
      double tookSeconds = (System.nanoTime() - startedNanos) / 1e9;
      long answers = leaves.answered() - answeredBefore;
      List<Latencies> parts = leaves.latencies().parts(PARTS);
      rows.add(
          BenchRow.median(
              20,
              "input to command, p50",
              parts.stream().map(part -> part.quantileMs(0.5)).toList(),
              "ms"));
      rows.add(
          BenchRow.median(
              100,
              "input to command, p99",
              parts.stream().map(part -> part.quantileMs(0.99)).toList(),
              "ms"));
      rows.add(
          BenchRow.of(
              "answers decided, paced",
              answers / tookSeconds,
              "1/s",
              "%d of %d cutovers in %.0f s, %d answers followed by a command at once"
                      .formatted(cutovers, cutovers, tookSeconds, leaves.latencies().count())
                  + ", people tried again %d times".formatted(load.triedAgain())));
      rows.add(
          BenchRow.of(
              "memory of the orchestrator",
              orchestrator.residentMiB(),
              "MiB",
              "resident, with " + String.join(" ", OrchestratorProcess.OPTIONS.subList(0, 2))));
      out.println("running " + WARM_UP_CUTOVERS + " more as fast as it can");
      pacer.perSecond(UNPACED);
      answeredBefore = leaves.answered();
      startedNanos = System.nanoTime();
      load.play("fast", WARM_UP_CUTOVERS);
      rows.add(
          BenchRow.of(
              "answers decided, as fast as it can",
              (leaves.answered() - answeredBefore) / ((System.nanoTime() - startedNanos) / 1e9),
              "1/s",
              WARM_UP_CUTOVERS + " cutovers; each is observed for a second"));
      load.lineUp("live", UNDER_WAY);
    }
  }

  private void replay(
      OrchestratorProcess orchestrator,
      HttpClient http,
      KafkaSettings kafka,
      Topics topics,
      List<BenchRow> rows)
      throws IOException, InterruptedException {
    out.println("starting a new process on the same journals");
    List<Double> decidesMs = new ArrayList<>();
    List<Double> readyMs = new ArrayList<>();
    for (int n = 0; n < REPLAYS; n++) {
      orchestrator.stop();
      long startedNanos = System.nanoTime();
      orchestrator.start();
      Waiting.untilReady("decisions", READY_MAX, () -> orchestrator.decides(http));
      decidesMs.add((System.nanoTime() - startedNanos) / 1e6);
      Waiting.untilReady("readiness", READY_MAX, () -> orchestrator.ready(http));
      readyMs.add((System.nanoTime() - startedNanos) / 1e6);
    }
    int journals = cutovers + 2 * WARM_UP_CUTOVERS;
    rows.add(
        BenchRow.atMost(
            5_000,
            "restart on %d journals of finished cutovers and %d under way"
                .formatted(journals, UNDER_WAY),
            BenchRow.median(decidesMs),
            "ms",
            "from its start until it decides, %d records; %s"
                .formatted(
                    BareTransaction.records(kafka, topics.journal()), BenchRow.spread(decidesMs))));
    rows.add(
        BenchRow.of(
            "of that, taking the partitions over",
            orchestrator.takeOverMs(),
            "ms",
            "the slowest of " + REPLAYS));
    rows.add(
        BenchRow.of(
            "until it is ready, the API too",
            BenchRow.median(readyMs),
            "ms",
            BenchRow.spread(readyMs)));
    rows.add(BenchRow.of("memory after the replay", orchestrator.residentMiB(), "MiB", "resident"));
  }

  private static void start(OrchestratorProcess orchestrator, HttpClient http)
      throws InterruptedException {
    orchestrator.start();
    Waiting.untilReady("the orchestrator to be ready", READY_MAX, () -> orchestrator.ready(http));
  }

  private static Topics topics(KafkaSettings kafka, String prefix) {
    Topics topics = new Topics(prefix, 8, 1, 1);
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      admin.create(topics);
    }
    return topics;
  }

  private static Map<String, String> environment(
      EmbeddedBroker broker, Topics topics, Path tokenFile) {
    return Map.of(
        "KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers(),
        "TOPICS_PREFIX", topics.prefix(),
        "TOPICS_PARTITIONS", Integer.toString(topics.partitions()),
        "TOPICS_REPLICAS", "1",
        "TOPICS_CHANGE_SLOTS", "1",
        "API_TOKENS", tokenFile.toString());
  }

  private static String token(Map<String, String> tokens, String person) {
    return Objects.requireNonNull(tokens.get(person), person);
  }
}
