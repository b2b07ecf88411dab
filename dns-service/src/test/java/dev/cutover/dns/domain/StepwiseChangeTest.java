package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.StepwiseChange.Next;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StepwiseChangeTest {
  private static final String NAME = "api.shop.example.";
  private static final RecordSet SOURCE_A = set(RecordType.A, "10.0.0.1");
  private static final RecordSet SOURCE_AAAA = set(RecordType.AAAA, "2001:db8:0:0:0:0:0:1");
  private static final RecordSet TARGET_A = set(RecordType.A, "10.1.0.1");
  private static final RecordSet TARGET_TXT = set(RecordType.TXT, "\"target\"");
  private static final CutoverId CUTOVER = new CutoverId("c");

  private static final SwitchSpec SPEC =
      new SwitchSpec(
          "shop.example.",
          new SwitchProvider.Designate("paris", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"),
          List.of(
              new SwitchedName(
                  NAME, List.of(SOURCE_A, SOURCE_AAAA), List.of(TARGET_A, TARGET_TXT))),
          List.of(new ServerAddress("ns", 53)),
          List.of(),
          5);

  private static RecordSet set(RecordType type, String value) {
    return new RecordSet(NAME, type, 5, List.of(value));
  }

  private static EpochMark.Epoch epoch(long value) {
    return new EpochMark.Epoch(value, CUTOVER, false);
  }

  private static RecordSet mark(long value) {
    return RecordChangePlanner.markSet(SPEC.names().getFirst(), epoch(value).text());
  }

  private static final ZoneChange SHIFT =
      RecordChangePlanner.shift(SPEC, SPEC.at(0), 100, epoch(1), epoch(2));

  @Test
  void shouldCreateBeforeItDeletesAndMarkLastOnTheWayThere() {
    // given
    List<RecordSet> stored = new ArrayList<>(List.of(SOURCE_A, SOURCE_AAAA, mark(1)));
    // when
    List<Next> steps = carriedOut(SHIFT, stored, false);
    // then
    assertThat(steps)
        .containsExactly(
            new Next.Write(TARGET_A),
            new Next.Write(TARGET_TXT),
            new Next.Delete(new SetKey(NAME, RecordType.AAAA)),
            new Next.Write(mark(2)),
            new Next.Made());
    assertThat(stored).containsExactlyInAnyOrder(TARGET_A, TARGET_TXT, mark(2));
  }

  @Test
  void shouldGoOnFromEveryPlaceWhereItWasCutOff() {
    // given
    List<RecordSet> whole = new ArrayList<>(List.of(SOURCE_A, SOURCE_AAAA, mark(1)));
    int steps = carriedOut(SHIFT, whole, false).size();
    for (int made = 0; made < steps; made++) {
      List<RecordSet> stored = new ArrayList<>(List.of(SOURCE_A, SOURCE_AAAA, mark(1)));
      for (int i = 0; i < made; i++) {
        carryOut(StepwiseChange.next(SHIFT, stored, false), stored);
      }
      // when
      List<Next> rest = carriedOut(SHIFT, stored, false);
      // then
      assertThat(rest).hasSize(steps - made);
      assertThat(stored).hasSameElementsAs(whole);
    }
  }

  @Test
  void shouldRefuseAMarkOfItsOwnWhenTheRecordsAreNotThere() {
    // given a shift that was made, and records that somebody has put back
    List<RecordSet> stored = List.of(SOURCE_A, SOURCE_AAAA, mark(2));
    // when
    Next next = StepwiseChange.next(SHIFT, stored, false);
    // then
    assertThat(next)
        .isInstanceOfSatisfying(Next.Unmet.class, u -> assertThat(u.found()).contains("epoch=2"));
  }

  @Test
  void shouldStopWhenAnythingElseIsThere() {
    // given
    Map<String, List<RecordSet>> others =
        Map.of(
            "10.9.9.9", List.of(set(RecordType.A, "10.9.9.9"), SOURCE_AAAA, mark(1)),
            "epoch=7", List.of(TARGET_A, SOURCE_AAAA, mark(7)),
            "lb.example.",
                List.of(SOURCE_A, SOURCE_AAAA, set(RecordType.CNAME, "lb.example."), mark(1)));
    others.forEach(
        (words, stored) -> {
          // when
          Next next = StepwiseChange.next(SHIFT, stored, false);
          // then
          assertThat(next)
              .isInstanceOfSatisfying(Next.Unmet.class, u -> assertThat(u.found()).contains(words));
        });
  }

  @Test
  void shouldMarkFirstOnTheWayBackAndTakeAnAliasAwayBeforeAddresses() {
    // given
    RecordSet alias = set(RecordType.CNAME, "lb.example.");
    List<RecordSet> stored = new ArrayList<>(List.of(alias, mark(2)));
    SwitchState found = new SwitchState(List.of(alias), Map.of(NAME, epoch(2)));
    ZoneChange revert = RecordChangePlanner.revert(SPEC, found, epoch(3));
    // when
    List<Next> steps = carriedOut(revert, stored, true);
    // then
    assertThat(steps)
        .containsExactly(
            new Next.Write(mark(3)),
            new Next.Delete(new SetKey(NAME, RecordType.CNAME)),
            new Next.Write(SOURCE_A),
            new Next.Write(SOURCE_AAAA),
            new Next.Made());
    assertThat(stored).containsExactlyInAnyOrder(SOURCE_A, SOURCE_AAAA, mark(3));
  }

  @Test
  void shouldWriteASetWhoseTtlAloneDiffers() {
    // given
    List<RecordSet> stored = List.of(SOURCE_A.withTtlSeconds(300), SOURCE_AAAA, mark(1));
    SwitchState found =
        new SwitchState(List.of(SOURCE_A.withTtlSeconds(300), SOURCE_AAAA), Map.of(NAME, epoch(1)));
    ZoneChange lower = RecordChangePlanner.retime(SPEC, found, List.of(SOURCE_A, SOURCE_AAAA));
    // when, then
    assertThat(StepwiseChange.next(lower, stored, false)).isEqualTo(new Next.Write(SOURCE_A));
  }

  private static List<Next> carriedOut(
      ZoneChange change, List<RecordSet> stored, boolean markFirst) {
    List<Next> steps = new ArrayList<>();
    do {
      steps.add(StepwiseChange.next(change, stored, markFirst));
      carryOut(steps.getLast(), stored);
    } while (!(steps.getLast() instanceof Next.Made) && steps.size() < 20);
    return steps;
  }

  private static void carryOut(Next step, List<RecordSet> stored) {
    switch (step) {
      case Next.Write(RecordSet set) -> {
        stored.removeIf(s -> s.name().equals(set.name()) && s.type() == set.type());
        stored.add(set);
      }
      case Next.Delete(SetKey key) ->
          stored.removeIf(s -> s.name().equals(key.name()) && s.type() == key.type());
      case Next.Made() -> {}
      case Next.Unmet(String found) -> throw new AssertionError(found);
    }
  }
}
