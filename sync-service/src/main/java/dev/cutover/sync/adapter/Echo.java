package dev.cutover.sync.adapter;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ExternalForward;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * How a capture knows again what was applied from the other side; it drops it.
 *
 * @param stream the other direction's: a transaction that begins with the row of its position in
 *     {@code cutover.position} is its applier's
 * @param origin of PostgreSQL's own apply worker, or of the team's own tool, where that is the
 *     other direction's applier
 * @param gauge told of what had that origin: which markers, and that rows were written
 */
record Echo(String stream, Optional<String> origin, StreamGauge gauge) {
  /**
   * What the captured side of a direction has of the other one.
   *
   * @throws ReplicationFailed when it can't be told
   */
  static Echo of(ReplicationSpec spec, Direction direction, Connection captured, StreamGauge gauge)
      throws SQLException, ReplicationFailed {
    String opposite = StreamName.opposite(StreamName.of(spec, direction));
    if (direction == Direction.FORWARD) {
      return new Echo(opposite, Optional.empty(), gauge);
    }
    return new Echo(
        opposite,
        spec.isNative(Direction.FORWARD)
            ? Optional.of(SubscriptionSetup.origin(captured, opposite))
            : spec.external().map(ExternalForward::origin),
        gauge);
  }

  /** Whether PostgreSQL's own replication, or a tool of the team's, applies the other way. */
  boolean isNative() {
    return origin.isPresent();
  }

  /** Whether a transaction of that origin was applied from the other side. */
  boolean hasOrigin(String ofTransaction) {
    // Workers that copy a table have an origin of their own, which begins alike.
    return origin.isPresent()
        && (ofTransaction.equals(origin.get()) || ofTransaction.startsWith(origin.get() + "_"));
  }
}
