package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Command;
import java.util.List;

/**
 * What was decided: events for the journal and orders to send, all in one transaction or none.
 *
 * @param after the state once the events are applied
 */
public record Decision(List<SagaEvent> events, List<Command> commands, Cutover after) {
  public Decision {
    events = List.copyOf(events);
    commands = List.copyOf(commands);
  }
}
