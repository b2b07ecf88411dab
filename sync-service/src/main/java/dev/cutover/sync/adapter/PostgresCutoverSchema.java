package dev.cutover.sync.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.sync.domain.CutoverSchema;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts the schema {@code cutover} and the fence's triggers into one database, days ahead, and
 * checks that they are still there. Everything is idempotent and in short transactions, so that it
 * never stops production: on a side that is open the triggers are installed disabled.
 *
 * <p>A new schema begins OPEN on the source and FENCED on the target: the target refuses every
 * writer but the applier from before the first copied row.
 */
public final class PostgresCutoverSchema implements CutoverSchema {
  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS cutover.writer(one boolean PRIMARY KEY DEFAULT true CHECK(one),
            epoch bigint NOT NULL, state text NOT NULL CHECK(state IN ('OPEN','FENCED')), step text,
            at timestamptz, manual boolean NOT NULL DEFAULT false, manual_by text, manual_why text,
            manual_at timestamptz, by text DEFAULT session_user, cutover text,
            lease_until timestamptz, lease_epoch bigint, lease_other text, ends_at timestamptz,
            opened_lsn pg_lsn)""",
          "CREATE TABLE IF NOT EXISTS cutover.marker(id text PRIMARY KEY, at timestamptz)",
          """
          CREATE TABLE IF NOT EXISTS cutover.position(stream text PRIMARY KEY, lsn pg_lsn NOT NULL,
            kafka_offset bigint NOT NULL, at timestamptz, held boolean NOT NULL DEFAULT false,
            approved text, approved_epoch bigint, owner text NOT NULL DEFAULT '')""",
          """
          CREATE TABLE IF NOT EXISTS cutover.capture(stream text PRIMARY KEY,
            epoch bigint NOT NULL)""",
          """
          CREATE TABLE IF NOT EXISTS cutover.baseline(one boolean PRIMARY KEY DEFAULT true CHECK(one),
            epoch bigint NOT NULL, hash text NOT NULL, at timestamptz)""",
          """
          CREATE TABLE IF NOT EXISTS cutover.schema_fact(subject text, part text,
            definition text NOT NULL, PRIMARY KEY (subject, part))""",
          CopyRecord.COPIED,
          "GRANT USAGE ON SCHEMA cutover TO PUBLIC",
          "GRANT SELECT ON cutover.writer TO PUBLIC");

  private final PostgresConnections connections;

  public PostgresCutoverSchema(PostgresConnections connections) {
    this.connections = connections;
  }

  @Override
  public Installed install(DatabaseEndpoint database, Side side, StepRef step, long epoch)
      throws GateRefused {
    List<String> faults = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    try (PostgresSession fencer =
        PostgresSession.open(connections, database, DatabaseRole.FENCER)) {
      FenceTriggers triggers = new FenceTriggers(fencer);
      createRole(fencer, database).ifPresent(faults::add);
      if (faults.isEmpty()) {
        createSchema(fencer, database).ifPresent(faults::add);
      }
      if (faults.isEmpty()) {
        claim(fencer, database, side, step, epoch);
        grant(fencer, connections.user(database, DatabaseRole.APPLIER), faults);
        triggers.installEventTrigger().ifPresent(warnings::add);
        faults.addAll(triggers.install());
      }
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
    return new Installed(faults, warnings);
  }

  @Override
  public List<String> drift(DatabaseEndpoint database) throws GateRefused {
    try (PostgresSession fencer =
        PostgresSession.open(connections, database, DatabaseRole.FENCER)) {
      return new FenceTriggers(fencer).drift();
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  @Override
  public List<String> remove(DatabaseEndpoint database) throws GateRefused {
    try (PostgresSession fencer =
        PostgresSession.open(connections, database, DatabaseRole.FENCER)) {
      List<String> faults = new FenceTriggers(fencer).remove();
      if (faults.isEmpty()) {
        fencer.execute("DROP SCHEMA IF EXISTS cutover CASCADE");
      }
      return faults;
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  @Override
  public void release(DatabaseEndpoint database, CutoverId cutover) throws GateRefused {
    try (PostgresSession fencer =
        PostgresSession.open(connections, database, DatabaseRole.FENCER)) {
      fencer.execute(
          "UPDATE cutover.writer SET cutover = NULL, lease_until = NULL WHERE cutover = ?",
          cutover.value());
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  private Optional<String> createRole(PostgresSession fencer, DatabaseEndpoint database)
      throws SQLException {
    String applier = connections.user(database, DatabaseRole.APPLIER);
    if (fencer.isTrue("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = ?)", applier)) {
      return Optional.empty();
    }
    String role = CutoverSql.identifier(applier);
    String password = connections.password(database, DatabaseRole.APPLIER);
    // RDS and Aurora give REPLICATION to nobody, but membership in a role that stands for it.
    boolean isByMembership =
        fencer.isTrue("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_replication')");
    String login = "CREATE ROLE %s LOGIN%s PASSWORD %s";
    String replication = isByMembership ? "" : " REPLICATION";
    String membership = "GRANT rds_replication TO " + role;
    try {
      fencer.transact(
          () -> {
            fencer.execute(login.formatted(role, replication, CutoverSql.literal(password)));
            if (isByMembership) {
              fencer.execute(membership);
            }
          });
      return Optional.empty();
    } catch (SQLException e) {
      if (PostgresSession.isConnectionLoss(e)) {
        throw e;
      }
      return Optional.of(
          "Expected the role %s on %s, but there is none and %s may not create it: run %s%s"
              .formatted(
                  applier,
                  database.address(),
                  fencer.text("SELECT session_user"),
                  login.formatted(role, replication, "'...'"),
                  isByMembership ? "; " + membership : ""));
    }
  }

  private static Optional<String> createSchema(PostgresSession fencer, DatabaseEndpoint database)
      throws SQLException {
    try {
      fencer.transact(
          () -> {
            if (!fencer.isTrue(
                "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'cutover')")) {
              fencer.execute("CREATE SCHEMA cutover");
            }
            for (String table : TABLES) {
              fencer.execute(table);
            }
          });
      return Optional.empty();
    } catch (SQLException e) {
      if (!PostgresSession.INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
        throw e;
      }
      return Optional.of(
          "Expected %1$s to own the schema cutover of %2$s or to be allowed to create it, but: %3$s. Run GRANT CREATE ON DATABASE %4$s TO %1$s"
              .formatted(
                  fencer.text("SELECT quote_ident(session_user)"),
                  database.address(),
                  e.getMessage(),
                  CutoverSql.identifier(database.database())));
    }
  }

  /** Takes the row over for this cutover at this epoch, and gives both functions that knowledge. */
  private void claim(
      PostgresSession fencer, DatabaseEndpoint database, Side side, StepRef step, long epoch)
      throws SQLException, GateRefused {
    String state = side == Side.SOURCE ? "OPEN" : "FENCED";
    String cutover = step.cutover().value();
    boolean claimed =
        fencer.inTransaction(
            () -> {
              fencer.execute(
                  "INSERT INTO cutover.writer(epoch, state) VALUES (0, ?) ON CONFLICT DO NOTHING",
                  state);
              boolean own =
                  fencer.isTrue(
                      "SELECT cutover IS NOT DISTINCT FROM ? FROM cutover.writer FOR UPDATE",
                      cutover);
              // An epoch says nothing about another cutover's: a released row takes any.
              if (fencer.execute(
                      "UPDATE cutover.writer SET epoch = ?, step = ?, at = clock_timestamp(),"
                          + " by = session_user, cutover = ?, lease_until = NULL"
                          + " WHERE state = ? AND NOT manual"
                          + " AND (cutover IS NULL OR cutover = ? AND epoch <= ?)",
                      epoch,
                      step.toString(),
                      cutover,
                      state,
                      cutover,
                      epoch)
                  == 0) {
                return false;
              }
              if (own) {
                return true; // the functions know this cutover's last fence already
              }
              fencer.execute("UPDATE cutover.writer SET opened_lsn = NULL");
              long fencedEpoch = side == Side.SOURCE ? epoch - 1 : epoch;
              String applier = connections.user(database, DatabaseRole.APPLIER);
              fencer.execute(
                  CutoverSql.refuseWrite(applier, cutover, fencedEpoch, Optional.empty()));
              fencer.execute(
                  CutoverSql.refuseDdl(
                      connections.user(database, DatabaseRole.FENCER),
                      applier,
                      cutover,
                      fencedEpoch,
                      Optional.empty()));
              return true;
            });
    if (!claimed) {
      var row = WriterTable.read(fencer, database);
      WriterTable.requireOwn(row, step, database);
      if (row.epoch() > epoch) {
        throw WriterTable.newerEpoch(row, epoch, database);
      }
      throw new GateRefused(
          Reason.UNEXPECTED_STATE,
          "Expected the %s %s to be %s before a cutover, but it is %s since step %s: finish or abandon what did that first"
              .formatted(
                  side == Side.SOURCE ? "source" : "target",
                  database.address(),
                  state,
                  row.state(),
                  row.step().orElse("unknown")));
    }
  }

  private static void grant(PostgresSession fencer, String applier, List<String> faults)
      throws SQLException {
    String role = CutoverSql.identifier(applier);
    List<String> grants = new ArrayList<>();
    grants.add(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON cutover.marker, cutover.position, cutover.capture, cutover.copied TO "
            + role);
    for (String schema : fencer.texts(CutoverSql.SCHEMAS_WITHOUT_USAGE, applier)) {
      grants.add("GRANT USAGE ON SCHEMA %s TO %s".formatted(schema, role));
    }
    for (String table : fencer.texts(CutoverSql.TABLES_WITHOUT_RIGHTS, applier)) {
      grants.add(
          "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON %s TO %s".formatted(table, role));
    }
    for (String grant : grants) {
      if (!fencer.succeeds(grant)) {
        faults.add(
            "Expected %s to have a right that the fencer may not give: run %s"
                .formatted(applier, grant));
      }
    }
  }
}
