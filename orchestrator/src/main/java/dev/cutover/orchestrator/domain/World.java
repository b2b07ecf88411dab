package dev.cutover.orchestrator.domain;

import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.Side;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of the world outside.
 *
 * @param serving the side that takes writes; empty in the write outage
 * @param outageDeadline when a bound on a time without a writable side is reached
 * @param health last word of the monitor
 * @param wayBack what ails the way back; empty when nothing is known to
 * @param share how much of the traffic the target has
 * @param byHand what people do in it beside us
 * @param staleUntil until when resolvers may send somebody to the target though traffic is back at
 *     the source; empty where it never was elsewhere
 */
public record World(
    Optional<Side> serving,
    Optional<Instant> outageDeadline,
    Optional<Health> health,
    Optional<String> wayBack,
    Share share,
    ByHand byHand,
    Optional<Instant> staleUntil) {
  /** The source serves and nothing else is known. */
  public static final World BEFORE =
      new World(
          Optional.of(Side.SOURCE),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Share.NONE,
          ByHand.NOTHING,
          Optional.empty());

  /**
   * What the monitor last said.
   *
   * @param at when it was heard
   * @param saidAt when it was said; of a word that lay in the log, long before it was heard
   */
  public record Health(HealthVerdict verdict, String detail, Instant at, Instant saidAt) {}

  World withServing(Optional<Side> side, Optional<Instant> deadline) {
    return new World(side, deadline, health, wayBack, share, byHand, staleUntil);
  }

  World withHealth(Optional<Health> last) {
    return new World(serving, outageDeadline, last, wayBack, share, byHand, staleUntil);
  }

  World withWayBack(Optional<String> ailment) {
    return new World(serving, outageDeadline, health, ailment, share, byHand, staleUntil);
  }

  World with(Share next) {
    return new World(serving, outageDeadline, health, wayBack, next, byHand, staleUntil);
  }

  World with(ByHand next) {
    return new World(serving, outageDeadline, health, wayBack, share, next, staleUntil);
  }

  /** What is later counts: each server forgets the target by itself. */
  World withStaleUntil(Instant at) {
    return new World(
        serving,
        outageDeadline,
        health,
        wayBack,
        share,
        byHand,
        staleUntil.filter(at::isBefore).or(() -> Optional.of(at)));
  }
}
