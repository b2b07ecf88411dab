package dev.cutover.testkit;

import dev.cutover.runtime.EmbeddedBroker;
import dev.cutover.runtime.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A broker in a process of its own, on the same directory and port each time. */
final class BrokerProcess {
  private static final String READY = "broker is ready";

  private final Path directory;
  private final int port;
  private @Nullable Process process;

  private BrokerProcess(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  static BrokerProcess make() {
    try {
      return new BrokerProcess(Files.createTempDirectory("cutover-kafka"), FreePort.next());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path directory() {
    return directory;
  }

  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Returns when it serves; does nothing while it runs. */
  void start() {
    Process running = process;
    if (running != null && running.isAlive()) {
      return;
    }
    try {
      Process starting =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xmx256m",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  BrokerProcess.class.getName(),
                  directory.toString(),
                  Integer.toString(port))
              .redirectErrorStream(true)
              .start();
      process = starting;
      awaitReady(starting);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitReady(Process starting) throws IOException {
    StringBuilder said = new StringBuilder();
    BufferedReader lines = starting.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); !READY.equals(line); line = lines.readLine()) {
      if (line == null) {
        throw new IllegalStateException("Expected a broker to start, but it ended: " + said);
      }
      said.append(line).append('\n');
    }
    // What it says later must not fill the pipe.
    Thread.ofVirtual().start(() -> lines.lines().forEach(_ -> {}));
  }

  void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().onExit().join();
    }
  }

  public static void main(String[] args) throws InterruptedException {
    EmbeddedBroker broker = EmbeddedBroker.start(Path.of(args[0]), Integer.parseInt(args[1]));
    System.out.println(READY);
    new CountDownLatch(1).await();
    broker.close();
  }
}
