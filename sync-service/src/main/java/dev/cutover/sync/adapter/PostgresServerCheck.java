package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ExternalForward;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.DatabaseRight;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.SideRights;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/** Examines one server: version, settings, rights (found out by trying), what stands in the way. */
final class PostgresServerCheck {
  private static final int OLDEST_VERSION = 140_000;
  private static final int SLOTS_NEEDED = 1;

  private final PostgresConnections connections;
  private final ReplicationSpec spec;
  private final Side side;
  private final DatabaseEndpoint database;
  private final String where;
  private final String slot;

  PostgresServerCheck(PostgresConnections connections, ReplicationSpec spec, Side side) {
    this.connections = connections;
    this.spec = spec;
    this.side = side;
    this.database = spec.endpoint(side);
    this.where = "the " + side.name().toLowerCase(Locale.ROOT) + " " + database.address();
    this.slot = "cutover_" + spec.name() + (side == Side.SOURCE ? "_forward" : "_reverse");
  }

  SideRights examine(List<String> faults, List<String> warnings) throws GateRefused {
    try (PostgresSession fencer =
        PostgresSession.open(connections, database, DatabaseRole.FENCER)) {
      server(fencer, faults, warnings);
      SideRights rights = new PostgresRights(connections, spec, side, fencer).find();
      faults.addAll(rights.faults());
      warnings.addAll(rights.warnings());
      obstacles(fencer, faults, warnings);
      if (!rights.holds(DatabaseRight.SKIP_TRIGGERS)) {
        faults.addAll(new InOrderCheck(fencer, spec, where, rights.place().applier()).faults());
      }
      return rights;
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  private void server(PostgresSession fencer, List<String> faults, List<String> warnings)
      throws SQLException {
    int version = Integer.parseInt(fencer.text("SHOW server_version_num"));
    if (version < OLDEST_VERSION) {
      faults.add(
          "Expected PostgreSQL 14 or later on %s, but it is %s: upgrade it"
              .formatted(where, fencer.text("SHOW server_version")));
    }
    if (fencer.isTrue("SELECT pg_is_in_recovery()")) {
      faults.add(
          "Expected %s to be a primary, but it is a standby: name the primary".formatted(where));
    }
    String walLevel = fencer.text("SHOW wal_level");
    if (!walLevel.equals("logical")) {
      faults.add(
          "Expected wal_level = logical on %s, but it is %s: ALTER SYSTEM SET wal_level = 'logical' and restart it (managed: the parameter for logical replication)"
              .formatted(where, walLevel));
    }
    if (!fencer.succeeds("SELECT pg_current_wal_lsn(), pg_current_wal_insert_lsn()")) {
      faults.add(
          "Expected the positions of the log of %s to be readable, but they are not: on Aurora that takes rds.logical_replication = 1 and a restart"
              .formatted(where));
    }
    String encoding = fencer.text("SHOW server_encoding");
    if (!encoding.equals("UTF8")) {
      faults.add(
          "Expected encoding UTF8 in %s, but it is %s: the capture reads UTF-8 only"
              .formatted(where, encoding));
    }
    if (Integer.parseInt(fencer.text("SHOW max_replication_slots"))
            - Integer.parseInt(fencer.text("SELECT count(*) FROM pg_replication_slots"))
        < (slotExists(fencer) ? 0 : SLOTS_NEEDED)) {
      faults.add(
          "Expected a free replication slot on %s, but all %s are taken: raise max_replication_slots"
              .formatted(where, fencer.text("SHOW max_replication_slots")));
    }
    if (fencer.text("SHOW max_slot_wal_keep_size").equals("-1")) {
      warnings.add(
          "Expected max_slot_wal_keep_size to bound what a slot may keep on %s, but it is unlimited: a stopped stream can fill its disk, so set it or watch the disk"
              .formatted(where));
    }
  }

  private void obstacles(PostgresSession fencer, List<String> faults, List<String> warnings)
      throws SQLException {
    if (slotExists(fencer)
        && !fencer.isTrue("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'cutover')")) {
      faults.add(
          "Expected no replication slot %1$s on %2$s, but there is one: SELECT pg_drop_replication_slot('%1$s') if nothing needs it, or name the replication differently"
              .formatted(slot, where));
    }
    if (spec.isNative(Direction.FORWARD)) {
      new SubscriptionCheck(fencer, spec, side, where).examine(faults);
    }
    String own = spec.isNative(Direction.FORWARD) ? StreamName.of(spec, Direction.FORWARD) : "";
    String tool = spec.external().map(ExternalForward::origin).orElse("");
    for (String subscription : fencer.texts(PreflightSql.SUBSCRIBED_TABLES, own, tool)) {
      faults.add(
          "Expected no native subscription into %s, but %s, and the fence's triggers do not stop it: ALTER SUBSCRIPTION .. DISABLE"
              .formatted(where, subscription));
    }
    if (fencer.isTrue("SELECT EXISTS (SELECT FROM pg_largeobject_metadata)")) {
      faults.add(
          "Expected no large objects in %s, but there are some, and neither stream nor fence sees them: move them into a bytea column"
              .formatted(where));
    }
    for (String gid :
        fencer.texts(
            "SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY 1")) {
      warnings.add(
          "Expected no prepared transaction in %s, but there is '%s', and the fence waits for it: COMMIT PREPARED or ROLLBACK PREPARED it"
              .formatted(where, gid));
    }
    if (fencer.isTrue("SELECT EXISTS (SELECT FROM pg_foreign_table)")) {
      warnings.add(
          "Expected no foreign tables in %s, but there are some: writes through them are not fenced"
              .formatted(where));
    }
    List<String> always = fencer.texts(PreflightSql.ALWAYS_TRIGGERS);
    if (!always.isEmpty()) {
      warnings.add(
          "Expected no trigger on %s to fire for replicated rows, but these do (ENABLE ALWAYS or REPLICA): %s"
              .formatted(where, String.join(", ", always)));
    }
    Object tables = spec.tables().stream().map(TableName::toString).toArray(String[]::new);
    List<String> leaving = fencer.texts(PreflightSql.LEAVING_KEYS, tables);
    if (!leaving.isEmpty()) {
      warnings.add(
          "Expected foreign keys in %s to refer to tables of the plan, but these do not: %s. They are not checked for replicated rows, which may refer to rows that are not there: take those tables into the plan, or fill them on both sides"
              .formatted(where, String.join(", ", leaving)));
    }
  }

  private boolean slotExists(PostgresSession fencer) throws SQLException {
    return fencer.isTrue(
        "SELECT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = ?)", slot);
  }
}
