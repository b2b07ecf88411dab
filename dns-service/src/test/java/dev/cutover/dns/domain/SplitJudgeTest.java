package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SplitJudgeTest {
  @Test
  void shouldTellEachShareFromAllOfTheTrafficOnOneSide() {
    for (int percent = 1; percent <= 99; percent++) {
      double part = percent / 100.0;
      int answers = SplitJudge.answersNeeded(part);
      // then
      assertThat(SplitJudge.contradicts(answers, 0, part)).as("none at %d %%", percent).isTrue();
      assertThat(SplitJudge.contradicts(answers, answers, part))
          .as("all at %d %%", percent)
          .isTrue();
      assertThat(SplitJudge.contradicts(answers, Math.toIntExact(Math.round(answers * part)), part))
          .as("as expected at %d %%", percent)
          .isFalse();
    }
  }

  @Test
  void shouldTellTheUsualWeightsFromEachOther() {
    double[] parts = {0.1, 0.25, 0.5, 0.75};
    for (double served : parts) {
      for (double wanted : parts) {
        int answers = SplitJudge.answersNeeded(wanted);
        // then
        assertThat(
                SplitJudge.contradicts(
                    answers, Math.toIntExact(Math.round(answers * served)), wanted))
            .as("%s for %s", served, wanted)
            .isEqualTo(served != wanted);
      }
    }
  }

  @Test
  void shouldBelieveASoundServer() {
    // given
    Random random = new Random(3);
    int contradicted = 0;
    // when
    for (int count = 0; count < 2000; count++) {
      int target = 0;
      for (int answer = 0; answer < 400; answer++) {
        target += random.nextInt(10) == 0 ? 1 : 0;
      }
      contradicted += SplitJudge.contradicts(400, target, 0.1) ? 1 : 0;
    }
    // then
    assertThat(contradicted).isZero();
  }

  @Test
  void shouldReadThePartOfTheTargetFromTheWeights() {
    // given
    RecordSet held =
        new RecordSet(
            "a.example.",
            RecordType.A,
            60,
            List.of("10.0.0.1 weight=90", "10.0.0.2 weight=90", "10.1.0.1 weight=20"));
    // then
    assertThat(SplitJudge.targetPart(held, List.of("10.1.0.1"))).isEqualTo(0.1);
  }
}
