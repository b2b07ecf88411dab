package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of traps names only tests and classes that are there, and leaves no trap out. */
class DnsTrapsTest {
  private static final Path DOCUMENT = Path.of("../docs/dns-traps.md");
  private static final int TRAPS = 38;
  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");
  private static final Pattern CLASS = Pattern.compile("class `(\\w+)`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(#[^)]*)?\\)");

  @Test
  void shouldNameOnlyTestsClassesAndPagesThatAreThere() throws IOException {
    // given
    Map<String, Path> sources = sources();
    String text = Files.readString(DOCUMENT);
    Set<String> missing = new TreeSet<>();
    // when
    Matcher tests = TEST.matcher(text);
    while (tests.find()) {
      Path source = sources.get(tests.group(1));
      boolean there =
          source != null
              && Pattern.compile(
                      "@(Test|ParameterizedTest)\\b[^;{}]*void %s\\(".formatted(tests.group(2)))
                  .matcher(Files.readString(source))
                  .find();
      if (!there) {
        missing.add(tests.group());
      }
    }
    Matcher classes = CLASS.matcher(text);
    while (classes.find()) {
      if (!sources.containsKey(classes.group(1))) {
        missing.add(classes.group());
      }
    }
    Matcher links = LINK.matcher(text);
    while (links.find()) {
      if (!Files.exists(DOCUMENT.resolveSibling(links.group(1)))) {
        missing.add(links.group());
      }
    }
    // then
    assertThat(missing).isEmpty();
  }

  @Test
  void shouldAnswerEveryTrapByATestOrAClass() throws IOException {
    // when
    List<String> rows =
        Files.readAllLines(DOCUMENT).stream().filter(line -> line.matches("\\| \\d+ .*")).toList();
    // then
    assertThat(rows)
        .extracting(row -> row.split("\\|")[1].strip())
        .isEqualTo(IntStream.rangeClosed(1, TRAPS).mapToObj(Integer::toString).toList());
    assertThat(rows).allMatch(row -> TEST.matcher(row).find() || CLASS.matcher(row).find());
  }

  private static Map<String, Path> sources() throws IOException {
    Map<String, Path> sources = new HashMap<>();
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      files
          .filter(file -> file.toString().contains("src/"))
          .filter(file -> file.toString().endsWith(".java"))
          .forEach(
              file -> {
                String name = Objects.requireNonNull(file.getFileName()).toString();
                sources.put(name.substring(0, name.length() - ".java".length()), file);
              });
    }
    return sources;
  }
}
