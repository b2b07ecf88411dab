package dev.cutover.deploy.demo;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.Event;
import dev.cutover.contract.Failure;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.SyncReply;
import dev.cutover.dns.DnsService;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.adapter.Rfc2136Switch;
import dev.cutover.dns.adapter.TsigKeys;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Wire;
import dev.cutover.runtime.Work;
import dev.cutover.sync.SyncConfig;
import dev.cutover.sync.SyncService;
import dev.cutover.sync.SyncWatch;
import dev.cutover.sync.adapter.PlannedReplicator;
import dev.cutover.sync.adapter.PostgresConnections;
import dev.cutover.sync.adapter.PostgresReplicator;
import dev.cutover.sync.adapter.PostgresSchemaBaseline;
import dev.cutover.sync.adapter.PostgresWriteGate;
import dev.cutover.sync.adapter.S3Stores;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The dns-service and the sync-service with all their real parts, ordered directly: what they do to
 * the world, at a moment that a test chooses.
 */
final class Leaves implements AutoCloseable {
  private static final int ORDER_SECONDS = 30;

  private final Plan plan;
  private final PlannedReplicator replicator;
  private final SyncWatch watch;
  private final SyncService sync;
  private final DnsService dns;

  Leaves(Stage stage, Plan plan, Path directory) {
    this.plan = plan;
    InstantSource clock = InstantSource.system();
    PostgresConnections connections =
        new PostgresConnections(Credentials.of(stage.databases().credentials()));
    PostgresWriteGate gate = new PostgresWriteGate(connections, clock);
    PostgresSchemaBaseline baseline = new PostgresSchemaBaseline(connections);
    List<DatabaseEndpoint> databases =
        List.of(stage.databases().endpoint(Side.SOURCE), stage.databases().endpoint(Side.TARGET));
    this.replicator =
        new PlannedReplicator(
            connections, new PostgresReplicator(connections, stage.kafka(), stage.topics(), 2));
    S3Stores objects = new S3Stores();
    this.watch =
        new SyncWatch(
            gate,
            replicator,
            baseline,
            objects,
            databases,
            _ -> CompletableFuture.completedFuture(null),
            clock);
    this.sync =
        new SyncService(
            new SyncConfig(
                stage.kafka(),
                new Wire(stage.topics()),
                directory.resolve("unused"),
                databases,
                2,
                Optional.empty()),
            dev.cutover.sync.Main.ports(
                connections, gate, baseline, replicator, Optional.empty(), objects),
            watch,
            clock);
    this.dns =
        new DnsService(
            new Rfc2136Switch(
                new TsigKeys(
                    Credentials.of(
                        Map.of(
                            Stage.TSIG_KEY + ".tsig.user",
                            "hmac-sha256:" + Stage.TSIG_KEY,
                            Stage.TSIG_KEY + ".tsig.password",
                            stage.tsigSecret())))),
            new DnsjavaQueries(),
            new AllowList(Set.of(Stage.ZONE), Set.of("127.0.0.1")),
            clock);
  }

  /** Does it, or fails the test. */
  SyncReply sync(long epoch, Function<CommandHeader, SyncCommand> order)
      throws InterruptedException {
    Event answer = ordered(epoch, order);
    if (answer instanceof SyncReply done) {
      return done;
    }
    throw new AssertionError("Expected it to be done, but: " + answer);
  }

  /** Why it is not done. */
  Failure failure(long epoch, Function<CommandHeader, SyncCommand> order)
      throws InterruptedException {
    Event answer = ordered(epoch, order);
    if (answer instanceof StepFailed failed) {
      return failed.failure();
    }
    throw new AssertionError("Expected a failure, but: " + answer);
  }

  /** Whatever it answers. */
  Event dns(long epoch, Function<CommandHeader, DnsCommand> order) {
    try {
      return dns.handle(order.apply(header(epoch)), _ -> {});
    } catch (InterruptedException e) {
      throw new AssertionError("Expected to be left alone", e);
    }
  }

  private Event ordered(long epoch, Function<CommandHeader, SyncCommand> order)
      throws InterruptedException {
    return sync.handle(
        order.apply(header(epoch)),
        new Work() {
          @Override
          public void publish(Event event) {}

          @Override
          public boolean rehearsal() {
            return true;
          }

          @Override
          public InstantSource clock() {
            return InstantSource.system();
          }
        });
  }

  private CommandHeader header(long epoch) {
    return new CommandHeader(
        new StepRef(plan.id(), "step", 1), epoch, Instant.now().plusSeconds(ORDER_SECONDS));
  }

  @Override
  public void close() {
    watch.close();
    replicator.close();
    dns.close();
  }
}
