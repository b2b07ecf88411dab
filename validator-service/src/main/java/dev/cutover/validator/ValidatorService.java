package dev.cutover.validator;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.DataCheck;
import dev.cutover.contract.DataCheck.HttpFlow;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.Event;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SystemCheck;
import dev.cutover.contract.ValidatorCommand;
import dev.cutover.contract.ValidatorCommand.CompareChanged;
import dev.cutover.contract.ValidatorCommand.CompareData;
import dev.cutover.contract.ValidatorCommand.RunChecks;
import dev.cutover.contract.ValidatorCommand.ValidateFinal;
import dev.cutover.contract.ValidatorReply.ChecksRun;
import dev.cutover.contract.ValidatorReply.DataCompared;
import dev.cutover.contract.ValidatorReply.FinalValidated;
import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.CommandHandler;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Pace;
import dev.cutover.runtime.Work;
import dev.cutover.validator.domain.FlowRunner;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.SystemProber;
import dev.cutover.validator.domain.TableReader;
import dev.cutover.validator.domain.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves that data and applications are right. A check that does not match is an answer and no
 * failure; a database that cannot be read is a failure, outside of the final validation.
 *
 * <p>Keeps nothing that it needs: what it remembers of passes makes the final validation cover more
 * in the same time.
 */
public final class ValidatorService implements CommandHandler<ValidatorCommand> {
  private static final Logger LOGGER = LoggerFactory.getLogger(ValidatorService.class);

  /** What is kept of a command's time for its answer. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(2);

  private final Function<DatabaseEndpoint, TableReader> databases;
  private final SideChecks sideChecks;
  private final AllowedHosts allowedHosts;
  private final ValidatorConfig.Checking checking;
  private final Pace pace;
  private final PassMemory memory = new PassMemory();

  /**
   * Touches nothing yet.
   *
   * @param databases gives a reader of each
   */
  public ValidatorService(
      Function<DatabaseEndpoint, TableReader> databases,
      FlowRunner flows,
      SystemProber systems,
      Credentials credentials,
      AllowedHosts allowedHosts,
      ValidatorConfig.Checking checking,
      Pace pace) {
    this.databases = databases;
    this.sideChecks = new SideChecks(this::reader, flows, systems, credentials, allowedHosts, pace);
    this.allowedHosts = allowedHosts;
    this.checking = checking;
    this.pace = pace;
  }

  @Override
  public Event handle(ValidatorCommand command, Work work) throws InterruptedException {
    StepRef step = command.header().step();
    try {
      return switch (command) {
        case CompareData compare -> compare(compare, work.clock());
        case CompareChanged changed -> compareChanged(changed, work.clock());
        case ValidateFinal last -> validateFinal(last, work.clock());
        case RunChecks checks -> runChecks(checks, work.clock());
      };
    } catch (ReadFailed e) {
      return new StepFailed(step, e.failure());
    } catch (ConfigException e) {
      String reason = String.valueOf(e.getMessage());
      return new StepFailed(step, new Failure(FailureKind.UNSUITABLE, reason, false));
    }
  }

  private DataCompared compare(CompareData command, InstantSource clock)
      throws ReadFailed, InterruptedException {
    Instant startedAt = clock.instant();
    Sides sides = sides(command.spec(), Direction.FORWARD);
    FullPass pass =
        new FullPass(sides, command.spec(), memory, checking, clock, deadline(command, clock));
    List<CheckResult> results = new ArrayList<>();
    for (DataCheck check : command.checks()) {
      Instant checkStartedAt = clock.instant();
      Verdict verdict =
          switch (check.itself()) {
            case DataCheck.RowCounts counts -> pass.counts(counts.tables());
            case DataCheck.Checksums checksums -> pass.content(checksums.tables());
            case DataCheck.SampleQuery query -> pass.query(query);
            case DataCheck.SideQuery _,
                HttpFlow _,
                DataCheck.Recommended _,
                DataCheck.Dependent _,
                SystemCheck _ ->
                sideChecks.look(check, looker(command, Side.TARGET, clock), clock);
          };
      results.add(verdict.toResult(check.name(), tookMs(checkStartedAt, clock)));
    }
    report(command, results);
    return new DataCompared(command.header().step(), startedAt, clock.instant(), results);
  }

  private DataCompared compareChanged(CompareChanged command, InstantSource clock)
      throws ReadFailed, InterruptedException {
    Instant startedAt = clock.instant();
    Instant deadline = deadline(command, clock);
    ReplicationSpec spec = command.spec();
    Sides sides = sides(spec, command.direction());
    Supplier<FullPass> full = () -> new FullPass(sides, spec, memory, checking, clock, deadline);
    List<CheckResult> results =
        new ChangedPass(sides, spec, full, memory, checking, clock, deadline).run();
    report(command, results);
    return new DataCompared(command.header().step(), startedAt, clock.instant(), results);
  }

  private FinalValidated validateFinal(ValidateFinal command, InstantSource clock)
      throws ReadFailed, InterruptedException {
    Instant startedAt = clock.instant();
    Sides sides = sides(command.spec(), Direction.FORWARD).within(command.budget());
    List<CheckResult> results =
        new FinalPass(sides, memory, startedAt, command.lastFullPassAt())
            .run(command.spec(), command.budget(), planned(command.budget()));
    report(command, results);
    return new FinalValidated(command.header().step(), results, tookMs(startedAt, clock));
  }

  private ChecksRun runChecks(RunChecks command, InstantSource clock)
      throws ReadFailed, InterruptedException {
    List<CheckResult> results =
        sideChecks.run(command.checks(), looker(command, command.side(), clock), clock);
    report(command, results);
    return new ChecksRun(command.header().step(), command.side(), results);
  }

  private SideChecks.Looker looker(ValidatorCommand command, Side side, InstantSource clock) {
    return new SideChecks.Looker(command.cutover(), side, deadline(command, clock));
  }

  private Sides sides(ReplicationSpec spec, Direction direction) throws ReadFailed {
    return new Sides(reader(spec.source()), reader(spec.target()), spec.name(), direction, pace);
  }

  private TableReader reader(DatabaseEndpoint endpoint) throws ReadFailed {
    if (!allowedHosts.permits(endpoint.host(), endpoint.port())) {
      throw new ReadFailed(
          FailureKind.REFUSED,
          "Expected %s:%d among %s of this service, but it is not: add it there if it may be touched"
              .formatted(endpoint.host(), endpoint.port(), ValidatorConfig.ALLOWED_HOSTS),
          false);
    }
    return databases.apply(endpoint);
  }

  private Duration planned(Duration budget) {
    return budget.multipliedBy(checking.finalSharePercent()).dividedBy(100);
  }

  private static Instant deadline(ValidatorCommand command, InstantSource clock) {
    Instant deadline = command.header().deadline();
    Duration tenth = Duration.between(clock.instant(), deadline).dividedBy(10);
    return deadline.minus(tenth.compareTo(ANSWER_MAX) < 0 ? tenth : ANSWER_MAX);
  }

  private static long tookMs(Instant startedAt, InstantSource clock) {
    return Duration.between(startedAt, clock.instant()).toMillis();
  }

  private static void report(ValidatorCommand command, List<CheckResult> results) {
    for (CheckResult result : results) {
      LOGGER
          .atInfo()
          .addKeyValue(LogKeys.CUTOVER_ID, command.cutover())
          .addKeyValue(LogKeys.STEP, command.header().step().step())
          .addKeyValue("check", result.name())
          .addKeyValue("outcome", result.outcome())
          .addKeyValue(LogKeys.REASON, result.detail())
          .addKeyValue(LogKeys.DURATION_MS, result.tookMs())
          .log("check ended");
    }
  }
}
