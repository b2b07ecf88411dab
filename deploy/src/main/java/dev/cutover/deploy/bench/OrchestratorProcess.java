package dev.cutover.deploy.bench;

import dev.cutover.runtime.FreePort;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An orchestrator in a process of its own, as in production; it can be killed and started again.
 */
final class OrchestratorProcess implements AutoCloseable {
  /**
   * As much memory as a small container has; and what one that ended by itself has loaded is kept
   * for the next start of any, as {@code ./cutover serve} does. One that is killed keeps nothing.
   */
  static final List<String> OPTIONS =
      List.of(
          "-Xmx512m",
          "-XX:+UseSerialGC",
          "-XX:MetaspaceSize=96m",
          "-Xlog:aot*=off,cds*=off",
          "-XX:+AutoCreateSharedArchive",
          "--illegal-native-access=allow",
          "--sun-misc-unsafe-memory-access=allow");

  private static final Duration ANSWER_MAX = Duration.ofSeconds(1);
  private static final long END_MAX_SECONDS = 20;

  private final String instance;
  private final Map<String, String> environment;
  private final File output;
  private final Path archive;
  private final int healthPort = FreePort.next();
  private final int apiPort = FreePort.next();
  private @Nullable Process process;

  /**
   * Describes one; {@link #start} starts it.
   *
   * @param instance its name, which stays the same over restarts
   */
  OrchestratorProcess(String instance, Map<String, String> environment, Path directory) {
    this.instance = instance;
    this.environment = new HashMap<>(environment);
    this.environment.put("KAFKA_INSTANCE", instance);
    this.environment.put("HEALTH_PORT", Integer.toString(healthPort));
    this.environment.put("API_PORT", Integer.toString(apiPort));
    this.environment.put("BREAK_GLASS_DIRECTORY", directory.resolve("break-glass").toString());
    this.archive = directory.resolve("orchestrator.jsa");
    this.output = directory.resolve("orchestrator-" + instance + ".log").toFile();
  }

  String instance() {
    return instance;
  }

  URI api() {
    return URI.create("http://127.0.0.1:" + apiPort);
  }

  void start() {
    List<String> command =
        Stream.of(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                OPTIONS.stream(),
                Stream.of(
                    "-XX:SharedArchiveFile=" + archive,
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.cutover.orchestrator.Main"))
            .flatMap(part -> part)
            .toList();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output));
    builder.environment().putAll(environment);
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Like {@code kill -9}. */
  void kill() throws InterruptedException {
    end(running().destroyForcibly());
  }

  /** Asks it to end, and waits until it has. */
  void stop() throws InterruptedException {
    Process running = running();
    running.destroy();
    end(running);
  }

  private void end(Process ending) throws InterruptedException {
    if (!ending.waitFor(END_MAX_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "Expected orchestrator %s to end within %d s, but it lives"
              .formatted(instance, END_MAX_SECONDS));
    }
  }

  /** Whether it says by HTTP that it is ready; throws when it has ended by itself. */
  boolean ready(HttpClient http) {
    return asked(http).filter(answer -> answer.statusCode() == 200).isPresent();
  }

  /** Whether it decides, as it says by HTTP, ready or not; throws when it has ended by itself. */
  boolean decides(HttpClient http) {
    return asked(http)
        .filter(answer -> answer.statusCode() == 200 || answer.body().contains("it decides"))
        .isPresent();
  }

  private Optional<HttpResponse<String>> asked(HttpClient http) {
    if (!running().isAlive()) {
      throw new IllegalStateException(
          "Expected orchestrator %s to run, but it ended: see %s".formatted(instance, output));
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + "/ready"))
            .timeout(ANSWER_MAX)
            .build();
    try {
      return Optional.of(http.send(request, BodyHandlers.ofString()));
    } catch (IOException e) {
      return Optional.empty(); // it does not listen yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Memory that it holds, as Linux says it; -1 where nobody says. */
  int residentMiB() {
    try (Stream<String> lines =
        Files.lines(Path.of("/proc", Long.toString(running().pid()), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToInt(text -> Integer.parseInt(text) >> 10)
          .findFirst()
          .orElse(-1);
    } catch (IOException e) {
      return -1;
    }
  }

  /** The longest time that it said a take-over took, in milliseconds; -1 when it said none. */
  int takeOverMs() throws IOException {
    try (Stream<String> lines = Files.lines(output.toPath())) {
      return lines
          .filter(line -> line.contains("partitions taken over"))
          .map(line -> line.replaceAll(".*durationMs=\"?(\\d+).*", "$1"))
          .mapToInt(Integer::parseInt)
          .max()
          .orElse(-1);
    }
  }

  @Override
  public void close() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException(
          "Expected orchestrator %s to be started first".formatted(instance));
    }
    return process;
  }
}
