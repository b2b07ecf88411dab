package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.orchestrator.adapter.JournalAudit;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.TopicFollower;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole system with every service in a process of its own, and {@code kill -9} of the
 * orchestrator as soon as its journal has a new entry, from the first to the last: between every
 * two transactions. It decides on one message at a time here, or what was answered while it was
 * dead would be decided in one go. Takes minutes: runs with {@code -Pstorm} only; every build kills
 * at the steps of the switch.
 */
@Tag("storm")
class KilledAtEveryPositionIT {
  private static final Logger LOGGER = LoggerFactory.getLogger(KilledAtEveryPositionIT.class);
  private static final CutoverId ID = new CutoverId("processes");
  private static final Duration STORM_MAX = Duration.ofMinutes(25);

  /** Enough for a restart between every two decisions, and for a breach to be heard of. */
  private static final Map<String, String> WIDE_BOUNDS =
      Map.of(
          "maxWriteOutage", "600s",
          "maxRollbackOutage", "600s",
          "approval", "20m",
          "observation", "60s");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @Test
  void shouldCompleteWhenTheOrchestratorIsKilledAtEveryPosition() throws Exception {
    storm("COMPLETED", false);
  }

  @Test
  void shouldRollBackWhenTheOrchestratorIsKilledAtEveryPosition() throws Exception {
    storm("ROLLED_BACK", true);
  }

  private void storm(String outcome, boolean breaks) throws Exception {
    Path oneByOne = directory.resolve("one-by-one.properties");
    Files.writeString(oneByOne, "max.poll.records=1\n");
    List<Received> journal = new ArrayList<>();
    BlockingQueue<Received> unseen = new LinkedBlockingQueue<>();
    try (ProcessCutover cutover =
            new ProcessCutover(
                directory, WIDE_BOUNDS, Map.of("KAFKA_CLIENT_PROPERTIES", oneByOne.toString()));
        TopicFollower _ =
            TopicFollower.start(
                cutover.stage().kafka(),
                List.of(cutover.stage().topics().journal()),
                true,
                unseen::add)) {
      // given
      cutover.untilReady();
      Person people = new Person();
      people.act(cutover::start);

      // when
      Set<Integer> struck = new LinkedHashSet<>();
      long startedNanos = System.nanoTime();
      boolean broken = false;
      while (!isOver(cutover, journal)) {
        assertThat(System.nanoTime() - startedNanos)
            .as("%s", cutover.status())
            .isLessThan(STORM_MAX.toNanos());
        Received next = unseen.poll(20, TimeUnit.MILLISECONDS);
        if (next != null) {
          cutover.strikeAtOnce("orchestrator");
          journal.add(next);
          unseen.drainTo(journal);
          struck.add(journal.size());
        } else if (cutover.asksForGo() && cutover.ready("orchestrator")) {
          Set<String> said = Set.copyOf(cutover.status().orElseThrow().approvedBy());
          people.act(() -> cutover.approve(said.contains("ada") ? "grace" : "ada"));
        } else if (breaks
            && !broken
            && cutover.status().filter(s -> s.state().equals("observing")).isPresent()) {
          broken = true;
          cutover.stage().inject(Fault.ERRORS);
        }
      }

      // then
      cutover.untilReady();
      unseen.drainTo(journal);
      CutoverStatus status = cutover.status().orElseThrow();
      assertThat(status.outcome()).as("%s", status).contains(outcome);
      Ledger.Account account = cutover.account();
      LOGGER
          .atInfo()
          .addKeyValue("outcome", outcome)
          .addKeyValue("kills", struck.size())
          .addKeyValue("transactions", transactions(journal))
          .addKeyValue("journalEntries", journal.size())
          .addKeyValue("durationMs", (System.nanoTime() - startedNanos) / 1_000_000)
          .addKeyValue("rowsCompared", account.rowsCompared())
          .addKeyValue("writeGapMsMax", cutover.longestGapMs())
          .log("storm over");
      assertThat(account.writesMissing()).as("%s", account.examples()).isZero();
      assertThat(account.rowsCompared()).isPositive();
      assertThat(cutover.writesOnBothSidesWhileFenced()).isZero();
      assertChain(journal, status);
      assertThat(struck).hasSize(transactions(journal));
    }
  }

  /** The status may be heard before the entries that it was made of. */
  private static boolean isOver(ProcessCutover cutover, List<Received> journal) {
    return cutover
        .status()
        .filter(status -> status.outcome().isPresent() && journal.size() >= status.sequence())
        .isPresent();
  }

  /**
   * Entries of one transaction stand side by side; its end takes an offset of its own that no
   * reader is shown.
   */
  private static int transactions(List<Received> journal) {
    int transactions = 1;
    for (int n = 1; n < journal.size(); n++) {
      if (journal.get(n).offset() != journal.get(n - 1).offset() + 1) {
        transactions++;
      }
    }
    return transactions;
  }

  private static void assertChain(List<Received> journal, CutoverStatus status) {
    JournalAudit audit = new JournalAudit(ID);
    journal.forEach(entry -> audit.add(entry.value(), "offset " + entry.offset()));
    audit.published(status.sequence(), status.journalHead(), "the status");
    assertThat(audit.result().broken()).isEmpty();
  }

  /**
   * Acts through an API that may die at any moment: whoever hears nothing looks, and tries again.
   */
  private static final class Person {
    private final AtomicBoolean busy = new AtomicBoolean();

    private interface Act {
      void run() throws InterruptedException;
    }

    void act(Act act) {
      if (busy.compareAndSet(false, true)) {
        var _ =
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        act.run();
                      } catch (IllegalStateException e) {
                        LOGGER.atInfo().addKeyValue("cause", e.getMessage()).log("not heard");
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      } finally {
                        busy.set(false);
                      }
                    });
      }
    }
  }
}
