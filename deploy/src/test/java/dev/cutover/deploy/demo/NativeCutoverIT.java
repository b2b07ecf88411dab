package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.Side;
import dev.cutover.contract.SyncReply;
import dev.cutover.deploy.AllServices;
import dev.cutover.deploy.Operator;
import dev.cutover.testkit.Subscriber;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole cutover there and back whose servers copy and stream to the target by themselves: all
 * services, customers who write all the time, and a target that breaks.
 */
class NativeCutoverIT {
  private static final Duration END_MAX = Duration.ofMinutes(5);
  private static final int WRITES_PER_SECOND = 50;

  @TempDir Path directory;

  @Test
  void shouldGoThereAndBackByItselfAndLoseNoWrite() throws Exception {
    // given
    CutoverId id = new CutoverId("native-1");
    try (HttpClient http = HttpClient.newHttpClient();
        Stage stage = new Stage(directory, WRITES_PER_SECOND, 1);
        Connection source = stage.databases().connect(Side.SOURCE);
        Connection target = stage.databases().connect(Side.TARGET);
        Observer observer = new Observer(stage.kafka(), stage.topics(), id)) {
      Subscriber.grant(source, target);
      ServiceSettings settings = new ServiceSettings(stage, directory);
      try (AllServices services = AllServices.start(settings::environment)) {
        await().atMost(Duration.ofMinutes(1)).until(() -> services.notReady().isEmpty());
        URI api = URI.create("http://127.0.0.1:" + services.apiPort().orElseThrow());
        // when
        Operator ada = new Operator(api, settings.token("ada"), http);
        ada.start(stage.plan(id, plan()));
        awaitStatus(observer, status -> status.waitingFor().startsWith("go "));
        ada.approve(id, "go");
        new Operator(api, settings.token("grace"), http).approve(id, "go");
        awaitStatus(observer, status -> status.state().equals("observing"));
        stage.inject(Fault.ERRORS);
        awaitStatus(observer, status -> status.outcome().isPresent());
        stage.clients().stop();
      }
      // then
      assertThat(observer.status().flatMap(CutoverStatus::outcome)).contains("ROLLED_BACK");
      assertThat(observer.said(RollbackTrigger.class)).hasSize(1);
      assertThat(observer.said(SyncReply.ReverseDrained.class)).isNotEmpty();
      assertThat(stage.ledger().acknowledged().size()).isPositive();
      Ledger.Account account = stage.ledger().account(source);
      assertThat(account.examples()).isEmpty();
      assertThat(account.writesMissing()).isZero();
    }
  }

  private static void awaitStatus(Observer observer, Predicate<CutoverStatus> wanted) {
    await()
        .atMost(END_MAX)
        .until(
            () ->
                observer
                    .status()
                    .filter(
                        status ->
                            wanted.test(status)
                                || status.outcome().isPresent()
                                || status.state().equals("held"))
                    .isPresent());
    assertThat(observer.status().orElseThrow()).matches(wanted, "got as far as it should");
  }

  /** The demonstration's, with another way for the rows. */
  private static String plan() throws Exception {
    try (var in =
        Objects.requireNonNull(NativeCutoverIT.class.getResourceAsStream("/demo/plan.yaml"))) {
      String plan = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return plan.replace("  endBlockers: true\n", "  endBlockers: true\n  forward: native\n")
          .replace("observation: 12s", "observation: 5m")
          .replace("preparationStep: 30s", "preparationStep: 90s")
          .replace("approval: 60s", "approval: 5m");
    }
  }
}
