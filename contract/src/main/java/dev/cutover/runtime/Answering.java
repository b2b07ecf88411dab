package dev.cutover.runtime;

import dev.cutover.contract.Command;
import dev.cutover.contract.Event;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.MessageType;
import dev.cutover.contract.StepFailed;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Carries a command out, and makes an answer of whatever comes of it. */
final class Answering<C extends Command> {
  private static final Logger LOGGER = LoggerFactory.getLogger(LeafLoop.class);

  private final CommandHandler<C> handler;
  private final InstantSource clock;

  Answering(CommandHandler<C> handler, InstantSource clock) {
    this.handler = handler;
    this.clock = clock;
  }

  /** Returns the answer; empty when another instance will give it. */
  Optional<Event> answer(Lanes.Task<C> task, Work work) {
    C command = task.command();
    if (task.ending().isPresent()) {
      return ended(task);
    }
    if (command.header().deadline().isBefore(clock.instant())) {
      return failed(
          command,
          FailureKind.TIMED_OUT,
          "Expected to begin before %s, but it is later: nothing was done"
              .formatted(command.header().deadline()),
          true);
    }
    long startedNanos = System.nanoTime();
    try {
      Event event = handler.handle(command, work);
      naming(LOGGER.atDebug(), command)
          .addKeyValue(LogKeys.DURATION_MS, (System.nanoTime() - startedNanos) / 1_000_000)
          .addKeyValue(LogKeys.MESSAGE_TYPE, MessageType.of(event).name())
          .log("command answered");
      return Optional.of(event);
    } catch (InterruptedException | RuntimeException e) {
      if (task.ending().isPresent()) {
        return ended(task);
      }
      naming(LOGGER.atError(), command).setCause(e).log("command failed by a fault of the service");
      return failed(
          command,
          FailureKind.INTERNAL,
          "Expected %s to be carried out, but %s".formatted(MessageType.of(command).name(), e),
          true);
    }
  }

  private Optional<Event> ended(Lanes.Task<C> task) {
    return task.ending().equals(Optional.of(Lanes.Ending.VOIDED))
        ? failed(
            task.command(),
            FailureKind.SUPERSEDED,
            "Expected to be the latest order, but a later one came: given up",
            false)
        : Optional.empty();
  }

  private static Optional<Event> failed(
      Command command, FailureKind kind, String reason, boolean retryable) {
    return Optional.of(
        new StepFailed(command.header().step(), new Failure(kind, reason, retryable)));
  }

  private static LoggingEventBuilder naming(LoggingEventBuilder line, Command command) {
    return line.addKeyValue(LogKeys.CUTOVER_ID, command.cutover())
        .addKeyValue(LogKeys.STEP, command.header().step().step())
        .addKeyValue(LogKeys.ATTEMPT, command.header().step().attempt())
        .addKeyValue(LogKeys.EPOCH, command.header().epoch());
  }
}
