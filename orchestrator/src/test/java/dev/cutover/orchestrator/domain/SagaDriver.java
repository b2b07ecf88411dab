package dev.cutover.orchestrator.domain;

import dev.cutover.contract.*;
import dev.cutover.contract.ReadinessStatus.LineStatus;
import dev.cutover.orchestrator.simulation.ChangedPlan;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Drives one saga by hand: answers, words, requests and time, one at a time. */
final class SagaDriver {
  static final CutoverId ID = new CutoverId("shop");
  static final Instant START = Instant.parse("2026-12-01T02:00:00Z");

  final List<Command> sent = new ArrayList<>();
  final List<SagaEvent> journal = new ArrayList<>();
  Cutover cutover = Cutover.named(ID);
  Instant now = START;
  Optional<FenceLimits> limits = Optional.empty();
  private int requests;

  /** The usual plan with another policy of readiness and another window. */
  static Plan plan(ReadinessPolicy policy, Window window) {
    return ChangedPlan.of(
        Plans.shop(ID),
        changed -> {
          changed.readiness = policy;
          changed.window = window;
        });
  }

  SagaDriver start(Plan plan) {
    decide(new SagaInput.StartAsked(new Request.StartCutover(ID, "start", "ana", ""), plan));
    return this;
  }

  /** Every order is carried out, until people or time are waited for. */
  SagaDriver settle() {
    int answered = 0;
    while (answered < sent.size()) {
      Command command = sent.get(answered++);
      if (cutover.ledger().outstanding(command.header().step()).isPresent()) {
        decide(new SagaInput.Answered(success(command)));
      }
    }
    return this;
  }

  private Reply success(Command command) {
    return switch (Plans.success(command, now)) {
      case SyncReply.ReplicationPrepared prepared ->
          new SyncReply.ReplicationPrepared(
              prepared.step(), prepared.warnings(), prepared.refetchedColumns(), limits);
      case Reply other -> other;
    };
  }

  /** Where two people may say go. */
  SagaDriver toGo(Plan plan) {
    start(plan).settle();
    tick(Duration.ofSeconds(63));
    return settle();
  }

  SagaDriver go() {
    ask(
        new Request.Approve(
            ID, "go" + requests++, "ana", "go", "", SagaView.of(cutover, "", now).evidenceHash()));
    return ask(
        new Request.Approve(
            ID, "go" + requests++, "bo", "go", "", SagaView.of(cutover, "", now).evidenceHash()));
  }

  /** The target serves and is judged. */
  SagaDriver toObservation(Plan plan) {
    toGo(plan).go().settle();
    tick(Duration.ofSeconds(8));
    return settle();
  }

  SagaDriver sign(String actor, ReadinessLine line, Duration length) {
    return ask(new Request.Sign(ID, "sign" + requests++, actor, line, "seen", now.plus(length)));
  }

  SagaDriver ask(Request request) {
    return decide(new SagaInput.Asked(request));
  }

  SagaDriver tell(Report report) {
    return decide(new SagaInput.Told(report, now, false));
  }

  SagaDriver fail(Action action, FailureKind kind) {
    StepRef step = cutover.ledger().step(action).orElseThrow().command().header().step();
    return decide(
        new SagaInput.Answered(new StepFailed(step, new Failure(kind, "it does not work", false))));
  }

  SagaDriver answer(Action action) {
    Command command = cutover.ledger().step(action).orElseThrow().command();
    return decide(new SagaInput.Answered(Plans.success(command, now)));
  }

  /** Time passes, and the timer with it. */
  SagaDriver tick(Duration duration) {
    now = now.plus(duration);
    return decide(new SagaInput.TimePassed(true));
  }

  /** Time passes in steps, each answered, as timers ask for it. */
  SagaDriver live(Duration duration) {
    Instant end = now.plus(duration);
    while (now.isBefore(end)) {
      Instant due = Saga.nextDue(cutover).orElse(end);
      now = due.isAfter(now) ? (due.isBefore(end) ? due : end) : now.plusMillis(100);
      decide(new SagaInput.TimePassed(true));
      settle();
    }
    return this;
  }

  SagaDriver decide(SagaInput input) {
    Decision decision = Saga.decide(cutover, input, now);
    cutover = decision.after();
    sent.addAll(decision.commands());
    journal.addAll(decision.events());
    return this;
  }

  LineStatus line(ReadinessLine line) {
    return Checklist.line(line, cutover, now);
  }

  ReadinessStatus status() {
    return SagaView.of(cutover, "", now).readiness();
  }

  <E extends SagaEvent> List<E> events(Class<E> type) {
    return journal.stream().filter(type::isInstance).map(type::cast).toList();
  }

  Optional<SagaEvent.RequestRefused> lastRefusal() {
    return events(SagaEvent.RequestRefused.class).reversed().stream().findFirst();
  }
}
