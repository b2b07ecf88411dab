package dev.cutover.contract;

/**
 * An order from the orchestrator to one service. Carries all that the service needs: services keep
 * no state of the saga. Running a command twice must be harmless; a late one must be refused with
 * an answer.
 */
public sealed interface Command extends Message
    permits DnsCommand,
        SyncCommand,
        ValidatorCommand,
        MonitorCommand,
        OutboundCommand,
        ParticipantCommand,
        PersonCommand {
  /** Identity, epoch and deadline. */
  CommandHeader header();

  /** The same order under another identity: how an undo that was journalled as data is sent. */
  Command withHeader(CommandHeader header);

  @Override
  default CutoverId cutover() {
    return header().step().cutover();
  }
}
