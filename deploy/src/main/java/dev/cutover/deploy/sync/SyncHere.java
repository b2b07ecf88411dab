package dev.cutover.deploy.sync;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.DatabaseState;
import dev.cutover.contract.Direction;
import dev.cutover.contract.Event;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.SyncReply;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.runtime.Work;
import dev.cutover.sync.Main;
import dev.cutover.sync.SyncConfig;
import dev.cutover.sync.SyncService;
import dev.cutover.sync.SyncWatch;
import dev.cutover.sync.adapter.PlannedReplicator;
import dev.cutover.sync.adapter.PostgresConnections;
import dev.cutover.sync.adapter.PostgresReplicator;
import dev.cutover.sync.adapter.PostgresSchemaBaseline;
import dev.cutover.sync.adapter.PostgresWriteGate;
import dev.cutover.sync.adapter.S3Stores;
import dev.cutover.sync.domain.Replicator.StreamHealth;
import dev.cutover.sync.domain.SyncStatus;
import dev.cutover.sync.domain.WriteGate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The sync-service's own code in this process, ordered as the orchestrator orders it, at the lowest
 * epoch: a cutover of the same plan takes over from here, and what belongs to a cutover that is
 * under way is refused.
 */
final class SyncHere implements AutoCloseable {
  private static final long EPOCH = 1;
  private static final Duration CATCH_UP_MAX = Duration.ofDays(7);

  private final CutoverId id;
  private final ReplicationSpec spec;
  private final PlannedReplicator replicator;
  private final SyncWatch watch;
  private final SyncService service;

  /**
   * Connects to nothing yet.
   *
   * @param workers connections to each side during the copy
   * @param told what is said meanwhile, such as how far the copy is; must return at once
   */
  SyncHere(
      PlanOptions.Named plan,
      PostgresConnections connections,
      KafkaOptions.Place place,
      int workers,
      Consumer<Event> told) {
    this.id = plan.cutover();
    this.spec = plan.spec().withoutObjects(); // these have commands of their own
    KafkaSettings kafka = place.kafka();
    Topics topics = place.topics();
    InstantSource clock = InstantSource.system();
    List<DatabaseEndpoint> databases = List.of(spec.source(), spec.target());
    WriteGate gate = new PostgresWriteGate(connections, clock);
    PostgresSchemaBaseline baseline = new PostgresSchemaBaseline(connections);
    replicator =
        new PlannedReplicator(
            connections, new PostgresReplicator(connections, kafka, topics, workers));
    S3Stores objects = new S3Stores();
    watch =
        new SyncWatch(
            gate,
            replicator,
            baseline,
            objects,
            databases,
            event -> {
              told.accept(event);
              return CompletableFuture.completedFuture(null);
            },
            clock);
    service =
        new SyncService(
            new SyncConfig(
                kafka, new Wire(topics), Path.of("unused"), databases, workers, Optional.empty()),
            Main.ports(connections, gate, baseline, replicator, Optional.empty(), objects),
            watch,
            clock);
  }

  /** The terminal is for progress: what the service logs goes to a file. */
  static void logToFile() {
    Path log = Path.of(System.getProperty("cutover.home", "."), ".cutover", "sync.log");
    System.setProperty("cutover.log", log.toString());
    System.setProperty("logback.configurationFile", "demo/logback.xml");
  }

  /** Why a sync by itself must leave the databases alone: a cutover has them. */
  static Optional<String> taken(SyncStatus status) {
    return Stream.of(status.source(), status.target())
        .flatMap(state -> state.fence().stream())
        .filter(fence -> fence.cutover().isPresent() && fence.epoch() > EPOCH)
        .findFirst()
        .map(SyncHere::taken);
  }

  private static String taken(DatabaseState.Fence fence) {
    return "Expected no cutover to have these databases, but %s has them (step %s): it copies, follows and removes by itself; abandon it first if it shall not"
        .formatted(fence.cutover().orElseThrow(), fence.step().orElse("unknown"));
  }

  /**
   * Prepares both databases and copies what is not there yet; returns when the stream runs and has
   * applied all that was committed when the copy was complete.
   *
   * @return why it can't, a sentence for people; empty when it follows
   */
  Optional<String> follow() throws InterruptedException {
    Optional<String> fault = order(new SyncCommand.PrepareReplication(header("follow"), spec));
    if (fault.isEmpty()) {
      watch.start();
      fault = order(new SyncCommand.StartForwardSync(header("follow"), spec));
    }
    return fault;
  }

  /**
   * Removes slots, publications, positions, fences and the schema {@code cutover}; rows stay.
   *
   * @return why it can't; empty when nothing of it is left
   */
  Optional<String> drop() throws InterruptedException {
    return order(new SyncCommand.DropReplication(header("drop"), spec));
  }

  StreamHealth health() {
    return replicator.health(spec, Direction.FORWARD);
  }

  private CommandHeader header(String step) {
    return new CommandHeader(new StepRef(id, step, 1), EPOCH, Instant.now().plus(CATCH_UP_MAX));
  }

  private Optional<String> order(SyncCommand command) throws InterruptedException {
    return switch (service.handle(command, new Aside())) {
      case StepFailed failed -> Optional.of(failed.failure().reason());
      case SyncReply _ -> Optional.empty();
      case Event other ->
          throw new IllegalStateException("Expected an answer to an order, but got " + other);
    };
  }

  /** Nobody listens to what is said beside an answer. */
  private record Aside() implements Work {
    @Override
    public void publish(Event event) {}

    @Override
    public boolean rehearsal() {
      return false;
    }

    @Override
    public InstantSource clock() {
      return InstantSource.system();
    }
  }

  /** Stops the stream; where it stands is in the target, so that it goes on from there. */
  @Override
  public void close() {
    watch.close();
    replicator.close();
  }
}
