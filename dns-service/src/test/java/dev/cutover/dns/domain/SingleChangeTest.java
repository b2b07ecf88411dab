package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.SingleChange.Standing;
import dev.cutover.dns.domain.SingleChangePlanner.Wish;
import dev.cutover.dns.domain.TrafficSwitch.Capabilities;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SingleChangeTest {
  private static final String API = "api.shop.example.";
  private static final CutoverId ID = new CutoverId("dns-1");
  private static final ServerAddress SERVER = new ServerAddress("127.0.0.1", 53);
  private static final Capabilities WHOLE = new Capabilities(true, true, true, true);
  private static final EpochMark NONE = new EpochMark.Absent();

  private final SwitchSpec spec =
      spec(
          List.of(set(RecordType.A, 300, "10.0.0.1"), set(RecordType.AAAA, 60, "2001:db8::1")),
          List.of(set(RecordType.A, 30, "10.1.0.1"), set(RecordType.HTTPS, 30, "1 . alpn=h2")));
  private final SwitchState source = state(spec.plain(Side.SOURCE), NONE);

  // ---- what is refused

  @Test
  void shouldRefuseRecordsOfNeitherSide() {
    // given
    SwitchState found = state(List.of(set(RecordType.A, 300, "10.9.9.9")), NONE);
    // when, then
    assertThatThrownBy(() -> plan(spec, WHOLE, Wish.side(Side.TARGET, Optional.empty()), found))
        .isInstanceOfSatisfying(
            SwitchFailure.class,
            e -> {
              assertThat(e.failure().kind()).isEqualTo(FailureKind.MISMATCH);
              assertThat(e.failure().reason())
                  .contains("10.0.0.1", "10.1.0.1", "but found " + API + " 300 A [10.9.9.9]");
            });
  }

  @Test
  void shouldRefuseANameThatACutoverHolds() {
    // given
    SwitchState held =
        state(spec.plain(Side.SOURCE), new EpochMark.Epoch(7, new CutoverId("move"), false));
    // when, then
    assertThatThrownBy(() -> plan(spec, WHOLE, Wish.side(Side.TARGET, Optional.empty()), held))
        .isInstanceOfSatisfying(
            SwitchFailure.class,
            e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.SUPERSEDED));
  }

  @Test
  void shouldRefusePartsWithoutShares() {
    assertThatThrownBy(() -> new Wish(25, false, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("25");
  }

  // ---- what becomes of it

  @Test
  void shouldKeepEachTtlAndGiveNewSetsTheHighest() throws SwitchFailure {
    // when
    SingleChange change = plan(spec, WHOLE, Wish.side(Side.TARGET, Optional.empty()), source);
    // then
    assertThat(change.after())
        .containsExactlyInAnyOrder(
            set(RecordType.A, 300, "10.1.0.1"), set(RecordType.HTTPS, 300, "1 . alpn=h2"));
    assertThat(change.weightPercent()).isEqualTo(100);
    assertThat(change.ttlSecondsBefore()).isEqualTo(300);
    assertThat(change.isEmpty()).isFalse();
  }

  @Test
  void shouldBeEmptyWhenNothingChanges() throws SwitchFailure {
    assertThat(plan(spec, WHOLE, Wish.side(Side.SOURCE, Optional.empty()), source).isEmpty())
        .isTrue();
    assertThat(plan(spec, WHOLE, Wish.side(Side.SOURCE, Optional.of(60)), source).isEmpty())
        .as("a TTL changes")
        .isFalse();
  }

  @Test
  void shouldShareOutWithOneTtl() throws SwitchFailure {
    // given
    SwitchSpec even =
        spec(
            List.of(set(RecordType.A, 300, "10.0.0.1")),
            List.of(set(RecordType.A, 300, "10.1.0.1")));
    SwitchState found = state(even.plain(Side.SOURCE), NONE);
    // when
    SingleChange change =
        plan(even.withWeights(), WHOLE, new Wish(25, true, Optional.empty()), found);
    // then
    assertThat(change.after())
        .containsExactly(set(RecordType.A, 300, "10.0.0.1 weight=75", "10.1.0.1 weight=25"));
    assertThat(change.wayBack()).isEmpty();
    assertThat(SingleChangePlanner.weightPercent(even, WHOLE, change.after())).hasValue(25);
  }

  @Test
  void shouldChangeOnlyWhatDiffersOnExactlyWhatWasFound() throws SwitchFailure {
    // given
    SingleChange change = plan(spec, WHOLE, Wish.side(Side.TARGET, Optional.empty()), source);
    EpochMark.Epoch mark = change.making(Duration.ZERO).lastMark();
    // when
    ZoneChange zoneChange =
        SingleChangePlanner.zoneChange(spec, change.before(), change.after(), mark);
    // then
    assertThat(zoneChange.required()).containsExactlyInAnyOrderElementsOf(source.sets());
    assertThat(zoneChange.absent())
        .containsExactlyInAnyOrder(
            new SetKey("_cutover." + API, RecordType.TXT),
            new SetKey(API, RecordType.CNAME),
            new SetKey(API, RecordType.HTTPS));
    assertThat(zoneChange.deleted())
        .contains(new SetKey(API, RecordType.A), new SetKey(API, RecordType.AAAA))
        .doesNotContain(new SetKey(API, RecordType.HTTPS));
    assertThat(zoneChange.added())
        .contains(set(RecordType.A, 300, "10.1.0.1"))
        .anySatisfy(
            set -> assertThat(set.values()).containsExactly("\"epoch=1 cutover=dns-1 ended\""));
  }

  @Test
  void shouldHaveAWayBackToExactlyWhatWasThere() throws SwitchFailure {
    // given
    SingleChange change =
        plan(
            spec,
            WHOLE,
            Wish.side(Side.SOURCE, Optional.empty()),
            state(spec.plain(Side.TARGET), NONE));
    // when
    SwitchSpec back = change.wayBack().orElseThrow();
    // then
    assertThat(back.plain(Side.SOURCE)).hasSameElementsAs(change.before().sets());
    assertThat(back.plain(Side.TARGET)).hasSameElementsAs(change.after());
  }

  // ---- how the world stands to it

  @Test
  void shouldKnowHowFarItHasCome() throws SwitchFailure {
    SingleChange change = plan(spec, WHOLE, Wish.side(Side.TARGET, Optional.empty()), source);
    EpochMark made = change.making(Duration.ZERO).lastMark();
    EpochMark back = change.takingBack(Duration.ZERO).lastMark();

    assertThat(change.standing(source, true)).isInstanceOf(Standing.Before.class);
    assertThat(change.standing(change.made(), true)).isInstanceOf(Standing.Made.class);
    assertThat(change.standing(state(change.after(), NONE), true))
        .as("somebody else did the same")
        .isInstanceOf(Standing.Astray.class);
    assertThat(change.standing(state(source.sets(), back), true))
        .isInstanceOf(Standing.TakenBack.class);
    assertThat(change.standing(state(source.sets(), made), true))
        .as("somebody else went back")
        .isInstanceOf(Standing.Astray.class);
    assertThat(
            change.standing(
                state(List.of(set(RecordType.A, 60, "10.0.0.1"), source.sets().getLast()), NONE),
                true))
        .as("another TTL")
        .isInstanceOf(Standing.Astray.class);
  }

  @Test
  void shouldBeHalfMadeOnlyWhereAProviderMakesHalves() throws SwitchFailure {
    // given
    SingleChange change = plan(spec, WHOLE, Wish.side(Side.TARGET, Optional.empty()), source);
    SwitchState half =
        state(
            List.of(set(RecordType.A, 300, "10.1.0.1"), set(RecordType.AAAA, 60, "2001:db8::1")),
            NONE);
    SwitchState foreign =
        state(
            List.of(set(RecordType.A, 300, "10.9.9.9"), set(RecordType.AAAA, 60, "2001:db8::1")),
            NONE);
    // then
    assertThat(change.standing(half, false)).isInstanceOf(Standing.Begun.class);
    assertThat(change.standing(half, true)).isInstanceOf(Standing.Astray.class);
    assertThat(change.standing(foreign, false)).isInstanceOf(Standing.Astray.class);
  }

  private static SingleChange plan(
      SwitchSpec spec, Capabilities capabilities, Wish wish, SwitchState found)
      throws SwitchFailure {
    return SingleChangePlanner.plan(ID, spec, capabilities, wish, found);
  }

  private static SwitchState state(List<RecordSet> sets, EpochMark mark) {
    return new SwitchState(sets, Map.of(API, mark));
  }

  private static SwitchSpec spec(List<RecordSet> source, List<RecordSet> target) {
    return new SwitchSpec(
        "shop.example.",
        new Rfc2136(SERVER, "key"),
        List.of(new SwitchedName(API, source, target)),
        List.of(SERVER),
        List.of(),
        30);
  }

  private static RecordSet set(RecordType type, int ttlSeconds, String... values) {
    return new RecordSet(API, type, ttlSeconds, List.of(values));
  }
}
