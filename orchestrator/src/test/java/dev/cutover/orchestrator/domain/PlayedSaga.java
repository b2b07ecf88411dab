package dev.cutover.orchestrator.domain;

import dev.cutover.contract.*;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One saga, played by hand. */
final class PlayedSaga {
  static final CutoverId ID = new CutoverId("shop");

  /** What the usual plan does before people are asked. */
  static final List<Action> BEFORE_GO =
      List.of(
          Action.CAPTURE_RECORDS,
          Action.PREPARE_REPLICATION,
          Action.LEARN_BASELINE,
          Action.LOWER_TTL,
          Action.WATCH_RECORDS,
          Action.WATCH_SCHEMA,
          Action.START_FORWARD_SYNC,
          Action.COMPARE_DATA,
          Action.CHECK_TARGET,
          Action.STAGE_SWITCH,
          Action.START_REVERSE_SYNC,
          Action.RENDER_SQL,
          Action.WRITE_BUNDLE);

  final List<Command> sent = new ArrayList<>();
  final List<SagaEvent> events = new ArrayList<>();
  Cutover cutover = Cutover.named(ID);
  Instant now = Instant.parse("2026-12-01T02:00:00Z");
  private int requests;

  PlayedSaga start(String actor, Plan plan) {
    decide(
        new SagaInput.StartAsked(
            new Request.StartCutover(ID, next(), actor, "cutover: shop"), plan));
    return this;
  }

  PlayedSaga reachGo() {
    for (Action action : BEFORE_GO) {
      answer(action);
    }
    tick(Duration.ofSeconds(63));
    return this;
  }

  PlayedSaga reachObservation() {
    reachGo();
    approve("ana");
    approve("bo");
    for (Action action :
        List.of(
            Action.ALIGN_TARGET_SEQUENCES,
            Action.PROVE_ROUND_TRIP,
            Action.COMPARE_CHANGED,
            Action.FENCE_SOURCE,
            Action.VALIDATE_FINAL,
            Action.SHIFT_TRAFFIC,
            Action.OPEN_TARGET,
            Action.VERIFY_SHIFT,
            Action.WATCH_HEALTH)) {
      answer(action);
    }
    tick(Duration.ofSeconds(8));
    answer(Action.CHECK_TARGET_WRITES);
    return this;
  }

  void approve(String actor) {
    approve(actor, shown());
  }

  void approve(String actor, String evidenceHash) {
    decide(new SagaInput.Asked(new Request.Approve(ID, next(), actor, "go", "seen", evidenceHash)));
  }

  String shown() {
    return status().evidenceHash();
  }

  CutoverStatus status() {
    return SagaView.of(cutover, "", now);
  }

  void amend(String actor, Plan plan, String... keys) {
    Request.Amend request = new Request.Amend(ID, next(), actor, "cutover: shop # 2", "better");
    decide(new SagaInput.AmendAsked(request, plan, List.of(keys)));
  }

  void skip(String actor, Action action) {
    ask(new Request.Skip(ID, next(), actor, action.stepName(), "it can't be done"));
  }

  void decide(String actor, RollbackChoice choice) {
    ask(new Request.Decide(ID, next(), actor, choice, "looked at it"));
  }

  void disarm(String actor, int minutes) {
    ask(new Request.Disarm(ID, next(), actor, "a known fault", minutes));
  }

  String next() {
    return "r" + requests++;
  }

  RollbackTrigger trigger() {
    var reason = new RollbackTrigger.BreachReason("error-rate", "", 9, 9, 1, 0.05, 0, 20, 15, -1);
    return new RollbackTrigger(
        ID,
        "d" + watchEpoch(),
        watchEpoch(),
        now,
        now,
        now.plusSeconds(60),
        "7 % failed.",
        List.of(reason));
  }

  void health(HealthReported.HealthVerdict verdict) {
    var unknown = HealthReported.SideHealth.UNKNOWN;
    tell(new HealthReported(ID, watchEpoch(), verdict, "", unknown, unknown));
  }

  long watchEpoch() {
    return cutover.ledger().step(Action.WATCH_HEALTH).orElseThrow().epoch();
  }

  void answer(Action action) {
    Command command = cutover.ledger().step(action).orElseThrow().command();
    decide(new SagaInput.Answered(Plans.success(command, now)));
  }

  /** For good. */
  void fail(Action action) {
    Command command = cutover.ledger().step(action).orElseThrow().command();
    decide(
        new SagaInput.Answered(
            new StepFailed(
                command.header().step(), new Failure(FailureKind.REFUSED, "it says no", false))));
  }

  void tell(Report report) {
    decide(new SagaInput.Told(report, now, false));
  }

  void ask(Request request) {
    decide(new SagaInput.Asked(request));
  }

  void tick(Duration duration) {
    now = now.plus(duration);
    decide(new SagaInput.TimePassed(true));
  }

  void decide(SagaInput input) {
    Decision decision = Saga.decide(cutover, input, now);
    cutover = decision.after();
    events.addAll(decision.events());
    sent.addAll(decision.commands());
  }

  <C extends Command> Optional<C> sent(Class<C> type) {
    return sent.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /** Why the last request was refused. */
  String refusal() {
    return events.getLast() instanceof SagaEvent.RequestRefused refused ? refused.reason() : "";
  }

  boolean said(Class<? extends SagaEvent> type) {
    return events.stream().anyMatch(type::isInstance);
  }
}
