package dev.cutover.deploy.bench;

import dev.cutover.contract.Side;
import dev.cutover.deploy.Operator;
import dev.cutover.deploy.bench.OutageRuns.Way;
import dev.cutover.deploy.demo.Databases;
import dev.cutover.deploy.demo.Observer;
import dev.cutover.deploy.demo.ServiceSettings;
import dev.cutover.deploy.demo.Services;
import dev.cutover.deploy.demo.Stage;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * How long nobody can write in a cutover, and in the way back, beside a script that moves the same
 * load by PostgreSQL's own means on the same servers.
 */
final class OutageBench {
  private static final double MEDIAN_MAX_MS = 250;
  private static final double P99_MAX_MS = 1_000;
  private static final int STEADY_MS = 1_500;
  private static final String THERE = "there";
  private static final String BACK = "back";

  private final int runs;
  private final int writesPerSecond;
  private final PrintStream out;
  private final List<BenchRow> rows = new ArrayList<>();

  OutageBench(int runs, int writesPerSecond, PrintStream out) {
    this.runs = runs;
    this.writesPerSecond = writesPerSecond;
    this.out = out;
  }

  List<BenchRow> run() throws IOException, InterruptedException, SQLException {
    Path directory = Files.createTempDirectory("cutover-bench-");
    out.println("bench switch: starting Kafka, two PostgreSQL servers, DNS and the services");
    try (Stage stage = new Stage(directory, 0, 1)) {
      product(stage, directory);
      byHand(stage.databases());
    } finally {
      CopyBench.delete(directory);
    }
    return rows;
  }

  private void product(Stage stage, Path directory) throws InterruptedException, SQLException {
    Databases databases = stage.databases();
    ServiceSettings settings = new ServiceSettings(stage, directory);
    List<Way> there = new ArrayList<>();
    List<Way> back = new ArrayList<>();
    try (HttpClient http = HttpClient.newHttpClient();
        Services services = Services.start(settings);
        Observer observer = new Observer(stage.kafka(), stage.topics(), OutageRuns.ID);
        OutageLoad load =
            new OutageLoad(
                Map.of(
                    Side.SOURCE, databases.url(Side.SOURCE),
                    Side.TARGET, databases.url(Side.TARGET)),
                databases.applicationUser(),
                databases.applicationPassword(),
                writesPerSecond)) {
      Operator ada = new Operator(services.api(), settings.token("ada"), http);
      Operator grace = new Operator(services.api(), settings.token("grace"), http);
      ada.start(stage.plan(OutageRuns.ID, OutageRuns.PLAN));
      OutageRuns cutover = new OutageRuns(observer, load, ada, grace);
      Instant began = Instant.now();
      for (int run = 0; run <= runs; run++) {
        Way forth = cutover.there();
        Way home = cutover.back();
        out.printf(
            "%s: there %.0f ms, back %.0f ms%n",
            run == 0 ? "to warm up" : "run " + run, forth.outageMs(), home.outageMs());
        if (run > 0) {
          there.add(forth);
          back.add(home);
        }
      }
      double perSecond = load.acknowledged() * 1000.0 / began.until(Instant.now()).toMillis();
      load.stop();
      rows(THERE, there, OutageRuns.THERE.sequencedKeySet());
      rows(BACK, back, OutageRuns.BACK.sequencedKeySet());
      rows.add(
          BenchRow.of(
              "went back by itself, and was tried again",
              cutover.gaveUp(),
              "",
              "such as more changes than the final validation's budget allows"));
      rows.add(
          BenchRow.of(
              "writes acknowledged",
              perSecond,
              "1/s",
              "of %d, outages and all; %d refused".formatted(writesPerSecond, load.refused())));
      try (Connection source = databases.connect(Side.SOURCE)) {
        rows.add(
            BenchRow.atMost(
                0,
                "acknowledged writes missing",
                (double) load.missing(source),
                "",
                "of %,d, at the end, on the source".formatted(load.acknowledged())));
      }
    }
  }

  private void rows(String name, List<Way> ways, Collection<String> stages) {
    List<Double> outages = ways.stream().map(Way::outageMs).toList();
    rows.add(BenchRow.median(MEDIAN_MAX_MS, name + ": outage, p50", outages, "ms"));
    rows.add(
        BenchRow.atMost(
            P99_MAX_MS,
            name + ": outage, p99",
            p99(outages),
            "ms",
            outages.size() < 100 ? "of %d runs: the longest".formatted(outages.size()) : ""));
    for (String stage : stages) {
      rows.add(
          span(
              "  " + stage,
              ways,
              way -> Objects.requireNonNull(way.stagesMs().get(stage)),
              "until its answer is in the journal"));
    }
    for (String part : ways.getFirst().workMs().keySet()) {
      rows.add(
          span(
              "  of that, the work: " + part,
              ways,
              way -> Objects.requireNonNull(way.workMs().get(part)),
              "as its service says"));
    }
  }

  private static BenchRow span(
      String name, List<Way> ways, Function<Way, Double> part, String note) {
    List<Double> took = ways.stream().map(part).toList();
    return BenchRow.of(name, BenchRow.median(took), "ms", note + "; " + BenchRow.spread(took));
  }

  private void byHand(Databases databases) throws IOException, SQLException, InterruptedException {
    List<Double> outages = new ArrayList<>();
    long missing = 0;
    try (HandSwitch script = new HandSwitch(databases)) {
      for (int run = 0; run <= runs; run++) {
        try (OutageLoad load =
            new OutageLoad(
                script.urls(),
                databases.applicationUser(),
                databases.applicationPassword(),
                writesPerSecond)) {
          script.prepare();
          TimeUnit.MILLISECONDS.sleep(STEADY_MS);
          Instant began = Instant.now();
          script.move();
          TimeUnit.MILLISECONDS.sleep(STEADY_MS);
          double outage = load.outage(began, Side.TARGET).ms();
          out.printf("%s by hand: %.0f ms%n", run == 0 ? "to warm up" : "run " + run, outage);
          if (run > 0) {
            outages.add(outage);
          }
          load.stop();
          missing += load.missing(script.connection(Side.TARGET));
        }
        script.reset();
      }
    }
    rows.add(
        BenchRow.of(
            "by hand: outage, p50",
            BenchRow.median(outages),
            "ms",
            "native replication, compares nothing, no traffic, no way back; "
                + BenchRow.spread(outages)));
    rows.add(BenchRow.of("by hand: outage, p99", p99(outages), "ms", ""));
    rows.add(
        BenchRow.of(
            "by hand: acknowledged writes missing",
            (double) missing,
            "",
            "on the target, over all runs"));
  }

  private static double p99(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.ceil(0.99 * sorted.size()) - 1);
  }
}
