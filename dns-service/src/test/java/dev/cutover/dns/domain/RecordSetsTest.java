package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.SwitchedName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordSetsTest {

  @ParameterizedTest
  @CsvSource({"A,1.2.3", "A,2001:db8::1", "AAAA,10.0.0.1", "AAAA,::ffff:10.0.0.1", "A,lb.example."})
  void shouldRefuseValueWhenItIsNoAddressOfItsType(RecordType type, String value) {
    assertThatThrownBy(() -> RecordSets.normalise(set("a.", type, 5, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("type " + type)
        .hasMessageContaining(value);
  }

  @ParameterizedTest
  @CsvSource({
    "A,10.0.0.1,10.0.0.1",
    "AAAA,2001:DB8::1,2001:db8:0:0:0:0:0:1",
    "CNAME,LB.Example,lb.example.",
    "HTTPS,1 . alpn=h2,1 . alpn=h2"
  })
  void shouldSpellValueInOneWay(RecordType type, String value, String expected) {
    assertThat(RecordSets.normalise(set("API.Shop.Example.", type, 5, value)))
        .isEqualTo(set("api.shop.example.", type, 5, expected));
  }

  @Test
  void shouldDropDoubledValuesWhenTheyDifferOnlyInSpelling() {
    assertThat(RecordSets.normalise(set("a.", RecordType.AAAA, 5, "2001:db8::1", "2001:DB8:0::1")))
        .isEqualTo(set("a.", RecordType.AAAA, 5, "2001:db8:0:0:0:0:0:1"));
  }

  @Test
  void shouldCompareValuesWithoutTtlAndWithoutEmptySets() {
    // given
    List<RecordSet> left =
        List.of(set("a.", RecordType.A, 5, "10.0.0.1"), set("a.", RecordType.AAAA, 5));
    // then
    assertThat(RecordSets.sameValues(left, List.of(set("a.", RecordType.A, 300, "10.0.0.1"))))
        .isTrue();
    assertThat(RecordSets.sameValues(left, List.of(set("a.", RecordType.A, 5, "10.0.0.2"))))
        .isFalse();
    assertThat(RecordSets.sameValues(left, List.of())).isFalse();
  }

  @Test
  void shouldKeepTheNamesOfABackendAndItsServersAsTheyAre() {
    // given
    RecordSet servers =
        new RecordSet(
            "Web-Pool.", RecordType.SERVER, 0, List.of("Blue_1 weight=3", "green weight=1"));
    SwitchedName name = new SwitchedName("Web-Pool.", List.of(servers), List.of(servers));
    // then
    assertThat(RecordSets.normalise(servers)).isEqualTo(servers);
    assertThat(RecordSets.typesOf(name)).containsExactly(RecordType.SERVER);
  }

  private static RecordSet set(String name, RecordType type, int ttlSeconds, String... values) {
    return new RecordSet(RecordSets.normaliseName(name), type, ttlSeconds, List.of(values));
  }
}
