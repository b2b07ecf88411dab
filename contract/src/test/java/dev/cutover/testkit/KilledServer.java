package dev.cutover.testkit;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Kills a server as {@code kill -9} does, or the kernel for want of memory, and starts it again on
 * its data and port. What was not flushed is gone, as after any crash; set {@code
 * synchronous_commit} where commits are to last.
 */
public final class KilledServer {
  private final PostgresPair.Server server;
  private final Path directory;
  private final List<String> command;

  /** Looks how a running server was started. */
  public KilledServer(PostgresPair.Server server) throws SQLException, IOException {
    this.server = server;
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("SHOW data_directory")) {
      row.next();
      directory = Path.of(row.getString(1));
    }
    List<String> words = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      words.addAll(List.of("unshare", "-U")); // a server refuses to run as root
    }
    String line = Files.readString(Path.of("/proc", Long.toString(postmaster()), "cmdline"));
    words.addAll(Arrays.asList(line.split("\0")));
    command = List.copyOf(words);
  }

  private long postmaster() throws IOException {
    return Long.parseLong(
        Files.readAllLines(directory.resolve("postmaster.pid")).getFirst().strip());
  }

  /** Ends all its processes at once. */
  public void kill() throws IOException {
    ProcessHandle postmaster = ProcessHandle.of(postmaster()).orElseThrow();
    List<ProcessHandle> all =
        Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
  }

  /** Starts it again and waits until it answers. */
  public void start() {
    try {
      new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await()
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(
            () -> {
              server.connect("postgres").close();
              return true;
            });
  }
}
