package dev.cutover.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AliasTest {
  private static final Alias ALIAS = new Alias("lb.example.com.", "Z0LB", true);

  @Test
  void shouldRefuseWhatIsNoNameOrZone() {
    for (String name : List.of("lb.example.com", "lb example.", "")) {
      assertThatThrownBy(() -> new Alias(name, "Z0LB", false))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new Alias("lb.example.com.", "/hostedzone/Z0LB", false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Alias.parse("10.0.0.1")).isEmpty();
    assertThat(Alias.parse("alias of lb.example.com. in")).isEmpty();
    assertThat(Alias.parse("\"alias of lb.example.com. in Z0LB\"")).isEmpty();
  }

  @Test
  void shouldBeReadWhateverItsCheckAndWeight() {
    for (String behind : List.of("", " check=4d0b8a3c-1", " check=4d0b8a3c-1 weight=90")) {
      assertThat(Alias.parse(ALIAS.text() + behind)).contains(ALIAS);
    }
    assertThat(Checked.of("10.0.0.1 check=c-1"))
        .isEqualTo(new Checked("10.0.0.1", Optional.of("c-1")));
    assertThat(Checked.of("10.0.0.1")).isEqualTo(new Checked("10.0.0.1", Optional.empty()));
  }

  @Test
  void shouldHaveNoTtlOfItsOwn() {
    // given
    RecordSet alias = set(ALIAS.text());
    RecordSet mixed = set(ALIAS.text() + " weight=10", "10.0.0.1 weight=90");
    // when, then
    assertThat(alias.ttlSeconds()).isZero();
    assertThat(alias.withTtlSeconds(60)).isEqualTo(alias);
    assertThat(mixed.ttlSeconds()).isEqualTo(300);
    assertThat(mixed.aliased()).isFalse();
  }

  @Test
  void shouldNotShowItsCheckInAnswers() {
    assertThat(Split.answers(set("10.0.0.1 check=c-1", "10.0.0.2 check=c-1")))
        .isEqualTo(Set.of(List.of("10.0.0.1", "10.0.0.2")));
    assertThat(Split.answers(set("10.0.0.1 check=c-1 weight=90", ALIAS.text() + " weight=10")))
        .isEqualTo(Set.of(List.of("10.0.0.1"), List.of(ALIAS.text())));
    assertThat(Checked.told(set("10.0.0.1 check=c-1 weight=90")))
        .isEqualTo(set("10.0.0.1 weight=90"));
  }

  private static RecordSet set(String... values) {
    return new RecordSet("www.example.com.", RecordType.A, 300, List.of(values));
  }
}
