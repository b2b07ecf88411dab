package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Forecast;
import dev.cutover.contract.Keeper;
import dev.cutover.contract.ManagedBy;
import dev.cutover.contract.Request;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchedName;
import dev.cutover.orchestrator.domain.Chronicle;
import dev.cutover.orchestrator.domain.CutoverReport;
import dev.cutover.orchestrator.domain.CutoverReport.Round;
import dev.cutover.orchestrator.domain.CutoverReport.Saying;
import dev.cutover.orchestrator.domain.CutoverReport.StepLine;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.RehearsalOutcome;
import dev.cutover.orchestrator.domain.RehearsalOutcome.Judged;
import dev.cutover.orchestrator.domain.RehearsalTerms.Rehearsed;
import dev.cutover.orchestrator.simulation.ChangedPlan;
import dev.cutover.orchestrator.simulation.Plans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reports, read from journals of whole cutovers. */
final class ReportPageTest {
  private static CutoverReport report(ScriptedRun run) {
    return read(run).report();
  }

  private static Chronicle.Read read(ScriptedRun run) {
    return Chronicle.of(
        ScriptedRun.ID,
        run.journal.stream().map(e -> new Chronicle.Entry(e.at(), e.event())).toList(),
        "head");
  }

  @Test
  void shouldShowPredictedBesideMeasuredWhenItWentThere() {
    // given
    ScriptedRun run = new ScriptedRun().toGo().go().observed();

    // when
    CutoverReport report = report(run);

    // then
    Round round = report.lastRound().orElseThrow();
    assertThat(round.approvedBy()).containsExactly("ana", "bo");
    assertThat(round.readiness()).hasSize(18);
    assertThat(round.predicted().writeOutage().orElseThrow().ms()).isPositive();
    assertThat(round.measured().outageMs().orElseThrow()).isBetween(1L, 1_000L);
    assertThat(round.measured().fenceMs()).contains(1L);
    assertThat(round.wentBack()).isEmpty();
    assertThat(report.entries()).isEqualTo(run.journal.size());
    assertThat(report.journalHead()).isEqualTo("head");
  }

  @Test
  void shouldMeasureTheWayBackAndSayWhatBeganIt() {
    // given
    ScriptedRun run = new ScriptedRun().toGo().go().breached();

    // when
    Round round = report(run).lastRound().orElseThrow();

    // then
    assertThat(round.wentBack().orElseThrow().reason()).contains("7.1 %");
    assertThat(round.measured().rollbackMs().orElseThrow()).isBetween(1L, 1_000L);
  }

  @Test
  void shouldShowWhatPeopleHadSeenWhenTheySaidGo() {
    // when
    CutoverReport report = report(new ScriptedRun().toGo().go());

    // then
    assertThat(report.people())
        .extracting(Saying::actor, Saying::what)
        .contains(
            org.assertj.core.groups.Tuple.tuple("ana", "cutover planned"),
            org.assertj.core.groups.Tuple.tuple("bo", "gate approved"));
    assertThat(report.people().getLast().shown())
        .anyMatch(fact -> fact.startsWith("plan "))
        .contains("go 1");
  }

  @Test
  void shouldSayWhatBecameOfEachStep() {
    // when
    CutoverReport report = report(new ScriptedRun().toGo().go().breached());

    // then
    assertThat(report.steps())
        .filteredOn(line -> line.step().equals("fence-source"))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.result()).isEqualTo("done");
              assertThat(line.round()).isEqualTo(1);
              assertThat(line.detail()).isNotBlank();
              assertThat(line.endedAt()).isPresent();
            });
    assertThat(report.steps()).extracting(StepLine::step).contains("lower-ttl", "open-source");
  }

  private static Plan kept() {
    return ChangedPlan.of(
        Plans.shop(ScriptedRun.ID),
        plan ->
            plan.trafficSwitch =
                plan.trafficSwitch.map(
                    spec ->
                        spec.withNames(
                            List.of(
                                new SwitchedName(
                                    "shop.test.",
                                    Plans.sets(Side.SOURCE, 60),
                                    Plans.sets(Side.TARGET, 60),
                                    Optional.of(ManagedBy.paused(Keeper.OCTODNS, "pause")))))));
  }

  @Test
  void shouldWriteOutWhatAnotherToolsSourceHasToSayOnceTheTargetIsAccepted() {
    // when
    CutoverReport report = report(new ScriptedRun().toGo(kept()).go().observed());

    // then
    assertThat(report.kept())
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.tool()).isEqualTo("octodns");
              assertThat(line.pausedBy()).contains("pause");
              assertThat(line.source())
                  .contains("shop:\n  - ttl: 60\n    type: A\n    values:\n      - 127.0.0.3\n");
            });
    assertThat(ReportPage.of(report))
        .contains("<h2>Records that other tools keep</h2>")
        .contains("shop.test.: octodns, paused by step &#39;pause&#39;")
        .contains("<pre># In test.yaml;");
  }

  @Test
  void shouldLeaveAnotherToolsSourceAloneWhenItWentBack() {
    // when
    CutoverReport report = report(new ScriptedRun().toGo(kept()).go().breached());

    // then
    assertThat(report.outcome()).contains("ROLLED_BACK");
    assertThat(report.kept()).singleElement().satisfies(l -> assertThat(l.source()).isEmpty());
    assertThat(ReportPage.of(report)).contains("Its own source needs no change.");
  }

  @Test
  void shouldSayNothingOfOtherToolsWhereThereAreNone() {
    // when
    CutoverReport report = report(new ScriptedRun().toGo().go().observed());

    // then
    assertThat(report.kept()).isEmpty();
    assertThat(ReportPage.of(report)).doesNotContain("Records that other tools keep");
  }

  @Test
  void shouldNotCreditWhatRehearsesNothing() {
    assertThat(RehearsalOutcome.of(read(new ScriptedRun().toGo().go().breached())))
        .isInstanceOfSatisfying(
            Judged.Refused.class,
            refused -> assertThat(refused.reason()).contains("rehearses nothing"));
  }

  private static Plan rehearsal(boolean withFault) {
    return Plans.rehearsing(
        Plans.shop(ScriptedRun.ID),
        new Rehearsed(new CutoverId("shop"), "5ab1", List.of(), withFault));
  }

  @Test
  void shouldPassARehearsalThatWentThereAndBackByItself() {
    // when
    Judged judged =
        RehearsalOutcome.of(read(new ScriptedRun().toGo(rehearsal(true)).go().breached()));

    // then
    assertThat(judged)
        .isInstanceOfSatisfying(
            Judged.Ended.class,
            ended -> {
              assertThat(ended.result().passed()).as(ended.result().detail()).isTrue();
              assertThat(ended.result().of().value()).isEqualTo("shop");
              assertThat(ended.result().subject()).isEqualTo("5ab1");
              assertThat(ended.result().journalHead()).isEqualTo("head");
              assertThat(ended.result().figures().outageMs()).isPresent();
              assertThat(ended.result().figures().rollbackMs()).isPresent();
            });
  }

  @Test
  void shouldFailARehearsalWhoseFaultDidNotBringItBack() {
    // given
    var back = new Request.RollBack(ScriptedRun.ID, "back", "ana", "enough");

    // when
    Judged judged =
        RehearsalOutcome.of(read(new ScriptedRun().toGo(rehearsal(true)).go().ask(back)));
    Judged withoutFault =
        RehearsalOutcome.of(read(new ScriptedRun().toGo(rehearsal(false)).go().ask(back)));

    // then
    assertThat(((Judged.Ended) judged).result().passed()).isFalse();
    assertThat(((Judged.Ended) judged).result().detail()).contains("by itself", "enough");
    assertThat(((Judged.Ended) withoutFault).result().passed()).isTrue();
  }

  @Test
  void shouldNotCreditWhatTouchedProduction() {
    // given
    Chronicle.Read read = read(new ScriptedRun().toGo(rehearsal(true)).go().breached());

    // when, then
    assertThat(RehearsalOutcome.of(read, Plans.shop(new CutoverId("shop"))))
        .isInstanceOfSatisfying(
            Judged.Refused.class,
            refused -> assertThat(refused.reason()).contains("touched nothing of production"));
  }

  @Test
  void shouldNotJudgeARehearsalThatIsUnderWay() {
    assertThat(RehearsalOutcome.of(read(new ScriptedRun().toGo(rehearsal(true)))))
        .isInstanceOfSatisfying(
            Judged.Refused.class, refused -> assertThat(refused.reason()).contains("has ended"));
  }

  @Test
  void shouldBeOnePageThatNeedsNothingElseAndEscapesWhatPeopleSay() throws IOException {
    // given
    ScriptedRun run =
        new ScriptedRun()
            .toGo()
            .ask(
                new Request.Hold(
                    ScriptedRun.ID, "h", "bo<b>", "<script>alert(1)</script> & \"so\""))
            .ask(new Request.Resume(ScriptedRun.ID, "r", "bo", ""))
            .go()
            .breached();

    // when
    String page = ReportPage.of(report(run));

    // then
    assertThat(page)
        .startsWith("<!doctype html>")
        .contains("Write outage", "Rollback", "fence-source", "went back", "<svg")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;so&quot;")
        .doesNotContain("<script", "<b>bo", "http://", "https://", "%s");
    assertThat(page.split("<svg", -1)).hasSize(3);
    Files.writeString(Path.of("target/report.html"), page); // to be looked at
  }

  @Test
  void shouldBeThereBeforeAnybodySaidGo() {
    // when
    CutoverReport report = report(new ScriptedRun().toGo());

    // then
    assertThat(report.rounds()).isEmpty();
    assertThat(report.drill()).isEqualTo(Forecast.NONE.drill());
    assertThat(ReportPage.of(report)).contains("Nobody has said go yet");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 ms",
    "999, 999 ms",
    "1500, 1.5 s",
    "200000, 3 min 20 s",
    "7500000, 2 h 5 min",
    "187200000, 2 d 4 h"
  })
  void shouldWriteSpansAsPeopleSayThem(long ms, String words) {
    assertThat(HtmlText.span(ms)).isEqualTo(words);
  }
}
