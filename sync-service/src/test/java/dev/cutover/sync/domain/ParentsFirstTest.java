package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.TableName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ParentsFirstTest {
  private static final TableName LINES = new TableName("s", "lines");
  private static final TableName ORDERS = new TableName("s", "orders");
  private static final TableName CUSTOMERS = new TableName("s", "customers");
  private static final TableName NOTES = new TableName("s", "notes");
  private static final TableName ELSEWHERE = new TableName("s", "elsewhere");

  @Test
  void shouldPutEachTableAfterThoseThatItRefersTo() {
    assertThat(
            ParentsFirst.order(
                List.of(NOTES, LINES, ORDERS, CUSTOMERS),
                Map.of(
                    LINES, Set.of(ORDERS, LINES, ELSEWHERE),
                    ORDERS, Set.of(CUSTOMERS))))
        .containsExactly(NOTES, CUSTOMERS, ORDERS, LINES);
  }

  @Test
  void shouldKeepTheGivenOrderWithinACircle() {
    assertThat(
            ParentsFirst.order(
                List.of(LINES, ORDERS, NOTES),
                Map.of(LINES, Set.of(ORDERS), ORDERS, Set.of(LINES))))
        .containsExactly(NOTES, LINES, ORDERS);
  }
}
