package dev.cutover.monitor;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.RollbackRequest;
import dev.cutover.contract.RollbackRequested;
import dev.cutover.contract.UndecodableException;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.LogException;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Outgoing;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads back from the triggers what instances of this service have accepted of outsiders. */
record TriggerReadBack(KafkaSettings kafka, Wire wire) {
  private static final Logger LOGGER = LoggerFactory.getLogger(TriggerReadBack.class);
  private static final Duration READ_MAX = Duration.ofSeconds(20);

  /**
   * What was accepted is read back as what this service has signed: if it does not believe itself,
   * it would accept everything twice.
   */
  void requireOwnTrust() {
    CutoverId nobody = new CutoverId("nobody");
    Outgoing own =
        wire.outgoing(
            new Envelope<>(
                "trial",
                "/cutover/monitor-service",
                Instant.EPOCH,
                "",
                0,
                false,
                new RollbackRequested(
                    nobody,
                    "",
                    "",
                    "",
                    RollbackRequest.Kind.OTHER,
                    Instant.EPOCH,
                    Instant.EPOCH,
                    Instant.EPOCH,
                    0,
                    0,
                    "",
                    "")));
    try {
      wire.envelope(
          new Received(
              own.topic(),
              0,
              0,
              Instant.EPOCH,
              Optional.of(own.key()),
              own.value(),
              own.headers()));
    } catch (UndecodableException e) {
      throw new ConfigException(
          List.of(
              "TRUSTED_KEYS: expected this service's own key with the right to report., since it reads back what it has accepted, but: "
                  + e.reason()));
    }
  }

  /**
   * Reads all that is there.
   *
   * @throws LogException when Kafka does not answer in time
   */
  List<RollbackRequested> read() {
    Queue<Received> triggers = new ConcurrentLinkedQueue<>();
    try (TopicFollower follower =
        TopicFollower.start(
            kafka, List.of(wire.topics().rollbackTriggers()), true, triggers::add)) {
      follower.caughtUp().get(READ_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new LogException("Expected to read back what was accepted, but " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogException("Expected to read back what was accepted, but was interrupted", e);
    }
    List<RollbackRequested> accepted = new ArrayList<>();
    for (Received trigger : triggers) {
      try {
        if (wire.envelope(trigger).message() instanceof RollbackRequested requested) {
          accepted.add(requested);
        }
      } catch (UndecodableException e) {
        LOGGER
            .atDebug()
            .addKeyValue(LogKeys.OFFSET, trigger.offset())
            .addKeyValue(LogKeys.REASON, e.reason())
            .log("not ours: no trigger that we accepted");
      }
    }
    return accepted;
  }
}
