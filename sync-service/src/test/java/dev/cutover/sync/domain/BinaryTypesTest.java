package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BinaryTypesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"other", "_other", "citext", "regclass", "xml", "_enum", "record", "int2vector"})
  void shouldTrustNothingThatCarriesAnOidOrIsOfAnExtension(String base) {
    assertThat(BinaryTypes.areProven(List.of("int4", base), 17, 17)).isFalse();
  }

  @Test
  @Tag("C18")
  void shouldTrustOnlyKnownVersions() {
    assertThat(BinaryTypes.areProven(List.of("int4", "_text", "enum"), 14, 18)).isTrue();
    assertThat(BinaryTypes.areProven(List.of("int4"), 14, 19)).isFalse();
    assertThat(BinaryTypes.areProven(List.of("int4"), 13, 17)).isFalse();
  }

  @Test
  void shouldNotSendAnIntervalThatMayBeInfiniteToAServerThatKnowsNone() {
    assertThat(BinaryTypes.areProven(List.of("interval"), 15, 16)).isTrue();
    assertThat(BinaryTypes.areProven(List.of("_interval"), 17, 16)).isFalse();
  }
}
