package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.DnsReply.SplitVerified;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.DnsReply.ViewVerified;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.Side;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole cutovers through the path of every provider, all at once: a blue-green at each, and a
 * canary where it has weights. All five services, real traffic that follows what the provider's
 * servers answer or its balancer does.
 */
class ProviderCutoverIT {
  private static final Duration END_MAX = Duration.ofMinutes(4);

  /** Longer than the slowest provider is behind the fastest. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private static final Duration SHORT = Duration.ofSeconds(4);

  @TempDir Path directory;

  @Test
  void shouldMoveAllTrafficThroughTheProvidersWhenTheTargetIsHealthy() throws Exception {
    try (ProviderScene scene = new ProviderScene(directory)) {
      // Cloudflare's lowest TTL is half a minute: its records go there and back below.
      List<Play> plays =
          plays(
              scene,
              SHORT,
              (lab, way) -> !lab.label().equals("cloudflare") || way == SwitchLab.Way.CANARY);
      try {
        // when
        go(plays);
        plays.forEach(play -> play.await(status -> status.outcome().isPresent()));
        // then
        for (Play play : plays) {
          assertThat(play.status().outcome()).as("%s", play.status()).contains("COMPLETED");
          assertThat(play.serves()).as("%s", play.id).isEqualTo(Side.TARGET);
          assertThat(play.observer.said(SplitVerified.class))
              .as("%s", play.id)
              .extracting(SplitVerified::weightPercent)
              .isEqualTo(play.way == SwitchLab.Way.CANARY ? List.of(25, 50) : List.of());
          assertThat(play.provenFrom(Side.TARGET)).as("%s", play.id).isEqualTo(play.lab.vantages());
        }
        assertThat(scene.account().writesMissing()).isZero();
      } finally {
        plays.forEach(Play::close);
      }
    }
  }

  @Test
  void shouldTakeAllTrafficBackThroughEveryProviderWhenTheTargetBreaks() throws Exception {
    try (ProviderScene scene = new ProviderScene(directory)) {
      List<Play> plays = plays(scene, LONG, (_, _) -> true);
      try {
        // given
        go(plays);
        plays.forEach(Play::awaitTrafficMoved);
        // when
        scene.stage().inject(Fault.ERRORS);
        plays.forEach(play -> play.await(status -> status.outcome().isPresent()));
        // then
        for (Play play : plays) {
          assertThat(play.status().outcome()).as("%s", play.status()).contains("ROLLED_BACK");
          assertThat(play.observer.said(RollbackTrigger.class)).as("%s", play.id).hasSize(1);
          assertThat(play.observer.said(TrafficReverted.class))
              .as("%s", play.id)
              .anyMatch(TrafficReverted::changed);
          assertThat(play.serves()).as("%s", play.id).isEqualTo(Side.SOURCE);
          assertThat(play.provenFrom(Side.SOURCE)).as("%s", play.id).isEqualTo(play.lab.vantages());
        }
        assertThat(scene.account().writesMissing()).isZero();
      } finally {
        plays.forEach(Play::close);
      }
    }
  }

  private static List<Play> plays(
      ProviderScene scene, Duration watched, BiPredicate<SwitchLab, SwitchLab.Way> wanted) {
    List<Play> plays = new ArrayList<>();
    for (SwitchLab lab : scene.labs()) {
      lab.ways().stream()
          .filter(way -> wanted.test(lab, way))
          .sorted()
          .forEach(way -> plays.add(new Play(scene, lab, way, watched)));
    }
    return plays;
  }

  private static void go(List<Play> plays) throws InterruptedException {
    for (Play play : plays) {
      play.scene.ada().start(play.plan);
    }
    for (Play play : plays) {
      play.await(status -> status.waitingFor().startsWith("go "));
      play.scene.ada().approve(play.id, "go");
      play.scene.grace().approve(play.id, "go");
    }
  }

  /** One cutover. */
  private static final class Play implements AutoCloseable {
    private final ProviderScene scene;
    private final SwitchLab lab;
    private final SwitchLab.Way way;
    private final CutoverId id;
    private final Observer observer;
    private final String plan;

    Play(ProviderScene scene, SwitchLab lab, SwitchLab.Way way, Duration watched) {
      this.scene = scene;
      this.lab = lab;
      this.way = way;
      id = new CutoverId(lab.label() + "-" + way.label());
      observer = new Observer(scene.stage().kafka(), scene.stage().topics(), id);
      plan =
          scene
              .stage()
              .plan(id, plan(lab.traffic(way), strategy(way, watched), watched.toSeconds()));
    }

    private static String strategy(SwitchLab.Way way, Duration watched) {
      return switch (way) {
        case GREEN -> "strategy: blueGreen\n";
        case CANARY ->
            """
            strategy: canary
            canary:
              weights: [{percent: 25, soak: 4s, requests: 20}, {percent: 50, soak: %ds, requests: 20}, {percent: 100}]
              abort: source
            """
                .formatted(watched.toSeconds());
      };
    }

    /** All of it, or half of a canary's: whether caches have followed or not. */
    void awaitTrafficMoved() {
      Awaitility.await(id.value()).atMost(END_MAX).until(() -> moved() || held());
      assertThat(held()).as("%s", id).isFalse();
    }

    private boolean moved() {
      return way == SwitchLab.Way.CANARY
          ? splitVerified(50)
          : observer.said(TrafficVerified.class).stream()
              .anyMatch(verified -> verified.side() == Side.TARGET);
    }

    /** The vantage points from which that side was seen. */
    Set<String> provenFrom(Side side) {
      return observer.said(ViewVerified.class).stream()
          .filter(seen -> seen.side() == side)
          .map(ViewVerified::vantage)
          .collect(Collectors.toSet());
    }

    private boolean splitVerified(int percent) {
      return observer.said(SplitVerified.class).stream()
          .anyMatch(split -> split.weightPercent() == percent);
    }

    private boolean held() {
      return observer.status().filter(status -> status.state().equals("held")).isPresent();
    }

    /** A cutover that is held gets no further. */
    void await(Predicate<CutoverStatus> wanted) {
      Awaitility.await(id.value())
          .atMost(END_MAX)
          .until(() -> held() || observer.status().filter(wanted).isPresent());
      assertThat(status()).as("%s", id).matches(wanted, "got as far as it should");
    }

    CutoverStatus status() {
      return observer.status().orElseThrow();
    }

    Side serves() {
      return lab.serves(way)
          .orElseThrow(() -> new AssertionError("Expected one side to serve, but both do: " + id));
    }

    @Override
    public void close() {
      observer.close();
    }
  }

  private static String plan(String traffic, String strategy, long observationSeconds) {
    return """
    cutover: "@id@"
    dataLayer: shared
    rehearsal: true
    approvers: [ada, grace]
    %straffic:
    %swatch:
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
    bounds: {baseline: 8s, observation: %ds, ttlSlack: 500ms, approval: 5m, preparationStep: 90s, switchStep: 10s, proof: 60s}
    rollback: {window: 3s}
    """
        .formatted(strategy, traffic, observationSeconds);
  }
}
