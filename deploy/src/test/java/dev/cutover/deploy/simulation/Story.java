package dev.cutover.deploy.simulation;

import dev.cutover.contract.Command;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.UndecodableException;
import dev.cutover.orchestrator.adapter.JournalCodec;
import dev.cutover.orchestrator.adapter.JournalEntry;
import dev.cutover.orchestrator.domain.Action;
import dev.cutover.orchestrator.domain.Cutover;
import dev.cutover.orchestrator.domain.Evolution;
import dev.cutover.orchestrator.domain.SagaEvent;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.Wire;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the log has seen: the journal folded, the orders sent, and all of it in few words. */
final class Story {
  static final CutoverId ID = new CutoverId("simulated");

  private final World world;
  private final Wire wire;
  private final JournalCodec codec = new JournalCodec();
  final List<SagaEvent> journal = new ArrayList<>();
  final Set<StepRef> ordered = new HashSet<>();
  final Set<StepRef> sent = new HashSet<>();
  private final Set<Action> everSent = EnumSet.noneOf(Action.class);
  boolean openedAlone;
  Cutover cutover = Cutover.named(ID);

  Story(World world, Wire wire) {
    this.world = world;
    this.wire = wire;
  }

  void written(Received record) {
    if (record.topic().equals(wire.topics().journal())) {
      JournalEntry entry = codec.entry(record.value().bytes());
      journal.add(entry.event());
      cutover = Evolution.evolve(cutover, entry.event());
      if (entry.event() instanceof SagaEvent.StepSent step) {
        sent.add(step.command().header().step());
        everSent.add(step.step().action());
        openedAlone |= step.command() instanceof SyncCommand.OpenSourceAlone;
      }
      world.story.add(
          "%8.3f %s".formatted(world.baton.elapsed().toMillis() / 1000.0, compact(entry.event())));
    } else if (record.topic().endsWith(".commands")) {
      try {
        if (wire.envelope(record).message() instanceof Command command) {
          ordered.add(command.header().step());
        }
      } catch (UndecodableException e) {
        throw new AssertionError("Expected an order that can be read, but " + e.reason(), e);
      }
    }
  }

  /** Whether that was ever ordered, in any round. */
  boolean everSent(Action action) {
    return everSent.contains(action);
  }

  private static String compact(SagaEvent event) {
    return switch (event) {
      case SagaEvent.StepSent e ->
          "sent %s epoch %d try %d"
              .formatted(e.command().header().step(), e.command().header().epoch(), e.tries());
      case SagaEvent.StepDone e -> "done " + e.step();
      case SagaEvent.AttemptFailed e ->
          "failed %s: %s%s"
              .formatted(e.step(), e.failure().reason(), e.retryAt().isPresent() ? " (again)" : "");
      case SagaEvent.RollbackStarted e ->
          "going back (%s: %s): %s"
              .formatted(
                  e.route().cause(),
                  e.route().reason(),
                  e.route().stages().stream()
                      .map(stage -> stage.stream().map(s -> s.step().action().stepName()).toList())
                      .toList());
      case SagaEvent.CutoverPlanned e -> "planned by " + e.actor();
      case SagaEvent.HealthNoted e -> "health " + e.verdict();
      case SagaEvent.TriggerNoted e ->
          "trigger %s acted %s %s".formatted(e.trigger().decisionId(), e.acted(), e.reason());
      case SagaEvent.Area _,
          SagaEvent.RequestRefused _,
          SagaEvent.RequestHeeded _,
          SagaEvent.StageEntered _,
          SagaEvent.GateReached _,
          SagaEvent.ObservationBegan _,
          SagaEvent.OutageBegan _,
          SagaEvent.OutageEnded _,
          SagaEvent.RouteStageEntered _,
          SagaEvent.OutagePaged _,
          SagaEvent.ReturnedToPrepared _,
          SagaEvent.RetryBegan _,
          SagaEvent.CutoverHeld _,
          SagaEvent.CutoverResumed _,
          SagaEvent.WayBackChanged _,
          SagaEvent.LeaseExpiryNoted _,
          SagaEvent.TargetDeclaredDead _,
          SagaEvent.FenceLossNoted _,
          SagaEvent.UnreadableNoted _,
          SagaEvent.CutoverFinished _ ->
          event.toString();
    };
  }
}
