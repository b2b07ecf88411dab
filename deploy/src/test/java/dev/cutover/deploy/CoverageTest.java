package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.NoticeKind;
import dev.cutover.contract.ReadinessLine;
import dev.cutover.orchestrator.adapter.PlanYaml;
import dev.cutover.orchestrator.domain.Action;
import dev.cutover.orchestrator.domain.Stage;
import dev.cutover.orchestrator.domain.StrategyView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The coverage table names only what is there, and every line and notice that is there. */
class CoverageTest {
  private static final Path DOCUMENT = Path.of("../docs/coverage.md");
  private static final Pattern NAME =
      Pattern.compile("\\b(step|gate|line|notice|check|key|command|class) `([^`]+)`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(#[^)]*)?\\)");
  private static final List<String> CHECKS =
      List.of(
          "rowCounts",
          "checksums",
          "sampleQuery",
          "query",
          "httpFlow",
          "tls",
          "tcp",
          "json",
          "prometheus",
          "loki",
          "testAlert",
          "instances",
          "haproxy",
          "databaseClients",
          "kafkaLag");

  private final JsonNode schema = schema();

  @Test
  void shouldNameOnlyWhatIsThere() throws IOException {
    // given
    Set<String> missing = new TreeSet<>();
    Set<String> classes = classes();
    // when
    Matcher names = NAME.matcher(Files.readString(DOCUMENT));
    while (names.find()) {
      String name = names.group(2);
      boolean there =
          switch (names.group(1)) {
            case "step" -> Action.ofStepName(name).isPresent();
            case "gate" -> Arrays.stream(Stage.Kind.values()).anyMatch(k -> k.name().equals(name));
            case "line" -> ReadinessLine.named(name).isPresent();
            case "notice" -> notices().contains(name);
            case "check" -> CHECKS.contains(name) && schema.toString().contains('"' + name + '"');
            case "key" -> isKey(name);
            case "command" -> isCommand(name);
            default -> classes.contains(name);
          };
      if (!there) {
        missing.add(names.group());
      }
    }
    // then
    assertThat(missing).isEmpty();
  }

  @Test
  void shouldNameEveryReadinessLineAndEveryNotice() throws IOException {
    // when
    String text = Files.readString(DOCUMENT);
    // then
    assertThat(ReadinessLine.values())
        .allSatisfy(line -> assertThat(text).contains("line `%s`".formatted(line.wireName())));
    assertThat(notices())
        .allSatisfy(notice -> assertThat(text).contains("notice `%s`".formatted(notice)));
  }

  @Test
  void shouldNameEveryStepOfAnyStrategyAndRollback() throws IOException {
    // given
    String text = Files.readString(DOCUMENT);
    // when, then
    assertThat(Action.values())
        .allSatisfy(action -> assertThat(text).contains("step `%s`".formatted(action.stepName())));
  }

  @Test
  void shouldSayOfEveryRowWhatCarriesItOrThatNothingDoes() throws IOException {
    // when
    List<String> rows =
        Files.readAllLines(DOCUMENT).stream()
            .dropWhile(line -> !line.startsWith("## Checklist"))
            .filter(line -> line.startsWith("|") && !line.startsWith("|---"))
            .filter(line -> !line.contains("carried by |"))
            .toList();
    // then
    assertThat(rows).hasSizeGreaterThan(90);
    assertThat(rows)
        .allMatch(
            row -> NAME.matcher(row).find() || LINK.matcher(row).find() || row.contains("not yet"));
  }

  private static Set<String> notices() {
    return Arrays.stream(NoticeKind.values())
        .map(StrategyView::word)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean isCommand(String words) {
    CommandLine command = Main.commandLine();
    for (String word : words.split(" ")) {
      CommandLine sub = command.getSubcommands().get(word);
      if (sub == null) {
        return false;
      }
      command = sub;
    }
    return true;
  }

  /** A path of keys of a plan, such as {@code watch.objectives}; lists are passed through. */
  private boolean isKey(String path) {
    JsonNode at = schema;
    for (String key : path.split("\\.")) {
      at = at.path("properties").path(key);
      if (at.has("$ref")) {
        at = schema.at(at.path("$ref").asText().substring(1));
      }
    }
    return !at.isMissingNode();
  }

  private static Set<String> classes() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      return files
          .filter(file -> file.toString().contains("src/main/java"))
          .map(file -> Objects.requireNonNull(file.getFileName()).toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .collect(Collectors.toUnmodifiableSet());
    }
  }

  private static JsonNode schema() {
    try (var in = PlanYaml.class.getResourceAsStream("/plan.schema.json")) {
      return MessageCodec.mapper().readTree(in);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
