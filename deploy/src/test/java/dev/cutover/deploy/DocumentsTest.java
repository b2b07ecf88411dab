package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The documents name only commands, options and files that are there. */
class DocumentsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern COMMAND = Pattern.compile("\\./cutover ([a-z][^`'|#\\n]*)");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");

  @Test
  void shouldNameOnlyCommandsAndOptionsThatAreThere() throws IOException {
    // given
    List<Path> documents = files(".md", ".yaml");
    Set<String> unknown = new TreeSet<>();
    int found = 0;
    // when
    for (Path document : documents) {
      Matcher commands = COMMAND.matcher(Files.readString(document));
      while (commands.find()) {
        found++;
        if (!isKnown(commands.group(1).strip().split("[,;:.)]*\\s+|[,;:.)]+$"))) {
          unknown.add(ROOT.relativize(document) + ": " + commands.group());
        }
      }
    }
    // then
    assertThat(unknown).isEmpty();
    assertThat(found).isGreaterThan(40);
  }

  @Test
  void shouldLinkOnlyToFilesThatAreThere() throws IOException {
    Set<String> broken = new TreeSet<>();
    for (Path document : files(".md")) {
      Matcher links = LINK.matcher(Files.readString(document));
      while (links.find()) {
        if (!Files.exists(document.resolveSibling(links.group(1)))) {
          broken.add(ROOT.relativize(document) + ": " + links.group(1));
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void shouldListEveryDocumentInTheReadme() throws IOException {
    // when
    String readme = Files.readString(ROOT.resolve("README.md"));
    // then
    try (Stream<Path> documents = Files.list(ROOT.resolve("docs"))) {
      assertThat(documents.map(document -> "](docs/" + document.getFileName() + ")"))
          .allSatisfy(link -> assertThat(readme).contains(link));
    }
  }

  private static boolean isKnown(String... words) {
    CommandLine command = Main.commandLine();
    for (String word : words) {
      CommandLine sub = command.getSubcommands().get(word);
      boolean option = word.startsWith("--");
      if (sub != null) {
        command = sub;
      } else if (option && command.getCommandSpec().findOption(word) == null) {
        return false;
      } else if (!option
          && !command.getSubcommands().isEmpty()
          && command.getCommandSpec().positionalParameters().isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** Documents of the repository and of its modules, and plans. */
  private static List<Path> files(String... endings) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String folder : List.of("docs", "examples", "orchestrator/src/main/resources")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
        files.forEach(found::add);
      }
    }
    try (Stream<Path> files = Files.walk(ROOT, 2)) {
      files.filter(file -> file.endsWith("README.md")).forEach(found::add);
    }
    return found.stream()
        .filter(file -> Stream.of(endings).anyMatch(ending -> file.toString().endsWith(ending)))
        .toList();
  }
}
