package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.Reply;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.Side;
import dev.cutover.deploy.AllServices;
import dev.cutover.deploy.Operator;
import dev.cutover.deploy.demo.GapMeter.Gap;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cutover of the demonstration's shop with each service in a process of its own, and strikes: as
 * soon as something is seen on the public topics, something bad happens.
 */
final class ProcessCutover implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(ProcessCutover.class);
  private static final Duration READY_MAX = Duration.ofSeconds(60);
  private static final Duration GO_MAX = Duration.ofMinutes(2);
  static final CutoverId ID = new CutoverId("processes");
  private static final int WRITES_PER_SECOND = 50;

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, ServiceProcess> processes = new LinkedHashMap<>();
  private final Path directory;
  private final Stage stage;
  private final ServiceSettings settings;
  private final Observer observer;
  private final Operator ada;
  private final Operator grace;
  private final String plan;
  private final List<String> secrets;
  private int strikes;

  /**
   * Sets the stage and starts five processes.
   *
   * @param bounds lines of the plan's bounds to be replaced: name to duration
   */
  ProcessCutover(Path directory, Map<String, String> bounds) {
    this(directory, bounds, Map.of());
  }

  /**
   * As above.
   *
   * @param orchestrators what the orchestrator finds in its environment beside the usual
   */
  ProcessCutover(Path directory, Map<String, String> bounds, Map<String, String> orchestrators) {
    opened.push(http);
    this.directory = directory;
    this.stage = closing(new Stage(directory, WRITES_PER_SECOND, 1));
    this.settings = new ServiceSettings(stage, directory);
    int apiPort = FreePort.next();
    for (String service : AllServices.NAMES) {
      Map<String, String> environment = new HashMap<>(settings.environment(service));
      environment.put("KAFKA_INSTANCE", service);
      environment.computeIfPresent("API_PORT", (_, _) -> Integer.toString(apiPort));
      if (service.equals("orchestrator")) {
        environment.putAll(orchestrators);
      }
      processes.put(service, closing(new ServiceProcess(service, environment, directory)));
    }
    this.observer = closing(new Observer(stage.kafka(), stage.topics(), ID));
    URI api = URI.create("http://127.0.0.1:" + apiPort);
    this.ada = new Operator(api, settings.token("ada"), http);
    this.grace = new Operator(api, settings.token("grace"), http);
    this.secrets =
        Stream.concat(
                stage.databases().credentials().entrySet().stream()
                    .filter(entry -> entry.getKey().endsWith(".password"))
                    .map(Map.Entry::getValue),
                Stream.of(stage.tsigSecret(), settings.token("ada"), settings.token("grace")))
            .toList();
    String text = stage.plan(ID, text("/demo/plan.yaml"));
    for (Map.Entry<String, String> bound : bounds.entrySet()) {
      String changed = text.replaceAll("  %s: .*".formatted(bound.getKey()), bound(bound));
      if (changed.equals(text)) {
        throw new IllegalArgumentException("expected a bound of the plan, but got " + bound);
      }
      text = changed;
    }
    this.plan = text;
  }

  Stage stage() {
    return stage;
  }

  /** Starts the cutover, and says go as two people when it asks. */
  void go() throws InterruptedException {
    untilAsksForGo();
    sayGo();
  }

  /** Starts the cutover and waits until it asks people. */
  void untilAsksForGo() throws InterruptedException {
    untilReady();
    start();
    await().atMost(GO_MAX).until(this::asksForGo);
  }

  /** Says go as two people. */
  void sayGo() throws InterruptedException {
    approve("ada");
    approve("grace");
  }

  /** Waits until every service is at work. */
  void untilReady() {
    await()
        .atMost(READY_MAX)
        .until(
            () -> {
              assertThat(processes.values().stream().flatMap(p -> p.ended().stream()))
                  .as("processes that ended by themselves")
                  .isEmpty();
              return processes.values().stream().allMatch(process -> process.ready(http));
            });
  }

  /** Hands the plan in. */
  void start() throws InterruptedException {
    ada.start(plan);
  }

  /** Whether it waits for people to say go. */
  boolean asksForGo() {
    return status()
        .filter(s -> s.state().equals("waiting") && s.waitingFor().startsWith("go "))
        .isPresent();
  }

  /** Says go as that person. */
  void approve(String person) throws InterruptedException {
    (person.equals("ada") ? ada : grace).approveOnce(ID, "go");
  }

  boolean ready(String service) {
    return process(service).ready(http);
  }

  /** Kills that service and starts it again, and waits for nothing. */
  void strikeAtOnce(String service) {
    process(service).kill();
    process(service).restart();
    strikes++;
  }

  /** Starts another instance of that service and waits until it is at work; gives its name. */
  String startSpare(String service) throws IOException {
    String spare = service + "-spare";
    Map<String, String> environment = new HashMap<>(settings.environment(service));
    environment.put("KAFKA_INSTANCE", spare);
    Path place = Files.createDirectories(directory.resolve(spare));
    ServiceProcess process = closing(new ServiceProcess(service, environment, place));
    processes.put(spare, process);
    await().atMost(READY_MAX).until(() -> process.ready(http));
    return spare;
  }

  /** Whether that instance, and not another one, carried out an order of that kind. */
  boolean carriedOut(String instance, String order) throws IOException {
    boolean spare = instance.endsWith("-spare");
    Path log = directory.resolve(spare ? instance + "/" : "").resolve(serviceOf(instance) + ".log");
    return Files.readString(log).contains("messageType=\"%s\"".formatted(order));
  }

  private static String serviceOf(String instance) {
    return instance.replace("-spare", "");
  }

  /** Kills an instance, which nobody starts again. */
  void kill(String instance) {
    process(instance).kill();
    processes.remove(instance);
  }

  /** Stops a service where it is until {@link #resume}: what it has to do waits. */
  void pause(String service) {
    process(service).pause();
  }

  /** Lets a service go on after a {@link #pause}. */
  void resume(String service) {
    process(service).resume();
  }

  /** Waits until that step was sent and not answered yet, or was already. */
  void untilSent(String step) {
    until(
        "step " + step + " sent",
        () -> observer.steps().stream().anyMatch(seen -> seen.step().equals(step)));
  }

  /** Waits for the answer to that step. */
  void untilAnswered(String step) {
    until(
        "step " + step + " answered",
        () ->
            observer.said(Reply.class).stream()
                .anyMatch(reply -> reply.step().step().equals(step)));
  }

  /** Waits until the monitor has asked for a rollback. */
  void untilTriggered() {
    until("a rollback trigger", () -> !observer.said(RollbackTrigger.class).isEmpty());
  }

  /** When the provider had taken the revert. */
  Instant revertedAt() {
    untilAnswered("revert-traffic");
    return observer.said(TrafficReverted.class).getFirst().acceptedAt();
  }

  /** Waits until the target is observed. */
  void untilObserving() {
    until("observing", () -> status().filter(s -> s.state().equals("observing")).isPresent());
  }

  /** Waits for the outcome. */
  String outcome() {
    until("outcome", () -> status().flatMap(CutoverStatus::outcome).isPresent());
    return status().flatMap(CutoverStatus::outcome).orElseThrow();
  }

  /** Kills that service and starts it again, and waits until it is at work. */
  void strike(String service) {
    ServiceProcess process = process(service);
    long struckNanos = System.nanoTime();
    process.kill();
    process.restart();
    await().atMost(READY_MAX).until(() -> process.ready(http));
    strikes++;
    LOGGER
        .atInfo()
        .addKeyValue("service", service)
        .addKeyValue("strike", strikes)
        .addKeyValue("readyAfterMs", (System.nanoTime() - struckNanos) / 1_000_000)
        .log("killed and started again");
  }

  Optional<CutoverStatus> status() {
    return observer.status();
  }

  Observer observer() {
    return observer;
  }

  /** The longest time in which a client could not write, once its gap was ended by that side. */
  long longestGapMs(Side endedBy) {
    return stage.clients().gaps().stream()
        .filter(gap -> gap.endedBy() == endedBy)
        .mapToLong(Gap::ms)
        .max()
        .orElse(0);
  }

  /** Whether a client that could not write found after that moment that this side takes writes. */
  boolean servesAfter(Instant moment, Side side) {
    return stage.clients().gaps().stream()
        .anyMatch(gap -> gap.endedBy() == side && gap.to().isAfter(moment));
  }

  /** The longest time in which a client could not write, whichever side ended it. */
  long longestGapMs() {
    return Math.max(longestGapMs(Side.SOURCE), longestGapMs(Side.TARGET));
  }

  /** Whether a text has a password, key or token of this cutover in it. */
  boolean showsSecret(String text) {
    return secrets.stream().anyMatch(text::contains);
  }

  /** Stops the clients and looks up every acknowledged write where it has to be. */
  Ledger.Account account() throws SQLException {
    stage.clients().stop();
    Side serving = status().flatMap(CutoverStatus::serving).orElseThrow();
    try (Connection connection = stage.databases().connect(serving)) {
      return stage.ledger().account(connection);
    }
  }

  long writesOnBothSidesWhileFenced() {
    return new Figures(
            observer.said(),
            observer.steps(),
            stage.clients().gaps(),
            stage.ledger().acknowledged())
        .writesOnBothSidesWhileFenced();
  }

  /** Waits for something; ends early, with where the cutover stands, when a process died. */
  void until(String what, BooleanSupplier condition) {
    await(what)
        .atMost(Duration.ofMinutes(3))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .failFast(
            () -> {
              processes.forEach(
                  (name, process) -> {
                    if (!process.alive()) {
                      throw new IllegalStateException(
                          "expected %s to run, but it ended; %s".formatted(name, status()));
                    }
                  });
            })
        .conditionEvaluationListener(
            evaluated -> {
              if (evaluated.getRemainingTimeInMS() < 10) {
                LOGGER.atError().addKeyValue("status", status()).log("waited in vain for " + what);
              }
            })
        .until(condition::getAsBoolean);
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOGGER.atWarn().setCause(e).log("part of the test did not close in order");
      }
    }
  }

  private ServiceProcess process(String service) {
    ServiceProcess process = processes.get(service);
    if (process == null) {
      throw new IllegalArgumentException("expected a service, but got " + service);
    }
    return process;
  }

  private <T extends AutoCloseable> T closing(T part) {
    opened.push(part);
    return part;
  }

  private static String bound(Map.Entry<String, String> bound) {
    return "  %s: %s".formatted(bound.getKey(), bound.getValue());
  }

  private static String text(String resource) {
    try (InputStream in = Demo.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("expected " + resource + ", but it is not there");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
