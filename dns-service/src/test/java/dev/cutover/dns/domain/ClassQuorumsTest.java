package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.DnsReply.ClassCount;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.ServerVerdict.Answer;
import dev.cutover.contract.SwitchProof.ResolverClass;
import dev.cutover.dns.domain.ClassQuorums.Heard;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClassQuorumsTest {
  private static final List<ResolverClass> CLASSES =
      List.of(
          new ResolverClass("public", List.of(at(1), at(2), at(3), at(4)), 75),
          new ResolverClass("corporate", List.of(at(5), at(6)), 50));

  @Test
  void shouldSayWhichClassLacksWhat() {
    // given: public has 2 of the 3 that can be asked, one of which keeps the old records
    ClassQuorums quorums =
        ClassQuorums.count(
            CLASSES,
            List.of(held(1), held(2), not(3, Answer.STALE), held(5), not(6, Answer.UNREACHABLE)),
            Set.of(at(4)));
    // when, then
    assertThat(quorums.met()).isFalse();
    assertThat(quorums.counts())
        .containsExactly(
            new ClassCount("public", 2, 3, 1, 75), new ClassCount("corporate", 1, 2, 0, 50));
    SwitchFailure shortfall = quorums.shortfall(5_000).orElseThrow();
    assertThat(shortfall.failure().kind()).isEqualTo(FailureKind.TIMED_OUT);
    assertThat(shortfall.failure().reason())
        .startsWith(
            "Expected a quorum of each class of resolvers within 5000 ms, but 2 of 3 public resolvers (quorum 75 %) (1 more could not be asked from here): 10.0.0.3:53 STALE (seen).")
        .doesNotContain("corporate");
  }

  @Test
  void shouldCallSilenceNoEvidence() {
    // given: the only one that lacks says nothing
    ClassQuorums silent =
        ClassQuorums.count(
            CLASSES,
            List.of(
                held(1),
                held(2),
                not(3, Answer.UNREACHABLE),
                not(4, Answer.UNREACHABLE),
                held(5),
                held(6)),
            Set.of());
    // and: there is no way to anybody of a class
    ClassQuorums untested =
        ClassQuorums.count(CLASSES, List.of(held(5), held(6)), Set.of(at(1), at(2), at(3), at(4)));
    // when, then
    for (ClassQuorums quorums : List.of(silent, untested)) {
      assertThat(quorums.shortfall(1).orElseThrow().failure().kind())
          .isEqualTo(FailureKind.INCONCLUSIVE);
    }
  }

  @Test
  void shouldBeMetByTheQuorumOfEachClassAndByNoClassAtAll() {
    assertThat(
            ClassQuorums.count(
                    CLASSES,
                    List.of(
                        held(1),
                        held(2),
                        held(3),
                        not(4, Answer.OTHER_SIDE),
                        held(5),
                        not(6, Answer.NEGATIVE)),
                    Set.of())
                .shortfall(1))
        .isEmpty();
    assertThat(ClassQuorums.count(List.of(), List.of(), Set.of()).met()).isTrue();
  }

  private static ServerAddress at(int n) {
    return new ServerAddress("10.0.0." + n, 53);
  }

  private static Heard held(int n) {
    return new Heard(new ServerVerdict(at(n), false, Answer.WANTED, 5, "seen"), true);
  }

  private static Heard not(int n, Answer answer) {
    return new Heard(new ServerVerdict(at(n), false, answer, 5, "seen"), false);
  }
}
