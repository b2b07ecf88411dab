package dev.cutover.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {
  private static final String NAME = "api.shop.example.";

  private static SwitchSpec spec(List<RecordSet> source, List<RecordSet> target) {
    return new SwitchSpec(
            "shop.example.",
            new SwitchProvider.Route53("Z1", "default"),
            List.of(new SwitchedName(NAME, source, target)),
            List.of(new ServerAddress("10.0.0.53", 53)),
            List.of(),
            60)
        .withWeights();
  }

  private static RecordSet a(int ttlSeconds, String... values) {
    return new RecordSet(NAME, RecordType.A, ttlSeconds, List.of(values));
  }

  @Test
  void shouldRefuseATypeThatOneSideAloneHas() {
    // given
    RecordSet six = new RecordSet(NAME, RecordType.AAAA, 0, List.of("2001:db8::1"));
    for (SwitchSpec spec :
        List.of(
            spec(List.of(a(0, "10.0.0.1"), six), List.of(a(0, "10.1.0.1"))),
            spec(List.of(a(0, "10.0.0.1")), List.of(a(0, "10.1.0.1"), six)))) {
      // then
      assertThatThrownBy(() -> spec.at(10))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("AAAA is on one side alone");
    }
  }

  @Test
  void shouldRefuseAValueThatBothSidesHave() {
    assertThatThrownBy(
            () -> spec(List.of(a(0, "10.0.0.1")), List.of(a(0, "10.0.0.1", "10.1.0.1"))).at(10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10.0.0.1 on both");
  }

  @Test
  void shouldRefuseSharesOfASwitchWithoutWeights() {
    // given
    SwitchSpec plain =
        new SwitchSpec(
            "shop.example.",
            new SwitchProvider.Route53("Z1", "default"),
            List.of(new SwitchedName(NAME, List.of(a(0, "10.0.0.1")), List.of(a(0, "10.1.0.1")))),
            List.of(new ServerAddress("10.0.0.53", 53)),
            List.of(),
            60);
    // then
    assertThatThrownBy(() -> plain.at(10)).isInstanceOf(IllegalArgumentException.class);
    assertThat(plain.served(Side.TARGET)).containsExactly(a(60, "10.1.0.1"));
  }

  @Test
  void shouldUsePercentAsWeightWhereTheSidesAreEqual() {
    // given
    SwitchSpec spec = spec(List.of(a(0, "10.0.0.1")), List.of(a(0, "10.1.0.1")));
    // then
    assertThat(spec.served(0)).containsExactly(a(60, "10.0.0.1 weight=100", "10.1.0.1 weight=0"));
    assertThat(spec.served(10)).containsExactly(a(60, "10.0.0.1 weight=90", "10.1.0.1 weight=10"));
    assertThat(spec.served(100)).containsExactly(a(60, "10.0.0.1 weight=0", "10.1.0.1 weight=100"));
    assertThat(Split.answers(spec.served(0).getFirst())).containsExactly(List.of("10.0.0.1"));
    assertThat(Split.answers(spec.served(10).getFirst()))
        .containsExactlyInAnyOrder(List.of("10.0.0.1"), List.of("10.1.0.1"));
  }

  /** Trap 4: the sums of the sides keep the ratio; trap 2: nothing is ever at 0 on both sides. */
  @Test
  void shouldKeepTheRatioOfTheSidesWhateverTheirSizes() {
    for (int sources = 1; sources <= 8; sources++) {
      for (int targets = 1; targets <= 8; targets++) {
        SwitchSpec spec =
            spec(List.of(a(0, addresses(0, sources))), List.of(a(0, addresses(1, targets))));
        for (int percent = 0; percent <= 100; percent++) {
          // when
          List<Split.Share> shares = Split.shares(spec.at(percent).getFirst());
          // then
          double target = sum(shares, "10.1.");
          double all = sum(shares, "10.");
          assertThat(shares)
              .hasSize(sources + targets)
              .allMatch(share -> share.weight() >= 0 && share.weight() <= Split.WEIGHT_MAX);
          if (!atTheLimit(shares)) {
            assertThat(100 * target / all)
                .as("%d values and %d at %d %%", sources, targets, percent)
                .isBetween(percent - 0.5, percent + 0.5);
          }
          assertThat(target == 0).isEqualTo(percent == 0);
          assertThat(target == all).isEqualTo(percent == 100);
        }
      }
    }
  }

  /** One value can't have less of the other side's than 1 of 255. */
  private static boolean atTheLimit(List<Split.Share> shares) {
    List<Integer> weights = shares.stream().map(Split.Share::weight).distinct().sorted().toList();
    return weights.equals(List.of(1, Split.WEIGHT_MAX));
  }

  private static String[] addresses(int side, int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(n -> "10.%d.0.%d".formatted(side, n))
        .toArray(String[]::new);
  }

  private static double sum(List<Split.Share> shares, String prefix) {
    return shares.stream()
        .filter(share -> share.value().startsWith(prefix))
        .mapToInt(Split.Share::weight)
        .sum();
  }

  @Test
  void shouldLowerToSharesWithOneTtlForAGroup() {
    // given
    SwitchSpec spec = spec(List.of(a(0, "10.0.0.1")), List.of(a(0, "10.1.0.1")));
    // then
    assertThat(spec.lowered(List.of(a(300, "10.0.0.1"))))
        .containsExactly(a(60, "10.0.0.1 weight=100", "10.1.0.1 weight=0"));
    assertThat(spec.lowered(List.of(a(30, "10.0.0.1"))))
        .containsExactly(a(30, "10.0.0.1 weight=100", "10.1.0.1 weight=0"));
  }

  @Test
  void shouldTakeNothingForAShareThatIsNone() {
    assertThat(Split.shares(a(0, "10.0.0.1"))).isEmpty();
    assertThat(Split.shares(a(0, "10.0.0.1", "10.1.0.1 weight=10"))).isEmpty();
    assertThat(Split.shares(a(0))).isEmpty();
    assertThat(Split.answers(a(0))).isEmpty();
    assertThat(Split.answers(a(0, "10.0.0.1", "10.0.0.2")))
        .containsExactly(List.of("10.0.0.1", "10.0.0.2"));
  }

  // ---- servers of a backend

  @Test
  void shouldTellServersByTheRatioOfTheirWeightsAlone() {
    // given
    SwitchSpec spec =
        SwitchSpec.ofBackend(
            "Web",
            List.of(new ServerAddress("10.0.0.1", 9999)),
            List.of("blue1", "blue2"),
            List.of("green1"));
    // then
    assertThat(spec.served(0)).containsExactly(servers("blue1 weight=1", "blue2 weight=1"));
    assertThat(spec.served(50))
        .containsExactly(servers("blue1 weight=1", "blue2 weight=1", "green1 weight=2"));
    assertThat(spec.served(10))
        .containsExactly(servers("blue1 weight=9", "blue2 weight=9", "green1 weight=2"));
    assertThat(spec.served(100)).containsExactly(servers("green1 weight=1"));
    assertThat(
            Split.ratio(servers("blue1 weight=150", "blue2 weight=150", "green1 weight=100", "x")))
        .isEqualTo(servers());
    assertThat(
            Split.ratio(
                servers("blue1 weight=150", "blue2 weight=150", "green1 weight=100", "x weight=0")))
        .isEqualTo(servers("blue1 weight=3", "blue2 weight=3", "green1 weight=2"));
    assertThat(Split.ratio(servers("blue1 weight=0"))).isEqualTo(servers());
  }

  @Test
  void shouldBeAnsweredByABalancerWithAllOfItsShares() {
    assertThat(Split.answers(servers("blue1 weight=3", "green1 weight=1")))
        .containsExactly(List.of("blue1 weight=3", "green1 weight=1"));
  }

  @Test
  void shouldRefuseABackendsNameThatCouldBeACommand() {
    assertThatThrownBy(
            () -> new SwitchProvider.HaProxy("web; quit", new ServerAddress("10.0.0.1", 9999)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Expected the name of a backend, but got 'web; quit'");
  }

  private static RecordSet servers(String... values) {
    return new RecordSet("Web.", RecordType.SERVER, 0, List.of(values));
  }
}
