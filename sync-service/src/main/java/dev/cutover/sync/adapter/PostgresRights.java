package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.DatabaseRight;
import dev.cutover.sync.domain.FoundRight;
import dev.cutover.sync.domain.FoundRight.Verdict;
import dev.cutover.sync.domain.HostingProvider;
import dev.cutover.sync.domain.SideRights;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out what the service's logins may do in one database. By trying, in transactions that are
 * rolled back: what a managed service lets its roles do stands in no catalogue (data.md C6, D2).
 * Only a session of its own is ended, and nothing stays.
 */
final class PostgresRights {
  private static final String CHECK = "cutover_check";

  /** Connects to nobody. */
  private static final String SUBSCRIPTION =
      "CREATE SUBSCRIPTION %1$s CONNECTION 'host=localhost password=none' PUBLICATION %1$s WITH (connect = false, slot_name = NONE)"
          .formatted(CHECK);

  private static final String[] ORIGIN = {
    "SELECT pg_replication_origin_oid('%s')".formatted(CHECK),
    "SELECT pg_replication_origin_create('%s')".formatted(CHECK),
    "SELECT pg_replication_origin_session_setup('%s')".formatted(CHECK)
  };

  private final PostgresConnections connections;
  private final ReplicationSpec spec;
  private final Side side;
  private final DatabaseEndpoint database;
  private final PostgresSession fencer;
  private final List<FoundRight> found = new ArrayList<>();

  /**
   * @param fencer stays the caller's to close
   */
  PostgresRights(
      PostgresConnections connections, ReplicationSpec spec, Side side, PostgresSession fencer) {
    this.connections = connections;
    this.spec = spec;
    this.side = side;
    this.database = spec.endpoint(side);
    this.fencer = fencer;
  }

  SideRights find() throws SQLException {
    String login = connections.user(database, DatabaseRole.FENCER);
    String applier = connections.user(database, DatabaseRole.APPLIER);
    List<String> owners = fencer.texts(CutoverSql.OWNERS_WITHOUT_MEMBERSHIP);
    add(DatabaseRight.CREATE_SCHEMA, login, schema());
    add(
        DatabaseRight.OWN_TABLES,
        login,
        owners.isEmpty()
            ? Answer.HELD
            : new Answer(Verdict.MISSING, "tables of " + String.join(", ", owners)));
    add(DatabaseRight.PUBLISH, login, tried(fencer, publication()));
    add(DatabaseRight.END_SESSIONS, login, ending());
    add(
        DatabaseRight.SEE_SESSIONS,
        login,
        fencer.isTrue("SELECT pg_has_role('pg_read_all_stats', 'USAGE')")
            ? Answer.HELD
            : new Answer(Verdict.MISSING, ""));
    add(
        DatabaseRight.SET_DEADLOCK_TIMEOUT,
        login,
        tried(fencer, "SET LOCAL deadlock_timeout = '20ms'"));
    Answer eventTrigger = eventTrigger();
    add(DatabaseRight.REFUSE_SCHEMA_CHANGES, login, eventTrigger);
    applier(applier);
    add(
        DatabaseRight.SET_DATABASE_READ_ONLY,
        login,
        tried(
            fencer,
            "ALTER DATABASE %s SET default_transaction_read_only = off"
                .formatted(CutoverSql.identifier(database.database()))));
    FenceReach reach = FenceReach.find(fencer, applier, eventTrigger.verdict() == Verdict.HELD);
    return new SideRights(
        side,
        database.address(),
        provider(),
        new HostingProvider.Place(database.database(), login, applier, owners),
        found,
        reach.superusers(),
        reach.unreached());
  }

  private record Answer(Verdict verdict, String why) {
    static final Answer HELD = new Answer(Verdict.HELD, "");
  }

  private void add(DatabaseRight right, String login, Answer answer) {
    found.add(
        new FoundRight(
            right, login, answer.verdict(), right.isNeeded(spec.endBlockers()), answer.why()));
  }

  private static Answer tried(PostgresSession session, String... statements) throws SQLException {
    return session.refusal(statements).map(PostgresRights::answer).orElse(Answer.HELD);
  }

  /** Only a refusal for want of a right says that the right is missing. */
  private static Answer answer(SQLException e) {
    String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new Answer(
        PostgresSession.INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())
            ? Verdict.MISSING
            : Verdict.UNKNOWN,
        why);
  }

  private Answer schema() throws SQLException {
    Optional<Boolean> owned =
        fencer.one(
            row -> row.getBoolean(1),
            "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'cutover'");
    if (owned.isPresent()) {
      return owned.get()
          ? Answer.HELD
          : new Answer(Verdict.MISSING, "schema cutover belongs to somebody else");
    }
    return tried(fencer, "CREATE SCHEMA " + CHECK);
  }

  /** The lock that it takes for a moment lets readers and writers pass. */
  private String publication() throws SQLException {
    List<String> there = new ArrayList<>();
    for (TableName table : spec.tables()) {
      there.addAll(
          fencer.texts(
              "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
                  + " WHERE schemaname = ? AND tablename = ?",
              table.schema(),
              table.name()));
    }
    return "CREATE PUBLICATION %s%s"
        .formatted(CHECK, there.isEmpty() ? "" : " FOR TABLE " + String.join(", ", there));
  }

  /** Ends a session that was opened for this, of a login that is not the fencer's own. */
  private Answer ending() throws SQLException {
    boolean isMember = fencer.isTrue("SELECT pg_has_role('pg_signal_backend', 'USAGE')");
    DatabaseRole other =
        connections.knows(database, DatabaseRole.APPLICATION)
            ? DatabaseRole.APPLICATION
            : DatabaseRole.APPLIER;
    try (PostgresSession session = PostgresSession.open(connections, database, other)) {
      Answer answer = tried(fencer, "SELECT pg_terminate_backend(%d)".formatted(session.pid()));
      // Who may do so as a member of that login may not do so to others.
      return answer.verdict() == Verdict.HELD && !isMember
          ? new Answer(Verdict.MISSING, "only those of its own roles")
          : answer;
    } catch (SQLException e) {
      return isMember ? Answer.HELD : new Answer(Verdict.MISSING, "");
    }
  }

  private Answer eventTrigger() throws SQLException {
    Optional<Boolean> owned = FenceTriggers.ownsEventTrigger(fencer);
    if (owned.isPresent()) {
      return owned.get()
          ? Answer.HELD
          : new Answer(Verdict.MISSING, "cutover_ddl belongs to somebody else");
    }
    return tried(
        fencer,
        "CREATE SCHEMA " + CHECK,
        "CREATE FUNCTION %1$s.%1$s() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'"
            .formatted(CHECK),
        "CREATE EVENT TRIGGER %1$s ON ddl_command_start EXECUTE FUNCTION %1$s.%1$s()"
            .formatted(CHECK));
  }

  private void applier(String applier) throws SQLException {
    if (!fencer.isTrue("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = ?)", applier)) {
      Answer later = new Answer(Verdict.UNKNOWN, "there is no such login yet");
      add(DatabaseRight.REPLICATE, applier, later);
      add(DatabaseRight.SKIP_TRIGGERS, applier, later);
      add(DatabaseRight.USE_ORIGINS, applier, later);
      if (isOfOthers()) {
        add(ofServers(), applier, later);
      }
      return;
    }
    add(DatabaseRight.REPLICATE, applier, replicating());
    try (PostgresSession session =
        PostgresSession.open(connections, database, DatabaseRole.APPLIER)) {
      add(
          DatabaseRight.SKIP_TRIGGERS,
          applier,
          tried(session, "SET LOCAL session_replication_role = replica"));
      add(
          DatabaseRight.USE_ORIGINS,
          applier,
          tried(session, "SELECT pg_replication_origin_create('%s')".formatted(CHECK)));
      // Last: the session keeps the origin.
      if (isOfOthers()) {
        add(
            ofServers(),
            applier,
            side == Side.TARGET ? tried(session, SUBSCRIPTION) : tried(session, ORIGIN));
      }
    }
  }

  /** Whether something is needed here as the rows do not come by the product's own stream. */
  private boolean isOfOthers() {
    return spec.isNative(Direction.FORWARD)
        || (side == Side.SOURCE && spec.isExternal(Direction.FORWARD));
  }

  /** What a plan whose servers replicate by themselves needs besides. */
  private DatabaseRight ofServers() {
    return side == Side.TARGET ? DatabaseRight.SUBSCRIBE : DatabaseRight.MARK_APPLIED;
  }

  private Answer replicating() {
    try (Connection _ =
        connections.open(database, DatabaseRole.APPLIER, PostgresSlot.replication())) {
      return Answer.HELD;
    } catch (SQLException e) {
      return answer(e);
    }
  }

  private HostingProvider provider() throws SQLException {
    List<String> present =
        fencer.texts(
            "SELECT rolname FROM pg_roles WHERE rolname IN ('rds_superuser', 'cloudsqlsuperuser',"
                + " 'azure_pg_admin')");
    for (HostingProvider provider :
        List.of(HostingProvider.CLOUD_SQL, HostingProvider.AZURE, HostingProvider.RDS)) {
      if (present.contains(provider.administrators())) {
        return provider == HostingProvider.RDS && fencer.succeeds("SELECT aurora_version()")
            ? HostingProvider.AURORA
            : provider;
      }
    }
    return HostingProvider.SELF;
  }
}
