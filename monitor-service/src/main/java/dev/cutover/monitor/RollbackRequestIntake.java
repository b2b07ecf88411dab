package dev.cutover.monitor;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RollbackRequestRefused;
import dev.cutover.contract.RollbackRequestRefused.Why;
import dev.cutover.contract.RollbackRequested;
import dev.cutover.monitor.RequestReader.Reading;
import dev.cutover.monitor.domain.AcceptedRequests;
import dev.cutover.monitor.domain.RefusalMeter;
import dev.cutover.monitor.domain.RequestJudge;
import dev.cutover.monitor.domain.SignedRequest;
import dev.cutover.runtime.DeadLetters;
import dev.cutover.runtime.EventPublisher;
import dev.cutover.runtime.Log;
import dev.cutover.runtime.LogException;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.MessageLoop;
import dev.cutover.runtime.Outgoing;
import dev.cutover.runtime.Partition;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door for outsiders: reads what they ask for, also what lies in a transaction that hangs, and
 * passes on what is in order. Everything else is refused, and seen.
 *
 * <p>What was accepted is read back from the triggers after each assignment, and a batch is durable
 * before its offsets are committed; so a restart accepts nothing again but what was written a
 * moment before and not yet seen, and that has the same decision as id.
 */
final class RollbackRequestIntake implements MessageLoop {
  private static final Logger LOGGER = LoggerFactory.getLogger(RollbackRequestIntake.class);
  private static final Duration BATCH_WAIT = Duration.ofMillis(200);
  private static final String SERVICE = "monitor";

  private final Wire wire;
  private final Log log;
  private final RequestReader reader;
  private final TriggerReadBack readBack;
  private final Duration requestAgeMax;
  private final Duration triggerLifetime;
  private final InstantSource clock;
  private final EventPublisher publisher;
  private final DeadLetters deadLetters;
  private final AcceptedRequests accepted = new AcceptedRequests();
  private final RefusalMeter refusals = new RefusalMeter();
  private final Map<Partition, Long> next = new HashMap<>();
  private Set<Partition> owned = Set.of();
  private boolean stale;
  private boolean busy;
  private volatile boolean assigned;
  private CompletableFuture<Void> inHand = CompletableFuture.completedFuture(null);

  /**
   * @param log reads uncommitted records too
   */
  RollbackRequestIntake(MonitorConfig config, Log log, InstantSource clock) {
    this.wire = config.wire();
    this.log = log;
    this.reader = new RequestReader(config.intake().senders());
    this.readBack = new TriggerReadBack(config.kafka(), wire);
    this.requestAgeMax = config.intake().requestAgeMax();
    this.triggerLifetime = config.triggerLifetime();
    this.clock = clock;
    this.publisher = new EventPublisher(SERVICE, wire, log, clock);
    this.deadLetters = new DeadLetters(wire.topics(), clock);
  }

  /** The group in which instances share the requests. */
  static String group(Topics topics) {
    return topics.group(SERVICE + "-intake");
  }

  @Override
  public void open() {
    readBack.requireOwnTrust();
    wire.topics().check(List.of(wire.topics().rollbackRequests()), log);
    log.subscribe(
        List.of(wire.topics().rollbackRequests()),
        now -> {
          owned = now;
          stale = true;
        });
  }

  /** Whether more may be waiting: the next round should not wait. */
  boolean busy() {
    return busy;
  }

  @Override
  public void round(Duration wait) {
    boolean settled = settle(wait);
    log.hold(!settled);
    List<Received> records = log.poll(settled ? wait : Duration.ZERO);
    if (stale) {
      readBack.read().forEach(accepted::add);
      stale = false;
      assigned = true;
    }
    if (!settled) {
      return;
    }
    busy = !records.isEmpty();
    Instant now = clock.instant();
    accepted.forget(now);
    List<CompletableFuture<Void>> written = new ArrayList<>();
    for (Received received : records) {
      written.add(handle(received, now));
      next.put(received.from(), received.offset() + 1);
    }
    for (RollbackRequestRefused sum : refusals.due(now)) {
      written.add(publisher.publishAs(id(sum) + "/sum", sum));
    }
    inHand = CompletableFuture.allOf(written.toArray(CompletableFuture[]::new));
    settle(BATCH_WAIT);
  }

  /** Commits what is in hand when it is durable; false when it is not yet. */
  private boolean settle(Duration wait) {
    try {
      inHand.get(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new LogException(
          "Expected to write what became of a request, but " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    next.keySet().retainAll(owned);
    if (!next.isEmpty()) {
      log.commit(Map.copyOf(next));
      next.clear();
    }
    return true;
  }

  private CompletableFuture<Void> handle(Received received, Instant now) {
    String key = received.key().orElse("");
    if (!key.isEmpty() && wire.topics().partitionOf(key) != received.partition()) {
      // Its writer uses another partitioner: who owns the right one knows what came before.
      return log.publish(new Outgoing(received.topic(), key, received.value(), received.headers()));
    }
    return switch (reader.read(received)) {
      case Reading.Refused(String sender, Why why, String reason) ->
          refuse(received, sender, why, reason, now);
      case Reading.Believed(SignedRequest request) ->
          switch (RequestJudge.judge(request, accepted, requestAgeMax, triggerLifetime, now)) {
            case RequestJudge.Outcome.Accepted(RollbackRequested trigger) -> accept(trigger);
            case RequestJudge.Outcome.Refused(Why why, String reason) ->
                refuse(received, request.sender().name(), why, reason, now);
            case RequestJudge.Outcome.ReadAgain() -> CompletableFuture.completedFuture(null);
          };
    };
  }

  private CompletableFuture<Void> accept(RollbackRequested trigger) {
    accepted.add(trigger);
    LOGGER
        .atWarn()
        .addKeyValue(LogKeys.CUTOVER_ID, trigger.cutover())
        .addKeyValue("sender", trigger.sender())
        .addKeyValue(LogKeys.REASON, trigger.sentence())
        .log("rollback requested");
    return publisher.publish(trigger);
  }

  private CompletableFuture<Void> refuse(
      Received received, String sender, Why why, String reason, Instant now) {
    RollbackRequestRefused refused =
        new RollbackRequestRefused(
            cutover(received), sender, why, 1, received.partition(), received.offset(), reason);
    if (!refusals.isSingle(refused, now)) {
      return CompletableFuture.completedFuture(null);
    }
    LOGGER
        .atWarn()
        .addKeyValue(LogKeys.CUTOVER_ID, refused.cutover())
        .addKeyValue("sender", sender)
        .addKeyValue("why", why)
        .addKeyValue(LogKeys.PARTITION, received.partition())
        .addKeyValue(LogKeys.OFFSET, received.offset())
        .addKeyValue(LogKeys.REASON, reason)
        .log("request to roll back refused");
    return CompletableFuture.allOf(
        log.publish(deadLetters.of(keyed(received, refused.cutover()), reason)),
        publisher.publishAs(id(refused), refused));
  }

  /** A record again has the same id, so that a subscriber can drop what it has seen. */
  private String id(RollbackRequestRefused refused) {
    return "%s/%d/%d"
        .formatted(wire.topics().rollbackRequests(), refused.partition(), refused.offset());
  }

  private CutoverId cutover(Received received) {
    try {
      return new CutoverId(received.key().orElse(""));
    } catch (IllegalArgumentException e) {
      return new CutoverId(wire.topics().keyOf(received.partition()));
    }
  }

  /** A key that names no cutover may hold anything: it is not repeated. */
  private static Received keyed(Received received, CutoverId cutover) {
    return new Received(
        received.topic(),
        received.partition(),
        received.offset(),
        received.timestamp(),
        Optional.of(cutover.value()),
        received.value(),
        received.headers());
  }

  @Override
  public boolean assigned() {
    return assigned;
  }

  @Override
  public void wake() {
    log.wake();
  }

  @Override
  public void close() {
    try {
      settle(Duration.ofSeconds(2));
    } catch (LogException e) {
      LOGGER.atDebug().setCause(e).log("what is in hand will be read again");
    }
    log.close();
  }
}
