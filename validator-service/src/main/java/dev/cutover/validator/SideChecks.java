package dev.cutover.validator;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DataCheck;
import dev.cutover.contract.DataCheck.HttpFlow;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Side;
import dev.cutover.contract.SystemCheck;
import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import dev.cutover.validator.domain.CheckJudge;
import dev.cutover.validator.domain.FlowRunner;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.SystemProber;
import dev.cutover.validator.domain.TableReader;
import dev.cutover.validator.domain.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Runs checks that concern one side. Those that only look run side by side, and then those that
 * write, one after the other: flows may build on each other's records. Those that need others come
 * after them.
 */
final class SideChecks {
  private static final int AT_ONCE_MAX = 8;

  private final Databases databases;
  private final FlowRunner flows;
  private final SystemProber systems;
  private final Credentials credentials;
  private final AllowedHosts allowedHosts;
  private final Pace pace;

  SideChecks(
      Databases databases,
      FlowRunner flows,
      SystemProber systems,
      Credentials credentials,
      AllowedHosts allowedHosts,
      Pace pace) {
    this.databases = databases;
    this.flows = flows;
    this.systems = systems;
    this.credentials = credentials;
    this.allowedHosts = allowedHosts;
    this.pace = pace;
  }

  /** Gives a reader of each database that may be touched. */
  interface Databases {
    TableReader reader(DatabaseEndpoint endpoint) throws ReadFailed;
  }

  /** For whom it is looked, and until when. */
  record Looker(CutoverId cutover, Side side, Instant deadline) {}

  /** Results in the order of the checks. */
  List<CheckResult> run(List<DataCheck> checks, Looker looker, InstantSource clock)
      throws ReadFailed, InterruptedException {
    Dependencies dependencies = new Dependencies(checks);
    for (List<DataCheck> turn = dependencies.next(); !turn.isEmpty(); turn = dependencies.next()) {
      dependencies.add(runTogether(turn, looker, clock));
    }
    return dependencies.results();
  }

  private List<CheckResult> runTogether(List<DataCheck> checks, Looker looker, InstantSource clock)
      throws ReadFailed, InterruptedException {
    Semaphore turns = new Semaphore(AT_ONCE_MAX);
    Map<DataCheck, Future<CheckResult>> looks = new HashMap<>();
    for (DataCheck check : checks) {
      if (!check.writes() && checks.size() > 1) {
        looks.put(
            check, pace.fork("check-" + check.name(), () -> inTurn(turns, check, looker, clock)));
      }
    }
    List<CheckResult> results = new ArrayList<>();
    try {
      for (DataCheck check : checks) {
        Future<CheckResult> look = looks.get(check);
        results.add(look == null ? timed(check, looker, clock) : look.get());
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case ReadFailed failed -> throw failed;
        case RuntimeException failed -> throw failed; // such as a credential that is missing
        case null, default ->
            throw new IllegalStateException("Expected a check to end, but it failed", e);
      }
    } finally {
      looks.values().forEach(look -> look.cancel(true));
    }
    return results;
  }

  private CheckResult inTurn(Semaphore turns, DataCheck check, Looker looker, InstantSource clock)
      throws ReadFailed, InterruptedException {
    turns.acquire();
    try {
      return timed(check, looker, clock);
    } finally {
      turns.release();
    }
  }

  private CheckResult timed(DataCheck check, Looker looker, InstantSource clock)
      throws ReadFailed, InterruptedException {
    Instant startedAt = clock.instant();
    Verdict verdict = look(check, looker, clock);
    return verdict.toResult(check.name(), Duration.between(startedAt, clock.instant()).toMillis());
  }

  /** Looks once. */
  Verdict look(DataCheck check, Looker looker, InstantSource clock)
      throws ReadFailed, InterruptedException {
    return switch (check) {
      case HttpFlow flow -> flow(flow, looker, clock);
      case DataCheck.Recommended _, DataCheck.Dependent _ -> look(check.itself(), looker, clock);
      case SystemCheck system -> systems.look(system, looker.deadline);
      case DataCheck.SideQuery query ->
          CheckJudge.answer(
              query,
              databases
                  .reader(query.database())
                  .within(Duration.between(clock.instant(), looker.deadline))
                  .query(query.sql()));
      case DataCheck.RowCounts _, DataCheck.Checksums _, DataCheck.SampleQuery _ ->
          new Verdict.Inconclusive(
              "Expected a check of one side, but it needs both databases: put it among the comparisons",
              List.of());
    };
  }

  private Verdict flow(HttpFlow flow, Looker looker, InstantSource clock)
      throws InterruptedException {
    if (!allowedHosts.permits(flow.baseUrl())) {
      return new Verdict.Inconclusive(
          "Expected %s among %s of this service, but it is not: add it there if it may be touched"
              .formatted(flow.baseUrl(), ValidatorConfig.ALLOWED_HOSTS),
          List.of());
    }
    Optional<String> contradiction = CheckJudge.contradiction(flow);
    if (contradiction.isPresent()) {
      return new Verdict.Inconclusive(contradiction.get(), List.of());
    }
    Map<String, String> variables = new HashMap<>();
    variables.put("side", looker.side.name().toLowerCase(Locale.ROOT));
    // Unique at every run, so that one that was cut short does not stand in the way of the next.
    variables.put("run", looker.cutover + "-" + Long.toString(clock.millis(), Character.MAX_RADIX));
    if (flow.credential().isPresent()) {
      Credentials.Credential login = credentials.of(flow.credential().get(), "application");
      variables.put("user", login.user());
      variables.put("password", login.password().value());
    }
    return flows.run(flow, variables, looker.deadline);
  }
}
