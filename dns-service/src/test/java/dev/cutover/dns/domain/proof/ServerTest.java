package dev.cutover.dns.domain.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.ServerAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 53, '', 192.0.2.1",
    "192.0.2.1, 5353, ns1.test., 192.0.2.1:5353 ns1.test.",
    "2001:db8:0:0:0:0:0:1, 53, '', 2001:db8::1",
    "2001:db8:0:0:1:0:0:1, 5353, '', [2001:db8::1:0:0:1]:5353",
    "0:0:0:0:0:0:0:1, 53, '', ::1",
    "2620:fe:0:0:0:0:0:0, 53, '', 2620:fe::",
    "2620:fe:1:0:1:0:10:fe, 53, '', 2620:fe:1:0:1:0:10:fe"
  })
  void shouldBeShownAsPeopleWriteIt(String host, int port, String label, String shown) {
    assertThat(new Server(new ServerAddress(host, port), label, "own").shown()).isEqualTo(shown);
  }
}
