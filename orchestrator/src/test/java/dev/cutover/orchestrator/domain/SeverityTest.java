package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.CheckResult.Outcome;
import dev.cutover.contract.Command;
import dev.cutover.contract.CutoverStatus.Progress;
import dev.cutover.contract.DataCheck;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.SystemCheck;
import dev.cutover.contract.ValidatorReply.ChecksRun;
import dev.cutover.orchestrator.simulation.ChangedPlan;
import dev.cutover.orchestrator.simulation.Plans;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much a check counts. */
final class SeverityTest {
  private static final DataCheck CRITICAL = tcp("database");
  private static final DataCheck RECOMMENDED = new DataCheck.Recommended(tcp("cache"));

  private final PlayedSaga saga = new PlayedSaga();

  @BeforeEach
  void untilTheChecks() {
    Plan plan =
        ChangedPlan.of(
            Plans.shop(PlayedSaga.ID), p -> p.readingChecks = List.of(CRITICAL, RECOMMENDED));
    saga.start("ana", plan);
    for (Action action : PlayedSaga.BEFORE_GO) {
      if (action == Action.CHECK_TARGET) {
        break;
      }
      saga.answer(action);
    }
  }

  @Test
  void shouldGoOnWhenOnlyARecommendedCheckFails() {
    // when
    answer(Outcome.MATCH, Outcome.MISMATCH);
    // then
    assertThat(saga.status().steps())
        .filteredOn(step -> step.step().equals("check-target"))
        .singleElement()
        .satisfies(
            step -> {
              assertThat(step.progress()).isEqualTo(Progress.DONE);
              assertThat(step.detail()).contains("database matches", "cache differs (closed)");
            });
  }

  @Test
  void shouldStopWhenACriticalCheckFails() {
    // when
    answer(Outcome.MISMATCH, Outcome.MATCH);
    // then
    assertThat(saga.status().steps())
        .filteredOn(step -> step.step().equals("check-target"))
        .singleElement()
        .satisfies(step -> assertThat(step.progress()).isEqualTo(Progress.FAILED));
  }

  private void answer(Outcome critical, Outcome recommended) {
    Command command = saga.cutover.ledger().step(Action.CHECK_TARGET).orElseThrow().command();
    List<CheckResult> results = List.of(result("database", critical), result("cache", recommended));
    saga.decide(
        new SagaInput.Answered(new ChecksRun(command.header().step(), Side.TARGET, results)));
  }

  private static CheckResult result(String name, Outcome outcome) {
    return new CheckResult(name, outcome, "closed", List.of(), 1);
  }

  private static DataCheck tcp(String name) {
    return new SystemCheck.TcpReach(name, List.of(new ServerAddress("10.0.0.2", 5432)), 1_000);
  }
}
