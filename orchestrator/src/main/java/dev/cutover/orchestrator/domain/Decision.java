package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Command;
import dev.cutover.contract.Request;
import java.util.List;

/**
 * What was decided: events for the journal, orders and requests to send, all in one transaction or
 * none.
 *
 * @param requests what is asked of other cutovers
 * @param after the state once the events are applied
 */
public record Decision(
    List<SagaEvent> events, List<Command> commands, List<Request> requests, Cutover after) {
  public Decision {
    requests = List.copyOf(requests);
    events = List.copyOf(events);
    commands = List.copyOf(commands);
  }
}
