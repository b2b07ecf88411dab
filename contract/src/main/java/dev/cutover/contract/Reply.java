package dev.cutover.contract;

/** The answer to a command, with evidence. Exactly one of these ends an attempt. */
public sealed interface Reply extends Event
    permits DnsReply,
        SyncReply,
        ValidatorReply,
        MonitorReply,
        OutboundReply,
        ParticipantReply,
        PersonReply,
        StepFailed {
  /** The attempt that this answers. */
  StepRef step();

  @Override
  default CutoverId cutover() {
    return step().cutover();
  }
}
