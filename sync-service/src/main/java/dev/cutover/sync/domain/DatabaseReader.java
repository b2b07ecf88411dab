package dev.cutover.sync.domain;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.DatabaseState;

/** Reads what a database says of itself. Changes nothing. */
public interface DatabaseReader {
  /**
   * Reads one database; never fails: a state may be that it cannot be reached. Whether its
   * sequences are ahead is left empty.
   *
   * @param replication name of the replication whose slots are meant
   */
  DatabaseState read(DatabaseEndpoint database, String replication);
}
