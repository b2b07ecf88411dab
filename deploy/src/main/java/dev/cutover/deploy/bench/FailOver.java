package dev.cutover.deploy.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cutover.contract.Command;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Message;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.PartitionsAssigned;
import dev.cutover.contract.Request;
import dev.cutover.contract.UndecodableException;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/**
 * Two orchestrators with cutovers under way, one of which is killed like by {@code kill -9}: how
 * long nobody decides on its partitions, and whether anything is done twice.
 *
 * <p>Requests that are refused go to all partitions all the time: the first one made after the
 * death that is decided on each of the dead one's partitions ends the measurement.
 */
final class FailOver implements AutoCloseable {
  private static final int PROBES_PER_SECOND = 100;
  private static final int CUTOVERS_PER_ROUND = 5;
  private static final int ANSWERS_PER_SECOND = 50;
  private static final int EXAMPLES_MAX = 3;
  private static final Duration READY_MAX = Duration.ofMinutes(2);
  private static final Duration COMPLETE_MAX = Duration.ofMinutes(5);

  private final Topics topics;
  private final Wire wire;
  private final HttpClient http;
  private final KafkaSettings kafka;
  private final KafkaLog log;
  private final PromptLeaves leaves;
  private final TopicFollower follower;
  private final Thread probing;
  private final List<OrchestratorProcess> instances;
  private final JsonMapper json = MessageCodec.mapper();

  private final SentCommands sent = new SentCommands();
  private final Map<String, String> commanded = new HashMap<>();
  private final Map<String, AtomicInteger> decisions = new ConcurrentHashMap<>();
  private final Set<CutoverId> askedForGo = ConcurrentHashMap.newKeySet();
  private final Set<CutoverId> completed = ConcurrentHashMap.newKeySet();
  private final Map<Integer, Long> decidedNanos = new ConcurrentHashMap<>();
  private final AtomicInteger probes = new AtomicInteger();
  private volatile int counting = Integer.MAX_VALUE;
  private volatile boolean closed;

  FailOver(
      KafkaSettings kafka,
      Topics topics,
      Map<String, String> environment,
      Path directory,
      HttpClient http) {
    this.kafka = kafka;
    this.topics = topics;
    this.wire = new Wire(topics);
    this.http = http;
    this.log = KafkaLog.writer(kafka);
    this.leaves = new PromptLeaves(kafka, wire, new Pacer(ANSWERS_PER_SECOND));
    List<String> followed =
        new ArrayList<>(List.of(topics.journal(), topics.status(), topics.events()));
    for (String service : Topics.COMMANDED) {
      commanded.put(topics.commands(service), service);
      followed.add(topics.commands(service));
    }
    this.follower = TopicFollower.start(kafka, followed, true, this::seen);
    this.instances =
        List.of(
            new OrchestratorProcess("a", environment, directory),
            new OrchestratorProcess("b", environment, directory));
    this.probing = Thread.ofPlatform().name("probing").daemon().start(this::probe);
  }

  List<BenchRow> run(int rounds) throws InterruptedException {
    instances.forEach(OrchestratorProcess::start);
    settled();
    List<Double> otherMs = new ArrayList<>();
    List<Double> sameMs = new ArrayList<>();
    int cutovers = 0;
    for (int round = 0; round < rounds; round++) {
      OrchestratorProcess victim = instances.get(round % 2);
      cutovers = startCutovers(cutovers);
      otherMs.add(kill(victim, false));
      victim.start();
      settled();
      cutovers = startCutovers(cutovers);
      sameMs.add(kill(victim, true));
      settled();
    }
    int started = cutovers;
    Waiting.untilTrue(
        "%d cutovers to complete".formatted(started),
        COMPLETE_MAX,
        () -> completed.size() >= started);
    return List.of(
        BenchRow.median(12_000, "another instance decides after kill -9", otherMs, "ms"),
        BenchRow.median(3_000, "the same, started again at once, decides", sameMs, "ms"),
        none(
            "commands decided twice",
            sent.decidedTwice(),
            "of %d, in %d cutovers under way, all completed".formatted(sent.count(), started)),
        none("commands sent twice unasked", sent.sentUnasked(), "of " + sent.count()),
        BenchRow.of(
            "commands told again to a new instance",
            sent.toldAgain().size(),
            "",
            "as they must be" + examples(sent.toldAgain())),
        BenchRow.atMost(
            0, "requests decided twice", twice(decisions), "", "of " + decisions.size()));
  }

  private static BenchRow none(String name, List<String> found, String note) {
    return BenchRow.atMost(0, name, found.size(), "", note + examples(found));
  }

  private static String examples(List<String> found) {
    return found.stream()
        .limit(EXAMPLES_MAX)
        .map(example -> "; " + example)
        .collect(Collectors.joining());
  }

  /** Kills it and says how long nobody decided on one of its partitions, in milliseconds. */
  private double kill(OrchestratorProcess victim, boolean again) throws InterruptedException {
    Set<Integer> orphaned = partitionsOf(victim.instance());
    if (orphaned.isEmpty()) {
      throw new IllegalStateException(
          "Expected orchestrator %s to own partitions, but it owns none"
              .formatted(victim.instance()));
    }
    long killedNanos = System.nanoTime();
    victim.kill();
    // What was asked from now on can't have been decided by the dead one.
    decidedNanos.clear();
    counting = probes.get();
    if (again) {
      victim.start();
    }
    Waiting.untilTrue(
        "decisions on partitions " + orphaned,
        READY_MAX,
        () -> decidedNanos.keySet().containsAll(orphaned));
    counting = Integer.MAX_VALUE;
    return orphaned.stream()
        .mapToDouble(partition -> (decidedNanos.getOrDefault(partition, 0L) - killedNanos) / 1e6)
        .max()
        .orElse(-1);
  }

  /** Both are ready, and each owns as many partitions as it will. */
  private void settled() throws InterruptedException {
    Waiting.untilReady(
        "both orchestrators to be ready and to share the partitions",
        READY_MAX,
        () ->
            instances.stream().allMatch(instance -> instance.ready(http))
                && instances.stream()
                    .allMatch(
                        instance ->
                            partitionsOf(instance.instance()).size() == topics.partitions() / 2));
  }

  private Set<Integer> partitionsOf(String instance) {
    String group = topics.group("orchestrator");
    try (Admin admin = Admin.create(kafka.properties())) {
      return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
          .flatMap(description -> description.members().stream())
          .filter(
              member ->
                  member.groupInstanceId().equals(java.util.Optional.of(group + "-" + instance)))
          .flatMap(member -> member.assignment().topicPartitions().stream())
          .map(TopicPartition::partition)
          .collect(Collectors.toUnmodifiableSet());
    } catch (ExecutionException e) {
      throw new IllegalStateException("Expected Kafka to describe the group, but " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private int startCutovers(int before) {
    for (int n = before; n < before + CUTOVERS_PER_ROUND; n++) {
      CutoverId id = new CutoverId("move-%04d".formatted(n));
      ask(new Request.StartCutover(id, "start-" + id, "ada", BenchPlans.of(id)));
    }
    return before + CUTOVERS_PER_ROUND;
  }

  private void ask(Request request) {
    var _ =
        log.publish(
            wire.outgoing(
                new Envelope<>(
                    request.requestId(), "/bench", Instant.now(), "", 1, true, request)));
  }

  /** Asks for what is refused, of a cutover that nobody knows: one entry in the journal each. */
  private void probe() {
    Pacer pacer = new Pacer(PROBES_PER_SECOND);
    try {
      while (!closed) {
        pacer.await();
        String name = "probe-" + probes.getAndIncrement();
        ask(new Request.Hold(new CutoverId(name), name, "ada", "is anybody there?"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void seen(Received received) {
    try {
      if (received.topic().equals(topics.journal())) {
        decided(received);
      } else {
        heard(received);
      }
    } catch (UndecodableException | IOException e) {
      throw new IllegalStateException("the orchestrator's own words are readable", e);
    }
  }

  private void heard(Received received) throws UndecodableException {
    Message message = wire.envelope(received).message();
    if (message instanceof CutoverStatus status) {
      heard(status);
    } else if (message instanceof PartitionsAssigned assigned) {
      sent.saw(assigned);
    } else if (message instanceof Command command) {
      String service = Objects.requireNonNull(commanded.get(received.topic()), received.topic());
      sent.saw(service, received.partition(), command);
    }
  }

  private void decided(Received received) throws IOException {
    String request = json.readTree(received.value().bytes()).at("/event/requestId").asText("");
    if (!request.isEmpty()) {
      count(decisions, request);
    }
    if (request.startsWith("probe-") && Integer.parseInt(request.substring(6)) >= counting) {
      decidedNanos.putIfAbsent(received.partition(), System.nanoTime());
    }
  }

  private void heard(CutoverStatus status) {
    CutoverId id = status.cutover();
    if (status.outcome().filter("COMPLETED"::equals).isPresent()) {
      completed.add(id);
    } else if (status.waitingFor().startsWith("go ") && askedForGo.add(id)) {
      ask(new Request.Approve(id, "go-ada-" + id, "ada", "go", "", status.evidenceHash()));
      ask(new Request.Approve(id, "go-grace-" + id, "grace", "go", "", status.evidenceHash()));
    }
  }

  private static void count(Map<String, AtomicInteger> counts, String name) {
    counts.computeIfAbsent(name, _ -> new AtomicInteger()).incrementAndGet();
  }

  private static int twice(Map<String, AtomicInteger> counts) {
    return (int) new HashMap<>(counts).values().stream().filter(count -> count.get() > 1).count();
  }

  @Override
  public void close() {
    closed = true;
    probing.interrupt();
    instances.forEach(OrchestratorProcess::close);
    leaves.close();
    follower.close();
    log.close();
  }
}
