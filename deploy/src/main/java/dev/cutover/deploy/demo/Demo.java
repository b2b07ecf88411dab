package dev.cutover.deploy.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.Side;
import dev.cutover.deploy.Operator;
import dev.cutover.deploy.demo.Clients.Outcome;
import dev.cutover.deploy.demo.GapMeter.Gap;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Runs one act: sets the stage, starts all five services, starts a cutover through the API, says go
 * as two different people, makes the target suffer once it serves, waits for the outcome, and looks
 * up every acknowledged write in the database that serves then.
 */
public final class Demo {
  private static final Duration ACT_MAX = Duration.ofMinutes(5);
  private static final Duration SERVED_BEFORE_FAULT = Duration.ofSeconds(3);
  private static final Duration SERVED_AFTER_OUTCOME = Duration.ofSeconds(2);
  private static final String UNFINISHED = "UNFINISHED";

  private final Settings settings;
  private final PrintStream out;

  /**
   * How to run.
   *
   * @param terminal whether to draw a picture or to print lines
   * @param log the file that services log to, named when something goes wrong
   */
  public record Settings(int writesPerSecond, long seed, boolean terminal, Path log) {}

  public Demo(Settings settings, PrintStream out) {
    this.settings = settings;
    this.out = out;
  }

  /**
   * Runs the act, writes its report, and prints a summary. Returns whether the act did what it
   * promises.
   */
  public boolean run(Act act, Path report) throws InterruptedException {
    Instant started = Instant.now();
    out.println(
        "act '%s': starting Kafka, two PostgreSQL servers, DNS, two shops and their customers"
            .formatted(act.label()));
    try (StageDirectory directory = StageDirectory.make();
        Stage stage = new Stage(directory.path(), settings.writesPerSecond, settings.seed)) {
      ServiceSettings configuration = new ServiceSettings(stage, directory.path());
      ActReport result = play(act, stage, configuration, started);
      write(report, result);
      Optional<Path> recording =
          directory.keepRecording(
              configuration.recordings(), settings.log.resolveSibling("recordings"));
      new Summary(result, report, settings.log, recording).print(out);
      return result.passed();
    }
  }

  private ActReport play(Act act, Stage stage, ServiceSettings configuration, Instant started)
      throws InterruptedException {
    CutoverId id = new CutoverId("demo-" + act.label());
    try (HttpClient http = HttpClient.newHttpClient();
        Services services = Services.start(configuration);
        Observer observer = new Observer(stage.kafka(), stage.topics(), id);
        View view =
            new View(
                act.label(), observer, stage.clients(), stage::dnsAnswer, out, settings.terminal)) {
      Operator ada = new Operator(services.api(), configuration.token("ada"), http);
      Operator grace = new Operator(services.api(), configuration.token("grace"), http);
      Instant deadline = started.plus(ACT_MAX);
      Optional<Instant> faultAt = direct(act, stage, id, observer, view, ada, grace, deadline);
      TimeUnit.MILLISECONDS.sleep(SERVED_AFTER_OUTCOME.toMillis());
      view.note("accounting for every acknowledged write");
      stage.clients().stop();
      return account(act, stage, observer, faultAt, started);
    }
  }

  private static Optional<Instant> direct(
      Act act,
      Stage stage,
      CutoverId id,
      Observer observer,
      View view,
      Operator ada,
      Operator grace,
      Instant deadline)
      throws InterruptedException {
    ada.start(stage.plan(id, text("/demo/plan.yaml")));
    if (!await(deadline, () -> asksForGo(observer) || ended(observer))) {
      return Optional.empty();
    }
    if (asksForGo(observer)) {
      ada.approve(id, "go");
      grace.approve(id, "go");
    }
    Optional<Instant> faultAt = Optional.empty();
    if (act.fault() != Fault.NONE
        && await(deadline, () -> observing(observer) || ended(observer))
        && observing(observer)) {
      // After the writing checks: they would see it first, and roll back without the monitor.
      await(Instant.now().plus(SERVED_BEFORE_FAULT), () -> false);
      stage.inject(act.fault());
      faultAt = Optional.of(Instant.now());
      view.note("the target suffers: " + act.label());
    }
    await(deadline, () -> ended(observer));
    return faultAt;
  }

  private ActReport account(
      Act act, Stage stage, Observer observer, Optional<Instant> faultAt, Instant started) {
    Optional<CutoverStatus> status = observer.status();
    Side authoritative = status.flatMap(CutoverStatus::serving).orElse(Side.SOURCE);
    Ledger.Account account;
    try (Connection connection = stage.databases().connect(authoritative)) {
      account = stage.ledger().account(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(
          "Expected to read the database that serves, but: " + e.getMessage(), e);
    }
    Clients clients = stage.clients();
    Figures figures =
        new Figures(
            observer.said(), observer.steps(), clients.gaps(), stage.ledger().acknowledged());
    String outcome = status.flatMap(CutoverStatus::outcome).orElse(UNFINISHED);
    return new ActReport(
        act.label(),
        outcome,
        act.expectedOutcome(),
        outcome.equals(act.expectedOutcome()),
        status
            .map(s -> s.reason().isEmpty() ? s.waitingFor() : s.reason())
            .orElse("no word of the orchestrator"),
        authoritative.name(),
        clients.attempted(),
        writes(clients, Outcome.ACKNOWLEDGED),
        writes(clients, Outcome.REFUSED),
        writes(clients, Outcome.FAILED),
        writes(clients, Outcome.UNCERTAIN),
        account.writesMissing(),
        figures.writesOnBothSidesWhileFenced(),
        figures.switchGap().map(Gap::ms).orElse(-1L),
        figures.fenceMs(),
        figures.drainMs(),
        figures.validateMs(),
        figures.dnsMs(),
        figures.ttlMs(),
        figures.breachToTriggerMs(faultAt),
        figures.triggerToRevertMs(),
        figures.rollbackMs(),
        figures.rollbackGap().map(Gap::ms).orElse(-1L),
        account.rowsCompared(),
        account.valuesCompared(),
        account.examples(),
        requests(clients),
        clients.gaps(),
        observer.steps().stream().map(ActReport.StepTime::of).toList(),
        observer.said(RollbackTrigger.class),
        new ActReport.Settings(
            started,
            Duration.between(started, Instant.now()).toMillis(),
            settings.writesPerSecond,
            settings.seed,
            Runtime.getRuntime().availableProcessors(),
            Runtime.version().toString(),
            System.getProperty("os.name") + " " + System.getProperty("os.version")));
  }

  private static boolean observing(Observer observer) {
    return observer.status().filter(s -> s.state().equals("observing")).isPresent();
  }

  private static boolean asksForGo(Observer observer) {
    return observer
        .status()
        .filter(s -> s.state().equals("waiting") && s.waitingFor().startsWith("go "))
        .isPresent();
  }

  private static boolean ended(Observer observer) {
    return observer.status().flatMap(CutoverStatus::outcome).isPresent();
  }

  private static boolean await(Instant deadline, BooleanSupplier condition)
      throws InterruptedException {
    while (Instant.now().isBefore(deadline)) {
      if (condition.getAsBoolean()) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return condition.getAsBoolean();
  }

  private static long writes(Clients clients, Outcome outcome) {
    return Arrays.stream(Side.values()).mapToLong(side -> clients.writes(side, outcome)).sum();
  }

  private static Map<String, Map<String, Long>> requests(Clients clients) {
    Map<String, Map<String, Long>> requests = new LinkedHashMap<>();
    for (Side side : Side.values()) {
      Map<String, Long> counts = new LinkedHashMap<>();
      for (Outcome outcome : Outcome.values()) {
        counts.put(
            "writes " + outcome.name().toLowerCase(java.util.Locale.ROOT),
            clients.writes(side, outcome));
        counts.put(
            "reads " + outcome.name().toLowerCase(java.util.Locale.ROOT),
            clients.reads(side, outcome));
      }
      requests.put(side.name(), counts);
    }
    requests.put(
        "neither", Map.of("unresolved", clients.unresolved(), "dropped", clients.dropped()));
    return requests;
  }

  private static void write(Path file, ActReport report) {
    JsonMapper json = MessageCodec.mapper();
    try {
      if (file.toAbsolutePath().getParent() != null) {
        Files.createDirectories(file.toAbsolutePath().getParent());
      }
      Files.writeString(
          file, json.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is always writable as JSON", e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Expected to write the report to " + file + ", but: " + e.getMessage(), e);
    }
  }

  private static String text(String resource) {
    try (InputStream in = Demo.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "expected " + resource + " in the program, but it is not there");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
