package dev.cutover.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.DnsCommand.CaptureRecords;
import dev.cutover.contract.DnsCommand.LowerTtl;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.StageSwitch;
import dev.cutover.contract.DnsCommand.VerifySplit;
import dev.cutover.contract.DnsReply.SplitVerified;
import dev.cutover.contract.DnsReply.SwitchStaged;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Reply;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.adapter.CloudflarePoolSwitch;
import dev.cutover.dns.adapter.CloudflareTokens;
import dev.cutover.dns.cloudflare.CloudflareEdge;
import dev.cutover.dns.cloudflare.CloudflareServer;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract over load balancers of Cloudflare, and what only they can: shares. */
class CloudflarePoolSwitchIT extends EdgeSwitchContract {
  @Override
  TrafficSwitch trafficSwitch(CloudflareTokens tokens) {
    return new CloudflarePoolSwitch(
        tokens, InstantSource.system(), Pace.MACHINE, Duration.ofMillis(200));
  }

  @Override
  void create(String host) {
    server.balance(host, List.of(BLUE));
    server.balancer(host).put("description", "ask Ana");
  }

  @Override
  SwitchSpec spec(String host, String token, Optional<String> second, EdgeProbe probe) {
    return SwitchSpec.ofPools(
        Authorities.ZONE,
        new CloudflarePools(ZONE_ID, CloudflareServer.ACCOUNT, token, second, probe),
        List.of(host + "."),
        nameServers(),
        List.of(BLUE),
        List.of(GREEN));
  }

  @Override
  String mark(String host) {
    String description = server.balancer(host).path("description").asText();
    return description.contains("[cutover: ")
        ? description.replaceFirst(".*\\[cutover: (.*)\\]$", "$1")
        : "";
  }

  @Override
  void mark(String host, String text) {
    server.balancer(host).put("description", "ask Ana [cutover: %s]".formatted(text));
  }

  @Override
  void elsewhere(CloudflareServer at, String host) {
    at.balancer(host).putArray("default_pools").add(OTHER);
  }

  @Override
  String rightMissing() {
    return "Authentication error";
  }

  @Override
  String elsewhereShown() {
    return OTHER;
  }

  @Override
  String revertedSaid() {
    return BLUE + " ask Ana [cutover: manual]\nthe weights are written\n";
  }

  @AfterEach
  void heal() {
    server.health(GREEN, Map.of());
    server.pool(GREEN, CloudflareEdge.TARGET);
  }

  private ObjectNode balancer(Switched name) {
    return server.balancer(name.host());
  }

  // ---- shares

  @Test
  void shouldShareOutByEachWeightAndProveItByCounting() {
    // given
    Switched name = lowered();
    long epoch = 10;
    for (int percent : List.of(10, 50)) {
      // when
      Reply shifted = handle(new ShiftTraffic(header(epoch + 10), name.spec(), epoch, percent));
      Reply proven = handle(new VerifySplit(header(epoch + 11), name.spec(), percent));
      // then
      assertThat(shifted).isInstanceOf(TrafficShifted.class);
      assertThat(proven)
          .isInstanceOfSatisfying(
              SplitVerified.class,
              split ->
                  assertThat(split.counts())
                      .hasSize(2)
                      .allMatch(count -> count.answers() >= 400 && count.target() > 0));
      assertThat(balancer(name).path("random_steering").path("pool_weights").path(GREEN).asDouble())
          .isEqualTo(percent / 100.0);
      assertThat(balancer(name).path("fallback_pool").asText()).isEqualTo(BLUE);
      epoch += 10;
    }
    // and back to less, and then to nothing
    assertThat(handle(new ShiftTraffic(header(50), name.spec(), epoch, 10)))
        .isInstanceOf(TrafficShifted.class);
    assertThat(handle(new RevertTraffic(header(60), name.spec())))
        .isInstanceOf(TrafficReverted.class);
    assertThat(balancer(name).path("default_pools")).hasSize(1);
  }

  @Test
  void shouldNotTakeAnotherShareForTheOneAskedFor() {
    // given an edge that has not heard of it at one address
    Switched name = lowered();
    edge.hold(CloudflareEdge.ADDRESSES.getLast(), name.host());
    handle(new ShiftTraffic(header(20), name.spec(), 10, 25));
    // when
    Reply reply = handle(new VerifySplit(header(21, Duration.ofSeconds(3)), name.spec(), 25));
    // then
    assertFailed(
        reply,
        FailureKind.TIMED_OUT,
        "%s: the target served 0 times in".formatted(name.host() + "."));
  }

  // ---- what is kept, and what follows

  @Test
  void shouldKeepTheDescriptionAndLetTheFallbackFollow() {
    // given
    Switched name = lowered();
    // when
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertThat(balancer(name).path("description").asText())
        .isEqualTo("ask Ana [cutover: epoch=20 cutover=behind-edge]");
    assertThat(balancer(name).path("fallback_pool").asText()).isEqualTo(GREEN);
    assertThat(balancer(name).path("default_pools")).as("no pool that gets no requests").hasSize(1);
  }

  @Test
  void shouldLeaveAFallbackOfNeitherSideWhereItIs() {
    // given
    Switched name = switched();
    balancer(name).put("fallback_pool", OTHER);
    stage(name, 10);
    // when
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertThat(balancer(name).path("fallback_pool").asText()).isEqualTo(OTHER);
  }

  @Test
  void shouldChangeEveryLoadBalancerOrNone() {
    // given two, and a plan that names one more
    Switched first = lowered();
    Switched second = switched();
    SwitchSpec both = both(first, second.spec());
    SwitchSpec more = both(first, spec("no.shop.example", "good", Optional.empty(), probe()));
    // when
    Reply none = handle(new ShiftTraffic(header(20), more, 10, 100));
    assertThat(handle(new StageSwitch(header(21), both, both.at(0))))
        .isInstanceOf(SwitchStaged.class);
    Reply all = handle(new ShiftTraffic(header(30), both, 21, 25));
    Reply reverted = handle(new RevertTraffic(header(40), both));
    // then
    assertFailed(none, FailureKind.UNSUITABLE, "nothing was changed at any");
    assertThat(all).isInstanceOf(TrafficShifted.class);
    assertThat(reverted).isInstanceOf(TrafficReverted.class);
    for (Switched name : List.of(first, second)) {
      assertThat(mark(name.host())).isEqualTo("epoch=40 cutover=behind-edge");
      assertThat(balancer(name).path("default_pools")).hasSize(1);
    }
  }

  private static SwitchSpec both(Switched first, SwitchSpec second) {
    return first
        .spec()
        .withNames(List.of(first.spec().names().getFirst(), second.names().getFirst()));
  }

  // ---- refusals

  @Test
  void shouldMoveNothingToAPoolThatIsDisabledOrUnhealthy() {
    // given
    Switched name = lowered();
    server.health(GREEN, Map.of("Amsterdam, NL", true, "Chicago, IL", false));
    // when
    Reply unhealthy = handle(new ShiftTraffic(header(20), name.spec(), 10, 10));
    server.pool(GREEN, CloudflareEdge.TARGET).put("enabled", false);
    Reply disabled = handle(new ShiftTraffic(header(20), name.spec(), 10, 10));
    // then
    assertFailed(unhealthy, FailureKind.CONFLICT, "unhealthy as seen from Chicago, IL");
    assertThat(((StepFailed) unhealthy).failure().retryable()).isTrue();
    assertFailed(disabled, FailureKind.CONFLICT, "is disabled");
    assertThat(mark(name.host())).isEqualTo("epoch=10 cutover=behind-edge");
    assertThat(origin(name)).isEqualTo(CloudflareEdge.SOURCE);
  }

  @Test
  void shouldGoBackToASourceThatIsUnhealthy() {
    // given
    Switched name = lowered();
    handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    server.health(BLUE, Map.of("Amsterdam, NL", false));
    try {
      // when, then
      assertThat(handle(new RevertTraffic(header(30), name.spec())))
          .isInstanceOf(TrafficReverted.class);
    } finally {
      server.health(BLUE, Map.of());
    }
  }

  @Test
  void shouldRefuseWhatTheWeightsDoNotDecide() {
    Map<String, Consumer<ObjectNode>> others =
        Map.of(
            "it is disabled", b -> b.put("enabled", false),
            "it is not proxied", b -> b.put("proxied", false),
            "session affinity 'cookie'", b -> b.put("session_affinity", "cookie"),
            "its rule 'beta'", b -> b.putArray("rules").addObject().put("name", "beta"));
    others.forEach(
        (words, other) -> {
          // given
          Switched name = switched();
          other.accept(balancer(name));
          // when
          Reply reply = handle(new StageSwitch(header(10), name.spec(), name.spec().at(0)));
          // then
          assertFailed(reply, FailureKind.UNSUITABLE, words);
        });
  }

  @Test
  void shouldRefuseSteeringThatIsNotByTheseWeights() {
    // given
    Switched geographic = switched();
    balancer(geographic).put("steering_policy", "geo");
    Switched standby = switched();
    balancer(standby).putArray("default_pools").add(BLUE).add(OTHER);
    Switched unknown =
        new Switched(
            "nobody.shop.example", spec("nobody.shop.example", "good", Optional.empty(), probe()));
    // when, then
    assertFailed(
        handle(new CaptureRecords(header(1), geographic.spec())),
        FailureKind.MISMATCH,
        "steering by geo");
    assertFailed(
        handle(new CaptureRecords(header(1), standby.spec())),
        FailureKind.MISMATCH,
        "off: %s, then %s".formatted(BLUE, OTHER));
    assertFailed(
        handle(new CaptureRecords(header(1), unknown.spec())),
        FailureKind.UNSUITABLE,
        "there is none");
  }

  @Test
  void shouldTellWhenSomebodyWritesBetweenTheLookAndTheChange() {
    // given
    Switched name = lowered();
    server.raceNext(s -> elsewhere(s, name.host()));
    // when the race is lost by the other one, whom the request overwrites
    Reply shifted = handle(new ShiftTraffic(header(20), name.spec(), 10, 100));
    // then
    assertThat(shifted).isInstanceOf(TrafficShifted.class);
    assertThat(mark(name.host())).isEqualTo("epoch=20 cutover=behind-edge");
    assertThat(handle(new LowerTtl(header(21), name.spec(), name.spec().at(0))))
        .as("an order of before")
        .isInstanceOf(StepFailed.class);
  }
}
