package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.simulation.Plans;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ClaimantsTest {
  private static final Plan PLAN = Plans.shop(new CutoverId("second"));
  private static final Topics TOPICS = new Topics("t", 1, 1, 1);

  private final StatusBoard board = new StatusBoard(TOPICS);

  private void seen(String cutover, String state, String... claims) {
    String json =
        "{\"cutover\":\"%s\",\"people\":{\"claims\":[\"x\"]},\"state\":\"%s\",\"claims\":[%s]}"
            .formatted(
                cutover,
                state,
                String.join(",", List.of(claims).stream().map(c -> "\"" + c + "\"").toList()));
    seen(cutover, Payload.of(json.getBytes(StandardCharsets.UTF_8)));
  }

  private void seen(String cutover, Payload status) {
    board.seen(
        new Received(TOPICS.status(), 0, 0, Instant.EPOCH, Optional.of(cutover), status, Map.of()));
  }

  @Test
  void shouldNameTheOwnerOfEachThingThatIsTaken() {
    // when
    seen("first", "running", "database 127.0.0.1:5432/shop", "name shop.test.");
    seen("first", "held", "database 127.0.0.1:5432/shop", "name shop.test.");
    seen("other", "held", "database 127.0.0.1:5432/shop2");

    // then
    assertThat(board.refusals(PLAN))
        .containsExactly(
            "Expected database 127.0.0.1:5432/shop to be free, but it belongs to cutover first, which is held: finish or abandon that one first",
            "Expected name shop.test. to be free, but it belongs to cutover first, which is held: finish or abandon that one first");
  }

  @Test
  void shouldAcceptAPlanWhoseThingsAreFreeOrItsOwn() {
    // when
    seen("second", "running", "name shop.test."); // sent again
    seen("first", "held", "database 127.0.0.1:5432/shop", "name shop.test.");
    seen("first", "finished");
    seen("third", "held", "name shop.test.");
    seen("third", Payload.NONE);

    // then
    assertThat(board.refusals(PLAN)).isEmpty();
  }
}
