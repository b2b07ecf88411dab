package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.DatabaseState;
import dev.cutover.contract.DatabaseState.AppliedStream;
import dev.cutover.contract.DatabaseState.Slot;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.SyncStatus.Stream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class SyncStatusTest {
  private static final TableName ORDERS = new TableName("shop", "orders");
  private static final TableName CUSTOMERS = new TableName("shop", "customers");
  private static final String NAME = "cutover_shop_forward";
  private static final long RETAINED_MAX_BYTES = 1_000;
  private static final ReplicationSpec SPEC =
      new ReplicationSpec(
          "shop",
          new DatabaseEndpoint("old", 5432, "shop", "shop"),
          new DatabaseEndpoint("new", 5432, "shop", "shop"),
          List.of(CUSTOMERS, ORDERS),
          true,
          10);
  private static final Stream NONE =
      new Stream(
          "cutover_shop_reverse",
          Optional.empty(),
          List.of(),
          false,
          List.of(),
          Optional.empty(),
          -1);

  @Test
  void shouldWarnOfNothingWhereNothingIsThere() {
    assertThat(warnings(NONE)).isEmpty();
  }

  @Test
  void shouldWarnOfNothingWhileItIsFollowed() {
    assertThat(warnings(stream(slot(true, 900, "reserved"), position(800)))).isEmpty();
  }

  @Test
  @Tag("B12")
  void shouldSayThatASlotIsLostOrAboutToBe() {
    assertThat(warnings(stream(slot(true, 0, "lost"), position(0))))
        .containsExactly(
            "Expected slot cutover_shop_forward to hold its changes, but the server gave up the log that it needs: drop, and copy again");
    assertThat(warnings(stream(slot(true, 0, "unreserved"), position(0))))
        .singleElement()
        .asString()
        .contains("about to lose the log");
    assertThat(warnings(stream(Optional.empty(), position(0))))
        .containsExactly(
            "Expected slot cutover_shop_forward, but it is gone, and the changes since 0/10 with it: drop, and copy again");
  }

  @Test
  @Tag("B13")
  void shouldSayThatTheServerKeepsItsLogForNobody() {
    assertThat(warnings(stream(slot(false, 1_001, "extended"), position(60_000))))
        .containsExactly(
            "Expected at most 1,000 bytes of log kept for slot cutover_shop_forward, but it keeps 1,001: the server's disk fills",
            "Nobody reads slot cutover_shop_forward, and the server keeps its log for it: follow, or drop");
  }

  @Test
  void shouldSayThatAReaderAppliesNothing() {
    assertThat(warnings(stream(slot(true, 0, "reserved"), position(12_300))))
        .containsExactly(
            "Expected cutover_shop_forward to be applied each second, but nothing was for 12 s");
  }

  @Test
  void shouldSayThatACopyIsNotCompleteAndATableNotPublished() {
    Stream cutOff =
        new Stream(
            NAME,
            slot(false, 0, "reserved"),
            List.of(CUSTOMERS),
            true,
            List.of(CUSTOMERS),
            Optional.empty(),
            -1);
    assertThat(warnings(cutOff))
        .hasSize(3)
        .anyMatch(warning -> warning.contains("is not complete, 1 of 2 tables are"))
        .anyMatch(warning -> warning.contains("Nobody reads slot"))
        .anyMatch(warning -> warning.contains("but these are not: [shop.orders]"));
  }

  @Test
  void shouldSayThatADatabaseDoesNotAnswerAndThatACopyByItselfWasCutOff() {
    SyncStatus status =
        new SyncStatus(
            state(),
            DatabaseState.unreachable("Expected an answer of new:5432/shop, but there was none"),
            NONE,
            NONE,
            Optional.of("rows of old:5432/shop, 1 of 2 tables complete"));
    assertThat(status.warnings(SPEC, RETAINED_MAX_BYTES))
        .hasSize(2)
        .contains("Expected an answer of new:5432/shop, but there was none")
        .anyMatch(warning -> warning.contains("(rows of old:5432/shop, 1 of 2 tables complete)"));
  }

  @Test
  void shouldNotTakeASlotForGoneWhenItsSideDoesNotAnswer() {
    SyncStatus status =
        new SyncStatus(
            DatabaseState.unreachable("no answer"),
            state(),
            new Stream(NAME, Optional.empty(), List.of(), true, SPEC.tables(), position(5), -1),
            NONE,
            Optional.empty());
    assertThat(status.warnings(SPEC, RETAINED_MAX_BYTES)).containsExactly("no answer");
  }

  private static List<String> warnings(Stream forward) {
    return new SyncStatus(state(), state(), forward, NONE, Optional.empty())
        .warnings(SPEC, RETAINED_MAX_BYTES);
  }

  private static Stream stream(Optional<Slot> slot, Optional<AppliedStream> position) {
    return new Stream(NAME, slot, SPEC.tables(), true, SPEC.tables(), position, 0);
  }

  private static Optional<Slot> slot(boolean active, long retainedBytes, String walStatus) {
    return Optional.of(new Slot(NAME, active, retainedBytes, 0, walStatus));
  }

  private static Optional<AppliedStream> position(long ageMs) {
    return Optional.of(new AppliedStream(NAME, "0/10", ageMs, false));
  }

  private static DatabaseState state() {
    return new DatabaseState(
        Optional.empty(),
        false,
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        0,
        0);
  }
}
