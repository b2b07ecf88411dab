package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.MessageCodec;
import dev.cutover.orchestrator.domain.Action;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PlanCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir Path directory;

  @Test
  void shouldSayEveryFaultWithItsPlace() throws Exception {
    // given
    Path plan = directory.resolve("plan.yaml");
    Files.writeString(plan, "cutover: Shop\napprovers: [ana]\nstrategie: blueGreen\n");

    // when
    int exit = run("plan", "check", plan.toString());

    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains(plan + ": line 1, column 10: Expected a name")
        .contains("Expected at least two different people in approvers")
        .contains("did you mean 'strategy'?");
  }

  @Test
  void shouldShowEveryNoticeInItsWords() throws Exception {
    // given
    Path plan = Path.of("../orchestrator/src/main/resources/plan-example.yaml");

    // when
    int exit = run("plan", "notices", plan.toString());
    int json = run("plan", "notices", plan.toString(), "--json");

    // then
    assertThat(exit).isZero();
    assertThat(json).isZero();
    assertThat(out.toString())
        .contains("== day before, at 2036-11-30T02:00 Europe/Amsterdam, by stakeholders, war room")
        .contains("Subject: Tomorrow night: the shop moves to the new data centre")
        .contains("\"kind\" : \"ROLLED_BACK\"")
        .doesNotContain("${");
  }

  @Test
  void shouldSayWhatAPlanWithoutAPartGivesUp() throws Exception {
    // given
    Path plan = directory.resolve("plan.yaml");
    Files.writeString(
        plan,
        """
        cutover: shop
        approvers: [ana, bo]
        traffic:
          zone: example.com.
          primary: 192.0.2.53:53
          tsigKey: key
          names:
            - name: shop.example.com.
              source: [{type: A, values: [192.0.2.10]}]
              target: [{type: A, values: [198.51.100.10]}]
        """);

    // when
    int exit = run("plan", "check", plan.toString());

    // then
    assertThat(exit).as(err.toString()).isZero();
    assertThat(out.toString()).contains("no 'data'", "no 'watch': nothing rolls back by itself");
  }

  @Test
  void shouldShowTheRunbookOfTheExample() throws Exception {
    // when
    int exit = run("plan", "show", "--json", example().toString());

    // then
    assertThat(exit).as(err.toString()).isZero();
    JsonNode lines = MessageCodec.mapper().readTree(out.toString());
    assertThat(lines.findValuesAsText("step"))
        .containsSubsequence(
            "lower-ttl",
            "start-forward-sync",
            "wait: two people say go",
            "team-mailer-off-source",
            "fence-source",
            "validate-final",
            "shift-traffic",
            "open-target",
            "drop-replication");
    for (JsonNode line : lines) {
      Action.ofStepName(line.path("step").asText())
          .flatMap(Action::undoneBy)
          .ifPresent(undo -> assertThat(line.path("undo").asText()).isEqualTo(undo.stepName()));
      assertThat(line.path("owner").asText()).isNotEmpty();
    }
    assertThat(line(lines, "team-mailer-off-source"))
        .isEqualTo("T-0|outbound|undo-team-mailer-off-source|PT2M||platform team");
    assertThat(line(lines, "shift-traffic")).startsWith("T-0|dns|revert-traffic|PT30S|confirmed");
    assertThat(line(lines, "wait: two people say go"))
        .isEqualTo("before T-0|||PT48H|2 of 3 approvals, ready, in the window|ana, bo, cy");
    assertThat(line(lines, "lower-ttl")).startsWith("T-48h|dns|restore-ttl|");
    assertThat(line(lines, "drop-replication")).startsWith("T+73h|sync||");
  }

  private static String line(JsonNode lines, String step) {
    for (JsonNode line : lines) {
      if (line.path("step").asText().equals(step)) {
        return Stream.of("when", "service", "undo", "deadline", "gate", "owner")
            .map(key -> line.path(key).asText())
            .collect(java.util.stream.Collectors.joining("|"));
      }
    }
    throw new AssertionError("Expected the step " + step + ", but it is not there");
  }

  @Test
  void shouldRefuseAFileThatIsNotThere() {
    assertThat(run("plan", "show", directory.resolve("none.yaml").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("Expected a readable plan, but");
  }

  static Stream<Path> examples() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("../examples"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.endsWith("programme.yaml"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void shouldCheckAndShowEachExample(Path plan) {
    assertThat(run("plan", "check", plan.toString())).as(err.toString()).isZero();
    assertThat(run("plan", "show", plan.toString())).as(err.toString()).isZero();
    assertThat(out.toString()).contains("two people say go");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "blue-green; wait: target healthy for the observation; T-0|||PT1H|healthy|bo",
        "big-bang; validate-full; T-0|validator||PT40M||operator",
        "canary; shift-traffic-25; T+30m|dns|revert-traffic|PT30S||operator",
        "fix-forward; wait: those whom the plan names sign;"
            + " before T-0|||PT48H|2 signatures: fix-forward|ana, cy",
        "data-only; open-target; T-0|sync|fence-target|PT20S||operator",
        "bring-your-own-copy; team-copy-drained;"
            + " T-0|outbound|undo-team-copy-drained|PT30S||data team",
        "dns-and-monitor; wait: end of the rollback window;"
            + " T+1h|||PT72H|time: the point of no return|operator",
      })
  void shouldShowStepsAndGatesOfEachStrategy(String example, String step, String row)
      throws Exception {
    // when
    int exit = run("plan", "show", "--json", "../examples/" + example + ".yaml");
    // then
    assertThat(exit).as(err.toString()).isZero();
    assertThat(line(MessageCodec.mapper().readTree(out.toString()), step)).isEqualTo(row);
  }

  @Test
  void shouldShowEachWeightWithWhatItWaitsFor() {
    assertThat(run("plan", "show", "../examples/canary.yaml")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("shift-traffic-10", "30m and 10000 requests with 10 %", "shift-traffic-100")
        .contains("verify-split-10", "note: canary: weights share out answers, not users");
  }

  @Test
  void shouldCheckAProgrammeWithThePlansBesideIt() {
    assertThat(run("programme", "check", "../examples/rolling/programme.yaml"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).contains("  search-2026 after [catalogue-2026]");
  }

  @Test
  void shouldSayWhichPlanOfAProgrammeIsFaulty() throws Exception {
    // given
    Files.writeString(
        directory.resolve("a.yaml"),
        Files.readString(Path.of("../examples/rolling/orders.yaml"))
            .replace("programme: shop-services", "programme: others")
            .replace("approvers: [ana, bo, cy]", "approvers: [ana]"));
    Path programme = directory.resolve("programme.yaml");
    Files.writeString(
        programme, "programme: services\nmembers: [{plan: a.yaml, after: [nobody]}]\n");

    // when
    int exit = run("programme", "check", programme.toString());

    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains("in the member's plan, line 5, column 12: Expected at least two different people")
        .contains("Expected a member that comes before this one, one of [], but found 'nobody'");
  }

  private Path example() throws Exception {
    Path file = directory.resolve("example.yaml");
    try (var in = Action.class.getResourceAsStream("/plan-example.yaml")) {
      assertThat(in).isNotNull();
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
