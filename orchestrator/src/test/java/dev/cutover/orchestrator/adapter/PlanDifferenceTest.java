package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PlanDifferenceTest {
  @Test
  void shouldNameWhatChangedAndNothingElse() {
    // given
    String before =
        """
        cutover: shop
        approvers: [ana, bo]
        bounds: {observation: 1h, copy: 2h}
        """;
    String after =
        """
        # another comment
        bounds:
          copy: 2h
          observation: 2h
        approvers: [ana, bo, cy]
        cutover: shop
        rehearsal: true
        """;
    // when, then
    assertThat(PlanDifference.keys(before, after))
        .containsExactly("approvers[2]", "bounds.observation", "rehearsal");
    assertThat(PlanDifference.keys(before, before + "# nothing")).isEmpty();
    assertThat(PlanDifference.keys("", before))
        .containsExactly(
            "approvers[0]", "approvers[1]", "bounds.copy", "bounds.observation", "cutover");
  }
}
