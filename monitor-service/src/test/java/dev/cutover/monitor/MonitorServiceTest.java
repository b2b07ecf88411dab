package dev.cutover.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Event;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.HealthBaseline;
import dev.cutover.contract.HealthReported;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.MonitorCommand;
import dev.cutover.contract.MonitorCommand.LearnBaseline;
import dev.cutover.contract.MonitorCommand.StopWatching;
import dev.cutover.contract.MonitorCommand.WatchHealth;
import dev.cutover.contract.MonitorReply.BaselineLearned;
import dev.cutover.contract.MonitorReply.WatchStarted;
import dev.cutover.contract.MonitorReply.WatchStopped;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.WatchSpec;
import dev.cutover.contract.WatchSpec.WatchedSide;
import dev.cutover.monitor.adapter.HttpProbe;
import dev.cutover.monitor.adapter.PrometheusTextSource;
import dev.cutover.monitor.adapter.RecordingFile;
import dev.cutover.monitor.adapter.RecordingText;
import dev.cutover.monitor.adapter.ShopServer;
import dev.cutover.monitor.adapter.WatchGauges;
import dev.cutover.monitor.adapter.WebClients;
import dev.cutover.monitor.domain.DecisionId;
import dev.cutover.monitor.domain.Replay;
import dev.cutover.monitor.domain.Specs;
import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Pace;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service over real HTTP: two shops that count, called as its loop would. */
class MonitorServiceTest {
  private static final Vertx VERTX = WebClients.vertx(List.of());
  private static final CutoverId CUTOVER = new CutoverId("shop");
  private static final int TICK_MS = 40;

  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @TempDir private Path recordings;
  private final List<Event> said = new CopyOnWriteArrayList<>();
  private final CountingShop source = new CountingShop();
  private final CountingShop target = new CountingShop();
  private MonitorService service;
  private ShopServer sourceServer;
  private ShopServer targetServer;

  @BeforeEach
  void start() throws Exception {
    service = service("127.0.0.1");
    sourceServer = new ShopServer(VERTX, source::answer);
    targetServer = new ShopServer(VERTX, target::answer);
  }

  @AfterEach
  void stop() throws Exception {
    service.close();
    sourceServer.close();
    targetServer.close();
    assertJudgedAgainAlike();
  }

  /** Whatever a test let happen: its recordings say the same when they are judged again. */
  private void assertJudgedAgainAlike() throws IOException {
    try (Stream<Path> files = Files.list(recordings)) {
      files.forEach(
          file -> {
            Replay replay = new Replay(UnaryOperator.identity());
            await()
                .atMost(Duration.ofSeconds(10))
                .ignoreExceptionsInstanceOf(IllegalArgumentException.class)
                .until(() -> new RecordingText().read(file, new Replay(limits -> limits)::add));
            try {
              new RecordingText().read(file, replay::add);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            Replay.Result result = replay.result();
            assertThat(result.differing()).as("%s", result).isZero();
            assertThat(result.judged()).isEqualTo(result.recorded());
            assertThat(result.judgedDecision()).isEqualTo(result.recordedDecision());
          });
    }
  }

  @AfterAll
  static void stopAll() {
    VERTX.close();
  }

  @Test
  void shouldRefuseWhenThePlanNamesAHostThatIsNotAllowed() throws Exception {
    try (MonitorService strict = service("*.example.org")) {
      assertFailed(strict.handle(learn(1000), said::add), FailureKind.REFUSED, "127.0.0.1");
      assertFailed(strict.handle(watch(5), said::add), FailureKind.REFUSED, "127.0.0.1");
    }
    assertThat(source.scrapes + target.scrapes).isZero();
  }

  @Test
  void shouldRefuseWhenOnlyOneSideHasMetrics() throws Exception {
    WatchSpec spec =
        new WatchSpec(
            new WatchedSide("", sourceServer.url()),
            new WatchedSide(targetServer.url() + "/metrics", targetServer.url()),
            List.of(),
            Specs.objectives(TICK_MS));
    assertFailed(
        service.handle(new WatchHealth(header("watch", 5), spec, baseline()), said::add),
        FailureKind.UNSUITABLE,
        "metrics of both sides");
  }

  @Test
  void shouldRefuseTheBaselineWhenTheSourceIsTooQuiet() throws Exception {
    source.perScrape = 1;
    assertFailed(
        service.handle(learn(300), said::add), FailureKind.INCONCLUSIVE, "at least 500 requests");
  }

  @Test
  void shouldRefuseTheBaselineWhenTheSourceGivesNoMetrics() throws Exception {
    source.metricsBroken = true;
    assertFailed(service.handle(learn(300), said::add), FailureKind.INCONCLUSIVE, "got 503");
  }

  @Test
  void shouldRefuseTheBaselineWhenAJourneyFailsOnTheSource() throws Exception {
    source.journeyBroken = true;
    assertFailed(service.handle(learn(300), said::add), FailureKind.MISMATCH, "browse");
  }

  @Test
  void shouldRefuseToWatchWhenTheBaselineIsThinOrOld() throws Exception {
    Instant now = Instant.now();
    assertFailed(
        service.handle(
            new WatchHealth(
                header("watch", 5), spec(), new HealthBaseline(now, now, 12, 0, 90, 1, 1)),
            said::add),
        FailureKind.UNSUITABLE,
        "at least 500");
    assertFailed(
        service.handle(
            new WatchHealth(
                header("watch", 5), spec(), Specs.baseline(now.minus(Duration.ofDays(30)))),
            said::add),
        FailureKind.UNSUITABLE,
        "younger");
  }

  @Test
  void shouldLearnTheSource() throws Exception {
    assertThat(service.handle(learn(600), said::add))
        .isInstanceOfSatisfying(
            BaselineLearned.class,
            learned -> {
              assertThat(learned.baseline().requests()).isGreaterThanOrEqualTo(500);
              assertThat(learned.baseline().latencyQuantileMs()).isBetween(90.0, 100.0);
            });
  }

  @Test
  void shouldSayThatTheTargetIsHealthyAndFallSilentWhenStopped() throws Exception {
    assertThat(service.handle(watch(5), said::add)).isInstanceOf(WatchStarted.class);
    awaitVerdict(HealthVerdict.HEALTHY);
    HealthReported health = health().getLast();
    assertThat(health.epoch()).isEqualTo(5);
    assertThat(health.target().requestsPerSecond()).isPositive();
    assertThat(health.target().errorRate()).isZero();
    assertThat(metrics.scrape())
        .contains("cutover_side_error_ratio{cutover=\"shop\",side=\"target\"} 0.0")
        .containsPattern(
            "cutover_side_requests_per_second\\{cutover=\"shop\",side=\"source\"} [1-9]")
        .contains("cutover_target_verdict{cutover=\"shop\",verdict=\"healthy\"} 1.0")
        .contains("cutover_target_verdict{cutover=\"shop\",verdict=\"breached\"} 0.0");
    assertThat(service.handle(new StopWatching(header("stop", 6)), said::add))
        .isInstanceOf(WatchStopped.class);
    int scrapes = target.scrapes;
    int words = said.size();
    await()
        .during(Duration.ofMillis(600))
        .untilAsserted(
            () -> {
              assertThat(target.scrapes).isLessThanOrEqualTo(scrapes + 1);
              assertThat(said.size()).isLessThanOrEqualTo(words + 1);
            });
    assertThat(metrics.scrape()).doesNotContain("cutover_");
  }

  @Test
  void shouldTriggerOnceWhenTheTargetsErrorsRiseAndNameTheSameDecisionWhenWatchedAgain()
      throws Exception {
    service.handle(watch(5), said::add);
    awaitVerdict(HealthVerdict.HEALTHY);
    target.errorShare = 0.5;
    await().atMost(Duration.ofSeconds(15)).until(() -> !triggers().isEmpty());
    awaitVerdict(HealthVerdict.BREACHED);
    RollbackTrigger trigger = triggers().getFirst();
    assertThat(trigger.decisionId()).isEqualTo(DecisionId.rollback(CUTOVER, 5));
    assertThat(trigger.expiresAt()).isEqualTo(trigger.decidedAt().plus(Duration.ofMinutes(2)));
    assertThat(trigger.sentence()).contains("error rate of the target");
    assertThat(triggers()).hasSize(1);
    // when another instance takes over
    try (MonitorService other = service("127.0.0.1")) {
      other.handle(watch(5), said::add);
      await().atMost(Duration.ofSeconds(15)).until(() -> triggers().size() == 2);
    }
    assertThat(triggers())
        .extracting(RollbackTrigger::decisionId)
        .containsOnly(trigger.decisionId());
  }

  @Test
  void shouldTriggerWhenACriticalFunctionBreaksOnTheTargetOnly() throws Exception {
    service.handle(watch(5), said::add);
    awaitVerdict(HealthVerdict.HEALTHY);
    target.journeyBroken = true;
    await().atMost(Duration.ofSeconds(15)).until(() -> !triggers().isEmpty());
    assertThat(triggers().getFirst().reasons().getFirst().signal()).isEqualTo("critical:browse");
  }

  @Test
  void shouldSayHowTheSourcesJourneysDoWhateverItsOtherRequestsMeet() throws Exception {
    service.handle(watch(5), said::add);
    source.errorShare = 0.5; // writes that the fence refuses
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> !health().isEmpty() && health().getLast().source().probeErrorRate() == 0);
    source.journeyBroken = true;
    await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> health().getLast().source().probeErrorRate() > 0);
  }

  @Test
  void shouldHoldWhenBothSidesBreakAlike() throws Exception {
    service.handle(watch(5), said::add);
    awaitVerdict(HealthVerdict.HEALTHY);
    source.journeyBroken = true;
    target.journeyBroken = true;
    source.errorShare = 0.5;
    target.errorShare = 0.5;
    awaitVerdict(HealthVerdict.INCONCLUSIVE);
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(4))
        .untilAsserted(() -> assertThat(triggers()).isEmpty());
  }

  @Test
  void shouldBeBlindAndNotTriggerWhenTheTargetsMetricsAreLost() throws Exception {
    service.handle(watch(5), said::add);
    awaitVerdict(HealthVerdict.HEALTHY);
    target.metricsBroken = true;
    awaitVerdict(HealthVerdict.BLIND);
    assertThat(triggers()).isEmpty();
    target.metricsBroken = false;
    awaitVerdict(HealthVerdict.HEALTHY);
  }

  @Test
  void shouldKeepTheWatchWhenTheSameCommandComesAgainAndRefuseAnEarlierEpoch() throws Exception {
    service.handle(watch(5), said::add);
    awaitVerdict(HealthVerdict.HEALTHY);
    assertThat(service.handle(watch(5), said::add)).isInstanceOf(WatchStarted.class);
    assertThat(health().getLast().target().requests()).isPositive();
    assertFailed(service.handle(watch(4), said::add), FailureKind.SUPERSEDED, "later watch");
    assertFailed(
        service.handle(new StopWatching(header("stop", 4)), said::add),
        FailureKind.SUPERSEDED,
        "later watch");
    assertThat(service.handle(watch(9), said::add)).isInstanceOf(WatchStarted.class);
    await().atMost(Duration.ofSeconds(5)).until(() -> health().getLast().epoch() == 9);
  }

  @Test
  void shouldGiveTheWatchUpWhenAnotherInstanceHasTheCutover() throws Exception {
    // given
    service.handle(watch(7), said::add);

    // when
    service.owns(_ -> false);

    // then
    assertThat(service.handle(new StopWatching(header("stop", 4)), said::add))
        .as("no later watch is running here")
        .isInstanceOf(WatchStopped.class);
  }

  @Test
  void shouldAnswerThatNothingIsWatchedWhenStoppedTwice() throws Exception {
    assertThat(service.handle(new StopWatching(header("stop", 1)), said::add))
        .isInstanceOf(WatchStopped.class);
  }

  private MonitorService service(String host) {
    return new MonitorService(
        new MonitorConfig(
            new KafkaSettings("unused:1"),
            new Wire(new Topics("cutover", 1, 1, 1)),
            new AllowedHosts(List.of(host)),
            Duration.ofSeconds(1),
            Duration.ofDays(7),
            Duration.ofMinutes(2),
            List.of(),
            Optional.empty(),
            1,
            IntakeConfig.NOBODY),
        new PrometheusTextSource(
            WebClients.client(VERTX), Duration.ofSeconds(1), InstantSource.system()),
        new HttpProbe(WebClients.client(VERTX), 0),
        InstantSource.system(),
        Pace.MACHINE,
        new MonitorService.Outlets(
            RecordingFile.recorders(recordings, 1), new WatchGauges(metrics)));
  }

  private MonitorCommand learn(int spanMs) {
    return new LearnBaseline(header("learn", 1), spec(), Duration.ofMillis(spanMs));
  }

  private MonitorCommand watch(long epoch) {
    return new WatchHealth(header("watch", epoch), spec(), baseline());
  }

  private WatchSpec spec() {
    return Specs.spec(
        sourceServer.url(), targetServer.url(), TICK_MS, Specs.reading("browse", "/products"));
  }

  private static HealthBaseline baseline() {
    return Specs.baseline(Instant.now());
  }

  private static CommandHeader header(String step, long epoch) {
    return new CommandHeader(new StepRef(CUTOVER, step, 1), epoch, Instant.now().plusSeconds(60));
  }

  private void awaitVerdict(HealthVerdict verdict) {
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () ->
                assertThat(health())
                    .last()
                    .satisfies(h -> assertThat(h.verdict()).as(h.detail()).isEqualTo(verdict)));
  }

  private List<HealthReported> health() {
    return said.stream()
        .filter(HealthReported.class::isInstance)
        .map(HealthReported.class::cast)
        .toList();
  }

  private List<RollbackTrigger> triggers() {
    return said.stream()
        .filter(RollbackTrigger.class::isInstance)
        .map(RollbackTrigger.class::cast)
        .toList();
  }

  private static void assertFailed(Event answer, FailureKind kind, String words) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            StepFailed.class,
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(kind);
              assertThat(failed.failure().reason()).contains("Expected").contains(words);
            });
  }
}
