package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Side;
import dev.cutover.deploy.Main;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.TopicFollower;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./cutover rehearse} as a person runs it, on real parts: production is somewhere else, and
 * what the plan rehearses on is the demonstration's stage, with customers.
 */
class RehearsalIT {
  private static final Pattern SECTION = Pattern.compile("(?m)^(\\w+):.*\\n(?:[ #].*\\n|\\n)*");

  /** What production has other hosts, names and databases for. */
  private static final Set<String> REHEARSED = Set.of("data", "traffic", "watch", "checks");

  private static final String REHEARSAL = "shop-rehearsal";

  @TempDir Path directory;

  /** Takes the better part of a minute: runs with {@code -Pstorm} only. */
  @Tag("storm")
  @Test
  void shouldGoThereAndBackByItselfAndTouchNothingOfProduction() throws Exception {
    try (Stage stage = new Stage(directory, 50, 1)) {
      ServiceSettings settings = new ServiceSettings(stage, directory);
      Queue<Received> said = new ConcurrentLinkedQueue<>();
      try (Services services = Services.start(settings);
          TopicFollower _ =
              TopicFollower.start(
                  stage.kafka(),
                  List.of(stage.topics().events(), stage.topics().status()),
                  true,
                  said::add)) {
        // given
        Path plan = directory.resolve("plan.yaml");
        Files.writeString(plan, plan(stage));

        // when
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code =
            Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(
                    "rehearse",
                    plan.toString(),
                    "--api",
                    services.api().toString(),
                    "--token-file",
                    token(settings, "ada"),
                    "--approver",
                    token(settings, "ada"),
                    "--approver",
                    token(settings, "grace"));

        // then
        assertThat(code).as("%s%s", out, err).isZero();
        assertThat(out.toString()).contains(REHEARSAL + " has begun", "passed: ");
        assertThat(said.stream().filter(record -> record.key().equals(Optional.of(REHEARSAL))))
            .isNotEmpty()
            .allMatch(record -> "true".equals(record.headers().get("ce_rehearsal")));
        assertThat(said).noneMatch(record -> record.key().equals(Optional.of("shop")));
      }
      stage.clients().stop();
      try (Connection source = stage.databases().connect(Side.SOURCE)) {
        Ledger.Account account = stage.ledger().account(source);
        assertThat(account.writesMissing()).as("%s", account.examples()).isZero();
        assertThat(account.rowsCompared()).isPositive();
      }
    }
  }

  private String token(ServiceSettings settings, String person) throws IOException {
    Path file = directory.resolve(person + ".token");
    Files.writeString(file, settings.token(person));
    return file.toString();
  }

  /** The demonstration's plan for hosts that are not there, with the stage to rehearse on. */
  private static String plan(Stage stage) throws IOException {
    String demonstration;
    try (InputStream in = RehearsalIT.class.getResourceAsStream("/demo/plan.yaml")) {
      demonstration = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    StringBuilder production = new StringBuilder("cutover: shop\n");
    StringBuilder rehearsed = new StringBuilder();
    Matcher sections = SECTION.matcher(stage.plan(ProcessCutover.ID, demonstration));
    while (sections.find()) {
      switch (sections.group(1)) {
        case "cutover", "rehearsal" -> {}
        case "rollback" -> production.append("rollback: {window: 60s}\n");
        default -> production.append(elsewhere(sections.group()));
      }
      if (REHEARSED.contains(sections.group(1))) {
        rehearsed.append(sections.group().indent(4));
      }
    }
    return production + "rehearsal:\n  plan:\n" + rehearsed;
  }

  private static String elsewhere(String section) {
    return section
        .replaceAll("host: 127\\.0\\.0\\.1", "host: database.production.test")
        .replaceAll("http://127\\.0\\.0\\.(\\d)", "http://shop-$1.production.test")
        .replace("demo.test.", "production.test.");
  }
}
