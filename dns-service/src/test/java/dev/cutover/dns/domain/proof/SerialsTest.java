package dev.cutover.dns.domain.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.dns.domain.proof.Serials.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SerialsTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, SAME",
    "2, 1, NEWER",
    "1, 2, OLDER",
    // around the end of the circle
    "0, 4294967295, NEWER",
    "4294967295, 0, OLDER",
    "5, 4294967290, NEWER",
    // RFC 1982, 3.2: exactly half apart is undefined; one less is not
    "2147483648, 0, UNDEFINED",
    "0, 2147483648, UNDEFINED",
    "2147483647, 0, NEWER",
    "2147483649, 0, OLDER"
  })
  void shouldCompareOnACircle(long serial, long other, Order expected) {
    assertThat(Serials.compare(serial, other)).isEqualTo(expected);
  }
}
