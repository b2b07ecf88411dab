package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a slot does not fill the disk of a server (data.md B12, B13). PostgreSQL tells no
 * free space by SQL: the plan says how much log may be kept.
 */
final class SlotGuard {
  private static final Logger LOGGER = LoggerFactory.getLogger(SlotGuard.class);
  private static final String RETAINED =
      "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint FROM pg_replication_slots WHERE slot_name = ?";

  private final PostgresConnections connections;
  private final ReplicationSpec spec;
  private final String name;
  private final DatabaseEndpoint captured;

  SlotGuard(PostgresConnections connections, ReplicationSpec spec, Direction direction) {
    this.connections = connections;
    this.spec = spec;
    this.name = StreamName.of(spec, direction);
    this.captured = spec.endpoint(direction.captured());
  }

  /**
   * Looks once, and drops a slot for which too much is kept.
   *
   * @param gauge of the stream, where it was started
   * @return why nothing comes by the slot any more; empty while it does, or nobody answers
   */
  Optional<String> look(Optional<StreamGauge> gauge) {
    Lsn applied = gauge.map(StreamGauge::applied).orElse(Lsn.ZERO);
    PostgresSlot slot = new PostgresSlot(name);
    try (Connection connection = connections.open(captured, DatabaseRole.APPLIER)) {
      PostgresSql.execute(connection, "SET statement_timeout = '5s'");
      slot.require(connection, captured.address(), applied);
      Optional<Long> retained = PostgresSql.query(connection, RETAINED, name).map(Long::parseLong);
      long max = spec.maxRetainedBytes().orElse(Long.MAX_VALUE);
      if (retained.isEmpty() || retained.get() <= max) {
        return Optional.empty();
      }
      slot.drop(connection);
      String reason =
          "Expected at most %,d bytes of log kept on %s for slot '%s', but there were %,d, and the slot was given up before the disk is full: changes since %s are lost to the stream. Drop the replication and copy again"
              .formatted(max, captured.address(), name, retained.get(), applied);
      LOGGER.atError().addKeyValue("slot", name).addKeyValue("error", reason).log("slot given up");
      return Optional.of(reason);
    } catch (ReplicationFailed e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      LOGGER.atDebug().addKeyValue("slot", name).setCause(e).log("slot not seen");
      return Optional.empty();
    }
  }
}
