package dev.cutover.orchestrator;

import dev.cutover.contract.OutboundCommand;
import dev.cutover.orchestrator.OrchestratorConfig.TopicMode;
import dev.cutover.orchestrator.adapter.EventStreams;
import dev.cutover.orchestrator.adapter.Identities;
import dev.cutover.orchestrator.adapter.OidcTokens;
import dev.cutover.orchestrator.adapter.OperatorApi;
import dev.cutover.orchestrator.adapter.ProgrammeRoutes;
import dev.cutover.orchestrator.adapter.ReadinessReadings;
import dev.cutover.orchestrator.adapter.Readings;
import dev.cutover.orchestrator.adapter.RehearsalRoutes;
import dev.cutover.orchestrator.adapter.ReportReadings;
import dev.cutover.orchestrator.adapter.Route;
import dev.cutover.orchestrator.adapter.StatusBoard;
import dev.cutover.orchestrator.adapter.Submissions;
import dev.cutover.orchestrator.adapter.TokensFile;
import dev.cutover.orchestrator.outbound.OutboundLoop;
import dev.cutover.orchestrator.outbound.OutboundService;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.ConfigReader;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.KafkaTransactionalLog;
import dev.cutover.runtime.LeafLoop;
import dev.cutover.runtime.Log;
import dev.cutover.runtime.MessageLoop;
import dev.cutover.runtime.SagaLoop;
import dev.cutover.runtime.ServiceRuntime;
import dev.cutover.runtime.TopicAdmin;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Wire;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Wires the orchestrator. */
public final class Main {
  private static final String SERVICE = "orchestrator";
  private static final String OUTBOUND = "outbound";

  /** Of streams of events; proxies give up on silent ones after half a minute or more. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private Main() {}

  public static void main(String[] arguments) {
    ServiceRuntime.main(SERVICE, (runtime, reader) -> assemble(runtime, reader).loop());
  }

  /**
   * A running service.
   *
   * @param apiPort where the API listens
   */
  public record Running(ServiceRuntime runtime, int apiPort) implements AutoCloseable {
    @Override
    public void close() {
      runtime.close();
    }
  }

  /**
   * Starts the service inside this process. Returns when the API listens; the saga becomes ready by
   * itself.
   *
   * @param environment the same keys as a process's; {@code HEALTH_PORT} is 0 unless given
   * @throws ConfigException when it is wrong
   */
  public static Running start(Map<String, String> environment) {
    AtomicInteger apiPort = new AtomicInteger();
    ServiceRuntime runtime =
        ServiceRuntime.start(
            SERVICE,
            environment,
            (starting, reader) -> {
              Assembled assembled = assemble(starting, reader);
              apiPort.set(assembled.api().port());
              return assembled.loop();
            });
    return new Running(runtime, apiPort.get());
  }

  private record Assembled(MessageLoop loop, OperatorApi api) {}

  private static Assembled assemble(ServiceRuntime runtime, ConfigReader reader) {
    OrchestratorConfig config = OrchestratorConfig.read(reader);
    Identities identities = identities(runtime, config.api());
    topics(config);
    StatusBoard board = new StatusBoard(config.wire().topics());
    KafkaLog requests = runtime.closing(KafkaLog.writer(config.kafka()));
    OperatorApi api =
        runtime.closing(
            new OperatorApi(
                runtime.vertx(),
                config.api().address(),
                identities,
                board,
                routes(config.wire(), identities, requests, board, runtime.clock())));
    KafkaTransactionalLog log =
        new KafkaTransactionalLog(
            config.kafka(), config.wire().topics(), config.wire().topics().group(SERVICE));
    SagaLoop loop =
        new SagaLoop(
            config.wire().topics(), log, new OrchestratorService(config.wire()), runtime.clock());
    runtime.afterwards(() -> follow(runtime, config, board));
    runtime.readyWhen(board::complete, "it decides; the API still reads what was there");
    runtime.afterwards(() -> outbound(runtime, config));
    return new Assembled(loop, api);
  }

  /** The API answers "not yet" until it has seen what was there. */
  private static void follow(ServiceRuntime runtime, OrchestratorConfig config, StatusBoard board) {
    TopicFollower follower =
        runtime.closing(TopicFollower.start(config.kafka(), board.followed(), true, board::seen));
    var _ = follower.caughtUp().thenRun(board::caughtUp);
  }

  private static Identities identities(ServiceRuntime runtime, ApiConfig config) {
    return OidcTokens.orFile(
        config.oidc().<Identities>map(settings -> new OidcTokens(runtime.vertx(), settings)),
        config.tokens().<Identities>map(TokensFile::new));
  }

  /** Everything that the API serves. */
  static List<Route> routes(
      Wire wire, Identities identities, Log requests, StatusBoard board, InstantSource clock) {
    Submissions submissions = new Submissions(wire, requests, board, clock);
    ReportReadings reports = new ReportReadings(board, wire.topics());
    return Stream.of(
            new Readings(board, wire.topics()).routes(),
            new ReadinessReadings(board, clock).routes(),
            new EventStreams(board, identities, HEARTBEAT).routes(),
            new ProgrammeRoutes(submissions, board, clock).routes(),
            reports.routes(),
            new RehearsalRoutes(submissions, reports, board, clock).routes(),
            submissions.routes())
        .flatMap(List::stream)
        .toList();
  }

  /** Beside the saga: whatever hangs or fails outside, the saga's loop turns on. */
  private static void outbound(ServiceRuntime runtime, OrchestratorConfig config) {
    KafkaLog participants = runtime.closing(KafkaLog.writer(config.kafka()));
    OutboundService service =
        runtime.closing(
            new OutboundService(config.outbound(), runtime.vertx(), config.wire(), participants));
    ExecutorService threads = runtime.closing(Executors.newVirtualThreadPerTaskExecutor());
    runtime.closing(
        OutboundLoop.start(
            () ->
                new LeafLoop<>(
                    OUTBOUND,
                    OutboundCommand.class,
                    config.wire(),
                    new KafkaLog(config.kafka(), config.wire().topics().group(OUTBOUND)),
                    service,
                    threads,
                    runtime.clock())));
  }

  private static void topics(OrchestratorConfig config) {
    try (TopicAdmin admin = new TopicAdmin(config.kafka())) {
      if (config.topics() == TopicMode.CREATE) {
        admin.create(config.wire().topics());
      }
      List<TopicAdmin.Finding> findings = admin.verify(config.wire().topics());
      if (!findings.isEmpty()) {
        throw new ConfigException(
            findings.stream()
                .map(finding -> finding.sentence() + ": run\n  " + finding.command())
                .toList());
      }
    }
  }
}
