package dev.cutover.runtime;

import dev.cutover.contract.Command;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Event;
import dev.cutover.contract.Message;
import dev.cutover.contract.MessageType;
import dev.cutover.contract.PartitionsAssigned;
import dev.cutover.contract.UndecodableException;
import dev.cutover.contract.UndecodableMessage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of a service that keeps no state of the saga.
 *
 * <p>It polls the service's commands and only dispatches: each runs on a thread of its own, those
 * of one cutover in order. An answer is durable before its command counts as done, so a crash in
 * between runs the command again, which is harmless. A command that a later one makes void ({@link
 * dev.cutover.contract.Precedence}) is interrupted and answered as superseded; one past its
 * deadline is refused; what cannot be read goes to the dead letters, with a report so that this
 * cutover is held; what lies in a partition that its key does not hash to is sent to the right one.
 */
public final class LeafLoop<C extends Command> implements MessageLoop {
  private static final Logger LOGGER = LoggerFactory.getLogger(LeafLoop.class);

  /** With so many commands in hand no more are taken, until half of them are done. */
  private static final int IN_HAND_MAX = 500;

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final String service;
  private final Class<C> commands;
  private final Wire wire;
  private final Log log;
  private final CommandHandler<C> handler;
  private final InstantSource clock;
  private final EventPublisher publisher;
  private final Answering<C> answering;
  private final Lanes<C> lanes;
  private final DeadLetters deadLetters;
  private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();

  private final InHand inHand = new InHand();
  private volatile boolean assigned;
  private boolean holding;

  /**
   * Makes the loop of a service.
   *
   * @param service as in {@link Topics#COMMANDED}
   * @param commands the type of its commands; others on its topic are not understood
   * @param executor runs commands: virtual threads in production, a simulation's own order there
   */
  public LeafLoop(
      String service,
      Class<C> commands,
      Wire wire,
      Log log,
      CommandHandler<C> handler,
      Executor executor,
      InstantSource clock) {
    this.service = service;
    this.commands = commands;
    this.wire = wire;
    this.log = log;
    this.handler = handler;
    this.clock = clock;
    this.publisher = new EventPublisher(service, wire, log, clock);
    this.answering = new Answering<>(handler, clock);
    this.lanes = new Lanes<>(executor, this::carryOut);
    this.deadLetters = new DeadLetters(wire.topics(), clock);
  }

  @Override
  public void open() {
    List<String> commandTopic = List.of(wire.topics().commands(service));
    wire.topics().check(commandTopic, log);
    log.subscribe(commandTopic, this::assigned);
  }

  @Override
  public void round(Duration wait) {
    for (Received received : log.poll(wait)) {
      dispatch(received);
    }
    commit();
    Throwable failure = broken.get();
    if (failure != null) {
      throw new LogException("Expected to write an answer, but " + failure.getMessage(), failure);
    }
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
    lanes.giveUp(_ -> true);
    long untilNanos = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
    log.hold(true);
    while (!lanes.idle() && System.nanoTime() < untilNanos) {
      log.poll(Duration.ofMillis(20));
    }
    commit();
    log.close();
  }

  private void assigned(Set<Partition> owned) {
    lanes.giveUp(partition -> !owned.contains(partition));
    Set<Integer> numbers = owned.stream().map(Partition::number).collect(Collectors.toSet());
    handler.owns(cutover -> numbers.contains(wire.topics().partitionOf(cutover.value())));
    inHand.own(owned);
    assigned = true;
    for (Partition partition : owned) {
      String key = wire.topics().keyOf(partition.number());
      orBreak(
          publisher.publish(
              new PartitionsAssigned(new CutoverId(key), service, List.of(partition.number()))));
    }
    LOGGER
        .atInfo()
        .addKeyValue(LogKeys.SERVICE, service)
        .addKeyValue("partitions", owned.size())
        .log("partitions assigned");
  }

  private void dispatch(Received received) {
    if (!inHand.begin(received)) {
      return;
    }
    Optional<String> key = received.key();
    if (key.isPresent() && wire.topics().partitionOf(key.get()) != received.partition()) {
      forward(received, key.get());
      return;
    }
    try {
      Envelope<? extends Message> envelope = wire.envelope(received);
      if (!commands.isInstance(envelope.message())) {
        throw new UndecodableException(
            "Expected a %s, but it is a %s"
                .formatted(commands.getSimpleName(), MessageType.of(envelope.message()).name()));
      }
      Envelope<C> command = typed(envelope);
      if (handler.takes(command.message())) {
        lanes.add(new Lanes.Task<>(received, command));
      } else {
        inHand.finish(received);
      }
    } catch (UndecodableException e) {
      refuse(received, e.reason());
    }
  }

  private Envelope<C> typed(Envelope<? extends Message> envelope) {
    return new Envelope<>(
        envelope.id(),
        envelope.source(),
        envelope.time(),
        envelope.causationId(),
        envelope.sequence(),
        envelope.rehearsal(),
        commands.cast(envelope.message()));
  }

  private void forward(Received received, String key) {
    LOGGER
        .atWarn()
        .addKeyValue(LogKeys.CUTOVER_ID, key)
        .addKeyValue(LogKeys.TOPIC, received.topic())
        .addKeyValue(LogKeys.PARTITION, received.partition())
        .addKeyValue(LogKeys.OFFSET, received.offset())
        .log("record forwarded: its writer uses another partitioner than murmur2");
    finishAfter(
        received,
        log.publish(new Outgoing(received.topic(), key, received.value(), received.headers())));
  }

  private void refuse(Received received, String reason) {
    CompletableFuture<Void> buried = log.publish(deadLetters.of(received, reason));
    Optional<UndecodableMessage> report = deadLetters.report(received, reason);
    CompletableFuture<Void> reported =
        report.isPresent()
            ? publisher.publish(report.get())
            : CompletableFuture.completedFuture(null);
    finishAfter(received, CompletableFuture.allOf(buried, reported));
  }

  private void finishAfter(Received received, CompletableFuture<Void> durable) {
    orBreak(durable.thenRun(() -> inHand.finish(received)));
  }

  private void orBreak(CompletableFuture<Void> durable) {
    var _ =
        durable.exceptionally(
            failure -> {
              broken.compareAndSet(null, failure);
              return null;
            });
  }

  private void commit() {
    Map<Partition, Long> next = inHand.advance();
    if (!next.isEmpty()) {
      log.commit(next);
    }
    int unfinished = inHand.unfinished();
    if (holding ? unfinished < IN_HAND_MAX / 2 : unfinished >= IN_HAND_MAX) {
      holding = !holding;
      log.hold(holding);
    }
  }

  private void carryOut(Lanes.Task<C> task) {
    Optional<Event> answer = answering.answer(task, new CommandWork(task.envelope()));
    task.settle();
    if (answer.isEmpty()) {
      return;
    }
    Event event = answer.get();
    C command = task.command();
    String id =
        "%s/%s/%d"
            .formatted(
                command.header().step(), MessageType.of(event).name(), command.header().epoch());
    Envelope<Event> envelope =
        new Envelope<>(
            id,
            EventPublisher.source(service),
            clock.instant(),
            task.envelope().id(),
            command.header().epoch(),
            task.envelope().rehearsal(),
            event);
    try {
      log.publish(wire.outgoing(envelope)).join();
      inHand.finish(task.received());
    } catch (CompletionException | LogException e) {
      broken.compareAndSet(null, e.getCause() == null ? e : e.getCause());
    }
  }

  private final class CommandWork implements Work {
    private final Envelope<C> cause;

    CommandWork(Envelope<C> cause) {
      this.cause = cause;
    }

    @Override
    public void publish(Event event) {
      orBreak(publisher.publish(event, cause.id(), cause.rehearsal()));
    }

    @Override
    public boolean rehearsal() {
      return cause.rehearsal();
    }

    @Override
    public InstantSource clock() {
      return clock;
    }
  }
}
