package dev.cutover.deploy.bench;

import dev.cutover.deploy.bench.ApplyDatabases.Name;
import dev.cutover.deploy.bench.ApplyFigures.Load;
import dev.cutover.deploy.bench.ApplyWorkload.Operation;
import dev.cutover.runtime.EmbeddedBroker;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Topics;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The same changes of one source, applied by the product, by PostgreSQL's logical replication and
 * row by row, one after the other, each to a database of its own on the same second server.
 */
final class ApplyBench {
  private static final int WARM_UP_CHANGES = 20_000;
  // A commit that waits for the disk costs so much that a part of the changes says it.
  private static final int DURABLE_SHARE = 5;
  private static final Duration NATIVE_MAX = Duration.ofMinutes(10);

  private final int changes;
  private final int lagSeconds;
  private final PrintStream out;
  private final Set<String> differences = new LinkedHashSet<>();
  private int markers;

  /**
   * @param changes of each load, in each of its two runs
   * @param lagSeconds for how long lag is measured; 0: not at all
   */
  ApplyBench(int changes, int lagSeconds, PrintStream out) {
    this.changes = changes;
    this.lagSeconds = lagSeconds;
    this.out = out;
  }

  ApplyFigures run() throws IOException, SQLException, InterruptedException {
    Path directory = Files.createTempDirectory("cutover-bench-");
    out.println("bench apply: starting a broker and two PostgreSQL servers");
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        ApplyDatabases databases = new ApplyDatabases(directory)) {
      KafkaSettings kafka = new KafkaSettings(broker.bootstrapServers());
      try (ProductStream product =
              new ProductStream(databases, kafka, new Topics("bench", 1, 1, 1));
          RowByRow writer = new RowByRow(databases.connect(Name.SOURCE), false)) {
        NativeSubscription subscription = new NativeSubscription(databases);
        World world = new World(databases, product, subscription, writer);
        List<Load> loads = new ArrayList<>();
        for (ApplyWorkload.Kind kind : ApplyWorkload.Kind.values()) {
          ApplyWorkload workload = new ApplyWorkload(kind);
          out.println("warming up " + kind.title());
          measure(world, workload, Math.min(changes, WARM_UP_CHANGES));
          out.println("measuring " + kind.title());
          loads.add(measure(world, workload, changes));
          out.println("  " + loads.getLast().inWords());
        }
        Latencies productLag = new Latencies();
        Latencies nativeLag = new Latencies();
        if (lagSeconds > 0) {
          out.println("measuring lag at " + LagMeter.CHANGES_PER_SECOND + " changes a second");
          LagMeter meter = new LagMeter(databases, lagSeconds);
          meter.measure(Name.CUTOVER, productLag);
          product.stop();
          subscription.start();
          awaitNative(world, mark(world));
          meter.measure(Name.SUBSCRIBER, nativeLag);
          product.start();
        }
        String last = mark(world);
        product.awaitApplied(last);
        if (lagSeconds == 0) {
          subscription.start();
        }
        awaitNative(world, last);
        verify(world, List.of(Name.CUTOVER, Name.SUBSCRIBER), ApplyWorkload.TABLE_NAMES);
        subscription.drop();
        return ApplyFigures.of(changes, loads, productLag, nativeLag, List.copyOf(differences));
      }
    }
  }

  private record World(
      ApplyDatabases databases,
      ProductStream product,
      NativeSubscription subscription,
      RowByRow writer) {}

  private Load measure(World world, ApplyWorkload workload, int number)
      throws SQLException, InterruptedException {
    List<List<Operation>> transactions = workload.next(number);
    String marker;
    long startedNanos;
    double captured;
    try (Connection _ = world.product.hold()) {
      startedNanos = System.nanoTime();
      write(world, transactions);
      marker = mark(world);
      world.product.awaitCaptured(marker);
      captured = rate(transactions, startedNanos);
      startedNanos = System.nanoTime();
    }
    world.product.awaitApplied(marker);
    final double applied = rate(transactions, startedNanos);
    startedNanos = System.nanoTime();
    world.subscription.start();
    awaitNative(world, marker);
    final double natively = rate(transactions, startedNanos);
    world.subscription.stop();
    int durably = transactions.size() / DURABLE_SHARE;
    final double durable = rowByRow(world, transactions.subList(0, durably), true);
    final double lazy = rowByRow(world, transactions.subList(durably, transactions.size()), false);
    verify(
        world,
        List.of(Name.CUTOVER, Name.SUBSCRIBER, Name.ROWS),
        ApplyWorkload.TABLE_NAMES.subList(0, 6));

    transactions = workload.next(number);
    startedNanos = System.nanoTime();
    write(world, transactions);
    final double written = rate(transactions, startedNanos);
    world.product.awaitApplied(mark(world));
    final double endToEnd = rate(transactions, startedNanos);
    rowByRow(world, transactions, false);
    return new Load(
        workload.kind().title(), applied, natively, lazy, durable, endToEnd, captured, written);
  }

  private static void write(World world, List<List<Operation>> transactions) throws SQLException {
    for (List<Operation> transaction : transactions) {
      world.writer.write(transaction);
    }
  }

  private static double rowByRow(World world, List<List<Operation>> transactions, boolean isDurable)
      throws SQLException {
    long startedNanos = System.nanoTime();
    try (RowByRow rows = new RowByRow(world.databases.connect(Name.ROWS), isDurable)) {
      for (List<Operation> transaction : transactions) {
        rows.apply(transaction);
      }
    }
    return rate(transactions, startedNanos);
  }

  private static double rate(List<List<Operation>> transactions, long startedNanos) {
    return transactions.stream().mapToLong(List::size).sum()
        * 1e9
        / (System.nanoTime() - startedNanos);
  }

  /** Writes a row for each follower; who has it has everything before it. */
  private String mark(World world) throws SQLException {
    String marker = "bench-" + ++markers;
    world.databases.execute(
        Name.SOURCE,
        "BEGIN; INSERT INTO mark VALUES ('%1$s'); INSERT INTO cutover.marker VALUES ('%1$s', clock_timestamp()); COMMIT"
            .formatted(marker));
    return marker;
  }

  private static void awaitNative(World world, String marker)
      throws SQLException, InterruptedException {
    try (Connection subscriber = world.databases.connect(Name.SUBSCRIBER)) {
      String sql = "SELECT FROM mark WHERE id = '%s'".formatted(marker);
      Waiting.until(
          "the subscription to have " + marker,
          NATIVE_MAX,
          () -> ApplyDatabases.finds(subscriber, sql));
    }
  }

  private void verify(World world, List<Name> names, List<String> tables) throws SQLException {
    for (Name name : names) {
      differences.addAll(world.databases.differences(name, tables));
    }
  }
}
