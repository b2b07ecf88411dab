package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.TableShape;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * How an engine is set up; each line of it that is not about where the database is was measured
 * (correctness.md 1, data.md C1, C10 to C13).
 */
final class DebeziumSettings {
  private static final long STATUS_MS = 2_000;

  private DebeziumSettings() {}

  static Properties of(
      String stream,
      DatabaseEndpoint endpoint,
      PostgresConnections connections,
      Map<TableName, TableShape> shapes) {
    Properties p = new Properties();
    p.setProperty("name", stream);
    p.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    p.setProperty("topic.prefix", stream);
    p.setProperty("database.hostname", endpoint.host());
    p.setProperty("database.port", Integer.toString(endpoint.port()));
    p.setProperty("database.dbname", endpoint.database());
    p.setProperty("database.user", connections.user(endpoint, DatabaseRole.APPLIER));
    p.setProperty("database.password", connections.password(endpoint, DatabaseRole.APPLIER));
    p.setProperty("plugin.name", "pgoutput");
    p.setProperty("slot.name", stream);
    p.setProperty("slot.drop.on.stop", "false");
    p.setProperty("slot.max.retries", "2");
    p.setProperty("slot.retry.delay.ms", "200");
    p.setProperty("publication.name", stream);
    p.setProperty("publication.autocreate.mode", "disabled");
    p.setProperty("table.include.list", tables(shapes));
    String excluded = excludedColumns(shapes);
    if (!excluded.isEmpty()) {
      p.setProperty("column.exclude.list", excluded);
    }
    p.setProperty("snapshot.mode", "no_data");
    p.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
    p.setProperty("offset.flush.interval.ms", "100");
    p.setProperty("errors.max.retries", "0");
    p.setProperty("event.processing.failure.handling.mode", "fail");
    p.setProperty("event.converting.failure.handling.mode", "fail");
    p.setProperty("provide.transaction.metadata", "true");
    p.setProperty("skipped.operations", "none");
    p.setProperty("tombstones.on.delete", "false");
    p.setProperty("poll.interval.ms", "10");
    p.setProperty("max.batch.size", "4096");
    p.setProperty("max.queue.size", "16384");
    p.setProperty("max.queue.size.in.bytes", Long.toString(64L << 20));
    p.setProperty("record.processing.threads", "1");
    p.setProperty("record.processing.order", "ORDERED");
    p.setProperty("decimal.handling.mode", "string");
    p.setProperty("time.precision.mode", "microseconds");
    p.setProperty("interval.handling.mode", "string");
    p.setProperty("binary.handling.mode", "hex");
    p.setProperty("include.unknown.datatypes", "true");
    p.setProperty("unavailable.value.placeholder", DebeziumRecords.UNAVAILABLE);
    p.setProperty("lsn.flush.mode", "connector");
    bound(p, connections.patience());
    return p;
  }

  /**
   * An engine asks {@code SELECT 1} beside its stream each time that it tells how far it is, and so
   * notices a dead network by the driver's time-out. The stream itself never waits for an answer:
   * there the server notices first ({@link CaptureSigns}).
   */
  private static void bound(Properties p, Patience patience) {
    p.setProperty("status.update.interval.ms", Long.toString(STATUS_MS));
    p.setProperty("database.tcpKeepAlive", "true");
    p.setProperty("driver.connectTimeout", Patience.seconds(patience.connect()));
    p.setProperty("driver.loginTimeout", Patience.seconds(patience.connect()));
    p.setProperty("driver.socketTimeout", Patience.seconds(patience.answer()));
    p.setProperty("driver.socketFactory", ProbedSockets.class.getName());
    p.setProperty(
        "driver.options",
        "-c wal_sender_timeout=" + Math.max(2 * STATUS_MS, patience.sign().toMillis() * 2 / 3));
  }

  private static String tables(Map<TableName, TableShape> shapes) {
    Collection<TableName> all = shapes.keySet();
    return all.stream()
            .map(table -> regex(table.schema()) + "\\." + regex(table.name()))
            .collect(Collectors.joining(","))
        + ",cutover\\.marker,cutover\\.position";
  }

  private static String excludedColumns(Map<TableName, TableShape> shapes) {
    return shapes.values().stream()
        .flatMap(
            shape ->
                shape.refetched().stream()
                    .map(
                        column ->
                            regex(shape.table().schema())
                                + "\\."
                                + regex(shape.table().name())
                                + "\\."
                                + regex(column.name())))
        .collect(Collectors.joining(","));
  }

  private static String regex(String name) {
    return name.replaceAll("[^A-Za-z0-9_]", "\\\\$0");
  }
}
