package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Side;
import dev.cutover.deploy.AllServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole system with every service in a process of its own, while processes are killed, the
 * broker is gone, or the target does not answer. Whatever happens: one side serves at the end
 * within the plan's bounds, and has every acknowledged write.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KilledProcessesIT {
  private static final Logger LOGGER = LoggerFactory.getLogger(KilledProcessesIT.class);

  /** Enough for a restart of a process between every two steps. */
  private static final Map<String, String> WIDE_BOUNDS =
      Map.of("maxWriteOutage", "90s", "maxRollbackOutage", "90s");

  /** Enough for nine of them in a row on a slow machine. */
  private static final Map<String, String> WIDEST_BOUNDS =
      Map.of("maxWriteOutage", "240s", "maxRollbackOutage", "240s");

  private static final Map<String, String> PLAN_BOUNDS = Map.of();
  private static final long WRITE_OUTAGE_MAX_MS = 20_000;

  /** Without a broker nobody hears the orchestrator: the fence's lease ends 5 s after the bound. */
  private static final long LEASE_MAX_MS = 25_000;

  /** By another instance than the one that was killed: most of it is Kafka's noticing. */
  private static final Duration REVERT_MAX = Duration.ofSeconds(15);

  /** What clients need to notice, and a machine with as many processes as these. */
  private static final long SLACK_MS = 3_000;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @Test
  void shouldCompleteWhenEachServiceIsKilledAtItsStepAndTheOrchestratorBetweenEveryTwo()
      throws Exception {
    try (ProcessCutover cutover = new ProcessCutover(directory, WIDEST_BOUNDS)) {
      // given
      cutover.go();

      // when
      cutover.untilAnswered("prove-round-trip");
      cutover.strike("orchestrator");
      cutover.untilSent("fence-source");
      cutover.strike("sync");
      cutover.untilAnswered("fence-source");
      cutover.strike("orchestrator");
      cutover.untilSent("validate-final");
      cutover.strike("validator");
      cutover.untilAnswered("validate-final");
      cutover.strike("orchestrator");
      cutover.untilSent("shift-traffic");
      cutover.strike("dns");
      cutover.untilAnswered("shift-traffic");
      cutover.strike("orchestrator");
      cutover.untilSent("open-target");
      cutover.strike("sync");
      cutover.untilAnswered("open-target");
      cutover.strike("orchestrator");
      cutover.untilAnswered("verify-shift");
      cutover.strike("orchestrator");
      cutover.untilObserving();
      cutover.strike("monitor");
      cutover.untilAnswered("check-target-writes");
      cutover.strike("orchestrator");

      // then
      assertEnd(cutover, "COMPLETED");
    }
  }

  @Test
  void shouldRollBackWhenProcessesAreKilledOnTheWayBack() throws Exception {
    try (ProcessCutover cutover = new ProcessCutover(directory, WIDE_BOUNDS)) {
      // given two instances of the dns-service, of which one holds this cutover
      cutover.untilReady();
      String spare = cutover.startSpare("dns");
      cutover.go();
      cutover.untilObserving();
      boolean held = cutover.carriedOut("dns", "ShiftTraffic");
      String holder = held ? "dns" : spare;
      String other = held ? spare : "dns";

      // when
      cutover.pause("orchestrator"); // it decides once the holder is dead
      cutover.stage().inject(Fault.ERRORS);
      cutover.untilTriggered();
      cutover.kill(holder);
      final Instant killedAt = Instant.now();
      cutover.resume("orchestrator");
      cutover.untilSent("fence-target");
      cutover.strike("sync");
      cutover.untilAnswered("fence-target");
      cutover.strike("orchestrator");
      cutover.untilSent("drain-reverse");
      cutover.strike("sync");
      cutover.untilAnswered("align-source-sequences");
      cutover.strike("orchestrator");
      cutover.untilAnswered("open-source");
      cutover.strike("orchestrator");

      // then
      assertThat(cutover.carriedOut(other, "RevertTraffic")).isTrue();
      assertThat(cutover.revertedAt()).isBetween(killedAt, killedAt.plus(REVERT_MAX));
      LOGGER
          .atInfo()
          .addKeyValue(
              "revertedAfterMs", Duration.between(killedAt, cutover.revertedAt()).toMillis())
          .log("another instance reverted");
      assertEnd(cutover, "ROLLED_BACK");
    }
  }

  @Test
  void shouldServeAgainWithinTheBoundWhenTheBrokerIsGoneBetweenFenceAndOpen() throws Exception {
    try (ProcessCutover cutover = new ProcessCutover(directory, PLAN_BOUNDS)) {
      // given
      cutover.go();
      cutover.untilAnswered("fence-source");

      // when
      long stoppedNanos = System.nanoTime();
      cutover.stage().broker().stop();
      cutover.until("20 s to pass", () -> System.nanoTime() - stoppedNanos > 20_000_000_000L);
      cutover.stage().broker().start();

      // then
      String outcome = cutover.outcome();
      assertThat(outcome).as("%s", cutover.status()).isIn("COMPLETED", "ROLLED_BACK");
      assertEnd(cutover, outcome);
      assertThat(cutover.longestGapMs())
          .as("longest time in which a client could not write")
          .isLessThan(LEASE_MAX_MS + SLACK_MS);
    }
  }

  /**
   * Kills no process: first, since those that are killed start from the archives that it leaves.
   */
  @Order(1)
  @Test
  void shouldOpenTheSourceWithinTheBoundWhenTheTargetNeverAnswersAfterTheFence() throws Exception {
    try (ProcessCutover cutover = new ProcessCutover(directory, PLAN_BOUNDS);
        FrozenServer target = new FrozenServer(directory.resolve("postgres-target"))) {
      // given
      cutover.untilAsksForGo();
      cutover.pause("validator");
      cutover.sayGo();
      cutover.untilSent("compare-changed");
      cutover.pause("sync"); // no fence before the validator is held up again
      cutover.resume("validator");
      cutover.untilSent("fence-source");
      cutover.pause("validator"); // the step after the fence waits until the target is frozen
      cutover.resume("sync");
      cutover.untilAnswered("fence-source");

      // when
      target.freeze();
      Instant frozenAt = Instant.now();
      cutover.resume("validator");

      // then
      cutover.until("source serves", () -> cutover.servesAfter(frozenAt, Side.SOURCE));
      assertThat(cutover.longestGapMs())
          .as("longest time in which a client could not write")
          .isLessThan(WRITE_OUTAGE_MAX_MS + SLACK_MS);
      target.thaw();
      assertEnd(cutover, "ROLLED_BACK");
    }
  }

  private void assertEnd(ProcessCutover cutover, String outcome) throws Exception {
    assertThat(cutover.outcome()).as("%s", cutover.status()).isEqualTo(outcome);
    Ledger.Account account = cutover.account();
    LOGGER
        .atInfo()
        .addKeyValue("outcome", outcome)
        .addKeyValue("rowsCompared", account.rowsCompared())
        .addKeyValue("writeGapMsMax", cutover.longestGapMs())
        .log("every acknowledged write accounted for");
    assertThat(account.writesMissing()).as("%s", account.examples()).isZero();
    assertThat(account.rowsCompared()).isPositive();
    assertThat(cutover.writesOnBothSidesWhileFenced()).isZero();
    assertNoSecretInLogs(cutover);
  }

  private void assertNoSecretInLogs(ProcessCutover cutover) throws IOException {
    for (String service : AllServices.NAMES) {
      Path log = directory.resolve(service + ".log");
      try (Stream<String> lines = Files.lines(log)) {
        assertThat(lines).as("%s", log).noneMatch(cutover::showsSecret);
      }
    }
  }
}
