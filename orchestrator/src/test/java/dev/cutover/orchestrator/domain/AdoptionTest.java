package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseState;
import dev.cutover.contract.DatabaseState.AppliedStream;
import dev.cutover.contract.DatabaseState.Fence;
import dev.cutover.contract.DatabaseState.ManualMark;
import dev.cutover.contract.DatabaseState.Slot;
import dev.cutover.contract.DnsReply.SwitchMark;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SyncReply.DatabasesRead;
import dev.cutover.contract.ViewRead;
import dev.cutover.orchestrator.domain.Adoption.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every pair of databases with every switch, and what is made of it. */
final class AdoptionTest {
  private static final CutoverId ID = new CutoverId("shop");
  private static final Instant AT = Instant.parse("2026-12-01T03:00:00Z");
  private static final StepRef STEP = new StepRef(ID, "adopt-databases", 1);

  /** A database as it can be found. */
  enum Found {
    OPEN,
    FENCED,
    /** The fence has holes. */
    LEAKS,
    DRILL,
    FOREIGN,
    UNREACHABLE,
    STANDBY,
    UNPREPARED,
    MARKED
  }

  record Row(Found source, Found target, Optional<ServedSide> served, Outcome expected) {}

  static Stream<Row> table() {
    List<Row> rows = new ArrayList<>();
    List<Optional<ServedSide>> served =
        Stream.concat(
                Stream.of(ServedSide.values()).map(Optional::of),
                Stream.of(Optional.<ServedSide>empty()))
            .toList();
    for (Found source : Found.values()) {
      for (Found target : Found.values()) {
        for (Optional<ServedSide> side : served) {
          rows.add(new Row(source, target, side, expected(source, target, side)));
        }
      }
    }
    return rows.stream();
  }

  /** Said once more in another way: what is not named here is unclear. */
  private static Outcome expected(Found source, Found target, Optional<ServedSide> served) {
    String pair = source + " " + target;
    boolean here = served.isEmpty() || served.get() == ServedSide.SOURCE;
    boolean there = served.equals(Optional.of(ServedSide.TARGET));
    return switch (pair) {
      case "OPEN FENCED", "UNPREPARED UNPREPARED" ->
          here ? Outcome.SOURCE_SERVES : there ? Outcome.TRAFFIC_ASTRAY : Outcome.UNCLEAR;
      case "FENCED OPEN" -> Outcome.TARGET_SERVES;
      case "FENCED FENCED" -> Outcome.NO_SIDE_SERVES;
      default -> Outcome.UNCLEAR;
    };
  }

  @ParameterizedTest
  @MethodSource("table")
  void shouldJudgeEveryReading(Row row) {
    // when
    Adoption adoption =
        Adoption.of(
            ID,
            Optional.of(
                new DatabasesRead(STEP, AT, state(row.source(), 12), state(row.target(), 10))),
            row.served().map(side -> read(side, ID, "mark")));
    // then
    assertThat(adoption.outcome()).isEqualTo(row.expected());
    assertThat(adoption.byHand())
        .isEqualTo(row.source() == Found.MARKED || row.target() == Found.MARKED);
    assertThat(adoption.words()).contains("source: ").contains("target: ");
  }

  @Test
  void shouldGoByTheSwitchAloneWhenThereAreNoDatabases() {
    assertThat(
            Stream.of(ServedSide.values())
                .map(side -> Adoption.of(ID, Optional.empty(), Optional.of(read(side, ID, "m"))))
                .map(Adoption::outcome))
        .containsExactly(
            Outcome.SOURCE_SERVES, Outcome.TARGET_SERVES, Outcome.UNCLEAR, Outcome.UNCLEAR);
  }

  @Test
  void shouldLeaveAPersonInChargeWhenTheSwitchIsMarkedByHand() {
    // given
    SwitchRead marked =
        new SwitchRead(
            STEP,
            List.of(),
            List.of(new SwitchMark("shop.test.", -1, Optional.empty(), false, "\"manual\"")),
            ServedSide.SOURCE,
            false,
            "");
    // when
    Adoption adoption =
        Adoption.of(
            ID,
            Optional.of(
                new DatabasesRead(STEP, AT, state(Found.OPEN, 12), state(Found.FENCED, 10))),
            Optional.of(marked));
    // then
    assertThat(adoption.outcome()).isEqualTo(Outcome.UNCLEAR);
    assertThat(adoption.byHand()).isTrue();
    assertThat(adoption.words()).contains("manual");
  }

  @Test
  void shouldKnowEpochsAndWhatTheTargetMayHold() {
    // when
    Adoption adoption =
        Adoption.of(
            ID,
            Optional.of(
                new DatabasesRead(STEP, AT, state(Found.FENCED, 12), state(Found.FENCED, 18))),
            Optional.of(read(ServedSide.SOURCE, ID, "m")));
    // then
    assertThat(adoption.sourceEpoch()).isEqualTo(12);
    assertThat(adoption.targetEpoch()).isEqualTo(18);
    assertThat(adoption.markEpoch()).isEqualTo(14);
    assertThat(adoption.targetOpened()).isTrue();
    assertThat(adoption.trafficAtTarget()).isFalse();
    assertThat(adoption.streams()).isTrue();
  }

  @Test
  void shouldBeUnclearByNameWhenViewsDisagree() {
    // when
    Adoption shared =
        Adoption.of(ID, Optional.empty(), Optional.of(viewed(ServedSide.TARGET, "mark")));
    Adoption open =
        Adoption.of(
            ID,
            Optional.of(
                new DatabasesRead(STEP, AT, state(Found.OPEN, 12), state(Found.FENCED, 10))),
            Optional.of(viewed(ServedSide.TARGET, "mark")));
    // then
    for (Adoption adoption : List.of(shared, open)) {
      assertThat(adoption.outcome()).isEqualTo(Outcome.UNCLEAR);
      assertThat(adoption.byHand()).isFalse();
      assertThat(adoption.trafficAtTarget()).isTrue();
      assertThat(adoption.markEpoch()).isEqualTo(20);
      assertThat(adoption.words())
          .contains(
              "traffic: source is served, marks [m], target is served in view 'private', marks [mark]");
    }
  }

  @Test
  void shouldGoOnWhenEveryViewIsAtTheSameSideAndNoneIsMarkedByHand() {
    assertThat(Adoption.of(ID, Optional.empty(), Optional.of(viewed(ServedSide.SOURCE, "mark"))))
        .returns(Outcome.SOURCE_SERVES, Adoption::outcome)
        .returns(false, Adoption::trafficAtTarget);
    assertThat(
            Adoption.of(ID, Optional.empty(), Optional.of(viewed(ServedSide.SOURCE, "\"manual\""))))
        .returns(Outcome.UNCLEAR, Adoption::outcome)
        .returns(true, Adoption::byHand);
  }

  /** The public at the source, and what people inside have. */
  private static SwitchRead viewed(ServedSide inside, String text) {
    SwitchRead open = read(ServedSide.SOURCE, ID, "m");
    boolean byHand = text.contains("manual");
    SwitchMark mark =
        new SwitchMark(
            "shop.test.",
            byHand ? -1 : 20,
            byHand ? Optional.empty() : Optional.of(ID),
            false,
            text);
    return new SwitchRead(
        STEP,
        open.servers(),
        open.marks(),
        open.served(),
        true,
        "",
        Optional.of(List.of(new ViewRead("private", List.of(), List.of(mark), inside, true, ""))));
  }

  private static SwitchRead read(ServedSide side, CutoverId cutover, String text) {
    return new SwitchRead(
        STEP,
        List.of(),
        List.of(new SwitchMark("shop.test.", 14, Optional.of(cutover), false, text)),
        side,
        true,
        "");
  }

  private static DatabaseState state(Found found, long epoch) {
    if (found == Found.UNREACHABLE) {
      return DatabaseState.unreachable("Expected an answer, but there is none");
    }
    Fence fence =
        new Fence(
            found != Found.OPEN,
            epoch,
            Optional.of("shop/step/1"),
            Optional.of(found == Found.FOREIGN ? new CutoverId("other") : ID),
            Optional.of(AT),
            Optional.of("fencer"),
            Optional.empty(),
            found == Found.DRILL,
            found == Found.MARKED
                ? Optional.of(
                    new ManualMark(Optional.of("ana"), Optional.of("break glass"), Optional.of(AT)))
                : Optional.empty(),
            true);
    return new DatabaseState(
        Optional.empty(),
        found == Found.STANDBY,
        found == Found.UNPREPARED ? Optional.empty() : Optional.of(fence),
        found == Found.LEAKS ? List.of("public.orders") : List.of(),
        List.of(new AppliedStream("stream", "0/1", 1, false)),
        List.of(new Slot("slot", true, 0, 0, "reserved")),
        Optional.empty(),
        0,
        0);
  }
}
