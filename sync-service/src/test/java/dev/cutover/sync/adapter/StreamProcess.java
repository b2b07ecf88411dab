package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Topics;
import dev.cutover.testkit.PostgresPair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A stream that exists, in a process of its own with a heap of its own, until a marker passed. */
final class StreamProcess {
  private StreamProcess() {}

  /** What a process needs to know of a world. */
  static Process start(ReplicationWorld world, String heap, String markerId) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                StreamProcess.class.getName(),
                world.kafkaServers(),
                world.topics().prefix(),
                Integer.toString(world.pair.source().port()),
                Integer.toString(world.pair.target().port()),
                markerId,
                world.schema));
    world.spec.tables().forEach(table -> command.add(table.name()));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  public static void main(String[] args) throws Exception {
    ReplicationSpec spec =
        new ReplicationSpec(
            args[5],
            endpoint(args[2]),
            endpoint(args[3]),
            List.of(args).subList(6, args.length).stream()
                .map(table -> new TableName(args[5], table))
                .toList(),
            true,
            1000);
    try (PostgresReplicator replicator =
        new PostgresReplicator(
            new PostgresConnections(Credentials.of(PostgresPair.credentials("shop"))),
            new KafkaSettings(args[0]),
            new Topics(args[1], 1, 1, 2),
            2)) {
      replicator.start(spec, Direction.FORWARD);
      replicator.awaitMarker(
          spec, Direction.FORWARD, args[4], Instant.now().plus(Duration.ofMinutes(20)));
      System.out.printf("PASSED heap %d MB, resident %d MB%n", peakHeapMb(), peakResidentMb());
    }
  }

  private static DatabaseEndpoint endpoint(String port) {
    return new DatabaseEndpoint("localhost", Integer.parseInt(port), PostgresPair.DATABASE, "shop");
  }

  private static long peakHeapMb() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(usage -> usage.getUsed())
            .sum()
        >> 20;
  }

  private static long peakResidentMb() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
              .filter(line -> line.startsWith("VmHWM:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum()
          >> 10;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
