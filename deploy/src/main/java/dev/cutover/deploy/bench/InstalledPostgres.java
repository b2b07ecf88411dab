package dev.cutover.deploy.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * PostgreSQL as it is installed on this machine: its programs can read only servers of their own
 * version and older ones.
 */
final class InstalledPostgres {
  static final String INSTALLATION = "apt-get install postgresql";
  private static final Path ROOT = Path.of("/usr/lib/postgresql");

  private InstalledPostgres() {}

  /** The folder of its programs, of the newest version; empty where there is none. */
  static Optional<Path> programs() throws IOException {
    if (!Files.isDirectory(ROOT)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(ROOT)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(
              programs ->
                  Stream.of("postgres", "pg_dump", "pg_restore", "psql", "vacuumdb")
                      .allMatch(program -> Files.isExecutable(programs.resolve(program))))
          .max(Comparator.naturalOrder());
    }
  }

  /** Starts a server on a free port, durable as in production. */
  static EmbeddedPostgres start(Path programs, Path directory) throws IOException {
    return EmbeddedPostgres.builder()
        .setPgBinaryResolver((_, _) -> archive(programs))
        .setDataDirectory(directory)
        .setServerConfig("unix_socket_directories", "")
        .setServerConfig("wal_level", "logical")
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("max_wal_size", "8GB")
        .setServerConfig("shared_buffers", "512MB")
        .setServerConfig("autovacuum", "off")
        .start();
  }

  /** The library starts servers from an archive: one of links to what is installed. */
  private static InputStream archive(Path programs) throws IOException {
    Path directory = Files.createTempDirectory("cutover-postgres");
    Path bin = Files.createDirectory(directory.resolve("bin"));
    for (String program : List.of("initdb", "pg_ctl", "postgres")) {
      Files.createSymbolicLink(bin.resolve(program), programs.resolve(program));
    }
    Process tar =
        new ProcessBuilder("tar", "-cJ", "--mtime=@0", "-C", directory.toString(), "bin").start();
    return new ByteArrayInputStream(tar.getInputStream().readAllBytes());
  }
}
