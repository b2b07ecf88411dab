package dev.cutover.deploy.demo;

import dev.cutover.runtime.FreePort;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One service in a process of its own, as in production: its {@code Main}, its environment, its
 * output in a file. It can be killed like by {@code kill -9} and started again on the same ports.
 *
 * <p>The first one of a service that is stopped in order leaves an archive of what it loaded, as
 * under {@code ./cutover serve}: those after it start in half the time.
 */
final class ServiceProcess implements AutoCloseable {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(1);
  private static final long STOP_MAX_SECONDS = 20;
  private static final int LAST_LINES = 20;
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Path JARS = TARGET.resolve("classpath");

  private final String service;
  private final Map<String, String> environment;
  private final File output;
  private final int healthPort;
  private Process process;

  /** Starts it; it becomes ready by itself. */
  ServiceProcess(String service, Map<String, String> environment, Path directory) {
    this.service = service;
    this.environment = environment;
    this.output = directory.resolve(service + ".log").toFile();
    this.healthPort = FreePort.next();
    this.process = launch();
  }

  /** Kills it at once, like {@code kill -9}, and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("expected " + service + " to be dead, but it lives");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Stops it without ending it, as a long pause of its machine does. */
  void pause() {
    signal("-STOP");
  }

  /** Lets it go on after a {@link #pause}. */
  void resume() {
    signal("-CONT");
  }

  /** Starts it again after a {@link #kill}. */
  void restart() {
    process = launch();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Whether it says by HTTP that it is ready. */
  boolean ready(HttpClient http) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + "/ready"))
            .timeout(ANSWER_MAX)
            .build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Stops it in order if that leaves an archive, or else kills it. */
  @Override
  public void close() {
    if (process.isAlive() && !archived()) {
      process.destroy();
      try {
        process.waitFor(STOP_MAX_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    kill();
  }

  private Path archive() {
    return TARGET.resolve(service + ".jsa");
  }

  private boolean archived() {
    try {
      return Files.exists(archive())
          && Files.getLastModifiedTime(archive()).compareTo(Files.getLastModifiedTime(JARS)) > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The jars, since an archive is of jars only; in an editor the classes of this process. */
  private static String classpath() {
    try {
      return Files.exists(JARS) ? Files.readString(JARS) : System.getProperty("java.class.path");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its end, with its last words, if it ended by itself. */
  Optional<String> ended() {
    try {
      List<String> lines = Files.readAllLines(output.toPath());
      return process.isAlive()
          ? Optional.empty()
          : Optional.of(
              "%s ended with %d: %s"
                  .formatted(
                      service,
                      process.exitValue(),
                      lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void signal(String name) {
    try {
      Process kill =
          new ProcessBuilder("kill", name, Long.toString(process.pid())).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException(
            "expected %s to take a signal, but kill ended with %d"
                .formatted(service, kill.exitValue()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Process launch() {
    List<String> command =
        Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx384m",
                "--illegal-native-access=allow",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xlog:aot*=off,cds*=off",
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + archive(),
                "-cp",
                classpath(),
                "dev.cutover.%s.Main".formatted(service))
            .toList();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output));
    builder.environment().putAll(environment);
    builder.environment().put("HEALTH_PORT", Integer.toString(healthPort));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
