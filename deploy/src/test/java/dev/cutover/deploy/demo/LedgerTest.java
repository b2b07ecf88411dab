package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Side;
import dev.cutover.deploy.demo.Ledger.Account;
import dev.cutover.deploy.demo.Ledger.Acknowledged;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private final Ledger ledger = new Ledger();

  @Test
  void shouldCountAWriteAsMissingWhenItsRowIsAbsentOlderOrDifferent() {
    // given
    acknowledge(1, customer(1, 1, "ada"));
    acknowledge(2, customer(2, 2, "bo"));
    acknowledge(3, customer(3, 1, "cy"));

    // when
    Account account = ledger.account(List.of(customer(2, 1, "bo"), customer(3, 1, "changed")));

    // then
    assertThat(account.writesMissing()).isEqualTo(3);
    assertThat(account.examples())
        .containsExactlyInAnyOrder(
            "customers/1 of write 1 is missing",
            "customers/2 of write 2 is at version 1, acknowledged was 2",
            "customers/3 of write 3 differs in name");
  }

  @Test
  void shouldMissNothingWhenTheLatestAcknowledgedVersionIsThere() {
    // given
    acknowledge(2, customer(1, 2, "later"));
    acknowledge(1, customer(1, 1, "earlier"));

    // when
    Account account = ledger.account(List.of(customer(1, 2, "later")));

    // then
    assertThat(account.writesMissing()).isZero();
    assertThat(account.valuesCompared()).isEqualTo(3);
  }

  @Test
  void shouldCountBothSidesWhenTwoWritesWereGivenTheSameVersion() {
    // given
    acknowledge(1, customer(1, 2, "by the source"));
    acknowledge(2, customer(1, 2, "by the target"));

    // when
    Account account = ledger.account(List.of(customer(1, 2, "by the source")));

    // then
    assertThat(account.writesMissing()).isEqualTo(1);
  }

  @Test
  void shouldCountADeletionAsMissingWhenTheRowIsBack() {
    // given
    acknowledge(1, customer(1, 1, "ada"));
    ledger.acknowledge(acknowledged(2), List.of(), List.of("customers/1"));

    // when
    Account account = ledger.account(List.of(customer(1, 1, "ada")));

    // then
    assertThat(account.examples())
        .containsExactly("customers/1 was deleted by write 2 and is there");
  }

  @Test
  void shouldAllowWhatAnUnansweredWriteExplainsAndNoMore() {
    // given
    acknowledge(1, customer(1, 1, "ada"));
    acknowledge(2, customer(2, 1, "bo"));
    ledger.doubt(null);

    // when
    Account account =
        ledger.account(List.of(customer(1, 2, "newer"), customer(2, 3, "much newer")));

    // then
    assertThat(account.examples())
        .containsExactly("customers/2 of write 2 is at version 3, nobody wrote beyond 1");
  }

  @Test
  void shouldCompareLongValuesInFullWhenOnlyTheirHashIsKept() {
    // given
    String body = "x".repeat(20_000);
    acknowledge(1, document("1", body));

    // when
    Account same = ledger.account(List.of(document("1", body)));
    Account other = ledger.account(List.of(document("1", body.substring(1) + "y")));

    // then
    assertThat(same.writesMissing()).isZero();
    assertThat(other.examples()).containsExactly("documents/1 of write 1 differs in body");
  }

  private void acknowledge(long number, Row row) {
    ledger.acknowledge(acknowledged(number), List.of(row), List.of());
  }

  private static Acknowledged acknowledged(long number) {
    return new Acknowledged(number, Side.SOURCE, Instant.EPOCH, Instant.EPOCH);
  }

  private static Row customer(int id, int version, String name) {
    Map<String, @Nullable String> columns = new LinkedHashMap<>();
    columns.put("id", Integer.toString(id));
    columns.put("name", name);
    columns.put("version", Integer.toString(version));
    return new Row("customers", columns);
  }

  private static Row document(String id, String body) {
    Map<String, @Nullable String> columns = new LinkedHashMap<>();
    columns.put("id", id);
    columns.put("body", body);
    columns.put("version", "1");
    return new Row("documents", columns);
  }
}
