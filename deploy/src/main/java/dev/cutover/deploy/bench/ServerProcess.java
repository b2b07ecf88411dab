package dev.cutover.deploy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A server that is measured: a process of its own, with what it says in a file. */
final class ServerProcess implements AutoCloseable {
  private static final Duration END_MAX = Duration.ofSeconds(5);
  private static final Duration RUN_MAX = Duration.ofSeconds(30);

  private final Process process;
  private final Path output;

  private ServerProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** The path of a program, where it is installed. */
  static Optional<String> find(String program) {
    return Arrays.stream((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":", -1))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  /** The path of a program that has to be there. */
  static String require(String program) throws IOException {
    return find(program)
        .orElseThrow(() -> new IOException("Expected %s to be installed".formatted(program)));
  }

  static ServerProcess start(Path directory, String... command) throws IOException {
    Path output = Files.createTempFile(directory, "server", ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new ServerProcess(process, output);
  }

  /** Runs a program to its end. */
  static void run(Path directory, List<String> command) throws IOException, InterruptedException {
    try (ServerProcess running = start(directory, command.toArray(String[]::new))) {
      if (!running.process.waitFor(RUN_MAX) || running.process.exitValue() != 0) {
        throw new IOException(
            "Expected %s to succeed within %d s, but: %s"
                .formatted(command.getFirst(), RUN_MAX.toSeconds(), running.output()));
      }
    }
  }

  /** All that it has said. */
  String output() throws IOException {
    return Files.readString(output);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END_MAX)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
