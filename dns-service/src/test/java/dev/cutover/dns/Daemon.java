package dev.cutover.dns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server process of a test: started with its output in a file, ended with the test. */
final class Daemon implements AutoCloseable {
  private final Process process;
  private final Path output;

  /** For a test run that is ended before its tests are. */
  private final Thread atExit = new Thread(this::end);

  private Daemon(Process process, Path output) {
    this.process = process;
    this.output = output;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  static Daemon start(Path directory, List<String> command) throws IOException {
    Path output = Files.createTempFile(directory, "daemon", ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new Daemon(process, output);
  }

  static String run(Path directory, List<String> command) throws Exception {
    return run(directory, command, Duration.ofSeconds(20));
  }

  static String run(Path directory, List<String> command, Duration within) throws Exception {
    Path output = Files.createTempFile(directory, "run", ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(within)) {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    if (process.exitValue() != 0) {
      throw new IllegalStateException("Expected %s to succeed, but: %s".formatted(command, text));
    }
    return text;
  }

  /** Everything that it has printed, for failure messages and readiness. */
  String output() throws IOException {
    return Files.readString(output);
  }

  @Override
  public void close() {
    end();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void end() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
  }
}
