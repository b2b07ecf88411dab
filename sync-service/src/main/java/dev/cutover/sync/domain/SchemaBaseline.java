package dev.cutover.sync.domain;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.TableName;
import java.util.List;

/** What a schema was when the replication was prepared, kept in that database itself. */
public interface SchemaBaseline {
  /**
   * Keeps the schema as it is now: the tables in full, of all others only that they are there. What
   * was kept at the same or a higher epoch stays.
   *
   * @throws GateRefused UNREACHABLE, NOT_PREPARED
   */
  void keep(DatabaseEndpoint database, List<TableName> tables, long epoch) throws GateRefused;

  /**
   * Compares the schema with what was kept; cheap while it is the same.
   *
   * @return sentences, as {@link SchemaDrift#between}
   * @throws GateRefused UNREACHABLE, NOT_PREPARED (nothing was kept)
   */
  List<String> drifts(DatabaseEndpoint database, List<TableName> tables) throws GateRefused;
}
