package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.orchestrator.adapter.PlanDraft;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanInitCommandTest {
  private static final ZonedDateTime NOW =
      ZonedDateTime.parse("2026-11-10T12:00:00+01:00[Europe/Amsterdam]");

  private static final String ANSWERS =
      """
      cutover: shop-2036
      approvers: ana, bo, cy
      zone: Europe/Amsterdam
      opens: 2036-12-01T04:00
      services: 3
      downtimeAllowed: no
      performanceKnown: yes
      coupling: tight
      data: replicated
      schemaCompatible: yes
      writesDuringWindow: yes
      provider: selfHosted
      ttl: 1h
      """;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir Path directory;

  @Test
  void shouldWriteAPlanOfAnswersThatCanBeCheckedAndShown() throws IOException {
    // given
    Path plan = directory.resolve("plan.yaml");
    // when
    int exit = init(ANSWERS, plan);
    // then
    assertThat(exit).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("cutover strategy: blueGreen, since no downtime is allowed")
        .contains("lines marked '# CHANGE' wait for your own values");
    assertThat(Files.readString(plan))
        .contains("decisions:", "choice: 'reverseSync, 24h'", "choice: 'selfHosted, update'");
    assertThat(run("plan", "check", plan.toString())).as(err.toString()).isZero();
    assertThat(run("plan", "show", plan.toString())).as(err.toString()).isZero();
    assertThat(out.toString()).contains("decisions\n  cutover strategy: blueGreen, since");
  }

  @Test
  void shouldTakeTheAnswersOfTheDocument() throws IOException {
    // given
    String answers =
        Files.readAllLines(Path.of("../docs/strategies.md")).stream()
            .dropWhile(line -> !line.startsWith("    cutover: "))
            .takeWhile(line -> line.startsWith("    "))
            .map(String::strip)
            .collect(Collectors.joining("\n"));
    // when, then
    assertThat(init(answers, directory.resolve("plan.yaml"))).as(err.toString()).isZero();
    assertThat(out.toString()).contains("rollback window and data: reverseSync, 72h");
  }

  @Test
  void shouldAskNothingOfNamesWhenABalancerMovesTheTraffic() throws IOException {
    // given
    Path plan = directory.resolve("plan.yaml");
    String balanced =
        ANSWERS
                .replace("provider: selfHosted\n", "")
                .replace("ttl: 1h\n", "")
                .replace("data: replicated", "data: shared")
                .replace("performanceKnown: yes", "performanceKnown: no")
            + "balancer: aws\n";
    // when
    int exit = init(balanced, plan);
    // then
    assertThat(exit).as(err.toString()).isZero();
    assertThat(Files.readString(plan))
        .contains("choice: 'canary'", "choice: 'aws, balancer'", "targetGroups:");
    assertThat(run("plan", "check", plan.toString())).as(err.toString()).isZero();
  }

  @Test
  void shouldWriteTheProgrammeToo() throws IOException {
    // given
    Path plan = directory.resolve("orders.yaml");
    // when
    int exit = init(ANSWERS.replace("services: 3", "services: 12").replace("tight", "loose"), plan);
    // then
    assertThat(exit).as(err.toString()).isZero();
    Path programme = directory.resolve("programme.yaml");
    assertThat(run("programme", "check", programme.toString())).as(err.toString()).isZero();
  }

  @Test
  void shouldSayEveryFaultOfAnAnswerFile() throws IOException {
    // when
    int exit =
        init(
            ANSWERS
                .replace("services: 3", "services: many")
                .replace("coupling: tight\n", "copling: tight\n"),
            directory.resolve("plan.yaml"));
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains("services: Expected 1 to 10000, but found 'many'")
        .contains("Expected loose, tight for coupling, but it is missing")
        .contains("but found 'copling'");
    assertThat(directory.resolve("plan.yaml")).doesNotExist();
  }

  @Test
  void shouldWantAReasonWhenAnotherChoiceIsMade() throws IOException {
    // given
    Path plan = directory.resolve("plan.yaml");
    // when
    int without = init(ANSWERS + "strategy: bigBang\n", plan);
    int impossible = init(ANSWERS + "strategy: canary\n", plan);
    int with = init(ANSWERS + "strategy: bigBang\nstrategyReason: it's simple\n", plan);
    // then
    assertThat(without).isEqualTo(1);
    assertThat(impossible).isEqualTo(1);
    assertThat(err.toString())
        .contains("for strategyReason, but it is missing")
        .contains("strategy: Expected bigBang, blueGreen, rolling, but found 'canary'");
    assertThat(with).as(err.toString()).isZero();
    assertThat(Files.readString(plan)).contains("strategy: bigBang", "it''s simple (advised");
  }

  @Test
  void shouldReplaceNothingUnlessForced() throws IOException {
    // given
    Path plan = Files.writeString(directory.resolve("plan.yaml"), "mine");
    // when
    int exit = init(ANSWERS, plan);
    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("Expected no file at " + plan);
    assertThat(Files.readString(plan)).isEqualTo("mine");
  }

  @Test
  void shouldAskAgainUntilAnAnswerIsOneAndTakeTheAdvisedByEnter() throws IOException {
    // given
    String typed =
        """
        Shop
        shop
        ana
        ana, bo


        2
        yes
        yes
        loose
        replicated
        none
        yes
        no
        cloudflare
        yes
        300s

        acceptLoss
        nobody writes then


        """;
    // when
    Optional<PlanDraft> draft = asked(typed);
    // then
    assertThat(draft).isPresent();
    assertThat(draft.get().approvers()).containsExactly("ana", "bo");
    assertThat(draft.get().opens()).hasToString("2026-11-24T04:00");
    assertThat(draft.get().chosen().decisions())
        .extracting(decision -> decision.choice())
        .isEqualTo(List.of("bigBang", "acceptLoss, 1h", "cloudflare, update"));
    assertThat(out.toString())
        .contains("but found 'Shop'", "but found 'ana'")
        .contains("not canary: replication that goes one way can't serve both sides at once");
  }

  @Test
  void shouldSayWhatItWaitedForWhenTheInputEnds() {
    assertThatThrownBy(() -> asked("shop\n"))
        .isInstanceOf(EOFException.class)
        .hasMessage("Expected an answer to 'approvers', but the input ended");
  }

  private Optional<PlanDraft> asked(String typed) throws IOException {
    var answers =
        new Answers.Typed(new BufferedReader(new StringReader(typed)), new PrintWriter(out, true));
    return new PlanInterview(answers, NOW).draft();
  }

  private int init(String answers, Path plan) throws IOException {
    Path file = Files.writeString(directory.resolve("answers"), answers);
    return run("plan", "init", "--answers", file.toString(), "--out", plan.toString());
  }

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
