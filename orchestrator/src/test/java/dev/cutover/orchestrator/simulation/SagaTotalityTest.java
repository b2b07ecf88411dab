package dev.cutover.orchestrator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.*;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.HealthReported.SideHealth;
import dev.cutover.orchestrator.domain.*;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every kind of state meets every kind of input: no throw, and the fold is the live state. */
final class SagaTotalityTest {
  private static final CutoverId ID = Simulation.ID;

  @Test
  void shouldDecideOnEveryInputInEveryReachableState() {
    // given
    Map<String, Cutover> states = reachableStates();

    // when, then
    TreeSet<String> labels = new TreeSet<>();
    for (Cutover state : states.values()) {
      labels.add(state.state().label());
      Instant now = Instant.parse("2026-12-01T03:00:00Z");
      for (SagaInput input : inputs(state, now)) {
        Decision decision = Saga.decide(state, input, now);
        Cutover folded = state;
        for (SagaEvent event : decision.events()) {
          folded = Evolution.evolve(folded, event);
        }
        assertThat(folded).isEqualTo(decision.after());
        assertThat(SagaView.of(folded, "", now).state()).isNotBlank();
      }
    }
    assertThat(labels)
        .containsExactly(
            "finished",
            "held",
            "observing",
            "planned",
            "prepared",
            "rolling back",
            "running",
            "waiting");
  }

  /** One cutover for each state with each set of steps that were sent. */
  static Map<String, Cutover> reachableStates() {
    Map<String, Cutover> states = new LinkedHashMap<>();
    states.put("", Cutover.named(ID));
    for (long seed = 1; seed <= 80; seed++) {
      Simulation simulation = new Simulation(seed, Plans.told(ID));
      simulation.run(Duration.ofMinutes(3));
      Cutover cutover = Cutover.named(ID);
      for (SagaEvent event : simulation.journal) {
        cutover = Evolution.evolve(cutover, event);
        states.putIfAbsent(cutover.state().label() + cutover.ledger().steps().keySet(), cutover);
      }
    }
    return states;
  }

  static List<SagaInput> inputs(Cutover cutover, Instant now) {
    List<SagaInput> inputs = new ArrayList<>();
    inputs.add(new SagaInput.TimePassed(true));
    var start = new Request.StartCutover(ID, "again", "ana", "");
    inputs.add(new SagaInput.StartAsked(start, Plans.shop(ID)));
    inputs.add(new SagaInput.StartRefused(start, List.of("Expected a plan, but got nothing")));
    for (String actor : List.of("ana", "bo", "mallory")) {
      String shown = SagaView.of(cutover, "", now).evidenceHash();
      for (String hash : List.of(shown, "another")) {
        inputs.add(
            new SagaInput.Asked(new Request.Approve(ID, "a" + actor, actor, "go", "", hash)));
      }
      inputs.add(new SagaInput.Asked(new Request.Reject(ID, "j" + actor, actor, "go", "no")));
      for (RollbackChoice choice : RollbackChoice.values()) {
        inputs.add(new SagaInput.Asked(new Request.Decide(ID, "c" + actor, actor, choice, "")));
      }
      for (Action action : Action.values()) {
        inputs.add(
            new SagaInput.Asked(new Request.Skip(ID, "s" + actor, actor, action.stepName(), "")));
      }
      inputs.add(new SagaInput.Asked(new Request.TakeOver(ID, "o" + actor, actor, "")));
      var amend = new Request.Amend(ID, "m" + actor, actor, "cutover: x", "");
      inputs.add(new SagaInput.Asked(amend));
      inputs.add(new SagaInput.AmendAsked(amend, Plans.asking(ID), List.of("people")));
      inputs.add(new SagaInput.AmendAsked(amend, Plans.shop(ID), List.of()));
      inputs.add(new SagaInput.AmendRefused(amend, List.of("Expected a plan, but got nothing")));
      for (String gate : List.of("delta", "loss", "accept-loss", "fix-forward")) {
        inputs.add(
            new SagaInput.Asked(new Request.Approve(ID, gate + actor, actor, gate, "", shown)));
      }
      inputs.add(new SagaInput.Asked(new Request.DeclareTargetDead(ID, "d" + actor, actor, "")));
    }
    for (int minutes : List.of(0, 1, 61)) {
      inputs.add(new SagaInput.Asked(new Request.Disarm(ID, "z", "ana", "", minutes)));
    }
    inputs.add(new SagaInput.Asked(new Request.Arm(ID, "y", "ana", "")));
    inputs.add(new SagaInput.Asked(new Request.Adopt(ID, "w", "ana", "mended by hand")));
    inputs.add(new SagaInput.Asked(new Request.Hold(ID, "h", "ana", "")));
    inputs.add(new SagaInput.Asked(new Request.Resume(ID, "r", "ana", "")));
    inputs.add(new SagaInput.Asked(new Request.Abort(ID, "b", "ana", "")));
    inputs.add(new SagaInput.Asked(new Request.RollBack(ID, "k", "ana", "")));
    inputs.add(new SagaInput.Asked(new Request.Abandon(ID, "n", "ana", "")));
    for (String step : List.of("fence-source", "team-lever", "undo-team-lever")) {
      inputs.add(
          new SagaInput.Asked(new Request.ReportByHand(ID, "p" + step, "ana", step, true, "")));
      inputs.add(
          new SagaInput.Asked(new Request.ReportByHand(ID, "f" + step, "ana", step, false, "")));
      inputs.add(new SagaInput.Asked(new Request.Confirm(ID, "c" + step, "ana", step, "")));
    }
    for (Direction direction : Direction.values()) {
      inputs.add(
          new SagaInput.Told(
              new ReplicationMeasured(ID, direction, 1, 1, 1, false, "down"), now, false));
    }
    long watch = cutover.ledger().step(Action.WATCH_HEALTH).map(StepRecord::epoch).orElse(0L);
    for (HealthVerdict verdict : HealthVerdict.values()) {
      inputs.add(
          new SagaInput.Told(
              new HealthReported(ID, watch, verdict, "", SideHealth.UNKNOWN, SideHealth.UNKNOWN),
              now,
              false));
    }
    var reason = new RollbackTrigger.BreachReason("error-rate", "", 1, 1, 1, 0.05, 0, 1, 1, -1);
    for (Instant expiry : List.of(now.minusSeconds(1), now.plusSeconds(60))) {
      inputs.add(
          new SagaInput.Told(
              new RollbackTrigger(ID, "d", watch, now, now, expiry, "errors", List.of(reason)),
              now,
              false));
    }
    inputs.add(
        new SagaInput.Told(
            new FenceLost(ID, Side.SOURCE, false, "a trigger was disabled"), now, false));
    long fence = cutover.ledger().step(Action.FENCE_SOURCE).map(StepRecord::epoch).orElse(0L);
    inputs.add(new SagaInput.Told(new FenceLeaseExpired(ID, fence, now), now, false));
    inputs.add(
        new SagaInput.Told(
            new UndecodableMessage(ID, "cutover.events", 0, 7, "no JSON"), now, false));
    inputs.add(new SagaInput.Asked(new Request.AnswerRollCall(ID, "c", "ana")));
    inputs.add(new SagaInput.Asked(new Request.ReportStability(ID, "s", "ana", true, "")));
    inputs.add(
        new SagaInput.Asked(
            new Request.NameCause(ID, "n", "ana", "a cold cache", Optional.empty())));
    inputs.add(new SagaInput.Asked(new Request.Drill(ID, "drill", "ana", 2_000)));
    inputs.add(
        new SagaInput.Asked(
            new Request.RecordRehearsal(
                ID,
                "rehearsed",
                "ana",
                new RehearsalResult(
                    new CutoverId("shop-rehearsal"),
                    ID,
                    "",
                    "0af1",
                    120,
                    true,
                    "",
                    now,
                    SwitchFigures.NONE))));
    for (NoticeRecord record : cutover.correspondence().records().values()) {
      StepRef step = record.order().header().step();
      inputs.add(
          new SagaInput.Answered(
              new OutboundReply.NoticeAccepted(step, record.notice().id(), "reference")));
      inputs.add(
          new SagaInput.Answered(
              new StepFailed(step, new Failure(FailureKind.REFUSED, "because", true))));
    }
    for (String service : List.of("dns", "sync", "validator", "monitor", "outbound")) {
      inputs.add(new SagaInput.Told(new PartitionsAssigned(ID, service, List.of(0)), now, false));
    }
    SimulatedServices services = new SimulatedServices(new SimulatedWorld());
    for (StepRecord record : cutover.ledger().steps().values()) {
      StepRef step = record.command().header().step();
      inputs.add(new SagaInput.Answered(services.handle(record.command(), now)));
      for (FailureKind kind : FailureKind.values()) {
        inputs.add(
            new SagaInput.Answered(
                new StepFailed(step, new Failure(kind, "because", kind == FailureKind.TIMED_OUT))));
      }
    }
    return inputs;
  }
}
