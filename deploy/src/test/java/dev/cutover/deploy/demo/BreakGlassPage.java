package dev.cutover.deploy.demo;

import dev.cutover.contract.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The page of a bundle in the hands of a person who copies its blocks into a shell. */
final class BreakGlassPage {
  private static final Duration RUN_MAX = Duration.ofSeconds(60);
  private static final Pattern SECTION = Pattern.compile("(?ms)^## (.+?)$(.*?)(?=^## |\\z)");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```");

  private final Path directory;
  private final String text;
  private final Path passwords;
  private final Stage stage;

  BreakGlassPage(Path directory, Stage stage) throws IOException {
    this.directory = directory;
    this.stage = stage;
    this.text = Files.readString(directory.resolve("case.md"));
    this.passwords = directory.resolveSibling("pgpass");
    Files.writeString(
        passwords,
        Arrays.stream(Side.values())
            .map(
                side ->
                    "127.0.0.1:%d:shop:cutover_fencer:%s\n"
                        .formatted(
                            stage.databases().endpoint(side).port(), password(side, "fencer")))
            .collect(Collectors.joining()));
    Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString("rw-------"));
  }

  Path directory() {
    return directory;
  }

  /**
   * Runs every block of these sections, as it stands, after those of the first.
   *
   * @param sections how their headings begin
   * @return all that was printed
   */
  String run(String... sections) throws IOException, InterruptedException {
    StringBuilder script = new StringBuilder(blocks("1."));
    for (String section : sections) {
      script.append(blocks(section));
    }
    Path output = directory.resolveSibling("page.log");
    ProcessBuilder bash =
        new ProcessBuilder("bash", "-c", script.toString())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    bash.environment().put("PGPASSFILE", passwords.toString());
    bash.environment()
        .put("TSIG", "hmac-sha256:%s:%s".formatted(Stage.TSIG_KEY, stage.tsigSecret()));
    bash.environment()
        .put(
            "TARGET_FROM_SOURCE",
            "host=127.0.0.1 port=%d dbname=shop user=cutover_applier password=%s"
                .formatted(
                    stage.databases().endpoint(Side.TARGET).port(),
                    password(Side.TARGET, "applier")));
    Process process = bash.start();
    boolean ended = process.waitFor(RUN_MAX);
    if (!ended) {
      process.destroyForcibly();
    }
    String printed = Files.readString(output);
    if (!ended || process.exitValue() != 0) {
      throw new AssertionError(
          "Expected the page's commands to succeed, but:\n%s\n%s".formatted(script, printed));
    }
    return printed;
  }

  private String blocks(String heading) {
    Matcher section = SECTION.matcher(text);
    while (section.find()) {
      if (section.group(1).startsWith(heading)) {
        return BLOCK
            .matcher(section.group(2))
            .results()
            .map(block -> block.group(1))
            .collect(Collectors.joining());
      }
    }
    throw new AssertionError("Expected a section '%s' in\n%s".formatted(heading, text));
  }

  private String password(Side side, String role) {
    String key = "%s.%s.password".formatted(stage.databases().endpoint(side).credential(), role);
    return Objects.requireNonNull(stage.databases().credentials().get(key), key);
  }
}
