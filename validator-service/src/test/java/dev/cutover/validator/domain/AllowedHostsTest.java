package dev.cutover.validator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowedHostsTest {
  private static final AllowedHosts HOSTS =
      new AllowedHosts(List.of("10.0.0.2:8080", "*.shop.example", "[::1]:80"));

  @ParameterizedTest
  @CsvSource({
    "http://10.0.0.2:8080/a, true",
    "http://10.0.0.2:8081/a, false",
    "https://www.SHOP.example, true",
    "https://shop.example.evil.test, false",
    "http://user@www.shop.example, false",
    "http://[::1]/, true",
    "ftp://www.shop.example, false",
    "/orders, false",
  })
  void shouldPermitOnlyListedHosts(String url, boolean permitted) {
    // when, then
    assertThat(HOSTS.permits(url)).isEqualTo(permitted);
  }
}
