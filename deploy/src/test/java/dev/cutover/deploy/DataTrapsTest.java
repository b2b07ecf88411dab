package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of data traps has every trap, and each test that it names is there and tagged. */
class DataTrapsTest {
  private static final Path DOCUMENT = Path.of("../docs/data-traps.md");
  private static final Map<Character, Integer> TRAPS =
      Map.of('A', 14, 'B', 16, 'C', 20, 'D', 8, 'E', 12, 'F', 9);
  private static final Pattern ROW = Pattern.compile("\\| ([A-F]\\d{1,2}) \\|.*\\| ([^|]*) \\|");
  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");
  private static final Pattern TAGGED = Pattern.compile("@Tag\\(\"([A-F]\\d{1,2})\"\\)");

  /** Those that lose rows or let two sides write: a line of prose does not hold them. */
  private static final Set<String> HELD_BY_TESTS =
      Set.of(
          "A1", "A2", "A4", "A5", "A7", "A9", "A10", "A13", "A14", "B2", "B3", "B5", "B6", "B8",
          "B9", "B10", "B11", "B12", "B15", "C1", "C2", "C4", "C5", "C6", "C9", "C10", "C11", "C12",
          "C13", "C17", "D1", "D4", "D8", "E2", "E3", "E6", "F1", "F7");

  /** A trap's row of the table and the tests that it names. */
  private record Row(String trap, List<String> tests) {}

  @Test
  void shouldHaveEveryTrapOnceInOrder() throws IOException {
    // given
    List<String> expected = new ArrayList<>();
    new TreeMap<>(TRAPS)
        .forEach(
            (letter, last) ->
                IntStream.rangeClosed(1, last).forEach(i -> expected.add("" + letter + i)));
    // then
    assertThat(rows()).extracting(Row::trap).containsExactlyElementsOf(expected);
  }

  @Test
  void shouldNameOnlyTestsThatAreThereAndTagged() throws IOException {
    // given
    Set<String> named = new TreeSet<>();
    for (Row row : rows()) {
      row.tests().forEach(test -> named.add(row.trap() + " " + test));
    }
    // then
    assertThat(tagged()).containsExactlyInAnyOrderElementsOf(named);
    assertThat(named).hasSizeGreaterThan(70);
  }

  @Test
  void shouldHoldWhatLosesRowsOrSplitsBrainsByATest() throws IOException {
    assertThat(rows())
        .filteredOn(row -> HELD_BY_TESTS.contains(row.trap()))
        .hasSameSizeAs(HELD_BY_TESTS)
        .allSatisfy(row -> assertThat(row.tests()).as(row.trap()).isNotEmpty());
  }

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(DOCUMENT)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        List<String> tests = new ArrayList<>();
        Matcher test = TEST.matcher(row.group(2));
        while (test.find()) {
          tests.add(test.group(1) + "#" + test.group(2));
        }
        rows.add(new Row(row.group(1), tests));
      }
    }
    return rows;
  }

  /** Trap, class and method of every test with a trap's tag, as the sources have them. */
  private static Set<String> tagged() throws IOException {
    Set<String> tagged = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      files
          .filter(file -> file.toString().contains("src/test/java") && Files.isRegularFile(file))
          .forEach(file -> collect(file, tagged));
    }
    return tagged;
  }

  private static void collect(Path file, Set<String> tagged) {
    String name = Objects.requireNonNull(file.getFileName()).toString().replace(".java", "");
    List<String> traps = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        Matcher tag = TAGGED.matcher(line);
        Matcher method = Pattern.compile("  void (should\\w+)\\(.*").matcher(line);
        if (tag.find()) {
          traps.add(tag.group(1));
        } else if (method.matches()) {
          traps.forEach(trap -> tagged.add("%s %s#%s".formatted(trap, name, method.group(1))));
          traps.clear();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
