package dev.cutover.runtime;

import dev.cutover.contract.Envelope;
import dev.cutover.contract.Event;
import dev.cutover.contract.MessageType;
import dev.cutover.contract.RollbackRequested;
import dev.cutover.contract.RollbackTrigger;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Says things unasked: heartbeats, measurements, triggers. The topic follows from the type. Safe
 * for several threads.
 */
public final class EventPublisher {
  private final String source;
  private final Wire wire;
  private final Log log;
  private final InstantSource clock;
  private final AtomicLong sequence;

  /**
   * Publishes under a service's name.
   *
   * @param service such as {@code dns}
   */
  public EventPublisher(String service, Wire wire, Log log, InstantSource clock) {
    this.source = source(service);
    this.wire = wire;
    this.log = log;
    this.clock = clock;
    // Begins above all that an earlier process of this service can have used.
    this.sequence = new AtomicLong(clock.millis() * 1000);
  }

  static String source(String service) {
    return "/cutover/%s-service".formatted(service);
  }

  /**
   * Publishes an event. A {@link RollbackTrigger} or {@link RollbackRequested} has its decision as
   * id, so that said twice it is one.
   *
   * @return completed when it is durable, exceptionally when it could not be written
   */
  public CompletableFuture<Void> publish(Event event) {
    return publish(event, "", false);
  }

  /** Publishes an event under an id of its own: said again, it is seen to be the same. */
  public CompletableFuture<Void> publishAs(String id, Event event) {
    return publish(id, event, "", sequence.incrementAndGet(), false);
  }

  CompletableFuture<Void> publish(Event event, String causationId, boolean rehearsal) {
    long number = sequence.incrementAndGet();
    String id =
        switch (event) {
          case RollbackTrigger trigger -> trigger.decisionId();
          case RollbackRequested requested -> requested.decisionId();
          case Event other ->
              "%s/%s/%d".formatted(other.cutover(), MessageType.of(other).name(), number);
        };
    return publish(id, event, causationId, number, rehearsal);
  }

  private CompletableFuture<Void> publish(
      String id, Event event, String causationId, long number, boolean rehearsal) {
    return log.publish(
        wire.outgoing(
            new Envelope<>(id, source, clock.instant(), causationId, number, rehearsal, event)));
  }
}
