package dev.cutover.orchestrator.outbound;

import dev.cutover.contract.Envelope;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.OutboundCommand.AskParticipant;
import dev.cutover.contract.ParticipantAsked;
import dev.cutover.contract.ParticipantCommand.DoStep;
import dev.cutover.runtime.Log;
import dev.cutover.runtime.LogException;
import dev.cutover.runtime.Wire;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Hands orders on to participants' topics. Not done in the saga's transaction: a topic of somebody
 * else's that is missing would hold every cutover up.
 */
final class Participants {
  private static final String SOURCE = "/cutover/orchestrator";

  private final Wire wire;
  private final Log log;
  private final Set<String> allowed;

  Participants(Wire wire, Log log, Set<String> allowed) {
    this.wire = wire;
    this.log = log;
    this.allowed = allowed;
  }

  ParticipantAsked ask(AskParticipant ask, boolean rehearsal, Deadline deadline)
      throws Refused, InterruptedException {
    if (!allowed.contains(ask.topic())) {
      throw Refused.unsuitable(
          "Expected a topic that OUTBOUND_TOPICS allows, but it is " + ask.topic());
    }
    DoStep order =
        new DoStep(ask.header(), ask.topic(), ask.action(), ask.parameters(), ask.undo());
    String id = "%s/%d".formatted(ask.header().step(), ask.header().epoch());
    Envelope<DoStep> envelope =
        new Envelope<>(
            id, SOURCE, deadline.clock().instant(), "", ask.header().epoch(), rehearsal, order);
    long leftMs = deadline.left().toMillis();
    CompletableFuture<Void> written = log.publish(wire.outgoing(envelope));
    try {
      written.get(leftMs, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Refused(
          FailureKind.TIMED_OUT,
          true,
          "Expected topic %s to take the order within %d ms, but it did not"
              .formatted(ask.topic(), leftMs));
    } catch (ExecutionException e) {
      throw Refused.unreachable(
          "Expected topic %s to take the order, but %s"
              .formatted(ask.topic(), reason(Objects.requireNonNullElse(e.getCause(), e))));
    }
    return new ParticipantAsked(ask.header().step(), ask.topic());
  }

  private static String reason(Throwable cause) {
    Throwable root =
        cause instanceof LogException && cause.getCause() != null ? cause.getCause() : cause;
    return root.getClass().getSimpleName() + ": " + root.getMessage();
  }
}
