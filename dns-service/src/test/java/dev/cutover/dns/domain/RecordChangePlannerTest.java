package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordChangePlannerTest {
  private static final String API = "api.shop.example.";
  private static final String MARK = "_cutover.api.shop.example.";
  private static final ServerAddress SERVER = new ServerAddress("127.0.0.1", 53);

  private final SwitchSpec spec =
      spec(
          new SwitchedName(
              API,
              List.of(
                  set(API, RecordType.A, 300, "10.0.0.1"),
                  set(API, RecordType.AAAA, 300, "2001:db8:0:0:0:0:0:1")),
              List.of(set(API, RecordType.A, 300, "10.1.0.1"))));

  // ---- what no server can do

  @Test
  void shouldRefuseNameOutsideTheZone() {
    assertUnsuitable("api.shop.example.org.", "within zone", RecordType.A, "10.1.0.1");
    assertUnsuitable("xshop.example.", "within zone", RecordType.A, "10.1.0.1");
  }

  @Test
  void shouldRefuseAliasAtTheApex() {
    assertUnsuitable("shop.example.", "apex", RecordType.CNAME, "lb.example.");
  }

  @Test
  void shouldRefuseAliasWithTwoTargets() {
    assertUnsuitable(API, "only record", RecordType.CNAME, "a.example.", "b.example.");
  }

  @Test
  void shouldRefuseSideWithoutRecords() {
    assertUnsuitable(API, "on the target", RecordType.A);
  }

  private static void assertUnsuitable(
      String name, String words, RecordType type, String... values) {
    SwitchSpec unsuitable =
        spec(
            new SwitchedName(
                name,
                List.of(set(name, RecordType.A, 5, "10.0.0.1")),
                List.of(set(name, type, 5, values))));
    assertThat(SwitchRules.unsuitable(unsuitable))
        .hasValueSatisfying(reason -> assertThat(reason).contains(words));
  }

  // ---- shift and revert

  @Test
  void shouldDemandTheExactOldSetsAndTheAbsenceOfOthersWhenShifting() {
    // when
    ZoneChange change = RecordChangePlanner.shift(spec, spec.at(0), 100, mark(10), mark(20));
    // then
    assertThat(change.required())
        .containsExactlyInAnyOrder(
            set(API, RecordType.A, 300, "10.0.0.1"),
            set(API, RecordType.AAAA, 300, "2001:db8:0:0:0:0:0:1"),
            set(MARK, RecordType.TXT, 5, mark(10).text()));
    assertThat(change.absent())
        .containsExactlyInAnyOrder(
            new SetKey(API, RecordType.CNAME), new SetKey(API, RecordType.HTTPS));
    assertThat(change.deleted())
        .containsExactlyInAnyOrder(
            new SetKey(API, RecordType.A),
            new SetKey(API, RecordType.AAAA),
            new SetKey(MARK, RecordType.TXT));
    assertThat(change.added())
        .containsExactlyInAnyOrder(
            set(API, RecordType.A, 5, "10.1.0.1"), set(MARK, RecordType.TXT, 5, mark(20).text()));
  }

  @Test
  void shouldDemandOnlyTheMarkWhenReverting() {
    // given
    SwitchState found =
        new SwitchState(
            List.of(
                set(API, RecordType.A, 5, "10.9.9.9"),
                set(API, RecordType.HTTPS, 5, "1 . alpn=h2")),
            Map.of(API, mark(20)));
    // when
    ZoneChange change = RecordChangePlanner.revert(spec, found, mark(30));
    // then
    assertThat(change.required()).containsExactly(set(MARK, RecordType.TXT, 0, mark(20).text()));
    assertThat(change.deleted())
        .containsExactlyInAnyOrder(
            new SetKey(MARK, RecordType.TXT),
            new SetKey(API, RecordType.A),
            new SetKey(API, RecordType.AAAA),
            new SetKey(API, RecordType.HTTPS));
    assertThat(change.added())
        .containsExactlyInAnyOrder(
            set(API, RecordType.A, 5, "10.0.0.1"),
            set(API, RecordType.AAAA, 5, "2001:db8:0:0:0:0:0:1"),
            set(MARK, RecordType.TXT, 5, mark(30).text()));
  }

  @Test
  void shouldWriteOnlyTheMarkWhenRevertFindsTheSource() {
    // given
    SwitchState found =
        new SwitchState(spec.names().getFirst().source(), Map.of(API, new EpochMark.Absent()));
    // when
    ZoneChange change = RecordChangePlanner.revert(spec, found, mark(30));
    // then
    assertThat(change.absent()).containsExactly(new SetKey(MARK, RecordType.TXT));
    assertThat(change.deleted()).containsExactly(new SetKey(MARK, RecordType.TXT));
    assertThat(change.added()).containsExactly(set(MARK, RecordType.TXT, 5, mark(30).text()));
  }

  // ---- stage and TTL

  @Test
  void shouldWithdrawOnlyRecordsThatAreAbsentWhenStaging() {
    // given
    SwitchState found =
        new SwitchState(
            List.of(set(API, RecordType.A, 300, "192.0.2.255", "198.51.100.255")),
            Map.of(API, new EpochMark.Absent()));
    // when
    ZoneChange change = RecordChangePlanner.stage(spec, found, mark(10));
    // then
    assertThat(change.withdrawn()).extracting(RecordSet::type).containsExactly(RecordType.AAAA);
    assertThat(change.added()).containsExactly(set(MARK, RecordType.TXT, 5, mark(10).text()));
  }

  @Test
  void shouldHaveNothingToDoWhenTtlIsAsWanted() {
    // given
    List<RecordSet> served = List.of(set(API, RecordType.A, 5, "10.0.0.1"));
    SwitchState found = new SwitchState(served, Map.of(API, mark(10)));
    // then
    assertThat(RecordChangePlanner.retime(spec, found, served).isEmpty()).isTrue();
  }

  @Test
  void shouldGuardValuesAndMarkWhenTtlChanges() {
    // given
    SwitchState found =
        new SwitchState(
            List.of(
                set(API, RecordType.A, 300, "10.0.0.1"),
                set(API, RecordType.AAAA, 5, "2001:db8:0:0:0:0:0:1")),
            Map.of(API, mark(10)));
    // when
    ZoneChange change =
        RecordChangePlanner.retime(
            spec, found, found.sets().stream().map(s -> s.withTtlSeconds(5)).toList());
    // then
    assertThat(change.required())
        .containsAll(found.sets())
        .contains(set(MARK, RecordType.TXT, 0, mark(10).text()));
    assertThat(change.deleted()).containsExactly(new SetKey(API, RecordType.A));
    assertThat(change.added()).containsExactly(set(API, RecordType.A, 5, "10.0.0.1"));
  }

  @Test
  void shouldWriteTheSameTextForTheSameChange() {
    // when
    String text = NsupdateText.of(spec, RecordChangePlanner.breakGlass(spec));
    // then
    assertThat(text)
        .isEqualTo(
            """
            server 127.0.0.1 53
            zone shop.example.
            update delete api.shop.example. IN A
            update delete api.shop.example. IN AAAA
            update delete _cutover.api.shop.example. IN TXT
            update add api.shop.example. 5 IN A 10.0.0.1
            update add api.shop.example. 5 IN AAAA 2001:db8:0:0:0:0:0:1
            update add _cutover.api.shop.example. 5 IN TXT "manual"
            send
            """);
    assertThat(new SwitchTexts("", text, "").revertHash()).hasSize(64);
  }

  private static EpochMark.Epoch mark(long epoch) {
    return new EpochMark.Epoch(epoch, new CutoverId("shop"), false);
  }

  private static SwitchSpec spec(SwitchedName name) {
    return new SwitchSpec(
        "shop.example.", new Rfc2136(SERVER, "key"), List.of(name), List.of(SERVER), List.of(), 5);
  }

  private static RecordSet set(String name, RecordType type, int ttlSeconds, String... values) {
    return new RecordSet(name, type, ttlSeconds, List.of(values));
  }
}
