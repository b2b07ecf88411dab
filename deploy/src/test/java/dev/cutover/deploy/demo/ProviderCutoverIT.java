package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.DnsReply.SplitVerified;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.Side;
import dev.cutover.deploy.AllServices;
import dev.cutover.deploy.Operator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole cutovers of a shop on shared data through the path of a provider that the demonstration
 * does not have: all five services, real traffic that follows what the provider's servers answer.
 */
class ProviderCutoverIT {
  private static final CutoverId ID = new CutoverId("providers");
  private static final Duration READY_MAX = Duration.ofSeconds(60);
  private static final Duration END_MAX = Duration.ofMinutes(3);
  private static final int WRITES_PER_SECOND = 50;

  private static final String CANARY =
      """
      strategy: canary
      canary:
        weights: [{percent: 25, soak: 4s, requests: 20}, {percent: 50, soak: 4s, requests: 20}, {percent: 100}]
        abort: source
      """;

  @TempDir Path directory;

  @Test
  void shouldShareTrafficOutByRoute53UntilTheTargetHasAll() throws Exception {
    try (Route53Lab lab = new Route53Lab();
        Play play = new Play(lab, CANARY)) {
      // when
      play.go();
      play.awaitOutcome();
      // then
      assertThat(play.status().outcome()).as("%s", play.status()).contains("COMPLETED");
      assertThat(play.observer.said(SplitVerified.class))
          .extracting(SplitVerified::weightPercent)
          .containsExactly(25, 50);
      assertThat(lab.stored()).isEqualTo("127.0.0.3");
      assertThat(play.account().writesMissing()).isZero();
    }
  }

  @Test
  void shouldTakeTrafficBackFromAShareWhenTheTargetBreaks() throws Exception {
    try (Route53Lab lab = new Route53Lab();
        Play play = new Play(lab, CANARY)) {
      // given
      play.go();
      await()
          .atMost(END_MAX)
          .until(
              () ->
                  play.observer.said(SplitVerified.class).stream()
                      .anyMatch(split -> split.weightPercent() == 50));
      // when
      play.stage.inject(Fault.ERRORS);
      play.awaitOutcome();
      // then
      assertThat(play.status().outcome()).as("%s", play.status()).contains("ROLLED_BACK");
      assertThat(play.observer.said(RollbackTrigger.class)).hasSize(1);
      assertThat(play.observer.said(TrafficReverted.class)).anyMatch(TrafficReverted::changed);
      assertThat(lab.stored()).isEqualTo("127.0.0.2 weight 100, 127.0.0.3 weight 0");
      assertThat(play.account().writesMissing()).isZero();
    }
  }

  /** One cutover, from the stage to its end. */
  private final class Play implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Stage stage;
    private final AllServices services;
    private final Observer observer;
    private final Operator ada;
    private final Operator grace;
    private final String plan;

    Play(SwitchLab lab, String strategy) throws IOException {
      Path files = Files.createTempDirectory(directory, "play-");
      stage =
          new Stage(files, WRITES_PER_SECOND, 1, new Stage.Common(true, Optional.of(lab.names())));
      ServiceSettings settings = new ServiceSettings(stage, files);
      Map<String, String> provider = lab.environment(files);
      services =
          AllServices.start(
              service -> {
                Map<String, String> environment = new HashMap<>(settings.environment(service));
                if (service.equals("dns")) {
                  environment.putAll(provider);
                }
                return environment;
              });
      await().atMost(READY_MAX).until(() -> services.notReady().isEmpty());
      observer = new Observer(stage.kafka(), stage.topics(), ID);
      URI api = URI.create("http://127.0.0.1:" + services.apiPort().orElseThrow());
      ada = new Operator(api, settings.token("ada"), http);
      grace = new Operator(api, settings.token("grace"), http);
      plan = stage.plan(ID, plan(lab, strategy));
    }

    void go() throws InterruptedException {
      ada.start(plan);
      awaitStatus(status -> status.waitingFor().startsWith("go "));
      ada.approve(ID, "go");
      grace.approve(ID, "go");
    }

    void awaitOutcome() {
      awaitStatus(status -> status.outcome().isPresent());
    }

    /** A cutover that is held gets no further. */
    private void awaitStatus(Predicate<CutoverStatus> wanted) {
      await()
          .atMost(END_MAX)
          .until(
              () ->
                  observer
                      .status()
                      .filter(status -> wanted.test(status) || status.state().equals("held"))
                      .isPresent());
      assertThat(status()).matches(wanted, "got as far as it should");
    }

    CutoverStatus status() {
      return observer.status().orElseThrow();
    }

    Ledger.Account account() throws Exception {
      stage.clients().stop();
      try (Connection connection = stage.databases().connect(Side.SOURCE)) {
        return stage.ledger().account(connection);
      }
    }

    @Override
    public void close() {
      observer.close();
      services.close();
      stage.close();
      http.close();
    }
  }

  private static String plan(SwitchLab lab, String strategy) {
    return """
    cutover: "@id@"
    dataLayer: shared
    rehearsal: true
    approvers: [ada, grace]
    %straffic:
      zone: demo.test.
    %s  loweredTtl: 2s
      names:
        - name: shop.demo.test.
          source: [{type: A, values: [127.0.0.2]}]
          target: [{type: A, values: [127.0.0.3]}]
    watch:
      source: {metrics: "http://127.0.0.2:@shopPort@/metrics", probe: "http://127.0.0.2:@shopPort@"}
      target: {metrics: "http://127.0.0.3:@shopPort@/metrics", probe: "http://127.0.0.3:@shopPort@"}
      journeys:
        - {name: checkout, timeout: 2s, steps: [{name: quote, path: /checkout, status: 200}]}
      objectives: {errorRateMax: 5%%, latencyFactorMax: 2, latencyFloor: 750ms, warmUp: {for: 4s}, tick: 500ms, baselineRequestsMin: 100}
    checks:
      reading:
        - name: products are shown
          url: "http://127.0.0.3:@shopPort@"
          steps: [{name: health, path: /health, status: 200}]
    bounds: {baseline: 8s, observation: 8s, ttlSlack: 500ms, approval: 60s, preparationStep: 30s, switchStep: 10s, proof: 20s}
    rollback: {window: 3s}
    """
        .formatted(strategy, lab.plan());
  }
}
