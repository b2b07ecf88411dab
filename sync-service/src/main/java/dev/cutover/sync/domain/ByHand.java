package dev.cutover.sync.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.ReplicationSpec;
import java.util.Map;

/** Says how people do by hand what this service does. */
@FunctionalInterface
public interface ByHand {
  /**
   * Files by name; no secrets.
   *
   * @throws GateRefused NOT_PREPARED when a login is not known
   */
  Map<String, String> files(CutoverId cutover, ReplicationSpec spec) throws GateRefused;
}
