package dev.cutover.validator.adapter.system;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SystemCheck.DatabaseClients;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.TableReader;
import dev.cutover.validator.domain.Verdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Looks for a session from each instance (postgresql.org, "pg_stat_activity"). */
final class ClientsLook {
  /** Of sessions of other roles nothing but that they exist is shown without the right to more. */
  private static final String HIDDEN =
      "SELECT count(*) FROM pg_stat_activity WHERE backend_type IS NULL";

  /** Those of the reader itself are this service's own. */
  private static final String ADDRESSES =
      """
      SELECT DISTINCT host(client_addr) FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend'
        AND client_addr IS NOT NULL AND usename <> current_user""";

  private final Reach reach;
  private final Discovery discovery;
  private final Function<DatabaseEndpoint, TableReader> databases;

  ClientsLook(Reach reach, Discovery discovery, Function<DatabaseEndpoint, TableReader> databases) {
    this.reach = reach;
    this.discovery = discovery;
    this.databases = databases;
  }

  Verdict look(DatabaseClients check, Instant deadline) throws Unasked, InterruptedException {
    reach.require(new ServerAddress(check.database().host(), check.database().port()));
    Set<String> connected = new HashSet<>();
    try {
      TableReader database = databases.apply(check.database());
      if (!database.query(HIDDEN).strip().equals("0")) {
        throw new Unasked(
            "Expected to see the sessions of all roles in %s, but they are hidden: GRANT pg_read_all_stats to the reader"
                .formatted(check.database().address()));
      }
      database.query(ADDRESSES).lines().map(String::strip).forEach(connected::add);
    } catch (ReadFailed e) {
      throw new Unasked(e.failure().reason(), e);
    }
    List<ServerAddress> instances = discovery.find(check.instances(), deadline);
    List<String> missing = new ArrayList<>();
    List<String> evidence = new ArrayList<>();
    for (ServerAddress instance : instances) {
      Set<String> addresses = addresses(instance);
      boolean there = addresses.stream().anyMatch(connected::contains);
      evidence.add("%s: %s".formatted(instance, there ? "has a session" : "has none"));
      if (!there) {
        missing.add(instance.host());
      }
    }
    if (instances.isEmpty()) {
      return new Verdict.Mismatch("Expected instances, but found none", evidence);
    }
    return missing.isEmpty()
        ? new Verdict.Match("all %d instances have sessions".formatted(instances.size()), evidence)
        : new Verdict.Mismatch(
            "Expected a session in %s from each instance, but there is none from %s"
                .formatted(check.database().address(), String.join(", ", missing)),
            evidence);
  }

  private static Set<String> addresses(ServerAddress instance) throws Unasked {
    try {
      Set<String> addresses = new HashSet<>();
      for (InetAddress one : InetAddress.getAllByName(instance.host())) {
        addresses.add(one.getHostAddress());
      }
      return addresses;
    } catch (UnknownHostException e) {
      throw new Unasked(
          "Expected an address of %s, but there is none".formatted(instance.host()), e);
    }
  }
}
