package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.RecordsObserved.RecordDrift;
import dev.cutover.contract.RecordsObserved.Verdict;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.DriftJudge.Holding;
import dev.cutover.dns.domain.DriftJudge.Look;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DriftJudgeTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final ServerAddress PRIMARY = new ServerAddress("10.0.0.53", 53);
  private static final ServerAddress SECONDARY = new ServerAddress("10.0.0.54", 53);
  private static final String NAME = "api.shop.example.";
  private static final SwitchSpec SPEC =
      new SwitchSpec(
          "shop.example.",
          new Rfc2136(PRIMARY, "key"),
          List.of(new SwitchedName(NAME, List.of(a(0, "10.0.0.1")), List.of(a(0, "10.1.0.1")))),
          List.of(PRIMARY, SECONDARY),
          List.of(),
          60);
  private static final List<RecordSet> CAPTURED = List.of(a(300, "10.0.0.1"));
  private static final List<RecordSet> LOWERED = List.of(a(60, "10.0.0.1"));
  private static final List<RecordSet> TARGET = SPEC.served(Side.TARGET);

  private static RecordSet a(int ttlSeconds, String... values) {
    return new RecordSet(NAME, RecordType.A, ttlSeconds, List.of(values));
  }

  private static RecordsObserved judge(
      Expectation expected, List<RecordSet> primary, List<RecordSet> secondary) {
    return judge(
        expected,
        new Look(
            new Holding(PRIMARY, primary, ""),
            3,
            List.of(new Holding(SECONDARY, secondary, "")),
            ""),
        NOW);
  }

  private static RecordsObserved judge(Expectation expected, Look look, Instant now) {
    return DriftJudge.judge(new CutoverId("shop"), 3, SPEC, expected, look, now);
  }

  @Test
  void shouldNameWhatWasExpectedAndFoundWhenSomebodyElseWrites() {
    RecordSet six = new RecordSet(NAME, RecordType.AAAA, 60, List.of("2001:db8:0:0:0:0:0:1"));
    RecordsObserved observed =
        judge(Expectation.of(3, LOWERED), List.of(a(60, "10.9.9.9"), six), LOWERED);

    assertThat(observed.verdict()).isEqualTo(Verdict.DRIFTED);
    assertThat(observed.served()).isEqualTo(ServedSide.NEITHER);
    assertThat(observed.drifts())
        .containsExactly(
            new RecordDrift(PRIMARY, LOWERED.getFirst(), a(60, "10.9.9.9")),
            new RecordDrift(PRIMARY, new RecordSet(NAME, RecordType.AAAA, 0, List.of()), six));
    assertThat(observed.detail()).contains("10.9.9.9").contains("expected no " + NAME + " AAAA");
  }

  @Test
  void shouldCallARaisedTtlDriftWhenItWasLowered() {
    RecordsObserved observed = judge(Expectation.of(3, LOWERED), CAPTURED, LOWERED);

    assertThat(observed.verdict()).isEqualTo(Verdict.DRIFTED);
    assertThat(observed.served()).isEqualTo(ServedSide.SOURCE);
    assertThat(observed.drifts())
        .containsExactly(
            new RecordDrift(
                PRIMARY,
                LOWERED.getFirst(),
                CAPTURED.getFirst(),
                Optional.empty(),
                Optional.of(Side.SOURCE)));
  }

  @Test
  void shouldBeBlindWhenAServerIsNotSeenAndNothingHasDrifted() {
    Look look =
        new Look(
            new Holding(PRIMARY, LOWERED, ""),
            7,
            List.of(new Holding(SECONDARY, List.of(), "SERVFAIL")),
            "");
    RecordsObserved observed = judge(Expectation.of(3, LOWERED), look, NOW);

    assertThat(observed.verdict()).isEqualTo(Verdict.BLIND);
    assertThat(observed.unreachable()).containsExactly(SECONDARY);
    assertThat(observed.drifts()).isEmpty();
    assertThat(observed.detail()).contains("Not seen").contains("SERVFAIL");
  }

  @Test
  void shouldKnowNoSideAndNoWayBackWhenThePrimaryIsNotSeen() {
    Look look =
        new Look(
            new Holding(PRIMARY, List.of(), "no reply"),
            -1,
            List.of(new Holding(SECONDARY, LOWERED, "")),
            "no reply");
    RecordsObserved observed = judge(Expectation.of(3, LOWERED), look, NOW);

    assertThat(observed.verdict()).isEqualTo(Verdict.BLIND);
    assertThat(observed.served()).isEqualTo(ServedSide.UNKNOWN);
    assertThat(observed.stagedRevertValid()).isFalse();
  }

  /** The simulation's seed 191: a watch that was ordered before the shift, and begun after it. */
  @Test
  void shouldBeBlindWhenASecondaryServesAnotherSideAndThePrimaryThatKnowsWhyIsNotSeen() {
    // given
    Holding unseen = new Holding(PRIMARY, List.of(), "no reply");
    Holding other = new Holding(SECONDARY, TARGET, "");
    Holding foreign = new Holding(SECONDARY, List.of(a(60, "10.9.9.9")), "");

    // when
    RecordsObserved shifted =
        judge(Expectation.of(3, LOWERED), new Look(unseen, -1, List.of(other), "no reply"), NOW);
    RecordsObserved changed =
        judge(Expectation.of(3, LOWERED), new Look(unseen, -1, List.of(foreign), "no reply"), NOW);

    // then
    assertThat(shifted.verdict()).isEqualTo(Verdict.BLIND);
    assertThat(shifted.drifts()).isEmpty();
    assertThat(changed.verdict()).isEqualTo(Verdict.DRIFTED);
  }

  @Test
  void shouldTellDriftThoughAnotherServerIsNotSeen() {
    Look look =
        new Look(
            new Holding(PRIMARY, List.of(), ""),
            7,
            List.of(new Holding(SECONDARY, List.of(), "SERVFAIL")),
            "");
    RecordsObserved observed = judge(Expectation.of(3, LOWERED), look, NOW);

    assertThat(observed.verdict()).isEqualTo(Verdict.DRIFTED);
    assertThat(observed.unreachable()).containsExactly(SECONDARY);
  }

  @Test
  void shouldAcceptBothSidesWhenAnOrdersOutcomeIsNotKnown() {
    Expectation shifting = Expectation.of(3, LOWERED).ordering(9, TARGET);

    assertThat(judge(shifting, LOWERED, LOWERED).verdict()).isEqualTo(Verdict.AS_EXPECTED);
    assertThat(judge(shifting, TARGET, LOWERED).verdict()).isEqualTo(Verdict.AS_EXPECTED);
    assertThat(judge(shifting.undone(), TARGET, LOWERED).verdict()).isEqualTo(Verdict.DRIFTED);
  }

  @Test
  void shouldCallTheWayBackDriftWhenTheShiftWasSeenOnce() {
    Expectation seen = Expectation.of(3, LOWERED).ordering(9, TARGET).seen(TARGET, NOW);

    assertThat(judge(seen, LOWERED, TARGET).verdict()).isEqualTo(Verdict.DRIFTED);
    assertThat(judge(seen, TARGET, TARGET).verdict()).isEqualTo(Verdict.AS_EXPECTED);
  }

  @Test
  void shouldGiveASecondaryTimeToFollowButNotForEver() {
    Expectation shifted = Expectation.of(3, LOWERED).ordering(9, TARGET).done(TARGET, NOW);
    Look lagging =
        new Look(
            new Holding(PRIMARY, TARGET, ""), 9, List.of(new Holding(SECONDARY, LOWERED, "")), "");

    assertThat(judge(shifted, lagging, NOW.plusSeconds(119)).verdict())
        .isEqualTo(Verdict.AS_EXPECTED);
    assertThat(judge(shifted, lagging, NOW.plusSeconds(120)).drifts())
        .containsExactly(
            new RecordDrift(
                SECONDARY,
                TARGET.getFirst(),
                LOWERED.getFirst(),
                Optional.empty(),
                Optional.of(Side.SOURCE)));
  }

  @Test
  void shouldForgiveASecondaryThatMissedAnOrderBetweenTwo() {
    List<RecordSet> other = List.of(a(60, "10.2.0.1"));
    Expectation twice =
        Expectation.of(3, LOWERED)
            .ordering(9, TARGET)
            .done(TARGET, NOW)
            .ordering(12, other)
            .done(other, NOW.plusSeconds(60));
    Look lagging =
        new Look(
            new Holding(PRIMARY, other, ""), 12, List.of(new Holding(SECONDARY, LOWERED, "")), "");

    assertThat(judge(twice, lagging, NOW.plusSeconds(61)).verdict()).isEqualTo(Verdict.AS_EXPECTED);
    assertThat(judge(twice, lagging, NOW.plusSeconds(180)).verdict()).isEqualTo(Verdict.DRIFTED);
  }

  @Test
  void shouldGiveASecondaryTimeToFollowWhenTheWatchBeganAfterTheShift() {
    Look lagging =
        new Look(
            new Holding(PRIMARY, TARGET, ""), 9, List.of(new Holding(SECONDARY, LOWERED, "")), "");
    // given a new instance that is told so, or carried the shift out before it was told
    List<Expectation> begun =
        List.of(
            Expectation.told(9, TARGET, LOWERED, NOW),
            Expectation.of(3, TARGET).ordering(9, TARGET).done(TARGET, LOWERED, NOW),
            Expectation.ordered(9, TARGET).done(TARGET, NOW).from(LOWERED, CAPTURED, NOW),
            Expectation.ordered(9, TARGET).done(TARGET, NOW).from(TARGET, LOWERED, NOW));

    for (Expectation expected : begun) {
      // when, then
      assertThat(judge(expected, lagging, NOW.plusSeconds(119)).verdict())
          .isEqualTo(Verdict.AS_EXPECTED);
      assertThat(judge(expected, lagging, NOW.plusSeconds(120)).verdict())
          .isEqualTo(Verdict.DRIFTED);
    }
  }

  @Test
  void shouldAcceptEitherSideButNothingElseWhenAnOrderPassedThroughAnotherInstance() {
    Expectation before = Expectation.of(3, LOWERED);
    List<Holding> secondaries = List.of(new Holding(SECONDARY, LOWERED, ""));
    Look shifted = new Look(new Holding(PRIMARY, TARGET, ""), 9, secondaries, "");
    Look changed = new Look(new Holding(PRIMARY, List.of(a(60, "10.9.9.9")), ""), 9, List.of(), "");

    assertThat(judge(before, shifted, NOW).verdict()).isEqualTo(Verdict.AS_EXPECTED);
    assertThat(judge(before.marking(9), shifted, NOW).verdict()).isEqualTo(Verdict.DRIFTED);
    assertThat(judge(before, changed, NOW).verdict()).isEqualTo(Verdict.DRIFTED);
  }

  @Test
  void shouldTrustWhatALaterOrderDidMoreThanAnOlderOrderToWatch() {
    Expectation shifted = Expectation.ordered(9, TARGET);

    assertThat(shifted.done(TARGET, NOW).from(LOWERED, List.of(), NOW).settled()).contains(TARGET);
    assertThat(shifted.from(LOWERED, List.of(), NOW).settled()).contains(LOWERED);
    assertThat(shifted.from(LOWERED, List.of(), NOW).seen(TARGET, NOW).settled()).contains(TARGET);
  }

  @Test
  void shouldTakeSetsOfBothStatesForOneOnItsWayButNothingElse() {
    // given a change from an address of each kind to other ones, under way
    RecordSet oldSix = new RecordSet(NAME, RecordType.AAAA, 60, List.of("2001:db8:0:0:0:0:0:1"));
    RecordSet newSix = new RecordSet(NAME, RecordType.AAAA, 60, List.of("2001:db8:0:0:0:0:0:2"));
    List<RecordSet> old = List.of(a(60, "10.0.0.1"), oldSix);
    List<RecordSet> next = List.of(a(60, "10.1.0.1"), newSix);
    Expectation underWay = Expectation.of(3, old).ordering(9, next);

    // when, then
    assertThat(judge(underWay, old, List.of(a(60, "10.0.0.1"), newSix)).verdict())
        .isEqualTo(Verdict.AS_EXPECTED);
    assertThat(judge(underWay, old, List.of(a(60, "10.9.9.9"), newSix)).drifts())
        .containsExactly(new RecordDrift(SECONDARY, a(60, "10.1.0.1"), a(60, "10.9.9.9")));
    assertThat(judge(underWay, old, List.of(newSix)).verdict()).isEqualTo(Verdict.DRIFTED);
    assertThat(judge(Expectation.of(3, old), old, List.of(a(60, "10.0.0.1"), newSix)).drifts())
        .containsExactly(new RecordDrift(SECONDARY, oldSix, newSix));
  }

  @Test
  void shouldNameTheSideThatAllServe() {
    Holding source = new Holding(PRIMARY, CAPTURED, "");
    Holding target = new Holding(SECONDARY, TARGET, "");
    Holding unseen = new Holding(SECONDARY, List.of(), "SERVFAIL");

    assertThat(DriftJudge.servedByAll(SPEC, List.of(source, unseen))).isEqualTo(ServedSide.SOURCE);
    assertThat(DriftJudge.servedByAll(SPEC, List.of(source, target))).isEqualTo(ServedSide.NEITHER);
    assertThat(DriftJudge.servedByAll(SPEC, List.of(unseen))).isEqualTo(ServedSide.UNKNOWN);
  }

  // ---- shares

  private static final SwitchSpec SHARED = SPEC.withWeights();

  private static RecordsObserved judgeShared(
      Expectation expected, List<RecordSet> primary, List<RecordSet> secondary, long markEpoch) {
    return DriftJudge.judge(
        new CutoverId("shop"),
        3,
        SHARED,
        expected,
        new Look(
            new Holding(PRIMARY, primary, ""),
            markEpoch,
            List.of(new Holding(SECONDARY, secondary, "")),
            ""),
        NOW);
  }

  @Test
  void shouldTakeEitherValueOfAShareFromASecondaryAndNoOther() {
    // given
    List<RecordSet> tenth = SHARED.served(10);
    Expectation expected = Expectation.of(3, tenth);
    // then
    for (String value : List.of("10.0.0.1", "10.1.0.1")) {
      assertThat(judgeShared(expected, tenth, List.of(a(60, value)), 3).verdict())
          .isEqualTo(Verdict.AS_EXPECTED);
    }
    assertThat(judgeShared(expected, tenth, List.of(a(60, "10.9.9.9")), 3).verdict())
        .isEqualTo(Verdict.DRIFTED);
    assertThat(judgeShared(expected, tenth, List.of(a(300, "10.1.0.1")), 3).verdict())
        .isEqualTo(Verdict.DRIFTED);
    assertThat(
            judgeShared(Expectation.of(3, SHARED.served(0)), SHARED.served(0), TARGET, 3).verdict())
        .as("weight 0 is never answered")
        .isEqualTo(Verdict.DRIFTED);
  }

  @Test
  void shouldTakeNothingButTheSharesThemselvesFromThePrimary() {
    // given
    Expectation expected = Expectation.of(3, SHARED.served(10));
    // then
    for (List<RecordSet> other : List.of(LOWERED, TARGET, SHARED.served(25))) {
      assertThat(judgeShared(expected, other, LOWERED, 3).verdict()).isEqualTo(Verdict.DRIFTED);
    }
    assertThat(judgeShared(expected, SHARED.served(25), LOWERED, 9).verdict())
        .as("a later order of this cutover may have led there")
        .isEqualTo(Verdict.AS_EXPECTED);
  }

  @Test
  void shouldSayWhichSideHasAllOfTheTraffic() {
    assertThat(DriftJudge.served(SHARED, SHARED.served(0))).isEqualTo(ServedSide.SOURCE);
    assertThat(DriftJudge.served(SHARED, LOWERED)).isEqualTo(ServedSide.SOURCE);
    assertThat(DriftJudge.served(SHARED, SHARED.served(100))).isEqualTo(ServedSide.TARGET);
    assertThat(DriftJudge.served(SHARED, TARGET)).isEqualTo(ServedSide.TARGET);
    assertThat(DriftJudge.served(SHARED, SHARED.served(10))).isEqualTo(ServedSide.NEITHER);
  }
}
