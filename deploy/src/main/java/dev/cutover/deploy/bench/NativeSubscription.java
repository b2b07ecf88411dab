package dev.cutover.deploy.bench;

import dev.cutover.deploy.bench.ApplyDatabases.Name;
import java.sql.SQLException;
import java.time.Duration;

/** PostgreSQL's own logical replication of the same tables, which can be stopped and started. */
final class NativeSubscription {
  private static final Duration COPY_MAX = Duration.ofMinutes(2);
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private final ApplyDatabases databases;

  /** Creates it and waits until the rows that are there are copied; it is stopped then. */
  NativeSubscription(ApplyDatabases databases) throws SQLException, InterruptedException {
    this.databases = databases;
    databases.execute(
        Name.SOURCE,
        "CREATE PUBLICATION bench_native FOR TABLE "
            + String.join(", ", ApplyWorkload.TABLE_NAMES));
    databases.execute(
        Name.SUBSCRIBER,
        """
        CREATE SUBSCRIPTION bench_native CONNECTION 'host=127.0.0.1 port=%d dbname=%s user=postgres password=postgres'
          PUBLICATION bench_native"""
            .formatted(databases.port(Name.SOURCE), databases.endpoint(Name.SOURCE).database()));
    Waiting.until(
        "the subscription to have copied",
        COPY_MAX,
        () ->
            !databases.finds(
                Name.SUBSCRIBER, "SELECT FROM pg_subscription_rel WHERE srsubstate <> 'r'"));
    databases.execute(Name.SUBSCRIBER, "ANALYZE");
    stop();
  }

  void stop() throws SQLException, InterruptedException {
    databases.execute(Name.SUBSCRIBER, "ALTER SUBSCRIPTION bench_native DISABLE");
    Waiting.until("the subscription to stop", START_MAX, () -> !isConnected());
  }

  /** Returns when its worker is connected, so that its start is not measured. */
  void start() throws SQLException, InterruptedException {
    databases.execute(Name.SUBSCRIBER, "ALTER SUBSCRIPTION bench_native ENABLE");
    Waiting.until("the subscription to start", START_MAX, this::isConnected);
  }

  private boolean isConnected() throws SQLException {
    return databases.finds(
        Name.SOURCE, "SELECT FROM pg_stat_replication WHERE application_name = 'bench_native'");
  }

  void drop() throws SQLException {
    databases.execute(Name.SUBSCRIBER, "DROP SUBSCRIPTION bench_native");
  }
}
