package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.SyncReply;
import dev.cutover.deploy.Main;
import dev.cutover.dns.Installed;
import dev.cutover.orchestrator.adapter.PlanYaml;
import dev.cutover.orchestrator.domain.BreakGlass;
import dev.cutover.orchestrator.domain.Plan;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The worst night: customers order, and nothing of the product answers, the broker included. Only
 * the page and its files are there, and every command is run as it stands on it.
 */
class BreakGlassIT {
  private static final CutoverId ID = new CutoverId("shop");
  private static final int WRITES_PER_SECOND = 50;
  private static final int WRITES_SEEN = 20;
  private static final Duration WRITES_MAX = Duration.ofSeconds(20);

  @TempDir Path directory;

  @BeforeAll
  static void requireTools() {
    Installed.require("psql", "postgresql-client");
    Installed.require("nsupdate", "bind9-dnsutils");
    Installed.require("dig", "bind9-dnsutils");
  }

  @Test
  void shouldBringEveryWriteBackWhenOnlyThePageIsLeftAndTheTargetServes() throws Exception {
    night(false);
  }

  @Test
  @Tag("storm")
  void shouldGoOnFromWhatPeopleLeftAndOpenTheSourceWhenItIsFenced() throws Exception {
    night(true);
  }

  private void night(boolean goesOn) throws Exception {
    try (Stage stage = new Stage(directory, WRITES_PER_SECOND, 1)) {
      // given a cutover whose target serves
      Path file = directory.resolve("plan.yaml");
      try (InputStream in = Demo.class.getResourceAsStream("/demo/plan.yaml")) {
        assertThat(in).isNotNull();
        String template = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        Files.writeString(file, stage.plan(ID, template));
      }
      Plan plan = plan(file);
      ReplicationSpec data = plan.data().orElseThrow();
      SwitchSpec traffic = plan.trafficSwitch().orElseThrow();
      BreakGlassPage page;
      try (Leaves leaves = new Leaves(stage, plan, directory)) {
        leaves.dns(8, h -> new DnsCommand.LowerTtl(h, traffic, captured(leaves, traffic)));
        leaves.sync(10, h -> new SyncCommand.PrepareReplication(h, data));
        leaves.sync(12, h -> new SyncCommand.StartForwardSync(h, data));
        SwitchStaged staged = arm(leaves, data, traffic, 20);
        page = new BreakGlassPage(bundle(leaves, plan, data, staged), stage);
        leaves.sync(24, h -> new SyncCommand.AlignSequences(h, data, Side.TARGET));
        leaves.sync(30, h -> new SyncCommand.FenceSource(h, data, Duration.ofMinutes(5)));
        assertThat(leaves.dns(32, h -> new DnsCommand.ShiftTraffic(h, traffic, 20, 100)))
            .isInstanceOf(TrafficShifted.class);
        leaves.sync(34, h -> new SyncCommand.OpenTarget(h, data, 10));
      }
      stage.broker().stop();
      assertThat(rendered(file, page.directory())).isEqualTo(files(page.directory()));
      awaitWrites(stage, Side.TARGET); // which nobody carries to the source

      // when people follow the page
      String found = page.run("2.", "3.");
      String fenced = page.run("Case C");
      String drained = page.run("Case D");

      // then
      assertThat(rows(found, "OPEN")).hasSize(1).allMatch(row -> row.contains("| t "));
      assertThat(fenced).contains("NOTICE:  the target refuses writes");
      assertThat(drained)
          .containsSubsequence(
              "the target's changes are kept from",
              "CREATE SUBSCRIPTION",
              "the source has every write of the target",
              "DROP SUBSCRIPTION",
              "UPDATE 1",
              "UPDATE 1",
              "the source takes writes");
      assertThat(stage.dnsAnswer()).endsWith("127.0.0.2");
      awaitWrites(stage, Side.SOURCE);
      if (goesOn) {
        anotherAttempt(stage, plan, page);
      }
      stage.clients().stop();
      try (Connection source = stage.databases().connect(Side.SOURCE)) {
        Ledger.Account account = stage.ledger().account(source);
        assertThat(account.writesMissing()).as("%s", account.examples()).isZero();
      }
    }
  }

  private void anotherAttempt(Stage stage, Plan plan, BreakGlassPage page) throws Exception {
    ReplicationSpec data = plan.data().orElseThrow();
    SwitchSpec traffic = plan.trafficSwitch().orElseThrow();
    // given that people hand it back, and the source is fenced again
    stage.broker().start();
    try (Leaves leaves = new Leaves(stage, plan, directory)) {
      assertThat(leaves.failure(110, h -> new SyncCommand.StartForwardSync(h, data)))
          .extracting(Failure::kind)
          .isEqualTo(FailureKind.MANUAL);
      page.run("5.");
      leaves.sync(112, h -> new SyncCommand.StartForwardSync(h, data));
      arm(leaves, data, traffic, 120);
      leaves.sync(130, h -> new SyncCommand.FenceSource(h, data, Duration.ofMinutes(5)));
    }
    stage.broker().stop();

    // when
    String found = page.run("2.", "3.");
    String opened = page.run("Case B");

    // then
    assertThat(rows(found, "FENCED")).hasSize(2);
    assertThat(rows(found, "FENCED").getLast()).contains("| f ");
    assertThat(opened).contains("NOTICE:  the source takes writes");
    awaitWrites(stage, Side.SOURCE);
  }

  private static SwitchStaged arm(
      Leaves leaves, ReplicationSpec data, SwitchSpec traffic, long epoch)
      throws InterruptedException {
    leaves.sync(epoch, h -> new SyncCommand.StartReverseSync(h, data));
    return (SwitchStaged)
        leaves.dns(epoch, h -> new DnsCommand.StageSwitch(h, traffic, captured(leaves, traffic)));
  }

  private static List<RecordSet> captured(Leaves leaves, SwitchSpec traffic) {
    return ((RecordsCaptured) leaves.dns(0, h -> new DnsCommand.CaptureRecords(h, traffic)))
        .records();
  }

  private Path bundle(Leaves leaves, Plan plan, ReplicationSpec data, SwitchStaged staged)
      throws Exception {
    SyncReply.SqlRendered sql =
        (SyncReply.SqlRendered) leaves.sync(22, h -> new SyncCommand.RenderSql(h, data));
    Path bundle = Files.createDirectory(directory.resolve("bundle"));
    Map<String, String> files =
        BreakGlass.files(
            plan, sql.files(), Optional.of(staged.revert()), Optional.of(staged.liftMark()));
    for (Map.Entry<String, String> entry : files.entrySet()) {
      Files.writeString(bundle.resolve(entry.getKey()), entry.getValue());
    }
    return bundle;
  }

  /** What the command makes of the plan alone. */
  private static Map<String, String> rendered(Path plan, Path beside) throws Exception {
    Path made = beside.resolveSibling("rendered");
    int exit =
        Main.commandLine().execute("break-glass", plan.toString(), "--directory", made.toString());
    assertThat(exit).isZero();
    return files(made);
  }

  private static Map<String, String> files(Path directory) throws Exception {
    Map<String, String> texts = new TreeMap<>();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        texts.put(Objects.requireNonNull(file.getFileName()).toString(), Files.readString(file));
      }
    }
    return texts;
  }

  /** Rows of that state, as the page's look prints them. */
  private static List<String> rows(String printed, String state) {
    return printed.lines().filter(line -> line.strip().startsWith(state + " ")).toList();
  }

  private static void awaitWrites(Stage stage, Side side) {
    long before = stage.clients().writes(side, Clients.Outcome.ACKNOWLEDGED);
    await(side + " takes writes")
        .atMost(WRITES_MAX)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                stage.clients().writes(side, Clients.Outcome.ACKNOWLEDGED) >= before + WRITES_SEEN);
  }

  private static Plan plan(Path file) throws Exception {
    return switch (PlanYaml.read(Files.readString(file), Instant.now())) {
      case PlanYaml.Reading.Accepted(Plan plan) -> plan;
      case PlanYaml.Reading.Faulty(var faults) -> throw new AssertionError(faults);
    };
  }
}
