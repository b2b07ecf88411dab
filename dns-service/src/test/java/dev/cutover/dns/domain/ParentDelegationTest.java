package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.ServerAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParentDelegationTest {
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.1.2.3", "192.168.0.1", "::1", "fd00::53", "fe80::1"})
  void shouldExpectNoParentOfAZoneThatOnlyPrivateAddressesServe(String address) {
    assertThat(ParentDelegation.undelegated("shop.com.", servers(address)))
        .contains("the plan's authorities have private addresses only");
    assertThat(ParentDelegation.undelegated("shop.com.", servers(address, "198.51.100.1")))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "shop.test.,test.",
    "test.,test.",
    "a.home.arpa.,home.arpa.",
    "x.internal.,internal."
  })
  void shouldExpectNoParentOfNamesThatNobodyDelegates(String zone, String top) {
    assertThat(ParentDelegation.undelegated(zone, servers("198.51.100.1")))
        .hasValueSatisfying(reason -> assertThat(reason).endsWith(top));
  }

  @Test
  void shouldLookAtTheParentOfWhatTheInternetMayAsk() {
    assertThat(ParentDelegation.undelegated("mytest.", servers("198.51.100.1"))).isEmpty();
    assertThat(ParentDelegation.undelegated("shop.com.", servers("ns1.unknown"))).isEmpty();
  }

  private static List<ServerAddress> servers(String... hosts) {
    return Stream.of(hosts).map(host -> new ServerAddress(host, 53)).toList();
  }
}
