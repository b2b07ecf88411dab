package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.simulation.Plans;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClaimantsTest {
  private static final Plan PLAN = Plans.shop(new CutoverId("second"));

  private static String status(String cutover, String... claims) {
    return "{\"cutover\":\"%s\",\"state\":\"held\",\"claims\":[%s]}"
        .formatted(
            cutover, String.join(",", List.of(claims).stream().map(c -> "\"" + c + "\"").toList()));
  }

  @Test
  void shouldNameTheOwnerOfEachThingThatIsTaken() {
    // when
    List<String> refusals =
        Claimants.refusals(
            List.of(
                status("first", "database 127.0.0.1:5432/shop", "name shop.test."),
                status("other", "database 127.0.0.1:5432/shop2")),
            PLAN);
    // then
    assertThat(refusals)
        .containsExactly(
            "Expected database 127.0.0.1:5432/shop to be free, but it belongs to cutover first, which is held: finish or abandon that one first",
            "Expected name shop.test. to be free, but it belongs to cutover first, which is held: finish or abandon that one first");
  }

  @Test
  void shouldAcceptAPlanWhoseThingsAreFreeOrItsOwn() {
    // when, then
    assertThat(
            Claimants.refusals(
                List.of(
                    status("second", "name shop.test."), // sent again
                    status("first")), // finished
                PLAN))
        .isEmpty();
  }
}
