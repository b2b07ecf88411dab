package dev.cutover.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BreakGlassCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir Path directory;

  @Test
  void shouldSayEveryFaultOfThePlanAndWriteNothing() throws Exception {
    // given
    Path plan = Files.writeString(directory.resolve("plan.yaml"), "cutover: Shop\n");
    Path bundle = directory.resolve("bundle");

    // when
    int exit = run(plan, bundle);

    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains(plan + ": line 1, column 10: Expected a name");
    assertThat(bundle).doesNotExist();
  }

  @Test
  void shouldReplaceNothing() {
    // when
    int exit = run(Path.of("../examples/blue-green.yaml"), directory);

    // then
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("Expected a new directory, but " + directory + " exists");
    assertThat(directory).isEmptyDirectory();
  }

  static Stream<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../examples"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void shouldWriteEveryFileThatThePageNames(Path plan) throws Exception {
    // given
    Path bundle = directory.resolve("bundle");

    // when
    int exit = run(plan, bundle);

    // then
    boolean moves = Files.readString(plan).lines().anyMatch(l -> l.matches("(data|traffic):.*"));
    if (!moves) {
      assertThat(exit).isEqualTo(1);
      assertThat(err.toString()).contains("it has neither");
      return;
    }
    assertThat(exit).as(err.toString()).isZero();
    String page = Files.readString(bundle.resolve("case.md"));
    assertThat(page).doesNotContain("%s", "null").doesNotContain("\n\n\n");
    Stream.of(page.split("[\\s`()]+"))
        .filter(word -> word.matches("[a-z0-9-]+\\.(sql|env|nsupdate|json|sh|haproxy)"))
        .distinct()
        .forEach(file -> assertThat(bundle.resolve(file)).exists());
  }

  private int run(Path plan, Path bundle) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute("break-glass", plan.toString(), "--directory", bundle.toString());
  }
}
