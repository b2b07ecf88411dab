package dev.cutover.deploy.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A PostgreSQL server whose processes are stopped: its port takes connections, nobody answers. All
 * that a dead disk or a hung hypervisor would show.
 */
final class FrozenServer implements AutoCloseable {
  private final long postmaster;

  /**
   * Names a running server by its data directory.
   *
   * @param directory with {@code postmaster.pid}
   */
  FrozenServer(Path directory) throws IOException {
    this.postmaster =
        Long.parseLong(Files.readAllLines(directory.resolve("postmaster.pid")).getFirst().strip());
  }

  /** Stops the server's own process first: it makes no new ones then. */
  void freeze() {
    signal("-STOP");
    signal("-STOP");
  }

  /** Lets it go on. */
  void thaw() {
    signal("-CONT");
  }

  @Override
  public void close() {
    thaw();
  }

  private void signal(String name) {
    ProcessHandle server = ProcessHandle.of(postmaster).orElseThrow();
    List<String> pids =
        Stream.concat(Stream.of(server), server.descendants())
            .map(process -> Long.toString(process.pid()))
            .toList();
    try {
      Process kill =
          new ProcessBuilder(Stream.concat(Stream.of("kill", name), pids.stream()).toList())
              .inheritIO()
              .start();
      kill.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
