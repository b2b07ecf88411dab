package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Command;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.DnsCommand.WatchRecords;
import dev.cutover.contract.MonitorCommand.WatchHealth;
import dev.cutover.contract.OutboundCommand;
import dev.cutover.contract.PersonCommand;
import dev.cutover.contract.PersonCommand.DoByHand;
import dev.cutover.contract.Request;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A decision in the making: each event is applied as it is added. Lives within one call only. */
final class Draft {
  /** What the orchestrator waits beyond a leaf's own deadline before it calls it silent. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Instant now;
  private final boolean heardAll;
  private final List<SagaEvent> events = new ArrayList<>();
  private final List<Command> commands = new ArrayList<>();
  private final List<Request> requests = new ArrayList<>();
  private Cutover cutover;

  Draft(Cutover cutover, Instant now, SagaInput input) {
    this.cutover = cutover;
    this.now = now;
    this.heardAll = input instanceof SagaInput.TimePassed(boolean all) && all;
  }

  Cutover cutover() {
    return cutover;
  }

  Ledger ledger() {
    return cutover.ledger();
  }

  Instant now() {
    return now;
  }

  /**
   * Whether what can't be taken back may be decided: by the timer alone, which comes when whatever
   * was said before is read. A message may have another behind it that speaks against it.
   */
  boolean heardAll() {
    return heardAll;
  }

  void add(SagaEvent event) {
    events.add(event);
    cutover = Evolution.evolve(cutover, event);
  }

  /** What was added so far. */
  List<SagaEvent> events() {
    return List.copyOf(events);
  }

  /** Orders what is no step: it goes out, and nothing waits for it. */
  void order(OutboundCommand command) {
    commands.add(command);
  }

  /** Asks another cutover for something, as people do. */
  void ask(Request request) {
    requests.add(request);
  }

  Decision decision() {
    return new Decision(events, commands, requests, cutover);
  }

  /** Orders a step for the first time in this round: a new decision with an epoch of its own. */
  void send(Step step) {
    CommandHeader header = header(step, cutover.nextEpoch());
    sendAs(step, 1, Commands.of(step, cutover, header));
  }

  /** Shows a step and waits: what would be sent is made and explained, nothing is sent. */
  void show(Step step) {
    CommandHeader header = header(step, cutover.nextEpoch());
    Command command = Commands.of(step, cutover, header);
    Instant dueAt = now.plus(cutover.requiredPlan().bounds().approval());
    add(
        new TeamEvent.StepShown(
            step, command, Explanation.of(step, Optional.of(command), cutover), now, dueAt));
  }

  /** Asks people to do by hand what it would have done: it only observes. */
  void askByHand(Step step) {
    CommandHeader header =
        header(step, cutover.nextEpoch(), cutover.requiredPlan().bounds().approval());
    String instruction = Explanation.of(step, Optional.empty(), cutover);
    sendAs(step, 1, new DoByHand(header, List.of(), instruction, false), new Undo.Nothing());
  }

  /** Orders the undo that the journal keeps. */
  void send(Step step, Command template) {
    sendAs(step, 1, template.withHeader(header(step, cutover.nextEpoch())));
  }

  /** Orders it once more: the same decision, so the same epoch. */
  void sendAgain(StepRecord record) {
    CommandHeader header = header(record.step(), record.epoch());
    sendAs(record.step(), record.tries() + 1, Commands.again(record, ledger()).withHeader(header));
  }

  /** Tells a new instance of a service what it can't know. No decision: nothing is journalled. */
  void resend(StepRecord record) {
    CommandHeader sent = record.command().header();
    Instant deadline = now.plus(record.step().deadline());
    commands.add(
        current(record)
            .withHeader(
                new CommandHeader(
                    sent.step(), sent.epoch(), record.outstanding() ? sent.deadline() : deadline)));
  }

  /**
   * A target warms up once: however often an instance begins anew, the span is not longer. Of
   * records it is told what they are by now.
   */
  private Command current(StepRecord record) {
    if (record.command() instanceof WatchHealth watch) {
      return watch.laterBy(Duration.between(record.sentAt(), now));
    }
    return record.command() instanceof WatchRecords watch
        ? WatchedRecords.order(watch.header(), watch.spec(), ledger())
        : record.command();
  }

  private void sendAs(Step step, int tries, Command command) {
    sendAs(step, tries, command, Commands.undo(step, cutover, command.header()));
  }

  private void sendAs(Step step, int tries, Command command, Undo undo) {
    Instant deadline = command.header().deadline();
    add(new SagaEvent.StepSent(step, tries, command, undo, now, deadline.plus(PATIENCE)));
    if (command instanceof PersonCommand) {
      return; // it is shown, not sent
    }
    commands.add(command);
    if (tries == 1 && step.action() == Action.FENCE_SOURCE) {
      add(new SagaEvent.OutageBegan(now, now.plus(cutover.requiredPlan().bounds().goBackAfter())));
    }
  }

  private CommandHeader header(Step step, long epoch) {
    return header(step, epoch, step.deadline());
  }

  private CommandHeader header(Step step, long epoch, Duration within) {
    int attempt = cutover.ledger().nextAttempt(step.name());
    StepRef ref = new StepRef(cutover.id(), step.name(), attempt);
    return new CommandHeader(ref, epoch, now.plus(within));
  }

  Optional<Side> serving() {
    return cutover.world().serving();
  }
}
