package dev.cutover.deploy.sync;

import dev.cutover.contract.CopyMeasured;
import dev.cutover.contract.Event;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.runtime.ConfigException;
import dev.cutover.sync.adapter.PostgresConnections;
import dev.cutover.sync.adapter.PostgresSyncReader;
import dev.cutover.sync.domain.CopyProgress;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.Replicator.StreamHealth;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A copy that is kept up, without a cutover. */
@Command(
    name = "follow",
    description = {
      "Copies the tables of a plan to its empty target where that is not done yet, and keeps the"
          + " target following the source until it is stopped. The target takes no other writes"
          + " meanwhile.",
      "Ctrl-C stops it; called again it goes on from where it was. Meanwhile the source keeps its log:"
          + " see 'sync status', and 'sync drop' to end it. A cutover of the same plan takes over."
          + " Exit code 0 when it was stopped or has caught up, 1 when it can't go on, 2 for what"
          + " can't be understood."
    },
    mixinStandardHelpOptions = true)
final class FollowCommand implements Callable<Integer> {
  private static final long STOP_SECONDS = 30;
  private static final int TABLES_MAX = 3;
  private static final String STOPPED = "Stopped: called again it goes on from here.";

  @Spec private @Nullable CommandSpec spec;
  @Mixin private PlanOptions options = new PlanOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();

  @Option(
      names = "--workers",
      defaultValue = "4",
      description =
          "Connections to each side during the copy, 1 to 64 (default: ${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--until-caught-up",
      description = "Ends once all that was committed when it began is applied.")
  private boolean untilCaughtUp;

  private final CountDownLatch stop = new CountDownLatch(1);
  private volatile boolean isFollowing;

  /**
   * How far it is, as JSON.
   *
   * @param lagMs age of what was applied last; -1 when unknown
   * @param lagBytes log of the source that is not applied yet; -1 when unknown
   * @param rowsPerSecond written on the target, of all tables
   * @param tables the same of each table that was written to
   */
  record Following(
      Instant at,
      long lagMs,
      long lagBytes,
      long transactions,
      long rowsPerSecond,
      Map<String, Long> tables) {}

  @Override
  public Integer call() throws IOException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    ShownProgress shown = new ShownProgress(line.getOut(), options.json());
    try {
      if (workers < 1 || workers > 64) {
        throw new IllegalArgumentException(
            "Expected --workers from 1 to 64, but got %d".formatted(workers));
      }
      Optional<PlanOptions.Named> named = options.named(line.getErr());
      if (named.isEmpty()) {
        return 2;
      }
      PostgresConnections connections = options.connections();
      SyncHere.logToFile();
      Optional<String> fault = follow(named.get(), connections, shown);
      shown.clear();
      fault.ifPresent(line.getErr()::println);
      return fault.isPresent() ? 1 : 0;
    } catch (IllegalArgumentException | ConfigException e) {
      line.getErr().println(e.getMessage());
      return 2;
    } catch (GateRefused e) {
      line.getErr().println(e.getMessage());
      return 1;
    }
  }

  /** Follows until it is stopped, or has caught up; says why it can't go on. */
  private Optional<String> follow(
      PlanOptions.Named plan, PostgresConnections connections, ShownProgress shown)
      throws IOException, GateRefused {
    PostgresSyncReader reader = new PostgresSyncReader(connections);
    Optional<String> taken = SyncHere.taken(reader.read(plan.spec()));
    if (taken.isPresent()) {
      return taken;
    }
    CountDownLatch closed = new CountDownLatch(1);
    Thread hook = stopOnExit(closed);
    try (KafkaOptions.Place place = kafka.open();
        SyncHere sync =
            new SyncHere(plan, connections, place, workers, event -> tell(event, shown))) {
      Optional<String> fault = sync.follow();
      if (fault.isPresent()) {
        return fault;
      }
      if (untilCaughtUp) {
        shown.end("Caught up: all that was committed when it began is applied.");
        return Optional.empty();
      }
      return keepUp(sync, reader, plan.spec(), shown);
    } catch (InterruptedException e) { // as a caller inside this process stops it
      shown.end(STOPPED);
      return Optional.empty();
    } finally {
      closed.countDown();
      forget(hook);
    }
  }

  private Optional<String> keepUp(
      SyncHere sync, PostgresSyncReader reader, ReplicationSpec spec, ShownProgress shown)
      throws InterruptedException {
    Map<TableName, Long> before = Map.of();
    isFollowing = true;
    while (true) {
      StreamHealth health = sync.health();
      if (health.error().isPresent()) {
        return health.error();
      }
      try {
        PostgresSyncReader.Progress progress = reader.progress(spec);
        Following now = following(health, progress, before);
        before = progress.written();
        shown.show(now, line(now));
      } catch (GateRefused e) {
        if (e.reason() == GateRefused.Reason.NOT_PREPARED) {
          return Optional.of(String.valueOf(e.getMessage()));
        }
        // The stream tries by itself, and says when it gives up.
        shown.show(unknown(health), String.valueOf(e.getMessage()));
      }
      if (stop.await(1, TimeUnit.SECONDS)) {
        shown.end(STOPPED);
        return Optional.empty();
      }
    }
  }

  private static Following following(
      StreamHealth health, PostgresSyncReader.Progress progress, Map<TableName, Long> before) {
    Map<String, Long> tables = new TreeMap<>();
    progress
        .written()
        .forEach(
            (table, rows) -> {
              long more = rows - before.getOrDefault(table, rows);
              if (more > 0) {
                tables.put(table.toString(), more);
              }
            });
    return new Following(
        Instant.now(),
        lagMs(health),
        progress.lagBytes(),
        health.appliedTransactions(),
        tables.values().stream().mapToLong(Long::longValue).sum(),
        tables);
  }

  private static Following unknown(StreamHealth health) {
    return new Following(
        Instant.now(), lagMs(health), -1, health.appliedTransactions(), 0, Map.of());
  }

  private static long lagMs(StreamHealth health) {
    return health.lagMs() == Long.MAX_VALUE ? -1 : health.lagMs();
  }

  private static String line(Following now) {
    String tables =
        now.tables().entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
            .limit(TABLES_MAX)
            .map(table -> "%s %,d/s".formatted(table.getKey(), table.getValue()))
            .collect(Collectors.joining(", "));
    return "following: lag %s, %s behind, %,d rows/s%s%s"
        .formatted(
            now.lagMs() < 0 ? "unknown" : "%,d ms".formatted(now.lagMs()),
            ShownCopy.bytes(now.lagBytes()),
            now.rowsPerSecond(),
            tables.isEmpty() ? "" : ": ",
            tables);
  }

  private static void tell(Event event, ShownProgress shown) {
    if (event instanceof CopyMeasured copy) {
      shown.show(
          copy,
          ShownCopy.line(
              new CopyProgress(
                  copy.rows(),
                  copy.bytes(),
                  copy.bytesPerSecond(),
                  copy.leftMs(),
                  copy.waiting(),
                  copy.tables())));
    }
  }

  /**
   * Ctrl-C ends a stream in order, and the process waits for that. Whatever comes before the stream
   * is cut off: it may be at any point.
   */
  private Thread stopOnExit(CountDownLatch closed) {
    Thread hook =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  stop.countDown();
                  try {
                    var _ = isFollowing && closed.await(STOP_SECONDS, TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    Runtime.getRuntime().addShutdownHook(hook);
    return hook;
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // it runs already
    }
  }
}
