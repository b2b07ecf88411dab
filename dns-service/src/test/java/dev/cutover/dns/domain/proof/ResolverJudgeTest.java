package dev.cutover.dns.domain.proof;

import static dev.cutover.dns.domain.proof.Replies.NO_ROUTE;
import static dev.cutover.dns.domain.proof.Replies.TIMEOUT;
import static dev.cutover.dns.domain.proof.Replies.WWW;
import static dev.cutover.dns.domain.proof.Replies.a;
import static dev.cutover.dns.domain.proof.Replies.alias;
import static dev.cutover.dns.domain.proof.Replies.cached;
import static dev.cutover.dns.domain.proof.Replies.resolver;
import static dev.cutover.dns.domain.proof.Replies.udp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.RecordType;
import dev.cutover.dns.domain.proof.DnsProbe.Entry;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.ResolverJudge.Hop;
import dev.cutover.dns.domain.proof.ResolverJudge.Last;
import dev.cutover.dns.domain.proof.ResolverJudge.Question;
import dev.cutover.dns.domain.proof.WatchMemory.Copy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResolverJudgeTest {
  private static final Instant CONVERGED_AT = Instant.parse("2026-11-22T12:00:00Z");
  private static final int OLD_TTL_SECONDS = 60;

  /** 60 s before, 5 s from now on. */
  private static final Question SWITCH =
      new Question(
          List.of(),
          Optional.of(new Last(WWW, List.of("10.1.0.1"), 5)),
          true,
          Optional.of(List.of("10.0.0.1")),
          OLD_TTL_SECONDS,
          Optional.of(CONVERGED_AT));

  static Stream<Arguments> answers() {
    return Stream.of(
        Arguments.of("new", 1, cached(a(5, "10.1.0.1")), Verdict.NEW, true, ""),
        Arguments.of("new, kept long", 1, cached(a(60, "10.1.0.1")), Verdict.CLAMPED, true, "5 s"),
        Arguments.of("old, not over yet", 20, cached(a(40, "10.0.0.1")), Verdict.OLD, false, "40"),
        Arguments.of(
            "old, TTL 30 by countdown",
            30,
            cached(a(30, "10.0.0.1")),
            Verdict.OLD,
            false,
            "may also be"),
        Arguments.of(
            "old, kept too long",
            20,
            cached(a(280, "10.0.0.1")),
            Verdict.CLAMPED,
            false,
            "for up to 280 s"),
        Arguments.of(
            "old, fetched after all had the new",
            20,
            cached(a(60, "10.0.0.1")),
            Verdict.OLD,
            false,
            "lags that nobody asked"),
        Arguments.of(
            "old, past its end, served once more",
            63,
            cached(a(30, "10.0.0.1")),
            Verdict.STALE,
            false,
            "exactly 30 s"),
        Arguments.of(
            "old, fetched late", 63, cached(a(59, "10.0.0.1")), Verdict.OLD, false, "lags"),
        Arguments.of("past its end", 63, cached(a(0, "10.0.0.1")), Verdict.STALE, false, "past"),
        Arguments.of(
            "both", 1, cached(a(5, "10.0.0.1"), a(5, "10.1.0.1")), Verdict.MIXED, false, ""),
        Arguments.of("neither", 1, cached(a(17, "10.9.9.9")), Verdict.DIFFERS, false, "up to 17 s"),
        Arguments.of("nothing", 1, cached(), Verdict.NEGATIVE, false, "there are none, for up"),
        Arguments.of("silent", 1, TIMEOUT, Verdict.UNREACHABLE, false, "no answer in time"),
        Arguments.of("no way", 1, NO_ROUTE, Verdict.UNTESTED, false, "no way from here"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void shouldJudge(
      String what, int secondsLater, Reply reply, Verdict verdict, boolean holds, String reason) {
    // when
    Finding finding = judge(SWITCH, reply, secondsLater);
    // then
    assertThat(finding.verdict()).isEqualTo(verdict);
    assertThat(finding.holds()).isEqualTo(holds);
    assertThat(finding.reason()).contains(reason);
  }

  @Test
  void shouldTellAStaleCopyByItsTtlAloneWhenNoHonestCacheCouldGiveIt() {
    // given: all authorities have the new records, and never gave more than 5 s
    Question low =
        new Question(List.of(), SWITCH.last(), true, SWITCH.old(), 5, Optional.of(CONVERGED_AT));
    // when, then
    assertThat(judge(low, cached(a(30, "10.0.0.1")), 1).verdict()).isEqualTo(Verdict.STALE);
    assertThat(judge(low, cached(a(52, "10.0.0.1")), 1).verdict()).isEqualTo(Verdict.CLAMPED);
  }

  @Test
  void shouldTellAStaleCopyByItsOwnEndWhenNothingElseIsKnown() {
    // given
    Question unknown =
        new Question(List.of(), SWITCH.last(), true, SWITCH.old(), 0, Optional.empty());
    Instant now = CONVERGED_AT.plusSeconds(10);
    Reading reading = udp(resolver("own", 1), RecordType.A, cached(a(5, "10.0.0.1")));
    // when
    Finding fresh =
        ResolverJudge.judge(unknown, reading, true, copy(now.minusSeconds(2), Verdict.OLD), now);
    Finding ended =
        ResolverJudge.judge(unknown, reading, true, copy(now.minusSeconds(3), Verdict.OLD), now);
    // then: caches round by up to two seconds
    assertThat(fresh.verdict()).isEqualTo(Verdict.OLD);
    assertThat(ended.verdict()).isEqualTo(Verdict.STALE);
  }

  @ParameterizedTest
  @ValueSource(ints = {31, 30, 29, 5, 1})
  void shouldKeepItsWordOnACopyThatOnlyCountsDown(int ttlSeconds) {
    // given: never more than 5 s from an authority, and 60 s from this resolver
    Question low =
        new Question(List.of(), SWITCH.last(), true, SWITCH.old(), 5, Optional.of(CONVERGED_AT));
    Instant now = CONVERGED_AT.plusSeconds(60 - ttlSeconds);
    Reading reading = udp(resolver("own", 1), RecordType.A, cached(a(ttlSeconds, "10.0.0.1")));
    Instant end = CONVERGED_AT.plusSeconds(60);
    // when, then
    for (Verdict verdict : List.of(Verdict.CLAMPED, Verdict.STALE)) {
      assertThat(ResolverJudge.judge(low, reading, true, copy(end, verdict), now).verdict())
          .isEqualTo(verdict);
    }
  }

  @Test
  void shouldTellAnotherCopyFromTheOneOfBefore() {
    // given: its copy of 60 s would end only now
    Question low =
        new Question(List.of(), SWITCH.last(), true, SWITCH.old(), 5, Optional.of(CONVERGED_AT));
    Instant now = CONVERGED_AT.plusSeconds(61);
    Reading reading = udp(resolver("own", 1), RecordType.A, cached(a(30, "10.0.0.1")));
    // when
    Finding finding =
        ResolverJudge.judge(
            low, reading, true, copy(CONVERGED_AT.plusSeconds(60), Verdict.CLAMPED), now);
    // then
    assertThat(finding.verdict()).isEqualTo(Verdict.STALE);
  }

  private static Optional<Copy> copy(Instant endsAt, Verdict verdict) {
    return Optional.of(new Copy(endsAt, List.of("10.0.0.1"), verdict));
  }

  @Test
  void shouldCompareWithTheAuthoritiesWhenNothingIsExpected() {
    // given
    Question question =
        new Question(
            List.of(), SWITCH.last(), false, Optional.empty(), 0, Optional.of(CONVERGED_AT));
    // when, then
    assertThat(judge(question, cached(a(5, "10.1.0.1")), 1).verdict()).isEqualTo(Verdict.AGREES);
    assertThat(judge(question, cached(a(5, "10.0.0.1")), 1).verdict()).isEqualTo(Verdict.DIFFERS);
  }

  @Test
  void shouldFindAnExpectedAbsence() {
    // given
    Question absence =
        new Question(
            List.of(),
            Optional.of(new Last(WWW, List.of(), 0)),
            true,
            Optional.of(List.of("10.0.0.1")),
            OLD_TTL_SECONDS,
            Optional.of(CONVERGED_AT));
    // when, then
    assertThat(judge(absence, cached(), 1).verdict()).isEqualTo(Verdict.NEW);
    assertThat(judge(absence, cached(a(40, "10.0.0.1")), 20).verdict()).isEqualTo(Verdict.OLD);
  }

  @Test
  void shouldFollowTheChainThatTheAuthoritiesHave() {
    // given
    Question question =
        new Question(
            List.of(new Hop(WWW, "cdn.test.", 60)),
            Optional.of(new Last("cdn.test.", List.of("10.1.0.1"), 5)),
            false,
            Optional.empty(),
            0,
            Optional.empty());
    Entry end = new Entry("cdn.test.", QueryType.A, 5, "10.1.0.1");
    // when
    Finding right = judge(question, cached(alias(WWW, "cdn.test."), end), 1);
    Finding elsewhere = judge(question, cached(alias(WWW, "old.test.")), 1);
    Finding addresses = judge(question, cached(a(5, "10.0.0.1")), 1);
    Finding longer =
        judge(question, cached(new Entry(WWW, QueryType.CNAME, 600, "cdn.test."), end), 1);
    // then
    assertThat(right.verdict()).isEqualTo(Verdict.AGREES);
    assertThat(right.values()).containsExactly("10.1.0.1");
    assertThat(elsewhere.verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(elsewhere.values()).containsExactly("old.test.");
    assertThat(addresses.verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(addresses.values()).containsExactly("10.0.0.1");
    assertThat(longer.verdict()).isEqualTo(Verdict.CLAMPED);
    assertThat(longer.holds()).isTrue();
  }

  @Test
  void shouldCompareTheAliasesAloneWhenTheirEndCouldNotBeAsked() {
    // given
    Question question =
        new Question(
            List.of(new Hop(WWW, "cdn.test.", 60)),
            Optional.empty(),
            false,
            Optional.empty(),
            0,
            Optional.empty());
    // when, then
    assertThat(judge(question, cached(alias(WWW, "cdn.test.")), 1).reason())
        .contains("was not compared");
    assertThat(judge(question, cached(), 1).verdict()).isEqualTo(Verdict.NEGATIVE);
  }

  @Test
  void shouldNotBlameAResolverWhenNothingOfItsKindCanBeReached() {
    // when
    Finding finding =
        ResolverJudge.judge(
            SWITCH,
            udp(resolver("public", 1), RecordType.A, TIMEOUT),
            false,
            Optional.empty(),
            CONVERGED_AT);
    // then
    assertThat(finding.verdict()).isEqualTo(Verdict.UNTESTED);
  }

  private static Finding judge(Question question, Reply reply, int secondsLater) {
    return ResolverJudge.judge(
        question,
        udp(resolver("own", 1), RecordType.A, reply),
        true,
        Optional.empty(),
        CONVERGED_AT.plusSeconds(secondsLater));
  }
}
