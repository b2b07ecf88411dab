package dev.cutover.deploy.sync;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.deploy.PlanOnDisk;
import dev.cutover.runtime.Credentials;
import dev.cutover.sync.adapter.PostgresConnections;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which databases, and by which logins. */
final class PlanOptions {
  @Parameters(paramLabel = "PLAN", description = "A plan with a section 'data'.")
  private Path plan = Path.of("plan.yaml");

  @Option(
      names = "--credentials",
      paramLabel = "FILE",
      defaultValue = "${env:CUTOVER_SYNC_CREDENTIALS}",
      description =
          "Properties file with <credential>.<role>.user and .password, as the sync-service has;"
              + " CUTOVER_SYNC_CREDENTIALS unless given.")
  private @Nullable Path credentials;

  @Option(names = "--json", description = "Everything as JSON.")
  private boolean json;

  boolean json() {
    return json;
  }

  /**
   * The plan's databases.
   *
   * @param faults is told what is wrong with the plan
   * @return empty when there are faults
   */
  Optional<ReplicationSpec> spec(PrintWriter faults) {
    return named(faults).map(Named::spec);
  }

  /** A plan's databases, and the cutover that they are for. */
  record Named(CutoverId cutover, ReplicationSpec spec) {}

  /** As {@link #spec}, with the cutover's name. */
  Optional<Named> named(PrintWriter faults) {
    return PlanOnDisk.read(plan, faults)
        .flatMap(
            read -> {
              if (read.data().isEmpty()) {
                faults.println(
                    "Expected a section 'data' with two databases in %s, but there is none"
                        .formatted(plan));
              }
              return read.data().map(spec -> new Named(read.id(), spec));
            });
  }

  /**
   * Connections by the credentials file.
   *
   * @throws IllegalArgumentException when none is named
   * @throws dev.cutover.runtime.ConfigException when it can't be read
   */
  PostgresConnections connections() {
    if (credentials == null) {
      throw new IllegalArgumentException(
          "Expected --credentials FILE or CUTOVER_SYNC_CREDENTIALS with the databases' logins, but there is neither");
    }
    return new PostgresConnections(Credentials.load(credentials));
  }
}
