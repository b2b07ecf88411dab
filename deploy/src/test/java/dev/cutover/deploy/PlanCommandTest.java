package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.MessageCodec;
import dev.cutover.orchestrator.domain.Action;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
            "fence-source",
            "validate-final",
            "shift-traffic",
            "open-target",
            "drop-replication");
    for (JsonNode line : lines) {
      Action.ofStepName(line.path("step").asText())
          .flatMap(Action::undoneBy)
          .ifPresent(undo -> assertThat(line.path("undo").asText()).isEqualTo(undo.stepName()));
    }
  }

  @Test
  void shouldRefuseAFileThatIsNotThere() {
    assertThat(run("plan", "show", directory.resolve("none.yaml").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("Expected a readable plan, but");
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
