package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AllowListTest {
  private static final ServerAddress GOOD = new ServerAddress("10.0.0.53", 53);
  private static final ServerAddress OTHER_PORT = new ServerAddress("10.0.0.54", 5353);
  private static final ServerAddress EVIL = new ServerAddress("10.6.6.6", 53);

  private final AllowList allowed =
      new AllowList(Set.of("Shop.Example"), Set.of("10.0.0.53", "10.0.0.54:53"));

  @Test
  void shouldRefuseAnyServerThatIsNotNamed() {
    assertThat(allowed.refusal(spec("shop.example.", EVIL, GOOD, GOOD)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("10.6.6.6:53"));
    assertThat(allowed.refusal(spec("shop.example.", GOOD, EVIL, GOOD))).isPresent();
    assertThat(allowed.refusal(spec("shop.example.", GOOD, GOOD, EVIL))).isPresent();
    assertThat(allowed.refusal(spec("shop.example.", GOOD, GOOD, OTHER_PORT))).isPresent();
  }

  @Test
  void shouldRefuseAnyZoneThatIsNotNamed() {
    assertThat(allowed.refusal(spec("a.shop.example.", GOOD, GOOD, GOOD)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("a.shop.example."));
    assertThat(allowed.refusal(spec("example.", GOOD, GOOD, GOOD))).isPresent();
  }

  @Test
  void shouldAllowWhatIsNamed() {
    assertThat(allowed.refusal(spec("SHOP.example.", GOOD, GOOD, GOOD))).isEmpty();
  }

  @Test
  void shouldRefuseAnyHostedZoneThatIsNotNamed() {
    // given
    AllowList hosted =
        new AllowList(Set.of("shop.example"), Set.of("10.0.0.53"), Set.of("/hostedzone/Z1GOOD"));
    // when, then
    assertThat(hosted.refusal(hosted("Z1GOOD", GOOD))).isEmpty();
    assertThat(hosted.refusal(hosted("Z1OTHER", GOOD)))
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("Z1OTHER", "CUTOVER_DNS_ALLOWED_HOSTED_ZONES"));
    assertThat(hosted.refusal(hosted("Z1GOOD", EVIL))).isPresent();
    assertThat(allowed.refusal(hosted("Z1GOOD", GOOD))).isPresent();
  }

  @Test
  void shouldRefuseAnyBackendOrInstanceThatIsNotNamed() {
    // given
    AllowList backends =
        new AllowList(Set.of(), Set.of("10.0.0.53"), Set.of(), Set.of("web"), Set.of());
    // when, then
    assertThat(backends.refusal(backend("web", GOOD, GOOD))).isEmpty();
    assertThat(backends.refusal(backend("Web", GOOD, GOOD)))
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("Web", "CUTOVER_DNS_ALLOWED_BACKENDS"));
    assertThat(backends.refusal(backend("web", GOOD, EVIL)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("10.6.6.6:53"));
    assertThat(backends.refusal(backend("web", EVIL, EVIL))).isPresent();
    assertThat(allowed.refusal(backend("web", GOOD, GOOD))).isPresent();
  }

  private static SwitchSpec backend(String name, ServerAddress... instances) {
    return SwitchSpec.ofBackend(name, List.of(instances), List.of("blue1"), List.of("green1"));
  }

  @Test
  void shouldRefuseAnyZoneOfCloudflareThatIsNotNamed() {
    // given
    AllowList cloudflare =
        new AllowList(
            Set.of("shop.example"),
            Set.of("10.0.0.53"),
            Set.of(),
            Set.of(),
            Set.of("A".repeat(32)));
    // when, then
    assertThat(cloudflare.refusal(cloudflare("a", GOOD))).isEmpty();
    assertThat(cloudflare.refusal(cloudflare("b", GOOD)))
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("bbbb", "CUTOVER_DNS_ALLOWED_CLOUDFLARE_ZONES"));
    assertThat(cloudflare.refusal(cloudflare("a", EVIL))).isPresent();
    assertThat(allowed.refusal(cloudflare("a", GOOD))).isPresent();
    assertThat(cloudflare.refusal(pools("a", GOOD))).isEmpty();
    assertThat(cloudflare.refusal(pools("b", GOOD))).isPresent();
    assertThat(cloudflare.refusal(pools("a", EVIL))).isPresent();
  }

  private static SwitchSpec pools(String digit, ServerAddress authority) {
    String id = digit.repeat(32);
    EdgeProbe probe = new EdgeProbe(true, 443, "/", Optional.empty(), "blue", "green");
    return SwitchSpec.ofPools(
        "shop.example.",
        new CloudflarePools(id, id, "token", Optional.empty(), probe),
        List.of("www.shop.example."),
        List.of(authority),
        List.of("c".repeat(32)),
        List.of("d".repeat(32)));
  }

  @Test
  void shouldRefuseAnyListenerThatIsNotNamedAndAskForNoServer() {
    // given
    String elb = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:";
    String good = elb + "listener/app/web/0/1";
    String evil = elb + "listener/app/web/0/2";
    AllowList listeners =
        new AllowList(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), Set.of(" " + good + " "));
    // when, then
    assertThat(listeners.refusal(listeners(good))).isEmpty();
    assertThat(listeners.refusal(listeners(good, evil)))
        .hasValueSatisfying(
            reason -> assertThat(reason).contains(evil, "CUTOVER_DNS_ALLOWED_LISTENERS"));
    assertThat(allowed.refusal(listeners(good))).isPresent();
  }

  private static SwitchSpec listeners(String... arns) {
    return SwitchSpec.ofTargetGroups("default", List.of(arns), List.of("blue"), List.of("green"));
  }

  private static SwitchSpec cloudflare(String digit, ServerAddress authority) {
    return by(new Cloudflare(digit.repeat(32), "token", Optional.empty()), authority);
  }

  private static SwitchSpec hosted(String hostedZone, ServerAddress authority) {
    return by(new Route53(hostedZone, Route53.DEFAULT_PROFILE), authority);
  }

  private static SwitchSpec by(SwitchProvider provider, ServerAddress authority) {
    SwitchSpec spec = spec("shop.example.", GOOD, authority, GOOD);
    return new SwitchSpec(
        spec.zone(),
        provider,
        spec.names(),
        spec.authorities(),
        spec.resolvers(),
        spec.loweredTtlSeconds());
  }

  private static SwitchSpec spec(
      String zone, ServerAddress primary, ServerAddress authority, ServerAddress resolver) {
    String name = "api." + zone;
    List<RecordSet> sets = List.of(new RecordSet(name, RecordType.A, 5, List.of("10.0.0.1")));
    return new SwitchSpec(
        zone,
        new Rfc2136(primary, "key"),
        List.of(new SwitchedName(name, sets, sets)),
        List.of(authority),
        List.of(resolver),
        5);
  }
}
