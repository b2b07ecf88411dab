package dev.cutover.validator.adapter.system;

import static org.awaitility.Awaitility.await;

import dev.cutover.contract.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** A server of the machine, for one test. */
final class Program implements AutoCloseable {
  private final Process process;

  private Program(Process process) {
    this.process = process;
  }

  /** Starts it, and waits until it takes connections. */
  static Program start(Path directory, ServerAddress address, List<String> command)
      throws IOException {
    Path log = directory.resolve("%s-%d.log".formatted(name(command), address.port()));
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Program program = new Program(process);
    try {
      await(name(command))
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                if (!process.isAlive()) {
                  throw new AssertionError("It ended: " + Files.readString(log));
                }
                return answers(address);
              });
    } catch (RuntimeException | Error e) {
      program.close();
      throw e;
    }
    return program;
  }

  private static String name(List<String> command) {
    return String.valueOf(Path.of(command.getFirst()).getFileName());
  }

  private static boolean answers(ServerAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.host(), address.port()), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Its path; without it the test is skipped, and with {@code CI=true} it fails. */
  static String installed(String program, String debianPackage) {
    return Stream.concat(
            Arrays.stream(String.valueOf(System.getenv("PATH")).split(":")),
            Stream.of("/usr/sbin", "/sbin"))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElseGet(
            () -> {
              String reason =
                  "Expected %s to be installed: apt-get install %s"
                      .formatted(program, debianPackage);
              if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(reason);
              }
              return Assumptions.abort(reason);
            });
  }

  /** A free address below the ports that the system gives to connections. */
  static ServerAddress free() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        return new ServerAddress("127.0.0.1", port);
      } catch (IOException e) {
        // taken: another
      }
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
