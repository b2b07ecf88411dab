package dev.cutover.sync.domain;

import dev.cutover.contract.ReplicationSpec;
import java.util.List;

/**
 * Brings the source's schema to a target that has none of the tables: all that rows need before
 * they come. Indexes, constraints and triggers follow with the copy, after the rows.
 */
public interface SchemaCarrier {
  /**
   * Makes it, in one transaction. Does nothing where the plan does not ask for it, or where the
   * target has the tables already.
   *
   * @return why it could not be made, as sentences; empty when it is there
   * @throws GateRefused UNREACHABLE
   */
  List<String> carry(ReplicationSpec spec) throws GateRefused, InterruptedException;
}
