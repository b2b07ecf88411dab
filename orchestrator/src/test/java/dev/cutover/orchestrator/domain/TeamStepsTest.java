package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.*;
import dev.cutover.orchestrator.domain.Autonomy.Level;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import dev.cutover.orchestrator.domain.TeamStep.Place;
import dev.cutover.orchestrator.domain.TeamStep.Work;
import dev.cutover.orchestrator.simulation.ChangedPlan;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The team's own steps, and how much is done without asking. */
final class TeamStepsTest {
  private static final CutoverId ID = new CutoverId("shop");

  private Instant now = Instant.parse("2026-12-01T02:00:00Z");
  private Cutover cutover = Cutover.named(ID);
  private final List<Command> sent = new ArrayList<>();

  private static Work http(String path) {
    return new Work.Http(
        new HttpCall(
            "POST",
            "https://ci.example.com" + path,
            Map.of(),
            Optional.empty(),
            List.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Optional.empty(),
            Optional.empty()));
  }

  private static TeamStep team(String name, Place place, Work work, Optional<Work> undo) {
    OnFailure onFailure = place.inTheOutage() ? OnFailure.GO_BACK : OnFailure.HOLD;
    return new TeamStep(
        name,
        place,
        work,
        undo,
        "team",
        Duration.ofSeconds(1),
        Duration.ofSeconds(3),
        2,
        onFailure);
  }

  private static TeamStep calling(String name, Place place) {
    return team(name, place, http("/" + name), Optional.of(http("/undo-" + name)));
  }

  private static Plan plan(List<TeamStep> steps, Autonomy autonomy) {
    return Plans.changed(Plans.shop(ID), steps, autonomy);
  }

  @Test
  void shouldPutEachStepInItsPlaceInThePlansOrder() {
    // given
    List<TeamStep> steps = new ArrayList<>();
    for (Place place : Place.values()) {
      String name = place.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
      steps.add(calling(name + "-1", place));
      steps.add(calling(name + "-2", place));
    }

    // when
    Runbook runbook = Runbook.of(plan(steps, Autonomy.ACT));

    // then
    List<String> names =
        runbook.stages().stream()
            .flatMap(
                stage ->
                    stage instanceof Stage.Work(String _, List<Step> work)
                        ? work.stream().map(Step::name)
                        : java.util.stream.Stream.of(stage.name()))
            .toList();
    assertThat(names)
        .containsSubsequence(
            "team-before-freeze-1", "team-before-freeze-2", "capture-records", "go")
        .containsSubsequence(
            "go",
            "prove-round-trip",
            "team-before-fence-1",
            "team-before-fence-2",
            "compare-changed",
            "fence-source",
            "team-after-fence-1",
            "team-after-fence-2",
            "validate-final",
            "team-before-switch-1",
            "team-before-switch-2",
            "shift-traffic",
            "team-after-switch-1",
            "team-after-switch-2",
            "open-target",
            "team-after-opening-1",
            "team-after-opening-2",
            "verify-shift",
            "observed",
            "team-after-acceptance-1",
            "team-after-acceptance-2",
            "drop-replication");
    assertThat(runbook.prepared()).contains("team-before-freeze-1", "start-forward-sync");
    assertThat(((Stage.Work) runbook.stages().get(runbook.retryFrom())).name())
        .isEqualTo("validate");
  }

  @Test
  void shouldTakeBackWhatWasSentInTheOrderThatKeepsWritesShut() {
    // given
    start(
        plan(
            List.of(
                calling("writers", Place.BEFORE_FENCE),
                calling("cache", Place.BEFORE_SWITCH),
                calling("jobs", Place.AFTER_OPENING),
                calling("later", Place.AFTER_ACCEPTANCE)),
            Autonomy.ACT));
    runTo("open-target");
    answer("open-target");
    assertThat(lastSent().step()).isEqualTo("team-jobs");

    // when: the answer of the last one never came
    ask(new Request.RollBack(ID, "back", "ana", "no good"));

    // then
    List<List<String>> stages = wayBack();
    assertThat(stages.getFirst())
        .containsExactlyInAnyOrder("fence-target", "revert-traffic", "undo-team-jobs");
    assertThat(stages.stream().flatMap(List::stream))
        .containsSubsequence(
            "drain-reverse",
            "align-source-sequences",
            "undo-team-cache",
            "open-source",
            "undo-team-writers")
        .doesNotContain("undo-team-later");
    assertThat(sent)
        .anySatisfy(
            command ->
                assertThat(command)
                    .isInstanceOfSatisfying(
                        OutboundCommand.CallHttp.class,
                        call -> {
                          assertThat(call.undo()).isTrue();
                          assertThat(call.call().url()).endsWith("/undo-jobs");
                        }));
  }

  @Test
  void shouldAskTheTeamsOwnCopyBackwardsWhenThePlanHasNoDatabases() {
    // given
    List<TeamStep> steps =
        List.of(
            calling("writes-off", Place.BEFORE_SWITCH),
            calling("copy-drained", Place.BEFORE_SWITCH),
            calling("writes-on", Place.AFTER_SWITCH));
    start(
        ChangedPlan.of(
            plan(steps, Autonomy.ACT),
            plan -> {
              plan.data = Optional.empty();
              plan.dataChecks = List.of();
            }));
    runTo("team-writes-on");

    // when
    ask(new Request.RollBack(ID, "back", "ana", "no good"));

    // then
    List<List<String>> stages = wayBack();
    assertThat(stages.getFirst())
        .containsExactlyInAnyOrder("revert-traffic", "undo-team-writes-on");
    assertThat(stages.stream().flatMap(List::stream))
        .containsSubsequence("undo-team-copy-drained", "undo-team-writes-off");
  }

  @Test
  void shouldOpenTheSourceThoughATeamsUndoFails() {
    // given
    start(plan(List.of(calling("cache", Place.BEFORE_SWITCH)), Autonomy.ACT));
    runTo("shift-traffic");
    ask(new Request.RollBack(ID, "back", "ana", "no good"));
    answer("revert-traffic");

    // when
    fail("undo-team-cache");
    tick(Duration.ofSeconds(2));
    fail("undo-team-cache");

    // then
    assertThat(lastSent().step()).isEqualTo("open-source");
  }

  @Test
  void shouldGoBackWhenAStepFailsWhileNobodyCanWrite() {
    // given
    start(plan(List.of(calling("cache", Place.AFTER_FENCE)), Autonomy.ACT));
    runTo("team-cache");

    // when
    fail("team-cache");
    tick(Duration.ofSeconds(2));
    fail("team-cache");

    // then
    assertThat(cutover.state()).isInstanceOf(SagaState.RollingBack.class);
  }

  @Test
  void shouldWaitForAPersonAndTakeNobodyElsesWord() {
    // given
    Work byHand = new Work.ByHand(List.of("bo"), "pull the lever");
    start(plan(List.of(team("lever", Place.BEFORE_FENCE, byHand, Optional.empty())), Autonomy.ACT));
    runTo("team-lever");
    assertThat(sent).noneMatch(PersonCommand.class::isInstance);
    assertThat(status("team-lever").detail()).isEqualTo("pull the lever");

    // when
    ask(new Request.ReportByHand(ID, "1", "ana", "team-lever", true, "it moved"));

    // then
    assertThat(refusals()).anyMatch(reason -> reason.contains("Expected one of [bo]"));

    // and when
    ask(new Request.ReportByHand(ID, "2", "bo", "team-lever", true, "it moved"));

    // then
    assertThat(lastSent().step()).isEqualTo("compare-changed");
    assertThat(status("team-lever").detail()).isEqualTo("bo: it moved");
  }

  @Test
  void shouldHoldWhenAPersonSaysThatItCannotBeDone() {
    // given
    Work byHand = new Work.ByHand(List.of(), "pull the lever");
    start(plan(List.of(team("lever", Place.BEFORE_FENCE, byHand, Optional.empty())), Autonomy.ACT));
    runTo("team-lever");

    // when
    ask(new Request.ReportByHand(ID, "1", "ana", "team-lever", false, "it broke"));

    // then
    assertThat(cutover.state())
        .isInstanceOfSatisfying(
            SagaState.Held.class, held -> assertThat(held.reason()).contains("ana: it broke"));
  }

  @Test
  void shouldShowAndSendNothingUntilAPersonConfirmsWhatIsShown() {
    // given
    start(plan(List.of(), new Autonomy(Level.ACT, Map.of("fence-source", Level.CONFIRM))));
    runTo("fence-source");
    var shown = status("fence-source");
    assertThat(shown.progress()).isEqualTo(CutoverStatus.Progress.TO_CONFIRM);
    assertThat(shown.detail()).contains("127.0.0.1:5432");
    assertThat(cutover.world().serving()).contains(Side.SOURCE);

    // when
    ask(new Request.Confirm(ID, "1", "ana", "fence-source", "another"));
    ask(new Request.Confirm(ID, "2", "ana", "shift-traffic", shown.shown().orElseThrow()));

    // then
    assertThat(sent).noneMatch(SyncCommand.FenceSource.class::isInstance);
    assertThat(refusals()).hasSize(2).anyMatch(reason -> reason.contains("look again"));

    // and when
    ask(new Request.Confirm(ID, "3", "ana", "fence-source", shown.shown().orElseThrow()));

    // then
    assertThat(lastSent().step()).isEqualTo("fence-source");
    assertThat(cutover.world().serving()).isEmpty();
  }

  @Test
  void shouldUndoNothingThatWasOnlyShown() {
    // given
    start(plan(List.of(), new Autonomy(Level.ACT, Map.of("fence-source", Level.CONFIRM))));
    runTo("fence-source");

    // when
    ask(new Request.Abort(ID, "no", "ana", "not today"));

    // then
    assertThat(cutover.state()).isInstanceOf(SagaState.Prepared.class);
    assertThat(sent).noneMatch(SyncCommand.OpenSource.class::isInstance);
  }

  @Test
  void shouldHoldOrGoBackWhenNobodyConfirmsInTime() {
    // given
    start(plan(List.of(), new Autonomy(Level.ACT, Map.of("shift-traffic", Level.CONFIRM))));
    runTo("shift-traffic");

    // when: nobody can write meanwhile
    tick(Duration.ofSeconds(15));

    // then
    assertThat(sent).noneMatch(DnsCommand.ShiftTraffic.class::isInstance);
    assertThat(lastSent().step()).isEqualTo("open-source");
  }

  @Test
  void shouldChangeNothingWhenItOnlyObserves() {
    // given
    start(
        plan(
            List.of(calling("cache", Place.BEFORE_SWITCH)), new Autonomy(Level.OBSERVE, Map.of())));

    // when
    runTo("drop-replication");
    for (int turn = 0; turn < 5; turn++) {
      List.copyOf(cutover.ledger().steps().values()).stream()
          .filter(StepRecord::outstanding)
          .forEach(record -> answer(record.step().name()));
      tick(Duration.ofSeconds(1));
    }

    // then
    assertThat(cutover.state()).isEqualTo(new SagaState.Finished(SagaState.Outcome.COMPLETED));
    assertThat(sent)
        .isNotEmpty()
        .allSatisfy(
            command ->
                assertThat(cutover.ledger().step(command.header().step().step()).orElseThrow())
                    .satisfies(record -> assertThat(record.step().action().changes()).isFalse()));
  }

  @Test
  void shouldSayWhatItWouldHaveDoneWhenItOnlyObserves() {
    // given
    start(plan(List.of(), new Autonomy(Level.OBSERVE, Map.of())));
    runTo("watch-health");
    answer("verify-shift");
    answer("watch-health");
    long watch = cutover.ledger().step(Action.WATCH_HEALTH).orElseThrow().epoch();
    var reason = new RollbackTrigger.BreachReason("error-rate", "", 9, 9, 1, 0.05, 0, 20, 15, -1);

    // when
    List<SagaEvent> events =
        decide(
            new SagaInput.Told(
                new RollbackTrigger(
                    ID, "d", watch, now, now, now.plusSeconds(60), "errors", List.of(reason)),
                now,
                false));

    // then
    assertThat(events)
        .anySatisfy(
            event ->
                assertThat(event)
                    .isInstanceOfSatisfying(
                        TeamEvent.WayBackAdvised.class,
                        advised ->
                            assertThat(advised.steps())
                                .containsSubsequence(
                                    "fence-target", "revert-traffic", "open-source")));
    assertThat(cutover.state()).isNotInstanceOf(SagaState.RollingBack.class);

    // and when people went back by hand
    ask(new Request.RollBack(ID, "back", "ana", "went back by hand"));

    // then
    assertThat(cutover.state()).isInstanceOf(SagaState.Prepared.class);
    assertThat(cutover.world().serving()).contains(Side.SOURCE);
  }

  private List<List<String>> wayBack() {
    return ((SagaState.RollingBack) cutover.state())
        .route().stages().stream()
            .map(stage -> stage.stream().map(step -> step.step().name()).toList())
            .toList();
  }

  private void start(Plan plan) {
    decide(new SagaInput.StartAsked(new Request.StartCutover(ID, "start", "ana", ""), plan));
  }

  /** Answers, approves and lets time pass until that step is under way. */
  private void runTo(String name) {
    for (int turn = 0; turn < 200 && cutover.ledger().step(name).isEmpty(); turn++) {
      for (StepRecord record : List.copyOf(cutover.ledger().steps().values())) {
        if (record.wasSent() && record.outstanding()) {
          answer(record.step().name());
        }
      }
      ask(
          new Request.Approve(
              ID, "a" + turn, "ana", "go", "", SagaView.of(cutover, "", now).evidenceHash()));
      ask(
          new Request.Approve(
              ID, "b" + turn, "bo", "go", "", SagaView.of(cutover, "", now).evidenceHash()));
      cutover
          .ledger()
          .step(Action.WATCH_HEALTH)
          .ifPresent(
              watch -> {
                var unknown = HealthReported.SideHealth.UNKNOWN;
                decide(
                    new SagaInput.Told(
                        new HealthReported(
                            ID,
                            watch.epoch(),
                            HealthReported.HealthVerdict.HEALTHY,
                            "",
                            unknown,
                            unknown),
                        now,
                        false));
              });
      if (cutover.ledger().step(name).isEmpty() && cutover.world().serving().isPresent()) {
        tick(Duration.ofSeconds(1));
      }
    }
    assertThat(cutover.ledger().step(name)).as(name).isPresent();
  }

  private void answer(String name) {
    StepRecord record = cutover.ledger().step(name).orElseThrow();
    if (record.command() instanceof PersonCommand) {
      ask(new Request.ReportByHand(ID, name + now, "bo", name, true, "done"));
    } else {
      decide(new SagaInput.Answered(Plans.success(record.command(), now)));
    }
  }

  private void fail(String name) {
    StepRef ref = cutover.ledger().step(name).orElseThrow().command().header().step();
    decide(
        new SagaInput.Answered(
            new StepFailed(ref, new Failure(FailureKind.UNREACHABLE, "it is down", true))));
  }

  private CutoverStatus.StepStatus status(String name) {
    return SagaView.of(cutover, "", now).steps().stream()
        .filter(step -> step.step().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private final List<String> refused = new ArrayList<>();

  private List<String> refusals() {
    return refused.stream().filter(reason -> !reason.contains("approv")).toList();
  }

  private StepRef lastSent() {
    return sent.getLast().header().step();
  }

  private void ask(Request request) {
    decide(new SagaInput.Asked(request));
  }

  private void tick(Duration duration) {
    now = now.plus(duration);
    decide(new SagaInput.TimePassed(true));
  }

  private List<SagaEvent> decide(SagaInput input) {
    Decision decision = Saga.decide(cutover, input, now);
    cutover = decision.after();
    sent.addAll(decision.commands());
    decision.events().stream()
        .filter(SagaEvent.RequestRefused.class::isInstance)
        .map(event -> ((SagaEvent.RequestRefused) event).reason())
        .forEach(refused::add);
    return decision.events();
  }
}
