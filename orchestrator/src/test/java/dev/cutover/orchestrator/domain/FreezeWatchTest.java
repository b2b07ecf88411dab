package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.*;
import dev.cutover.contract.ReadinessStatus.Verdict;
import dev.cutover.contract.RecordsObserved.RecordDrift;
import dev.cutover.orchestrator.domain.ReadinessEvent.RecordsNoted;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes during the freeze: watched by standing orders, seen, shown, and stopped at. */
final class FreezeWatchTest {
  private static final CutoverId ID = SagaDriver.ID;
  private static final Plan PLAN =
      SagaDriver.plan(ReadinessPolicy.DEFAULT.requiringCritical(false), Window.ALWAYS);
  private static final ServerAddress PRIMARY = new ServerAddress("127.0.0.1", 53);

  private final SagaDriver saga = new SagaDriver();

  @Test
  void shouldProveTheFreezeWhenAllWasSeenAndNothingWasChanged() {
    // given
    saga.toGo(PLAN);
    assertThat(saga.line(ReadinessLine.CHANGE_FREEZE).detail()).contains("not seen");

    // when
    schemaSeen(Side.SOURCE);
    schemaSeen(Side.TARGET);
    saga.tell(records(RecordsObserved.Verdict.AS_EXPECTED, List.of(), true));

    // then
    assertThat(saga.line(ReadinessLine.CHANGE_FREEZE).verdict()).isEqualTo(Verdict.PROVEN);
    assertThat(saga.status().freeze().drifts()).isEmpty();
  }

  @Test
  void shouldHoldAndShowItWhenTheSchemaChangesBeforeTheFence() {
    // given
    saga.toGo(PLAN);

    // when
    schemaSeen(Side.SOURCE, "table public.orders: column note text added");

    // then
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            SagaState.Held.class,
            held -> assertThat(held.reason()).contains("column note text added"));
    assertThat(saga.status().freeze().drifts())
        .containsExactly("source: table public.orders: column note text added");
    assertThat(saga.line(ReadinessLine.CHANGE_FREEZE).verdict()).isEqualTo(Verdict.FAILED);
    // and it does not hold again for the same when a person goes on
    saga.ask(new Request.Resume(ID, "on", "ana", "known"));
    schemaSeen(Side.SOURCE, "table public.orders: column note text added");
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.Waiting.class);
  }

  @Test
  void shouldHoldAndSayWhatWasFoundWhenSomebodyElseChangesARecord() {
    // given
    saga.toGo(PLAN);

    // when
    RecordSet expected = Plans.sets(Side.SOURCE, 5).getFirst();
    saga.tell(
        records(
            RecordsObserved.Verdict.DRIFTED,
            List.of(new RecordDrift(PRIMARY, expected, expected.withTtlSeconds(300))),
            true));

    // then
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.Held.class);
    assertThat(saga.status().freeze().drifts())
        .containsExactly(
            "shop.test. A at 127.0.0.1:53: expected 127.0.0.2 for 5 s, but found 127.0.0.2 for 300 s");
  }

  @Test
  void shouldOnlyNoteAChangeAfterTheFence() {
    // given
    saga.toObservation(PLAN);

    // when
    schemaSeen(Side.TARGET, "table public.orders: column note text added");

    // then
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.Observing.class);
    assertThat(saga.status().freeze().drifts()).hasSize(1);
  }

  @Test
  void shouldFailTheStagedWayBackWhenARevertWouldNotBeTaken() {
    // given
    saga.toGo(PLAN);
    saga.tell(records(RecordsObserved.Verdict.AS_EXPECTED, List.of(), true));
    assertThat(saga.line(ReadinessLine.ROLLBACK_STAGED).verdict()).isEqualTo(Verdict.PROVEN);

    // when
    saga.tick(Duration.ofSeconds(1));
    saga.tell(records(RecordsObserved.Verdict.AS_EXPECTED, List.of(), false));

    // then
    assertThat(saga.line(ReadinessLine.ROLLBACK_STAGED).verdict()).isEqualTo(Verdict.FAILED);
  }

  @Test
  void shouldIgnoreWhatAnotherWatchSees() {
    // given
    saga.toGo(PLAN);

    // when
    saga.tell(
        new RecordsObserved(
            ID,
            1,
            saga.now,
            RecordsObserved.Verdict.BLIND,
            -1,
            ServedSide.UNKNOWN,
            List.of(),
            List.of(PRIMARY),
            false,
            "no answer"));

    // then
    assertThat(saga.events(RecordsNoted.class)).isEmpty();
  }

  @Test
  void shouldTellANewInstanceWhatTheRecordsAreByNow() {
    // given
    saga.toGo(PLAN);

    // when
    saga.sent.clear();
    saga.tell(new PartitionsAssigned(ID, "dns", List.of(0)));

    // then
    assertThat(saga.sent)
        .hasSize(1)
        .first()
        .extracting(order -> ((DnsCommand.WatchRecords) order).expected())
        .isEqualTo(Plans.sets(Side.SOURCE, 5));

    // when
    saga.go().settle();
    saga.tick(Duration.ofSeconds(8));
    saga.settle();
    saga.sent.clear();
    saga.tell(new PartitionsAssigned(ID, "dns", List.of(0)));

    // then
    assertThat(saga.sent)
        .first()
        .extracting(order -> ((DnsCommand.WatchRecords) order).expected())
        .isEqualTo(Plans.sets(Side.TARGET, 5));
  }

  @Test
  void shouldExpectTheSourceWhenARevertFindsThatAnEarlierAttemptDidIt() {
    // given
    saga.toObservation(PLAN);
    saga.ask(new Request.RollBack(ID, "back", "ana", "it is slow"));
    StepRecord revert = saga.cutover.ledger().step(Action.REVERT_TRAFFIC).orElseThrow();

    // when
    StepRef attempt = revert.command().header().step();
    saga.decide(new SagaInput.Answered(new DnsReply.TrafficReverted(attempt, saga.now, false, 1)));
    saga.sent.clear();
    saga.tell(new PartitionsAssigned(ID, "dns", List.of(0)));

    // then
    assertThat(saga.sent)
        .filteredOn(DnsCommand.WatchRecords.class::isInstance)
        .singleElement()
        .extracting(order -> ((DnsCommand.WatchRecords) order).expected())
        .isEqualTo(Plans.sets(Side.SOURCE, 5));
  }

  @Test
  void shouldTellNobodyAnewWhatALaterOrderEnded() {
    // given
    saga.toGo(PLAN).ask(new Request.Abort(ID, "abort", "ana", "not today")).settle();
    saga.ask(new Request.Abandon(ID, "abandon", "ana", "never")).settle();
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.Finished.class);

    // when
    saga.sent.clear();
    List.of("dns", "sync", "monitor")
        .forEach(service -> saga.tell(new PartitionsAssigned(ID, service, List.of(0))));

    // then
    assertThat(saga.sent).isEmpty();
    assertThat(Saga.pending(saga.cutover)).isEmpty();
  }

  @Test
  void shouldNotKnowWhatItsWatchSaysNoMore() {
    // given
    saga.toGo(PLAN);
    schemaSeen(Side.SOURCE);
    schemaSeen(Side.TARGET);
    saga.tell(records(RecordsObserved.Verdict.AS_EXPECTED, List.of(), true));

    // when
    saga.fail(Action.WATCH_RECORDS, FailureKind.INTERNAL);
    saga.fail(Action.WATCH_SCHEMA, FailureKind.INTERNAL);

    // then
    assertThat(saga.line(ReadinessLine.CHANGE_FREEZE).detail())
        .contains("schema of the source", "schema of the target", "records");
  }

  private DnsCommand.WatchRecords watch() {
    return (DnsCommand.WatchRecords)
        saga.cutover.ledger().step(Action.WATCH_RECORDS).orElseThrow().command();
  }

  private void schemaSeen(Side side, String... drifts) {
    saga.tell(new SchemaObserved(ID, saga.now, side, List.of(drifts), false, ""));
  }

  private RecordsObserved records(
      RecordsObserved.Verdict verdict, List<RecordDrift> drifts, boolean revertValid) {
    return new RecordsObserved(
        ID,
        watch().header().epoch(),
        saga.now,
        verdict,
        2,
        ServedSide.SOURCE,
        drifts,
        List.of(),
        revertValid,
        "");
  }
}
