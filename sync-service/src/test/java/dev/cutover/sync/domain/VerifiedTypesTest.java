package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerifiedTypesTest {
  private static Value convert(String base, @Nullable Object raw) {
    return VerifiedTypes.convert(base, raw, "gone");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"_int4", "timetz", "interval", "bit", "money", "point", "other", "hstore"})
  void shouldNotTrustATypeWhenTheCaptureDamagesIt(String base) {
    assertThat(VerifiedTypes.isVerified(base)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "timestamp, -1, 1969-12-31 23:59:59.999999",
    "timestamp, 9223372036825200000, infinity",
    "timestamp, -9223372036832400000, -infinity",
    "timestamp, -62198755200000000, 0002-01-01 00:00:00.000000 BC",
    "time, 86400000000, 24:00:00.000000",
    "date, -719529, 0002-12-31 BC",
    "date, 20000, 2024-10-04"
  })
  void shouldWriteTimesAsPostgresReadsThem(String base, long raw, String expected) {
    assertThat(convert(base, raw)).isEqualTo(new Value.Text(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "date, 2147483647",
    "timestamp, -9000000000000000000",
    "timestamp, 9223372036854775807"
  })
  void shouldReadAgainWhenAValueIsOutOfRange(String base, long raw) {
    assertThat(convert(base, raw)).isEqualTo(Value.Special.REFETCH);
  }

  @ParameterizedTest
  @CsvSource({
    "numeric, NAN, NaN",
    "numeric, POSITIVE_INFINITY, Infinity",
    "numeric, NEGATIVE_INFINITY, -Infinity",
    "numeric, 1.50, 1.50",
    "bytea, 00ff, \\x00ff",
    "timestamptz, infinity, infinity",
    "timestamptz, -0001-06-01T10:00:00.5Z, 0002-06-01 10:00:00.500000+00 BC"
  })
  void shouldWriteTextsAsPostgresReadsThem(String base, String raw, String expected) {
    assertThat(convert(base, raw)).isEqualTo(new Value.Text(expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "numeric", "bytea", "jsonb", "timestamptz"})
  void shouldLeaveAloneWhenTheLogDoesNotCarryTheValue(String base) {
    assertThat(convert(base, "gone")).isEqualTo(Value.Special.UNCHANGED);
    assertThat(convert(base, null)).isEqualTo(Value.Special.NULL);
  }
}
