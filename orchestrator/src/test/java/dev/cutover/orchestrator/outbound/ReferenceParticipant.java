package dev.cutover.orchestrator.outbound;

import dev.cutover.contract.Envelope;
import dev.cutover.contract.Message;
import dev.cutover.contract.ParticipantCommand.DoStep;
import dev.cutover.contract.ParticipantReply;
import dev.cutover.contract.UndecodableException;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Wire;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A participant as docs/participants.md asks for it: believes the orchestrator only, does an order
 * once however often it comes, and answers each.
 */
final class ReferenceParticipant implements AutoCloseable {
  private final Wire wire;
  private final KafkaLog log;
  private final TopicFollower follower;
  private final Set<String> done = ConcurrentHashMap.newKeySet();
  final List<DoStep> carriedOut = new CopyOnWriteArrayList<>();

  /**
   * Starts it.
   *
   * @param wire signs with its own key and believes the orchestrator's
   */
  ReferenceParticipant(KafkaSettings kafka, Wire wire, String topic) {
    this.wire = wire;
    this.log = KafkaLog.writer(kafka);
    this.follower = TopicFollower.start(kafka, List.of(topic), true, this::receive);
  }

  private void receive(Received received) {
    Message message;
    try {
      message = wire.envelope(received).message();
    } catch (UndecodableException e) {
      return; // not ours, or not to be believed
    }
    if (message instanceof DoStep order) {
      if (done.add(order.header().idempotencyKey())) {
        carriedOut.add(order);
      }
      answer(order);
    }
  }

  private void answer(DoStep order) {
    ParticipantReply reply =
        order.action().equals("stop")
            ? new ParticipantReply.StepDone(order.header().step(), "stopped")
            : new ParticipantReply.StepFailed(
                order.header().step(), "Expected stop, but got " + order.action(), false);
    String id = order.header().step() + "/answer/" + order.header().epoch();
    log.publish(
            wire.outgoing(
                new Envelope<>(
                    id, "/team/workers", Instant.now(), "", order.header().epoch(), false, reply)))
        .join();
  }

  @Override
  public void close() {
    follower.close();
    log.close();
  }
}
