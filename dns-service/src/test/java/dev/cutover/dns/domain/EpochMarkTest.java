package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpochMarkTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"manual\"",
        "\"epoch=\"",
        "\"epoch=-1\"",
        "\"epoch=12x\"",
        "\"epoch=1234567890123456789\"",
        "epoch=12"
      })
  void shouldTakeForAnothersWhatItWouldNotWrite(String value) {
    assertThat(EpochMark.parse(List.of(value))).isEqualTo(new EpochMark.Foreign(List.of(value)));
  }

  @Test
  void shouldTakeForAnothersWhenThereAreTwoValues() {
    assertThat(EpochMark.parse(List.of("\"epoch=1\"", "\"epoch=2\"")))
        .isInstanceOf(EpochMark.Foreign.class);
  }

  @Test
  void shouldReadWhatItWrites() {
    assertThat(EpochMark.parse(List.of(EpochMark.text(42)))).isEqualTo(new EpochMark.Epoch(42));
    assertThat(EpochMark.parse(List.of())).isEqualTo(new EpochMark.Absent());
  }
}
