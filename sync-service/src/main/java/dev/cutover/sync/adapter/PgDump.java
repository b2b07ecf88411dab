package dev.cutover.sync.adapter;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PostgreSQL's own pg_dump, which knows better than anybody how a schema is written down. It can
 * read servers of its own version and of older ones, never of newer ones, so the nearest that can
 * is taken.
 */
final class PgDump {
  private static final long VERSION_MAX_SECONDS = 10;
  private static final long DUMP_MAX_SECONDS = 300;
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ([0-9]+)");
  private static final List<Path> ROOTS = List.of(Path.of("/usr/lib/postgresql"), Path.of("/usr"));

  private final Path program;

  private PgDump(Path program) {
    this.program = program;
  }

  /** A part of a schema. */
  enum Section {
    /** What rows need: types, functions, tables, views. */
    BEFORE_ROWS("pre-data"),
    /** What needs rows: indexes, constraints, triggers. */
    AFTER_ROWS("post-data");

    private final String word;

    Section(String word) {
      this.word = word;
    }
  }

  /**
   * Where a database is, and who asks.
   *
   * @param password given to the program in its environment, never as an argument
   */
  record Login(String host, int port, String database, String user, String password) {}

  /**
   * The oldest installed one that can read a server of that version.
   *
   * @return empty when there is none
   */
  static Optional<PgDump> reading(int serverVersion) throws InterruptedException {
    return Optional.ofNullable(installed(serverVersion).ceilingEntry(serverVersion))
        .map(Map.Entry::getValue)
        .map(PgDump::new);
  }

  /** What is installed, for people. */
  static String inWords() throws InterruptedException {
    Map<Integer, Path> found = installed(Integer.MAX_VALUE);
    return found.isEmpty() ? "none is installed" : "only those of " + found.keySet() + " are";
  }

  /** All by their version, or some of them where one is of exactly that version. */
  private static NavigableMap<Integer, Path> installed(int best) throws InterruptedException {
    NavigableMap<Integer, Path> found = new TreeMap<>();
    for (Path candidate : candidates()) {
      OptionalInt version = version(candidate);
      if (version.isPresent()) {
        found.putIfAbsent(version.getAsInt(), candidate);
        if (version.getAsInt() == best) {
          break;
        }
      }
    }
    return found;
  }

  private static List<Path> candidates() {
    List<Path> candidates = new ArrayList<>();
    for (Path root : ROOTS) {
      if (Files.isDirectory(root)) {
        try (DirectoryStream<Path> versions =
            Files.newDirectoryStream(root, path -> path.toString().matches(".*/(pgsql-)?[0-9]+"))) {
          versions.forEach(version -> candidates.add(version.resolve("bin").resolve("pg_dump")));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    String path = System.getenv().getOrDefault("PATH", "");
    Arrays.stream(path.split(":", -1))
        .map(folder -> Path.of(folder.isEmpty() ? "." : folder).resolve("pg_dump"))
        .forEach(candidates::add);
    return candidates.stream().filter(Files::isExecutable).toList();
  }

  private static OptionalInt version(Path program) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(program.toString(), "--version").start();
      if (!process.waitFor(VERSION_MAX_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return OptionalInt.empty();
      }
      Matcher version = VERSION.matcher(text(process.getInputStream()));
      return process.exitValue() == 0 && version.find()
          ? OptionalInt.of(Integer.parseInt(version.group(1)))
          : OptionalInt.empty();
    } catch (IOException e) {
      return OptionalInt.empty(); // not one that runs here
    }
  }

  /**
   * Writes a part of a schema down; without what is of a cutover, and without what belongs to a
   * server more than to its databases.
   *
   * @throws IOException when it can't, with its own words
   */
  String dump(Login login, Section section) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            program.toString(),
            "--host=" + login.host(),
            "--port=" + login.port(),
            "--username=" + login.user(),
            "--dbname=" + login.database(),
            "--no-password",
            "--schema-only",
            "--section=" + section.word,
            "--exclude-schema=cutover",
            "--no-tablespaces",
            "--no-publications",
            "--no-subscriptions",
            "--no-security-labels",
            "--lock-wait-timeout=10s",
            "--encoding=UTF8");
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(key -> key.startsWith("PG"));
    environment.put("PGPASSWORD", login.password());
    environment.put("PGCONNECT_TIMEOUT", "5");
    environment.put("PGAPPNAME", "cutover-schema");
    environment.put("LC_ALL", "C");
    Process process = builder.start();
    CompletableFuture<String> words = new CompletableFuture<>();
    CompletableFuture<String> faults = new CompletableFuture<>();
    Thread.startVirtualThread(() -> read(process.getInputStream(), words));
    Thread.startVirtualThread(() -> read(process.getErrorStream(), faults));
    try {
      if (!process.waitFor(DUMP_MAX_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("%s was not done within %d s".formatted(program, DUMP_MAX_SECONDS));
      }
      if (process.exitValue() != 0) {
        throw new IOException(faults.get().strip().replaceAll("\\s*\\n\\s*", "; "));
      }
      return words.get();
    } catch (ExecutionException e) {
      throw new IOException("Output of " + program + " could not be read: " + e.getMessage(), e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void read(InputStream stream, CompletableFuture<String> into) {
    try {
      into.complete(text(stream));
    } catch (IOException e) {
      into.completeExceptionally(e);
    }
  }

  private static String text(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }
}
