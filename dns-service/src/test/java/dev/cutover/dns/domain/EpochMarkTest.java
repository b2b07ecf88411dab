package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpochMarkTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"manual\"",
        "\"epoch=12\"",
        "\"epoch=-1 cutover=a\"",
        "\"epoch=12x cutover=a\"",
        "\"epoch=1234567890123456789 cutover=a\"",
        "\"epoch=12 cutover=A\"",
        "\"epoch=12 cutover=a over\"",
        "epoch=12 cutover=a"
      })
  void shouldTakeForAnothersWhatItWouldNotWrite(String value) {
    assertThat(EpochMark.parse(List.of(value))).isEqualTo(new EpochMark.Foreign(List.of(value)));
  }

  @Test
  void shouldTakeForAnothersWhenThereAreTwoValues() {
    assertThat(EpochMark.parse(List.of("\"epoch=1 cutover=a\"", "\"epoch=2 cutover=a\"")))
        .isInstanceOf(EpochMark.Foreign.class);
  }

  @Test
  void shouldReadWhatItWrites() {
    for (boolean ended : new boolean[] {false, true}) {
      EpochMark mark = new EpochMark.Epoch(42, new CutoverId("shop-1"), ended);
      assertThat(EpochMark.parse(mark.values())).isEqualTo(mark);
    }
    assertThat(EpochMark.parse(List.of())).isEqualTo(new EpochMark.Absent());
  }
}
