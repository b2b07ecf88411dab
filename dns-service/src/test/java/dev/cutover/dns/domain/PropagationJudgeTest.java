package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict.Answer;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.DnsQueries.Unanswered;
import dev.cutover.dns.domain.Propagation.Diverged;
import dev.cutover.dns.domain.Propagation.NotYet;
import dev.cutover.dns.domain.Propagation.Propagated;
import dev.cutover.dns.domain.PropagationJudge.Question;
import dev.cutover.dns.domain.PropagationJudge.Seen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PropagationJudgeTest {
  private static final String API = "api.shop.example.";
  private static final ServerAddress SERVER = new ServerAddress("127.0.0.1", 53);
  private static final Instant CONVERGED_AT = Instant.parse("2026-11-22T12:00:00Z");
  private static final int TTL_SECONDS = 5;

  /** The target has no AAAA: its absence is part of what is wanted. */
  private static final Question QUESTION =
      new Question(
          List.of(a(TTL_SECONDS, "10.1.0.1")),
          List.of(a(TTL_SECONDS, "10.0.0.1"), aaaa(TTL_SECONDS, "2001:db8:0:0:0:0:0:1")),
          TTL_SECONDS);

  static Stream<Arguments> authorities() {
    return Stream.of(
        Arguments.of("wanted", Answer.WANTED, Propagated.class, a(5, "10.1.0.1"), aaaa(0)),
        Arguments.of("lower ttl", Answer.WANTED, Propagated.class, a(4, "10.1.0.1"), aaaa(0)),
        Arguments.of("ttl too high", Answer.MIXED, NotYet.class, a(300, "10.1.0.1"), aaaa(0)),
        Arguments.of(
            "other side",
            Answer.OTHER_SIDE,
            NotYet.class,
            a(5, "10.0.0.1"),
            aaaa(5, "2001:db8:0:0:0:0:0:1")),
        Arguments.of(
            "half of the unit",
            Answer.MIXED,
            NotYet.class,
            a(5, "10.1.0.1"),
            aaaa(5, "2001:db8:0:0:0:0:0:1")),
        Arguments.of(
            "wanted among others",
            Answer.MIXED,
            Diverged.class,
            a(5, "10.0.0.1", "10.1.0.1"),
            aaaa(0)),
        Arguments.of("neither side", Answer.MIXED, Diverged.class, a(5, "10.9.9.9"), aaaa(0)),
        Arguments.of("nothing", Answer.NEGATIVE, NotYet.class, a(0), aaaa(0)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("authorities")
  void shouldJudgeAuthority(
      String what,
      Answer answer,
      Class<? extends Propagation> overall,
      RecordSet a,
      RecordSet aaaa) {
    // when
    Propagation found = judge(true, CONVERGED_AT, a, aaaa);
    // then
    assertThat(found).isInstanceOf(overall);
    assertThat(found.servers()).singleElement().extracting("answer").isEqualTo(answer);
  }

  @Test
  void shouldTellAnAuthorityByItsTtlWhereOnlyThatChanges() {
    // given
    Question raised = new Question(List.of(a(300, "10.0.0.1")), List.of(a(5, "10.0.0.1")), 300);
    // when
    Propagation before = judgeA(raised, a(5, "10.0.0.1"));
    Propagation after = judgeA(raised, a(300, "10.0.0.1"));
    // then
    assertThat(before).isInstanceOf(NotYet.class);
    assertThat(before.servers()).singleElement().extracting("answer").isEqualTo(Answer.OTHER_SIDE);
    assertThat(after).isInstanceOf(Propagated.class);
  }

  private static Propagation judgeA(Question question, RecordSet answer) {
    return PropagationJudge.judge(
        question,
        List.of(
            new PropagationJudge.Seen(
                SERVER, true, List.of(new DnsQueries.Answered(answer, true)))),
        java.util.Optional.empty(),
        CONVERGED_AT);
  }

  static Stream<Arguments> resolvers() {
    RecordSet noAaaa = aaaa(0);
    RecordSet oldAaaa = aaaa(5, "2001:db8:0:0:0:0:0:1");
    return Stream.of(
        Arguments.of("wanted", Answer.WANTED, Propagated.class, 0, a(3, "10.1.0.1"), noAaaa),
        Arguments.of("cached", Answer.OTHER_SIDE, NotYet.class, 3, a(2, "10.0.0.1"), oldAaaa),
        Arguments.of("rounding", Answer.OTHER_SIDE, NotYet.class, 7, a(0, "10.0.0.1"), oldAaaa),
        Arguments.of("stale", Answer.STALE, NotYet.class, 8, a(0, "10.0.0.1"), oldAaaa),
        Arguments.of(
            "clamps the old one", Answer.CLAMPED, NotYet.class, 8, a(52, "10.0.0.1"), oldAaaa),
        Arguments.of(
            "clamps the new one", Answer.CLAMPED, Propagated.class, 8, a(60, "10.1.0.1"), noAaaa),
        Arguments.of("negative cache", Answer.NEGATIVE, NotYet.class, 3, a(0), noAaaa),
        Arguments.of("half of the unit", Answer.MIXED, NotYet.class, 3, a(3, "10.1.0.1"), oldAaaa));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("resolvers")
  void shouldJudgeResolver(
      String what,
      Answer answer,
      Class<? extends Propagation> overall,
      int secondsLater,
      RecordSet a,
      RecordSet aaaa) {
    // when
    Propagation found = judge(false, CONVERGED_AT.plusSeconds(secondsLater), a, aaaa);
    // then
    assertThat(found.servers()).singleElement().extracting("answer").isEqualTo(answer);
    assertThat(found).isInstanceOf(overall);
  }

  @Test
  void shouldNotBelieveAnAuthorityWithoutAuthority() {
    // given
    Seen seen =
        new Seen(
            SERVER,
            true,
            List.of(new Answered(a(5, "10.1.0.1"), false), new Answered(aaaa(0), false)));
    // when
    Propagation found =
        PropagationJudge.judge(QUESTION, List.of(seen), Optional.empty(), CONVERGED_AT);
    // then
    assertThat(found)
        .isInstanceOfSatisfying(
            NotYet.class, notYet -> assertThat(notYet.reason()).contains("not authoritative"));
    assertThat(found.servers()).singleElement().extracting("answer").isEqualTo(Answer.UNREACHABLE);
  }

  @Test
  void shouldWaitWhenOneOfTwoAuthoritiesIsSilent() {
    // given
    Seen good =
        new Seen(
            SERVER,
            true,
            List.of(new Answered(a(5, "10.1.0.1"), true), new Answered(aaaa(0), true)));
    Seen silent =
        new Seen(
            new ServerAddress("10.0.0.53", 53),
            true,
            List.of(new Unanswered(API, RecordType.A, "no answer")));
    // when
    Propagation found =
        PropagationJudge.judge(QUESTION, List.of(good, silent), Optional.empty(), CONVERGED_AT);
    // then
    assertThat(found)
        .isInstanceOfSatisfying(
            NotYet.class,
            notYet ->
                assertThat(notYet.reason())
                    .contains("10.0.0.53:53 UNREACHABLE")
                    .doesNotContain("127.0.0.1"));
  }

  @Test
  void shouldLookOnlyAtTtlWhenBothSidesAreTheSame() {
    // given
    Question lowered =
        new Question(List.of(a(5, "10.0.0.1")), List.of(a(5, "10.0.0.1")), TTL_SECONDS);
    // then
    assertThat(judge(lowered, true, CONVERGED_AT, a(5, "10.0.0.1"))).isInstanceOf(Propagated.class);
    assertThat(judge(lowered, true, CONVERGED_AT, a(300, "10.0.0.1"))).isInstanceOf(NotYet.class);
  }

  private static Propagation judge(boolean authority, Instant now, RecordSet... answers) {
    return judge(QUESTION, authority, now, answers);
  }

  private static Propagation judge(
      Question question, boolean authority, Instant now, RecordSet... answers) {
    List<DnsQueries.Answer> answered = new ArrayList<>();
    for (RecordSet set : answers) {
      answered.add(new Answered(set, authority));
    }
    return PropagationJudge.judge(
        question, List.of(new Seen(SERVER, authority, answered)), Optional.of(CONVERGED_AT), now);
  }

  private static RecordSet a(int ttlSeconds, String... values) {
    return new RecordSet(API, RecordType.A, ttlSeconds, List.of(values));
  }

  private static RecordSet aaaa(int ttlSeconds, String... values) {
    return new RecordSet(API, RecordType.AAAA, ttlSeconds, List.of(values));
  }
}
