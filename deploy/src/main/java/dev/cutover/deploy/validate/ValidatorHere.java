package dev.cutover.deploy.validate;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.CheckResult.Outcome;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DataCheck;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.Event;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.ValidatorCommand;
import dev.cutover.contract.ValidatorCommand.CompareChanged;
import dev.cutover.contract.ValidatorCommand.CompareData;
import dev.cutover.contract.ValidatorCommand.RunChecks;
import dev.cutover.contract.ValidatorReply;
import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import dev.cutover.runtime.Work;
import dev.cutover.validator.ValidatorConfig;
import dev.cutover.validator.ValidatorService;
import dev.cutover.validator.adapter.HttpFlowRunner;
import dev.cutover.validator.adapter.PostgresSessions;
import dev.cutover.validator.adapter.PostgresTableReader;
import dev.cutover.validator.adapter.system.SystemLooks;
import dev.cutover.validator.domain.TableReader;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The validator-service in this process, asked directly. Its sessions are read-only. */
public final class ValidatorHere implements AutoCloseable {
  private static final int SESSIONS_MAX = 8;
  private static final Duration SETTLE = Duration.ofSeconds(5);
  private static final Duration SETTLE_MAX = Duration.ofSeconds(30);

  private final CutoverId cutover;
  private final Duration bound;
  private final PostgresSessions sessions;
  private final SystemLooks systems;
  private final ValidatorService service;

  /**
   * Opens no session yet.
   *
   * @param hosts that may be touched
   * @param bound of each check
   */
  public ValidatorHere(
      CutoverId cutover, Credentials credentials, AllowedHosts hosts, Duration bound) {
    this.cutover = cutover;
    this.bound = bound;
    this.sessions = new PostgresSessions(credentials, SESSIONS_MAX);
    Function<DatabaseEndpoint, TableReader> databases =
        endpoint -> new PostgresTableReader(sessions.to(endpoint), endpoint.address(), bound);
    this.systems =
        new SystemLooks(hosts, credentials, Optional.empty(), databases, InstantSource.system());
    this.service =
        new ValidatorService(
            databases,
            new HttpFlowRunner(InstantSource.system()),
            systems,
            credentials,
            hosts,
            new ValidatorConfig.Checking(SESSIONS_MAX, bound, SETTLE, SETTLE_MAX, 50),
            Pace.MACHINE);
  }

  /** Compares both databases. */
  public CheckResult compare(ReplicationSpec spec, DataCheck check) throws InterruptedException {
    return only(check.name(), new CompareData(header(), spec, List.of(check)));
  }

  /** Runs a check of one side. */
  public CheckResult run(Side side, DataCheck check) throws InterruptedException {
    return only(check.name(), new RunChecks(header(), side, List.of(check)));
  }

  /** Compares what changed since the last comparison, table by table. */
  public List<CheckResult> compareChanged(ReplicationSpec spec) throws InterruptedException {
    return ask("changed", new CompareChanged(header(), spec, Direction.FORWARD));
  }

  private CheckResult only(String name, ValidatorCommand command) throws InterruptedException {
    return ask(name, command).getFirst();
  }

  private List<CheckResult> ask(String name, ValidatorCommand command) throws InterruptedException {
    InstantSource clock = InstantSource.system();
    Instant startedAt = clock.instant();
    Event answer = service.handle(command, new Here(clock));
    return switch (answer) {
      case ValidatorReply reply -> reply.results();
      // What could not be read is neither good nor bad.
      case StepFailed failed ->
          List.of(
              new CheckResult(
                  name,
                  Outcome.INCONCLUSIVE,
                  failed.failure().reason(),
                  List.of(),
                  Duration.between(startedAt, clock.instant()).toMillis()));
      default -> throw new IllegalStateException("Expected results, but got " + answer);
    };
  }

  private CommandHeader header() {
    return new CommandHeader(new StepRef(cutover, "validate", 1), 1, Instant.now().plus(bound));
  }

  @Override
  public void close() {
    systems.close();
    sessions.close();
  }

  private record Here(InstantSource clock) implements Work {
    @Override
    public void publish(Event event) {}

    @Override
    public boolean rehearsal() {
      return false;
    }
  }
}
