package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Keeper;
import dev.cutover.contract.KeeperMark;
import dev.cutover.contract.ManagedBy;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Marks as the tools' own sources and tests write them. */
final class KeeperMarksTest {
  private static final ServerAddress PRIMARY = new ServerAddress("10.0.0.53", 53);
  private static final String HERITAGE =
      "\"heritage=external-dns,external-dns/owner=prod,external-dns/resource=ingress/shop/web\"";

  /** What external-dns's own tests have for owner foo-owner (endpoint/labels_test.go, 2bf1bf8). */
  private static final String ENCRYPTED =
      "\"+lvP8q9KHJ6BS6O81i2Q6DLNdf2JSKy8j/gbZKviTZlGYj7q+yDoYMgkQ1hPn6urtGllM5bfFMcaaHto52otQtiO"
          + "YrX8990J3kQqg4s47m3bH3Ejl8RSxSSuWJM3HJtPghQzYg0/LSOsdQ0=\"";

  private static SwitchSpec spec(String name, Optional<ManagedBy> managedBy) {
    return new SwitchSpec(
        "shop.example.",
        new Rfc2136(PRIMARY, "key"),
        List.of(
            new SwitchedName(
                name,
                List.of(new RecordSet(name, RecordType.A, 300, List.of("10.0.0.1"))),
                List.of(new RecordSet(name, RecordType.A, 300, List.of("10.1.0.1"))),
                managedBy)),
        List.of(PRIMARY),
        List.of(),
        60);
  }

  private static SwitchSpec spec() {
    return spec("www.shop.example.", Optional.empty());
  }

  private static RecordSet txt(String name, String... values) {
    return new RecordSet(name, RecordType.TXT, 300, List.of(values));
  }

  private static List<KeeperMark> marks(SwitchSpec spec, RecordSet... found) {
    return KeeperMarks.of(spec, List.of(TxtAffix.NONE), List.of(found));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "www.shop.example.", // before 0.18
        "a-www.shop.example.",
        "aaaa-www.shop.example.",
        "cname-www.shop.example." // also of an alias of AWS until 0.17
      })
  void shouldRecogniseExternalDnsWhereverItsMarkIs(String at) {
    // when
    List<KeeperMark> marks = marks(spec(), txt(at, "\"v=spf1 -all\"", HERITAGE));
    // then
    assertThat(KeeperMarks.keys(spec(), List.of(TxtAffix.NONE)))
        .contains(new SetKey(at, RecordType.TXT));
    assertThat(marks)
        .containsExactly(
            new KeeperMark(
                "www.shop.example.", Keeper.EXTERNAL_DNS, at, "prod", "ingress/shop/web", false));
  }

  @Test
  void shouldReadAMarkWithQuotesOfItsOwnAndOneInSeveralStrings() {
    assertThat(
            marks(
                spec(),
                txt(
                    "a-www.shop.example.",
                    "\"\\\"heritage=external-dns,external-dns/owner=b\\\"\""),
                txt(
                    "cname-www.shop.example.",
                    "\"heritage=external-\" \"dns,external-dns/owner=c\"")))
        .extracting(KeeperMark::owner)
        .containsExactlyInAnyOrder("b", "c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"heritage=mate,external-dns/owner=random-owner\"",
        "\"external-dns/owner=random-owner\"",
        "\"google-site-verification=rXOxyZounnZasA8Z7oaD3c14JdjS9aKSWvsR1EbUSIQ\"",
        "\"c2hvcnQ=\"",
        "\"v=spf1 include:_spf.example.com -all\""
      })
  void shouldTakeNothingElseForAMark(String value) {
    assertThat(
            marks(
                spec(),
                txt("a-www.shop.example.", value),
                txt("www.shop.example.", value),
                txt("octodns-meta.shop.example.", value),
                txt("meta.shop.example.", value)))
        .isEmpty();
  }

  @Test
  void shouldTakeAnEncryptedTextForAMarkOnlyAtANameWithAType() throws Exception {
    // when
    List<KeeperMark> marks =
        marks(spec(), txt("a-www.shop.example.", ENCRYPTED), txt("www.shop.example.", ENCRYPTED));
    // then
    assertThat(marks)
        .containsExactly(
            new KeeperMark(
                "www.shop.example.", Keeper.EXTERNAL_DNS, "a-www.shop.example.", "", "", false));
    assertThatThrownBy(() -> KeeperMarks.require(spec(), marks))
        .hasMessageContaining("in a form that only its key can read");
  }

  @ParameterizedTest
  @CsvSource({
    "extdns-*, extdns-a-www.shop.example.",
    "extdns-*, extdns-www.shop.example.",
    "txt.*, txt.a-www.shop.example.",
    "%{record_type}-abc-.*, cname-abc-.www.shop.example.",
    "%{record_type}-abc-.*, -abc-.www.shop.example.",
    "*-.%{record_type}, www-.cname.shop.example.",
    "*-edns, aaaa-www-edns.shop.example."
  })
  void shouldFindAMarkByAnAffix(String affix, String at) {
    // given
    List<TxtAffix> affixes = List.of(TxtAffix.NONE, TxtAffix.parse(affix));
    // when
    List<KeeperMark> marks = KeeperMarks.of(spec(), affixes, List.of(txt(at, HERITAGE)));
    // then
    assertThat(KeeperMarks.keys(spec(), affixes)).contains(new SetKey(at, RecordType.TXT));
    assertThat(marks).extracting(KeeperMark::at).containsExactly(at);
  }

  @Test
  void shouldAskForNoNameOutsideOfTheZoneOrTooLongForOne() {
    // given
    String label = "l".repeat(62);
    // when, then
    assertThat(KeeperMarks.keys(spec("shop.example.", Optional.empty()), List.of(TxtAffix.NONE)))
        .allMatch(key -> key.name().endsWith("shop.example."))
        .extracting(SetKey::name)
        .contains("shop.example.", "_owner.a.shop.example.")
        .doesNotContain("a-shop.example.");
    assertThat(
            KeeperMarks.keys(
                spec(label + ".shop.example.", Optional.empty()), List.of(TxtAffix.NONE)))
        .extracting(SetKey::name)
        .contains(label + ".shop.example.")
        .doesNotContain("a-" + label + ".shop.example.");
  }

  @Test
  void shouldAskNothingOfABackend() {
    // given
    SwitchSpec backend =
        SwitchSpec.ofBackend("web", List.of(PRIMARY), List.of("blue"), List.of("green"));
    // when, then
    assertThat(KeeperMarks.keys(backend, List.of(TxtAffix.NONE))).isEmpty();
  }

  @Test
  void shouldRecogniseOctodnsByTheRecordAndByTheZone() {
    assertThat(
            marks(
                spec(),
                txt("_owner.a.www.shop.example.", "\"*octodns*\""),
                txt("_owner.cname.www.shop.example.", "\"team-b\""),
                txt("octodns-meta.shop.example.", "\"provider=route53\""),
                txt(
                    "meta.shop.example.",
                    "\"uuid=0b2f\"",
                    "\"time=2026-08-15T13:50:51.246953+00:00\"")))
        .containsExactly(
            octodns("_owner.a.www.shop.example.", "", false),
            octodns("_owner.cname.www.shop.example.", "team-b", false),
            octodns("octodns-meta.shop.example.", "", true),
            octodns("meta.shop.example.", "", true));
  }

  private static KeeperMark octodns(String at, String owner, boolean wholeZone) {
    return new KeeperMark("www.shop.example.", Keeper.OCTODNS, at, owner, "", wholeZone);
  }

  @Test
  void shouldIgnoreWhatAWildcardAnswers() {
    // given
    List<KeeperMark> marks = marks(spec(), txt("a-www.shop.example.", HERITAGE));
    String beside = "cutover-nobody.shop.example.";
    // when, then
    assertThat(KeeperMarks.wildcardKeys(marks)).containsExactly(new SetKey(beside, RecordType.TXT));
    assertThat(KeeperMarks.withoutWildcards(marks, List.of(txt(beside)))).isEqualTo(marks);
    assertThat(KeeperMarks.withoutWildcards(marks, List.of(txt(beside, HERITAGE)))).isEmpty();
  }

  @Test
  void shouldRefuseWhatThePlanDoesNotAllowForAndSayWhatToDo() {
    // given
    KeeperMark external = marks(spec(), txt("a-www.shop.example.", HERITAGE)).getFirst();
    SwitchSpec terraform =
        spec("www.shop.example.", Optional.of(ManagedBy.paused(Keeper.TERRAFORM, "lock")));
    // when, then
    assertThatThrownBy(() -> KeeperMarks.require(spec(), List.of(external)))
        .isInstanceOfSatisfying(
            SwitchFailure.class,
            refusal -> {
              assertThat(refusal.failure().kind()).isEqualTo(FailureKind.CONFLICT);
              assertThat(refusal.failure().retryable()).isFalse();
            })
        .hasMessage(
            "Expected nobody else to keep www.shop.example., but a-www.shop.example. TXT says that"
                + " external-dns keeps www.shop.example. (owner 'prod') for ingress/shop/web: it"
                + " would put back what is changed. Let a step of the plan pause it before the"
                + " capture, and name both in traffic.names.managedBy; or let a person sign there,"
                + " with tool none, that nobody keeps it");
    assertThatThrownBy(() -> KeeperMarks.require(terraform, List.of(external)))
        .hasMessageStartingWith("Expected terraform alone to keep www.shop.example., but a-www");
    assertThatThrownBy(
            () ->
                KeeperMarks.require(
                    spec(), List.of(octodns("octodns-meta.shop.example.", "", true))))
        .hasMessageContaining("octodns-meta.shop.example. TXT says that octodns keeps the zone:");
  }

  @Test
  void shouldAllowWhatThePlanNames() {
    // given
    KeeperMark external = marks(spec(), txt("a-www.shop.example.", HERITAGE)).getFirst();
    KeeperMark zone = octodns("octodns-meta.shop.example.", "", true);
    Stream.of(
            ManagedBy.paused(Keeper.EXTERNAL_DNS, "pause"),
            ManagedBy.nobody("ana", "the cluster is gone"))
        .map(said -> spec("www.shop.example.", Optional.of(said)))
        // when, then
        .forEach(
            spec ->
                assertThatCode(() -> KeeperMarks.require(spec, List.of(external, zone)))
                    .doesNotThrowAnyException());
  }
}
