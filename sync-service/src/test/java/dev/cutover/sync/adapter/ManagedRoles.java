package dev.cutover.sync.adapter;

import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.runtime.Credentials;
import dev.cutover.sync.domain.SideRights;
import dev.cutover.testkit.PostgresPair;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Two servers as RDS hands them out: a main user that is no superuser, roles {@code rds_superuser}
 * and {@code rds_replication}, and logins of the service that are made and granted by that user
 * alone, by the script that the check prints.
 *
 * <p>Two things are the server's own there, and a stock server lacks them: members of {@code
 * rds_replication} may replicate, so the applier is given that by the superuser here; and the main
 * user may create event triggers, which nobody may here, so the weaker fence is what is tried.
 */
public final class ManagedRoles {
  private static final String FENCER = "managed_fencer";
  private static final String APPLIER = "managed_applier";
  private static final String MAIN_USER = "main_user";

  private ManagedRoles() {}

  /** Entries of a credentials file for one side. */
  public static Map<String, String> credentials(String name) {
    Map<String, String> entries = new TreeMap<>(PostgresPair.credentials(name));
    Map.of("fencer", FENCER, "applier", APPLIER)
        .forEach(
            (role, login) -> {
              entries.put("%s.%s.user".formatted(name, role), login);
              entries.put("%s.%s.password".formatted(name, role), login);
            });
    return entries;
  }

  /**
   * Makes the roles on both sides and runs the scripts.
   *
   * @return what the logins may do afterwards
   */
  public static List<SideRights> grant(PostgresPair pair, ReplicationSpec spec) throws Exception {
    Map<String, String> entries = new TreeMap<>();
    entries.putAll(credentials(spec.source().credential()));
    entries.putAll(credentials(spec.target().credential()));
    PostgresConnections connections = new PostgresConnections(Credentials.of(entries));
    grant(pair.source(), connections, spec, Side.SOURCE);
    grant(pair.target(), connections, spec, Side.TARGET);
    return List.of(find(connections, spec, Side.SOURCE), find(connections, spec, Side.TARGET));
  }

  private static void grant(
      PostgresPair.Server server, PostgresConnections connections, ReplicationSpec spec, Side side)
      throws Exception {
    server.execute(
        """
        CREATE ROLE rds_replication; CREATE ROLE rds_superuser;
        GRANT pg_monitor, pg_signal_backend, rds_replication TO rds_superuser WITH ADMIN OPTION;
        CREATE ROLE main_user LOGIN CREATEDB CREATEROLE PASSWORD 'main_user';
        GRANT rds_superuser TO main_user WITH ADMIN OPTION;
        GRANT shop TO main_user WITH ADMIN OPTION;
        ALTER DATABASE shop OWNER TO main_user""");
    try (Connection main = DriverManager.getConnection(server.jdbcUrl(), MAIN_USER, MAIN_USER)) {
      PostgresSql.execute(main, "CREATE ROLE managed_fencer LOGIN PASSWORD 'managed_fencer'");
      PostgresSql.execute(main, "CREATE ROLE managed_applier LOGIN PASSWORD 'managed_applier'");
      boolean isOptional = false;
      for (String line : find(connections, spec, side).script()) {
        isOptional |= line.startsWith("-- Optional");
        run(main, line, isOptional);
      }
    }
    server.execute("ALTER ROLE managed_applier REPLICATION");
  }

  /** What only a superuser may grant is optional. */
  private static void run(Connection main, String line, boolean isOptional) throws SQLException {
    try {
      PostgresSql.execute(main, line);
    } catch (SQLException e) {
      if (!isOptional || !PostgresSession.INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  private static SideRights find(PostgresConnections connections, ReplicationSpec spec, Side side)
      throws SQLException {
    try (PostgresSession fencer =
        PostgresSession.open(connections, spec.endpoint(side), DatabaseRole.FENCER)) {
      return new PostgresRights(connections, spec, side, fencer).find();
    }
  }
}
