package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.NameServers.NameServer;
import java.util.List;
import org.junit.jupiter.api.Test;

class NameServersTest {
  private static final String ZONE = "shop.example.";
  private static final ServerAddress FIRST = new ServerAddress("192.0.2.53", 5353);

  @Test
  void shouldFindNothingWhenEachAddressIsAskedAtWhateverPort() {
    assertThat(
            NameServers.missing(
                ZONE,
                "its NS records name",
                List.of(FIRST),
                List.of(FIRST),
                List.of(new NameServer("ns1.shop.example.", List.of("192.0.2.53")))))
        .isEmpty();
  }

  @Test
  void shouldFindNothingWhenThePlanNamesTheHost() {
    // given
    ServerAddress named = new ServerAddress("NS1.shop.example", 53);
    // when, then
    assertThat(
            NameServers.missing(
                ZONE,
                "its NS records name",
                List.of(named),
                List.of(new ServerAddress("192.0.2.53", 53)),
                List.of(new NameServer("ns1.shop.example.", List.of("192.0.2.53", "192.0.2.54")))))
        .isEmpty();
  }

  @Test
  void shouldFindNothingOfAHostThatNobodyCanReachFromHere() {
    assertThat(
            NameServers.missing(
                ZONE,
                "its NS records name",
                List.of(FIRST),
                List.of(FIRST),
                List.of(new NameServer("ns6.shop.example.", List.of()))))
        .isEmpty();
  }

  @Test
  void shouldNameWhomThePlanLeavesOutWithEachOfItsAddressesOnce() {
    // given
    List<NameServer> named =
        List.of(
            new NameServer("ns1.shop.example.", List.of("192.0.2.53")),
            new NameServer("ns3.shop.example.", List.of("192.0.2.55", "2001:db8:0:0:0:0:0:55")),
            new NameServer("ns3.shop.example.", List.of("192.0.2.55")));
    // when, then
    assertThat(
            NameServers.missing(ZONE, "its NS records name", List.of(FIRST), List.of(FIRST), named))
        .hasValueSatisfying(
            words ->
                assertThat(words)
                    .startsWith(
                        "Expected the plan's authorities to be all that answer for shop.example., but its NS records name ns3.shop.example. (192.0.2.55, 2001:db8:0:0:0:0:0:55), too:")
                    .contains("traffic.authorities"));
  }
}
