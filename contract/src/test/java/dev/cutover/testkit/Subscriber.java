package dev.cutover.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Lets two servers replicate by themselves, for an applier that is no superuser. */
public final class Subscriber {
  private static final String APPLIER = "cutover_applier";

  private Subscriber() {}

  /** Grants what the applier needs on both servers of a pair. */
  public static void grant(PostgresPair pair) throws SQLException {
    try (Connection source = pair.source().connect("postgres");
        Connection target = pair.target().connect("postgres")) {
      grant(source, target);
    }
  }

  /**
   * Grants what the applier needs.
   *
   * @param source as a superuser; its server asks the applier for a password from now on, without
   *     which a subscription whose owner is no superuser is refused
   * @param target as a superuser
   */
  public static void grant(Connection source, Connection target) throws SQLException {
    try (Statement onSource = source.createStatement();
        Statement onTarget = target.createStatement()) {
      askForPassword(onSource);
      for (String use : List.of("oid", "create", "session_setup", "drop")) {
        onSource.execute(
            "GRANT EXECUTE ON FUNCTION pg_replication_origin_%s(text) TO %s"
                .formatted(use, APPLIER));
      }
      onTarget.execute("GRANT pg_create_subscription TO " + APPLIER);
      onTarget.execute("GRANT CREATE ON DATABASE shop TO " + APPLIER);
    }
  }

  private static void askForPassword(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SHOW hba_file")) {
      row.next();
      Path file = Path.of(row.getString(1));
      String line = "host all,replication %s all scram-sha-256\n".formatted(APPLIER);
      String text = Files.readString(file);
      if (!text.startsWith(line)) {
        Files.writeString(file, line + text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    statement.execute("SELECT pg_reload_conf()");
  }
}
