package dev.cutover.orchestrator.domain;

import dev.cutover.orchestrator.domain.SagaEvent.Answer;
import java.time.Instant;

/** Events about what people do in the world beside us. */
public sealed interface ByHandEvent extends SagaEvent.Area {
  /** A service changed nothing, because a person has taken over. */
  record ManualMarkMet(String step, String reason, Instant at) implements ByHandEvent {}

  /** A person asked to go on from what is found in the world: it is read. Nothing else goes on. */
  record AdoptionAsked(String requestId, String actor, String reason, Instant at)
      implements ByHandEvent, Answer {}

  /** The world was read, and from here on it is believed instead of the journal. */
  record WorldAdopted(Adoption found, Instant at) implements ByHandEvent {}

  /** Applies one. Pure. */
  static Cutover evolve(Cutover cutover, ByHandEvent event) {
    World world = cutover.world();
    return switch (event) {
      case ManualMarkMet e -> cutover.with(world.with(world.byHand().withMark(e.reason())));
      case AdoptionAsked e ->
          cutover
              .with(cutover.ledger().withOutstandingVoid("void: the world is adopted"))
              .with(world.with(world.byHand().adoptedBy(e.actor() + ": " + e.reason())))
              .with(Adoptions.stopped(cutover.state(), e.actor() + " adopts: " + e.reason()));
      case WorldAdopted e -> Belief.of(cutover, e.found(), e.at());
    };
  }
}
