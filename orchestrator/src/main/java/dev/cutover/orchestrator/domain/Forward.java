package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.DnsReply.TtlLowered;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.Side;
import dev.cutover.orchestrator.domain.SagaEvent.*;
import dev.cutover.orchestrator.domain.SagaState.*;
import dev.cutover.orchestrator.domain.Stage.Gate;
import dev.cutover.orchestrator.domain.Stage.Work;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import dev.cutover.orchestrator.domain.StepRecord.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The way from source to target: stages, gates, and what completes them. Pure. */
final class Forward {
  private Forward() {}

  /** Enters a stage, and whatever follows it that needs no waiting. */
  static void enter(Draft draft, int index) {
    List<Stage> stages = draft.cutover().requiredRunbook().stages();
    if (index >= stages.size()) {
      draft.add(new CutoverFinished(Outcome.COMPLETED));
      return;
    }
    switch (stages.get(index)) {
      case Work _ when isOverBound(draft) -> Back.beginForBound(draft);
      case Work work -> {
        draft.add(new StageEntered(index));
        work.steps().forEach(step -> order(draft, step));
      }
      case Gate gate -> reach(draft, index, gate);
      case Stage.Soak soak -> {
        Soaks.begin(draft, index, soak);
        passIfOpen(draft);
      }
    }
  }

  /** Does a step, or shows it, as far as the plan lets it act by itself. */
  private static void order(Draft draft, Step step) {
    switch (draft.cutover().requiredPlan().autonomy().of(step)) {
      case ACT -> draft.send(step);
      case CONFIRM -> draft.show(step);
      case OBSERVE -> draft.askByHand(step);
    }
  }

  /**
   * An answer that was long on its way leads no further once the bound is over: the fence's lease
   * may have opened the source by now.
   */
  private static boolean isOverBound(Draft draft) {
    return draft.serving().isEmpty()
        && draft
            .cutover()
            .world()
            .outageDeadline()
            .filter(at -> !draft.now().isBefore(at))
            .isPresent();
  }

  private static void reach(Draft draft, int index, Gate gate) {
    Plan.Bounds bounds = draft.cutover().requiredPlan().bounds();
    Instant now = draft.now();
    switch (gate.kind()) {
      case OLD_TTL_EXPIRED -> {
        Instant until =
            draft
                .ledger()
                .reply(Action.LOWER_TTL, TtlLowered.class)
                .map(r -> expiry(r.lastAuthorityAt(), r.oldTtlSeconds(), bounds.ttlSlack()))
                .orElse(now);
        draft.add(new GateReached(index, now, until));
      }
      case GO -> draft.add(new GateReached(index, now, patience(draft)));
      case SIGNED -> draft.add(new GateReached(index, now, now.plus(bounds.approval())));
      case ROLLBACK_WINDOW ->
          draft.add(
              new GateReached(
                  index, now, now.plus(draft.cutover().requiredPlan().rollback().window())));
      case SWITCH_TTL_EXPIRED -> {
        Instant until =
            Stream.concat(
                    draft
                        .ledger()
                        .reply(Action.VERIFY_SHIFT, TrafficVerified.class)
                        .map(r -> expiry(r.lastAuthorityAt(), r.ttlSeconds(), bounds.ttlSlack()))
                        .or(() -> Optional.of(unproven(draft)))
                        .stream(),
                    Views.verified(draft.ledger())
                        .map(v -> expiry(v.lastAuthorityAt(), v.ttlSeconds(), bounds.ttlSlack())))
                .max(Instant::compareTo)
                .orElse(now);
        draft.add(new GateReached(index, now, until));
      }
      case OBSERVED -> draft.add(new ObservationBegan(index, now, now.plus(bounds.observation())));
    }
    passIfOpen(draft);
  }

  /** People are waited for from the window's opening on, as long as it is open. */
  private static Instant patience(Draft draft) {
    Plan plan = draft.cutover().requiredPlan();
    Instant from = plan.window().opensAt().filter(draft.now()::isBefore).orElse(draft.now());
    Instant until = from.plus(plan.bounds().approval());
    return plan.window().closesAt().filter(until::isAfter).orElse(until);
  }

  /** Nobody proved when the last authority answered with the new records: it is waited from now. */
  private static Instant unproven(Draft draft) {
    Plan plan = draft.cutover().requiredPlan();
    return plan.trafficSwitch()
        .map(s -> expiry(draft.now(), s.loweredTtlSeconds(), plan.bounds().ttlSlack()))
        .orElse(draft.now());
  }

  private static Instant expiry(Instant from, int ttlSeconds, Duration slack) {
    return from.plusSeconds(ttlSeconds).plus(slack);
  }

  /** Goes through the gate that the cutover stands at, if it is open. */
  static void passIfOpen(Draft draft) {
    Cutover cutover = draft.cutover();
    if (cutover.people().question().isPresent()) {
      return; // nothing goes further while people are asked whether to go back
    }
    switch (cutover.state()) {
      case Waiting(int stage, Instant _, Instant until) -> {
        boolean open =
            switch (kind(cutover, stage)) {
              case GO -> mayGo(draft);
              case SIGNED -> Reviews.signed(cutover);
              case OLD_TTL_EXPIRED, SWITCH_TTL_EXPIRED -> !draft.now().isBefore(until);
              case OBSERVED, ROLLBACK_WINDOW -> draft.heardAll() && !draft.now().isBefore(until);
            };
        if (open) {
          enter(draft, stage + 1);
        }
      }
      case Observing(int stage, Instant _, Instant until) -> {
        if (draft.heardAll() && !draft.now().isBefore(until) && proven(draft.cutover(), until)) {
          enter(draft, stage + 1);
        }
      }
      case Planned _, Running _, RollingBack _, Prepared _, Held _, Finished _ -> {}
    }
  }

  static Stage.Kind kind(Cutover cutover, int stage) {
    if (cutover.requiredRunbook().stages().get(stage) instanceof Gate gate) {
      return gate.kind();
    }
    throw new IllegalStateException("Expected a gate at stage " + stage + ", but it has steps");
  }

  private static boolean mayGo(Draft draft) {
    return draft.cutover().requiredPlan().window().contains(draft.now())
        && Approvals.complete(draft.cutover(), draft.now())
        && Rechecks.inTheWay(draft.cutover()).isEmpty()
        && Checklist.shortfalls(draft.cutover(), draft.now()).isEmpty();
  }

  /**
   * Without a watch nothing is judged; with one, only a word that says healthy counts, and only one
   * that was said since then: what is heard late may speak of a target that broke meanwhile.
   */
  private static boolean provenHealthy(Cutover cutover, Instant since) {
    return cutover.requiredPlan().watch().isEmpty()
        || cutover
            .world()
            .health()
            .filter(health -> health.verdict() == HealthVerdict.HEALTHY)
            .filter(health -> !health.saidAt().isBefore(since))
            .isPresent();
  }

  /** Healthy by a word said since then, and with as many requests as the plan wants to see. */
  static boolean proven(Cutover cutover, Instant since) {
    return provenHealthy(cutover, since) && Soaks.seenEnough(cutover);
  }

  /**
   * Whether a word is the first that speaks of the whole observation: nobody waits for the next.
   */
  static boolean isFirstAfterTheEnd(Cutover cutover, World.Health last, Instant saidAt) {
    return cutover.state() instanceof Observing(int _, Instant _, Instant until)
        && last.saidAt().isBefore(until)
        && !saidAt.isBefore(until);
  }

  /** A step was carried out: follows up what it changed, and goes on when its stage is complete. */
  static void onDone(Draft draft, Action action) {
    note(draft, action);
    advance(draft);
  }

  /** Follows up what a step changed in the world, wherever the cutover is. */
  static void note(Draft draft, Action action) {
    boolean trafficOnly = draft.cutover().requiredPlan().data().isEmpty();
    boolean all = draft.cutover().world().share().percent() == 100;
    if (action == Action.OPEN_TARGET || (trafficOnly && all && action == Action.SHIFT_TRAFFIC)) {
      draft.add(new OutageEnded(Side.TARGET, draft.now()));
    }
  }

  /** Enters the next stage if all steps of this one are done. */
  static void advance(Draft draft) {
    if (draft.cutover().state() instanceof Running(int stage)
        && draft.cutover().requiredRunbook().stages().get(stage) instanceof Work work
        && work.steps().stream().allMatch(step -> complete(draft.ledger(), step))) {
      enter(draft, stage + 1);
    }
  }

  /** Where another go begins: at what its preparation still lacks, or else behind it. */
  static int retryFrom(Cutover cutover) {
    Runbook runbook = cutover.requiredRunbook();
    for (int index = 0; index < runbook.retryFrom(); index++) {
      if (runbook.stages().get(index) instanceof Work work
          && !work.steps().stream().allMatch(step -> complete(cutover.ledger(), step))) {
        return index;
      }
    }
    return runbook.retryFrom();
  }

  static boolean complete(Ledger ledger, Step step) {
    return ledger
        .step(step.name())
        .map(
            record ->
                record.status() == Status.DONE
                    || record.status() == Status.SKIPPED
                    || (record.status() == Status.FAILED && step.onFailure() == OnFailure.REPORT))
        .orElse(false);
  }

  /** Another go: from the first stage of the preparation that is not done, or after it. */
  static void beginAgain(Draft draft) {
    Runbook runbook = draft.cutover().requiredRunbook();
    int index = 0;
    while (index < runbook.retryFrom()
        && (!(runbook.stages().get(index) instanceof Work work)
            || work.steps().stream().allMatch(step -> complete(draft.ledger(), step)))) {
      index++;
    }
    enter(draft, index);
  }

  /** Goes on from a hold: failed steps of the stage are ordered anew, gates are looked at again. */
  static void resume(Draft draft) {
    switch (draft.cutover().state()) {
      case Running(int stage) -> {
        if (draft.cutover().requiredRunbook().stages().get(stage) instanceof Work work) {
          for (Step step : work.steps()) {
            boolean failed =
                draft
                    .ledger()
                    .step(step.name())
                    .map(record -> record.status() == Status.FAILED || !record.wasSent())
                    .orElse(true);
            if (failed && step.onFailure() != OnFailure.REPORT) {
              order(draft, step);
            }
          }
        }
        advance(draft);
      }
      case Waiting(int stage, Instant _, Instant _) -> {
        switch (kind(draft.cutover(), stage)) {
          case GO, SIGNED -> enter(draft, stage); // people have their time anew
          case OLD_TTL_EXPIRED, SWITCH_TTL_EXPIRED, OBSERVED, ROLLBACK_WINDOW -> passIfOpen(draft);
        }
      }
      case Observing(int stage, Instant _, Instant until) -> {
        boolean good = proven(draft.cutover(), Instant.MIN);
        if (!draft.now().isBefore(until) && !good) {
          enter(draft, stage); // what was not seen has to be observed anew
        }
      }
      case Planned _, RollingBack _, Prepared _, Held _, Finished _ -> {}
    }
  }
}
