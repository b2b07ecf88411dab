package dev.cutover.dns;

import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.Reply;
import dev.cutover.contract.StepFailed;
import dev.cutover.runtime.LogKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Keeps in the log what became of each order. */
final class OrderLog {
  private static final Logger LOGGER = LoggerFactory.getLogger(DnsService.class);

  private OrderLog() {}

  static void write(DnsCommand command, Reply reply, long tookMs) {
    boolean failed = reply instanceof StepFailed;
    LOGGER
        .atLevel(failed ? Level.WARN : Level.INFO)
        .addKeyValue(LogKeys.CUTOVER_ID, command.cutover())
        .addKeyValue(LogKeys.STEP, command.header().step().step())
        .addKeyValue(LogKeys.ATTEMPT, command.header().step().attempt())
        .addKeyValue(LogKeys.EPOCH, command.header().epoch())
        .addKeyValue(LogKeys.MESSAGE_TYPE, command.getClass().getSimpleName())
        .addKeyValue(LogKeys.DURATION_MS, tookMs)
        .addKeyValue(LogKeys.REASON, reply instanceof StepFailed f ? f.failure().reason() : "")
        .log(failed ? "order failed" : "order carried out");
  }
}
