package dev.cutover.sync;

import dev.cutover.contract.SyncCommand;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.EventPublisher;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.LeafLoop;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.MessageLoop;
import dev.cutover.runtime.ServiceRuntime;
import dev.cutover.sync.adapter.BreakGlassSql;
import dev.cutover.sync.adapter.PlannedReplicator;
import dev.cutover.sync.adapter.PostgresConnections;
import dev.cutover.sync.adapter.PostgresCutoverSchema;
import dev.cutover.sync.adapter.PostgresDatabaseReader;
import dev.cutover.sync.adapter.PostgresPreflight;
import dev.cutover.sync.adapter.PostgresReplicator;
import dev.cutover.sync.adapter.PostgresSchemaBaseline;
import dev.cutover.sync.adapter.PostgresSchemaCarrier;
import dev.cutover.sync.adapter.PostgresSequences;
import dev.cutover.sync.adapter.PostgresWriteGate;
import dev.cutover.sync.adapter.S3Stores;
import dev.cutover.sync.domain.ObjectStores;
import dev.cutover.sync.domain.SequenceRegister;
import dev.cutover.sync.domain.VerifiedTypes;
import dev.cutover.sync.domain.WriteGate;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Process entry: the only place where the service is put together. */
public final class Main {
  private static final Logger LOGGER = LoggerFactory.getLogger(Main.class);
  private static final String SERVICE = "sync";

  private Main() {}

  public static void main(String[] arguments) {
    ServiceRuntime.main(SERVICE, Main::assemble);
  }

  /**
   * Starts the service inside this process; it becomes ready by itself.
   *
   * @param environment the same keys as a process's; {@code HEALTH_PORT} is 0 unless given
   * @throws dev.cutover.runtime.ConfigException when it is wrong
   */
  public static ServiceRuntime start(Map<String, String> environment) {
    return ServiceRuntime.start(SERVICE, environment, Main::assemble);
  }

  private static MessageLoop assemble(ServiceRuntime runtime, ConfigReader reader) {
    SyncConfig config = SyncConfig.read(reader);
    LOGGER
        .atInfo()
        .addKeyValue(LogKeys.SERVICE, SERVICE)
        .addKeyValue("config", config)
        .log("configured");
    InstantSource clock = runtime.clock();
    PostgresConnections connections =
        new PostgresConnections(Credentials.load(config.credentials()));
    WriteGate gate = new PostgresWriteGate(connections, clock);
    PostgresSchemaBaseline baseline = new PostgresSchemaBaseline(connections);
    PlannedReplicator replicator =
        runtime.closing(
            new PlannedReplicator(
                connections,
                new PostgresReplicator(
                    connections, config.kafka(), config.wire().topics(), config.copyWorkers())));
    KafkaLog reports = runtime.closing(KafkaLog.writer(config.kafka()));
    EventPublisher publisher = new EventPublisher(SERVICE, config.wire(), reports, clock);
    S3Stores objects = runtime.closing(new S3Stores());
    SyncWatch watch =
        runtime.closing(
            new SyncWatch(
                gate,
                replicator,
                baseline,
                objects,
                config.databases(),
                publisher::publish,
                clock));
    SyncService service =
        new SyncService(
            config,
            ports(connections, gate, baseline, replicator, config.deltaDirectory(), objects),
            watch,
            clock);
    ExecutorService workers = runtime.closing(Executors.newVirtualThreadPerTaskExecutor());
    watch.start();
    return new LeafLoop<>(
        SERVICE,
        SyncCommand.class,
        config.wire(),
        new KafkaLog(config.kafka(), config.wire().topics().group(SERVICE)),
        service,
        workers,
        clock);
  }

  /** The service's view of the two databases, and of the objects. */
  public static SyncPorts ports(
      PostgresConnections connections,
      WriteGate gate,
      PostgresSchemaBaseline baseline,
      PlannedReplicator replicator,
      Optional<Path> deltaDirectory,
      ObjectStores objects) {
    SequenceRegister sequences = new PostgresSequences(connections);
    return new SyncPorts(
        new PostgresPreflight(connections, sequences, VerifiedTypes::isVerified),
        new PostgresSchemaCarrier(connections),
        new PostgresCutoverSchema(connections),
        baseline,
        gate,
        sequences,
        new PostgresDatabaseReader(connections),
        replicator,
        replicator.deltas(deltaDirectory),
        new BreakGlassSql(connections),
        objects);
  }
}
