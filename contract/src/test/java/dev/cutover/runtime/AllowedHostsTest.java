package dev.cutover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {
  @ParameterizedTest
  @CsvSource({
    "shop.example.org, http://shop.example.org/x, true",
    "shop.example.org, https://SHOP.example.org:8443/x, true",
    "shop.example.org:8080, http://shop.example.org:8080, true",
    "shop.example.org:8080, http://shop.example.org:8081, false",
    "shop.example.org:443, https://shop.example.org/, true",
    "*.example.org, http://shop.example.org, true",
    "*.example.org, http://example.org, false",
    "*.example.org, http://evilexample.org, false",
    "shop.example.org, http://shop.example.org.evil.net, false",
    "shop.example.org, http://shop.example.org@evil.net/, false",
    "shop.example.org, http://user@shop.example.org/, false",
    "shop.example.org, ftp://shop.example.org/, false",
    "shop.example.org, /metrics, false",
    "shop.example.org, 'http://shop example', false",
    "[::1]:9090, http://[::1]:9090/metrics, true",
    "[::1], http://[::1]:9091/metrics, true",
    "127.0.0.1, http://127.0.0.1:1/, true",
    "10.1.0.0/16, http://10.1.255.3:8080/, true",
    "10.1.0.0/16, http://10.2.0.1/, false",
    "10.1.0.0/15, http://10.0.0.1/, true",
    "10.1.0.0/16, http://10.1.evil.net/, false",
    "10.1.0.0/16, http://[::ffff:a01:1]/, true",
    "10.1.0.0/16, http://[fd00::1]/, false",
    "fd00::/8, http://[fd12::1]:9090/, true",
    "fd00::/8, http://[fe80::1]:9090/, false",
    "0.0.0.0/0, http://name.example/, false",
  })
  void shouldPermitTheHostsNamedAndNoOther(String pattern, String url, boolean permitted) {
    assertThat(new AllowedHosts(List.of(pattern)).permits(url)).isEqualTo(permitted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "10.0.0/8", "net/8", "10.0.0.0/", "fd00::/129", "/8"})
  void shouldRefuseWhatIsNoNetwork(String pattern) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AllowedHosts(List.of(pattern)))
        .withMessageContaining(pattern);
  }

  @Test
  void shouldPermitNoneWhenNoneIsNamed() {
    assertThat(new AllowedHosts(List.of()).permits("http://shop.example.org")).isFalse();
  }
}
