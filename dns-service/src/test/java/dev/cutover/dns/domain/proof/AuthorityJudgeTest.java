package dev.cutover.dns.domain.proof;

import static dev.cutover.dns.domain.proof.Replies.NO_ROUTE;
import static dev.cutover.dns.domain.proof.Replies.TIMEOUT;
import static dev.cutover.dns.domain.proof.Replies.WWW;
import static dev.cutover.dns.domain.proof.Replies.a;
import static dev.cutover.dns.domain.proof.Replies.alias;
import static dev.cutover.dns.domain.proof.Replies.authoritative;
import static dev.cutover.dns.domain.proof.Replies.authority;
import static dev.cutover.dns.domain.proof.Replies.both;
import static dev.cutover.dns.domain.proof.Replies.cached;
import static dev.cutover.dns.domain.proof.Replies.notAuthoritative;
import static dev.cutover.dns.domain.proof.Replies.udp;
import static dev.cutover.dns.domain.proof.Replies.version6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.proof.AuthorityJudge.Judged;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.DnsProbe.Transport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AuthorityJudgeTest {
  private static final Expected SWITCH =
      new Expected(
          Map.of(RecordType.A, List.of("10.1.0.1", "10.1.0.2")),
          Map.of(RecordType.A, List.of("10.0.0.1")));

  static Stream<Arguments> answers() {
    return Stream.of(
        Arguments.of(
            "both values, any order",
            authoritative(a(5, "10.1.0.2"), a(5, "10.1.0.1")),
            Verdict.NEW),
        Arguments.of("the old value", authoritative(a(5, "10.0.0.1")), Verdict.OLD),
        Arguments.of("one of two", authoritative(a(5, "10.1.0.1")), Verdict.MIXED),
        Arguments.of(
            "old among new",
            authoritative(a(5, "10.1.0.1"), a(5, "10.1.0.2"), a(5, "10.0.0.1")),
            Verdict.MIXED),
        Arguments.of("neither", authoritative(a(5, "10.9.9.9")), Verdict.DIFFERS),
        Arguments.of("nothing", authoritative(), Verdict.DIFFERS),
        Arguments.of("no name", Replies.noName(), Verdict.DIFFERS),
        Arguments.of("another's alias", authoritative(alias(WWW, "x.test.")), Verdict.DIFFERS),
        Arguments.of("a cache", cached(a(5, "10.1.0.1")), Verdict.INTERCEPTED),
        Arguments.of("lame", notAuthoritative(), Verdict.NOT_AUTHORITATIVE),
        Arguments.of("silent", TIMEOUT, Verdict.UNREACHABLE),
        Arguments.of("no way", NO_ROUTE, Verdict.UNTESTED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void shouldJudgeAgainstWhatIsExpected(String what, Reply reply, Verdict verdict) {
    // given: another authority that has no alias, and serves what is expected
    List<Reading> readings =
        List.of(
            udp(authority(1), RecordType.A, authoritative(a(5, "10.1.0.1"), a(5, "10.1.0.2"))),
            udp(authority(2), RecordType.A, reply));
    // when
    Judged judged = AuthorityJudge.judge(readings, serials(7, 7), SWITCH);
    // then
    Finding finding = judged.findings().getLast();
    assertThat(finding.verdict()).isEqualTo(verdict);
    assertThat(finding.holds()).isEqualTo(verdict == Verdict.NEW);
    boolean everywhere =
        switch (verdict) {
          case NEW, UNREACHABLE, UNTESTED, INTERCEPTED, NOT_AUTHORITATIVE -> true;
          case AGREES, OLD, MIXED, DIFFERS, LAGGING, STALE, CLAMPED, NEGATIVE -> false;
        };
    assertThat(everywhere(judged)).isEqualTo(everywhere);
  }

  @Test
  void shouldFoldTransportsThatSayTheSame() {
    // when
    Judged same = judge(Expected.NOTHING, both(authority(1), RecordType.A, A1).toList());
    Judged other =
        judge(
            Expected.NOTHING,
            List.of(
                udp(authority(1), RecordType.A, A1),
                new Reading(authority(1), Transport.TCP, WWW, RecordType.A, TIMEOUT)));
    // then
    assertThat(same.findings()).singleElement().extracting("transport").isEqualTo("udp+tcp");
    assertThat(other.findings()).extracting("transport").containsExactly("udp", "tcp");
  }

  private static final Reply A1 = authoritative(a(60, "10.0.0.1"));

  @Test
  void shouldNameTheOneWithTheOlderSerialWhenNothingIsExpected() {
    // given
    List<Reading> readings =
        List.of(
            udp(authority(1), RecordType.A, A1),
            udp(authority(2), RecordType.A, A1),
            udp(authority(3), RecordType.A, authoritative(a(60, "10.1.0.1"))));
    // when: the newer one is alone, and beyond the end of the circle
    Judged judged =
        AuthorityJudge.judge(readings, serials(4294967295L, 4294967295L, 3), Expected.NOTHING);
    // then
    assertThat(judged.findings())
        .extracting(Finding::verdict)
        .containsExactly(Verdict.LAGGING, Verdict.LAGGING, Verdict.AGREES);
    assertThat(judged.findings().getFirst().reason())
        .isEqualTo("serial 4294967295 is older than 3");
    assertThat(everywhere(judged)).isFalse();
  }

  @Test
  void shouldTakeTheWordOfMostWhenSerialsAreTheSame() {
    // when
    Judged judged =
        AuthorityJudge.judge(
            List.of(
                udp(authority(1), RecordType.A, authoritative(a(60, "10.9.9.9"))),
                udp(authority(2), RecordType.A, A1),
                udp(authority(3), RecordType.A, A1)),
            serials(1, 1, 1),
            Expected.NOTHING);
    // then
    assertThat(judged.findings())
        .extracting(Finding::verdict)
        .containsExactly(Verdict.DIFFERS, Verdict.AGREES, Verdict.AGREES);
  }

  @Test
  void shouldTellATtlThatOthersDoNotGive() {
    // when
    Judged judged =
        AuthorityJudge.judge(
            List.of(
                udp(authority(1), RecordType.A, authoritative(a(300, "10.0.0.1"))),
                udp(authority(2), RecordType.A, A1)),
            serials(6, 7),
            Expected.NOTHING);
    // then
    assertThat(judged.findings().getFirst().verdict()).isEqualTo(Verdict.LAGGING);
    assertThat(judged.findings().getFirst().reason())
        .isEqualTo("others give TTL 60; serial 6 is older than 7");
  }

  @Test
  void shouldCountIpv6NeitherWayWhenNothingOfItAnswers() {
    // when
    Judged judged =
        judge(
            Expected.NOTHING,
            List.of(udp(authority(1), RecordType.A, A1), udp(version6(1), RecordType.A, TIMEOUT)));
    // then
    assertThat(judged.findings().getLast().verdict()).isEqualTo(Verdict.UNTESTED);
    assertThat(judged.notes()).singleElement().asString().contains("IPv6");
    assertThat(everywhere(judged)).isTrue();
  }

  @Test
  void shouldBlameTheServerWhenOtherIpv6AddressesAnswer() {
    // when
    Judged judged =
        judge(
            Expected.NOTHING,
            List.of(udp(version6(1), RecordType.A, A1), udp(version6(2), RecordType.A, TIMEOUT)));
    // then
    assertThat(judged.findings().getLast().verdict()).isEqualTo(Verdict.UNREACHABLE);
    assertThat(judged.notes()).isEmpty();
  }

  @Test
  void shouldTellInterceptionWhenAllSayTheSameWithoutAuthority() {
    // when: no recursion is offered, but one cache must be behind both
    Judged judged =
        judge(
            Expected.NOTHING,
            List.of(
                udp(authority(1), RecordType.A, notAuthoritative(a(60, "10.0.0.1"))),
                udp(authority(2), RecordType.A, notAuthoritative(a(59, "10.0.0.1")))));
    // then
    assertThat(judged.findings()).extracting(Finding::verdict).containsOnly(Verdict.INTERCEPTED);
    assertThat(judged.evidence()).isFalse();
    assertThat(judged.notes()).singleElement().asString().contains("port 53 is intercepted");
  }

  @Test
  void shouldNotTellInterceptionWhenLameServersDiffer() {
    // when
    Judged judged =
        judge(
            Expected.NOTHING,
            List.of(
                udp(authority(1), RecordType.A, notAuthoritative(a(60, "10.0.0.1"))),
                udp(authority(2), RecordType.A, notAuthoritative())));
    // then
    assertThat(judged.findings())
        .extracting(Finding::verdict)
        .containsOnly(Verdict.NOT_AUTHORITATIVE);
  }

  @Test
  void shouldFollowAnAliasThatAllHave() {
    // given
    Reply toCdn = authoritative(alias(WWW, "cdn.test."));
    // when: what is expected of A is for the end of the chain to show
    Judged judged =
        judge(
            SWITCH,
            List.of(
                udp(authority(1), RecordType.A, toCdn),
                udp(authority(1), RecordType.AAAA, toCdn),
                udp(authority(2), RecordType.A, toCdn)));
    // then
    assertThat(judged.alias()).contains("cdn.test.");
    assertThat(judged.findings())
        .hasSize(2)
        .allSatisfy(
            finding -> {
              assertThat(finding.type()).isEqualTo(RecordType.CNAME);
              assertThat(finding.verdict()).isEqualTo(Verdict.AGREES);
            });
  }

  @Test
  void shouldJudgeTheAliasItselfWhenItIsExpected() {
    // given
    Expected expected =
        new Expected(
            Map.of(RecordType.CNAME, List.of("new.test.")),
            Map.of(RecordType.CNAME, List.of("old.test.")));
    // when
    Judged judged =
        judge(
            expected,
            List.of(
                udp(authority(1), RecordType.CNAME, authoritative(alias(WWW, "new.test."))),
                udp(authority(2), RecordType.CNAME, authoritative(alias(WWW, "old.test.")))));
    // then
    assertThat(judged.findings())
        .extracting(Finding::verdict)
        .containsExactly(Verdict.NEW, Verdict.OLD);
    assertThat(judged.alias()).isEqualTo(Optional.empty());
  }

  private static boolean everywhere(Judged judged) {
    return Objects.requireNonNull(judged.references().get(RecordType.A)).everywhere();
  }

  private static Judged judge(Expected expected, List<Reading> readings) {
    return AuthorityJudge.judge(readings, Map.of(), expected);
  }

  private static Map<ServerAddress, Long> serials(long... serials) {
    Map<ServerAddress, Long> byServer = new HashMap<>();
    for (int n = 0; n < serials.length; n++) {
      byServer.put(authority(n + 1).address(), serials[n]);
    }
    return byServer;
  }
}
