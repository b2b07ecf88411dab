package dev.cutover.sync;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.WriteGate;
import dev.cutover.sync.domain.WriterRow;
import java.util.EnumMap;
import java.util.Map;

/**
 * What removing the {@code cutover} schemas would do to production.
 *
 * @param keepsSourceFenced the target serves: then the source must go on refusing writes
 */
record Removal(boolean keepsSourceFenced) {

  /**
   * Reads both rows; a side without a schema is as good as removed.
   *
   * @throws GateRefused NEWER_EPOCH, MANUAL, UNEXPECTED_STATE (another cutover's, or both sides are
   *     fenced, so that the removal itself would open one), UNREACHABLE
   */
  static Removal of(WriteGate gate, ReplicationSpec spec, CommandHeader header) throws GateRefused {
    Map<Side, WriterRow> rows = new EnumMap<>(Side.class);
    for (Side side : Side.values()) {
      try {
        WriterRow row = gate.state(spec.endpoint(side));
        require(row, spec.endpoint(side).address(), header);
        rows.put(side, row);
      } catch (GateRefused e) {
        if (e.reason() != Reason.NOT_PREPARED) {
          throw e;
        }
      }
    }
    WriterRow source = rows.get(Side.SOURCE);
    WriterRow target = rows.get(Side.TARGET);
    boolean sourceFenced = source != null && source.isFenced();
    if (sourceFenced && target != null && target.isFenced()) {
      throw new GateRefused(
          Reason.UNEXPECTED_STATE,
          "Expected one side to serve before the replication is dropped, but both are fenced: open one first");
    }
    return new Removal(sourceFenced);
  }

  private static void require(WriterRow row, String address, CommandHeader header)
      throws GateRefused {
    row.requireNotManual(address);
    boolean own = row.cutover().isEmpty() || row.cutover().get().equals(header.step().cutover());
    if (!own) {
      throw new GateRefused(
          Reason.UNEXPECTED_STATE,
          "Expected %s to belong to cutover %s, but it belongs to %s"
              .formatted(address, header.step().cutover(), row.cutover().get()));
    }
    if (row.cutover().isPresent() && row.epoch() > header.epoch()) {
      throw new GateRefused(
          Reason.NEWER_EPOCH,
          "Expected %s at epoch %d or lower, but found the newer epoch %d: this command came too late"
              .formatted(address, header.epoch(), row.epoch()));
    }
  }
}
