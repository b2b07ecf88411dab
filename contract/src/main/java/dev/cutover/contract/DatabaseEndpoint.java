package dev.cutover.contract;

/**
 * Where a PostgreSQL database is. Names its credentials, never holds them.
 *
 * @param credential name of an entry in each service's own credentials file, which has one user and
 *     password for each role: {@code fencer}, {@code applier}, {@code application}, {@code reader}
 */
public record DatabaseEndpoint(String host, int port, String database, String credential) {
  /** The address without credentials, for messages to people. */
  public String address() {
    return host + ":" + port + "/" + database;
  }
}
