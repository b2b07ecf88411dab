package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.Command;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.HealthReported;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.HealthReported.SideHealth;
import dev.cutover.contract.Report;
import dev.cutover.contract.Request;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.orchestrator.domain.Action;
import dev.cutover.orchestrator.domain.Cutover;
import dev.cutover.orchestrator.domain.Decision;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.Saga;
import dev.cutover.orchestrator.domain.SagaEvent;
import dev.cutover.orchestrator.domain.SagaInput;
import dev.cutover.orchestrator.domain.SagaState.Held;
import dev.cutover.orchestrator.domain.SagaState.Observing;
import dev.cutover.orchestrator.domain.SagaState.Prepared;
import dev.cutover.orchestrator.domain.SagaView;
import dev.cutover.orchestrator.simulation.Plans;
import dev.cutover.orchestrator.simulation.SimulatedServices;
import dev.cutover.orchestrator.simulation.SimulatedWorld;
import dev.cutover.runtime.Payload;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Runs a saga against services that answer at once, and keeps its journal. */
final class ScriptedRun {
  static final CutoverId ID = new CutoverId("golden");

  final List<JournalEntry> journal = new ArrayList<>();
  Cutover cutover = Cutover.named(ID);
  private final JournalCodec codec = new JournalCodec();
  private JournalHead head = JournalHead.of(ID);
  private final SimulatedServices services = new SimulatedServices(new SimulatedWorld());
  private final Deque<Command> orders = new ArrayDeque<>();
  private Instant now = Instant.parse("2026-12-01T02:00:00Z");
  private int inputs;

  /** Planned and brought to the gate where two people say go. */
  ScriptedRun toGo() {
    return toGo(Plans.shop(ID));
  }

  ScriptedRun toGo(Plan plan) {
    feed(
        new SagaInput.StartAsked(
            new Request.StartCutover(ID, "start", "ana", "cutover: golden"), plan));
    settle();
    return this;
  }

  ScriptedRun go() {
    for (String actor : List.of("ana", "bo")) {
      String shown = SagaView.of(cutover, "", now).evidenceHash();
      String id = "go-%s-%d".formatted(actor, inputs);
      feed(new SagaInput.Asked(new Request.Approve(ID, id, actor, "go", "ready", shown)));
    }
    settle();
    return this;
  }

  ScriptedRun observed() {
    tell(health(HealthVerdict.HEALTHY));
    settle();
    return this;
  }

  ScriptedRun breached() {
    tell(
        new RollbackTrigger(
            ID,
            "decision",
            watchEpoch(),
            now,
            now,
            now.plusSeconds(60),
            "7.1 % of requests failed, 5 % are allowed.",
            List.of(
                new RollbackTrigger.BreachReason(
                    "error-rate", "requests", 1000, 71, 0.071, 0.05, 0.001, 16, 15.4, 0.0001))));
    settle();
    return this;
  }

  ScriptedRun ask(Request request) {
    feed(new SagaInput.Asked(request));
    settle();
    return this;
  }

  ScriptedRun tell(Report report) {
    feed(new SagaInput.Told(report, now, false));
    return this;
  }

  List<SagaEvent> events() {
    return journal.stream().map(JournalEntry::event).toList();
  }

  private HealthReported health(HealthVerdict verdict) {
    return new HealthReported(
        ID,
        watchEpoch(),
        verdict,
        "as before",
        SideHealth.UNKNOWN,
        new SideHealth(9, 9, 0, 12.5, 0));
  }

  private long watchEpoch() {
    return cutover.ledger().step(Action.WATCH_HEALTH).orElseThrow().epoch();
  }

  private void feed(SagaInput input) {
    Optional<JournalEntry.Input> from =
        input instanceof SagaInput.TimePassed
            ? Optional.empty()
            : Optional.of(new JournalEntry.Input("cutover.events", 3, inputs++));
    Decision decision = Saga.decide(cutover, input, now);
    for (SagaEvent event : decision.events()) {
      JournalEntry entry = new JournalEntry(ID, head.sequence() + 1, head.hash(), now, from, event);
      journal.add(entry);
      head = head.then(Payload.of(codec.bytes(entry)));
    }
    cutover = decision.after();
    orders.addAll(decision.commands());
  }

  /** Until people, or the monitor, are waited for. */
  private void settle() {
    for (int turns = 0; turns < 500; turns++) {
      if (!orders.isEmpty()) {
        now = now.plusMillis(20);
        feed(new SagaInput.Answered(services.handle(orders.remove(), now)));
        continue;
      }
      Optional<Instant> due = Saga.nextDue(cutover);
      boolean forPeople =
          cutover.state() instanceof Held
              || cutover.state() instanceof Prepared
              || cutover.state() instanceof Observing
              || due.filter(at -> at.isBefore(now.plusSeconds(120))).isEmpty();
      if (forPeople && !observedByNow()) {
        return;
      }
      now = due.filter(now::isBefore).orElse(now.plusMillis(1));
      feed(new SagaInput.TimePassed(true));
    }
    throw new AssertionError("Expected the saga to settle, but it is " + cutover.state());
  }

  /** Heartbeats go on while the target is observed and healthy. */
  private boolean observedByNow() {
    if (cutover.state() instanceof Observing(int _, Instant _, Instant until)
        && cutover.world().health().isPresent()) {
      now = until;
      tell(health(HealthVerdict.HEALTHY));
      return true;
    }
    return false;
  }
}
