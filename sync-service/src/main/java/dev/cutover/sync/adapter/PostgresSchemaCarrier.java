package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.SchemaCarrier;
import dev.cutover.sync.domain.SchemaDump;
import dev.cutover.sync.domain.SchemaItem;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Carries a schema over by pg_dump: what rows need at once, the rest when they are there. */
public final class PostgresSchemaCarrier implements SchemaCarrier {
  /** What was made on the target, each in the transaction that made it. */
  static final String CARRIED =
      "CREATE TABLE IF NOT EXISTS cutover.carried(item text PRIMARY KEY, what text NOT NULL,"
          + " at timestamptz DEFAULT clock_timestamp())";

  static final String BEFORE_ROWS = "before rows";
  static final String AFTER_ROWS = "after rows";

  /** Roles that own something, have a right on something, or are named by a policy. */
  private static final String ROLES =
      """
      SELECT DISTINCT r.rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
       WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype IN ('o','a','r')
         AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND r.rolname !~ '^pg_'""";

  private static final String SETTINGS =
      "SET search_path = ''; SET check_function_bodies = false; SET row_security = off;"
          + " SET client_min_messages = warning; SET lock_timeout = '10s';"
          + " SET xmloption = content; SET standard_conforming_strings = on";

  private final PostgresConnections connections;

  public PostgresSchemaCarrier(PostgresConnections connections) {
    this.connections = connections;
  }

  /** Whether the plan asks for the schema, and the target has none of the tables. */
  boolean isDue(ReplicationSpec spec) throws GateRefused {
    if (!spec.copyTerms().carriesSchema()) {
      return false;
    }
    try (Connection target = connections.open(spec.target(), DatabaseRole.FENCER)) {
      for (TableName table : spec.tables()) {
        if (PostgresSql.query(target, "SELECT to_regclass(?)", PostgresSql.quote(table))
            .isPresent()) {
          return false;
        }
      }
      return true;
    } catch (SQLException e) {
      throw WriterTable.refusal(spec.target(), e);
    }
  }

  /** Whether the target's tables were carried over, and have not all of what follows the rows. */
  boolean isUnfinished(ReplicationSpec spec) throws GateRefused {
    if (!spec.copyTerms().carriesSchema()) {
      return false;
    }
    try (Connection target = connections.open(spec.target(), DatabaseRole.FENCER)) {
      return isMade(target, BEFORE_ROWS) && !isMade(target, AFTER_ROWS);
    } catch (SQLException e) {
      throw WriterTable.refusal(spec.target(), e);
    }
  }

  static boolean isMade(Connection target, String item) throws SQLException {
    return PostgresSql.query(target, "SELECT to_regclass('cutover.carried')").isPresent()
        && PostgresSql.query(target, "SELECT what FROM cutover.carried WHERE item = ?", item)
            .isPresent();
  }

  /** What would keep the schema from being carried over, as sentences. Changes nothing. */
  List<String> examine(ReplicationSpec spec) throws GateRefused, InterruptedException {
    try {
      List<SchemaItem> items = new ArrayList<>();
      for (PgDump.Section section : PgDump.Section.values()) {
        items.addAll(dump(spec, section));
      }
      return missingRoles(spec, items);
    } catch (Unwritten e) {
      return List.of(String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      throw WriterTable.refusal(spec.source(), e);
    }
  }

  @Override
  public List<String> carry(ReplicationSpec spec) throws GateRefused, InterruptedException {
    if (!isDue(spec)) {
      return List.of();
    }
    try {
      List<SchemaItem> items = dump(spec, PgDump.Section.BEFORE_ROWS);
      List<String> faults = missingRoles(spec, items);
      if (!faults.isEmpty()) {
        return faults;
      }
      try (Connection target =
          connections.openUnhurried(spec.target(), DatabaseRole.FENCER, PostgresSql.simple())) {
        return make(spec, target, items);
      } catch (SQLException e) {
        throw WriterTable.refusal(spec.target(), e);
      }
    } catch (Unwritten e) {
      return List.of(String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      throw WriterTable.refusal(spec.source(), e);
    }
  }

  /**
   * What is to be made on the target once the rows are there; nothing where nothing was carried.
   */
  SchemaFinish finish(ReplicationSpec spec)
      throws GateRefused, SQLException, Unwritten, InterruptedException {
    if (!isUnfinished(spec)) {
      return SchemaFinish.none();
    }
    List<SchemaItem> items = dump(spec, PgDump.Section.AFTER_ROWS);
    try (Connection target = connections.open(spec.target(), DatabaseRole.FENCER)) {
      return SchemaFinish.of(items, target);
    }
  }

  private List<String> make(ReplicationSpec spec, Connection target, List<SchemaItem> items)
      throws SQLException {
    PostgresSql.execute(target, SETTINGS);
    target.setAutoCommit(false);
    Optional<String> withoutApplier = missingApplier(spec, target);
    String at = "schema cutover";
    try {
      prepareRecord(target);
      for (SchemaItem item : items) {
        at = item.toString();
        String sql = withoutGrants(item, withoutApplier);
        if (!sql.isEmpty()) {
          PostgresSql.script(target, sql);
        }
      }
      record(target, BEFORE_ROWS, "schema of " + spec.source().address());
      target.commit();
      return List.of();
    } catch (SQLException e) {
      target.rollback();
      if (PostgresSession.isConnectionLoss(e)) {
        throw e;
      }
      return List.of(
          "Expected %s of the source's schema to be made on the target %s, but: %s. Nothing was made; mend that, or make the schema yourself and set schema: check"
              .formatted(at, spec.target().address(), e.getMessage()));
    }
  }

  static void prepareRecord(Connection target) throws SQLException {
    // IF NOT EXISTS would ask for the right to create it also where it is there.
    if (PostgresSql.query(target, "SELECT 1 FROM pg_namespace WHERE nspname = 'cutover'")
        .isEmpty()) {
      PostgresSql.execute(target, "CREATE SCHEMA cutover");
    }
    if (PostgresSql.query(target, "SELECT to_regclass('cutover.carried')").isEmpty()) {
      PostgresSql.execute(target, CARRIED);
    }
  }

  static void record(Connection target, String item, String what) throws SQLException {
    PostgresSql.update(target, "INSERT INTO cutover.carried(item, what) VALUES (?, ?)", item, what);
  }

  /**
   * The applier has rights on the source since that was prepared; on the target it gets its own.
   */
  private Optional<String> missingApplier(ReplicationSpec spec, Connection target)
      throws SQLException {
    String applier = connections.user(spec.source(), DatabaseRole.APPLIER);
    return PostgresSql.query(target, "SELECT 1 FROM pg_roles WHERE rolname = ?", applier)
            .isPresent()
        ? Optional.empty()
        : Optional.of(applier);
  }

  private static String withoutGrants(SchemaItem item, Optional<String> role) {
    if (role.isEmpty() || !item.type().equals("ACL")) {
      return item.sql();
    }
    return item.sql()
        .lines()
        .filter(line -> !line.endsWith(" TO " + role.get() + ";"))
        .filter(line -> !line.endsWith(" TO " + PostgresSql.quote(role.get()) + ";"))
        .reduce("", (all, line) -> all + line + "\n")
        .strip();
  }

  private List<String> missingRoles(ReplicationSpec spec, List<SchemaItem> items)
      throws SQLException {
    Set<String> roles = new TreeSet<>();
    items.stream().map(SchemaItem::owner).filter(owner -> !owner.isEmpty()).forEach(roles::add);
    try (Connection source = connections.open(spec.source(), DatabaseRole.FENCER);
        Connection target = connections.open(spec.target(), DatabaseRole.FENCER)) {
      roles.addAll(PostgresSql.texts(source, ROLES));
      roles.removeAll(PostgresSql.texts(target, "SELECT rolname FROM pg_roles"));
    }
    roles.remove(connections.user(spec.source(), DatabaseRole.APPLIER));
    roles.remove("-");
    return roles.stream()
        .map(
            role ->
                "Expected role %1$s, which owns or may use parts of the source's schema, on the target %2$s too, but it is not there: CREATE ROLE %1$s"
                    .formatted(CutoverSql.identifier(role), spec.target().address()))
        .toList();
  }

  /** The dump could not be made; the message is a sentence for people. */
  static final class Unwritten extends Exception {
    private static final long serialVersionUID = 1L;

    Unwritten(String reason) {
      super(reason);
    }

    Unwritten(String reason, Throwable cause) {
      super(reason, cause);
    }
  }

  /** The objects of the source's schema. */
  List<SchemaItem> dump(ReplicationSpec spec, PgDump.Section section)
      throws SQLException, Unwritten, InterruptedException {
    DatabaseEndpoint source = spec.source();
    int version;
    try (Connection connection = connections.open(source, DatabaseRole.FENCER)) {
      version = connection.getMetaData().getDatabaseMajorVersion();
    }
    Optional<PgDump> program = PgDump.reading(version);
    if (program.isEmpty()) {
      throw new Unwritten(
          "Expected pg_dump of version %1$d or later to carry the schema of %2$s over, but %3$s: apt-get install postgresql-client-%1$d, or make the schema yourself and set schema: check"
              .formatted(version, source.address(), PgDump.inWords()));
    }
    PgDump.Login login =
        new PgDump.Login(
            source.host(),
            source.port(),
            source.database(),
            connections.user(source, DatabaseRole.FENCER),
            connections.password(source, DatabaseRole.FENCER));
    try {
      return SchemaDump.items(program.get().dump(login, section));
    } catch (IOException e) {
      throw new Unwritten(
          "Expected pg_dump to write down the schema of %s, but: %s"
              .formatted(source.address(), e.getMessage()),
          e);
    }
  }
}
