package dev.cutover.contract;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class CutoverIdTest {
  @Test
  void shouldRefuseAnIdThatIsNoDnsLabel() {
    assertThatThrownBy(() -> new CutoverId("Shop_1")).hasMessageContaining("but got 'Shop_1'");
  }
}
