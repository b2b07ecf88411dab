package dev.cutover.orchestrator.outbound;

import dev.cutover.contract.Event;
import dev.cutover.contract.OutboundCommand;
import dev.cutover.contract.OutboundReply.NoticeAccepted;
import dev.cutover.contract.StepFailed;
import dev.cutover.runtime.CommandHandler;
import dev.cutover.runtime.Log;
import dev.cutover.runtime.Wire;
import dev.cutover.runtime.Work;
import io.vertx.core.Vertx;

/** Carries outbound orders out. Keeps nothing of the saga; sends once for each order. */
public final class OutboundService implements CommandHandler<OutboundCommand>, AutoCloseable {
  private final HttpSender sender;
  private final HttpCaller caller;
  private final Participants participants;
  private final Channels channels;
  private final BundleFiles bundles;

  /**
   * Makes it.
   *
   * @param participantLog writes to participants' topics; not the one that answers are written
   *     with, so that a topic that is missing keeps no answer back
   */
  public OutboundService(OutboundConfig config, Vertx vertx, Wire wire, Log participantLog) {
    this.sender = new HttpSender(config.hosts());
    this.caller = new HttpCaller(sender, config.credentials());
    this.participants = new Participants(wire, participantLog, config.topics());
    this.bundles = new BundleFiles(config.bundles());
    this.channels = new Channels(config, vertx, sender);
  }

  @Override
  public Event handle(OutboundCommand command, Work work) throws InterruptedException {
    Deadline deadline = new Deadline(command.header().deadline(), work.clock());
    try {
      return switch (command) {
        case OutboundCommand.CallHttp call -> caller.call(call.header(), call.call(), deadline);
        case OutboundCommand.AskParticipant ask ->
            participants.ask(ask, work.rehearsal(), deadline);
        case OutboundCommand.WriteBundle bundle -> bundles.write(bundle);
        case OutboundCommand.DeliverNotice order ->
            new NoticeAccepted(
                order.header().step(),
                order.notice().id(),
                channels.deliver(order.notice(), order.channel(), deadline));
      };
    } catch (Refused e) {
      return new StepFailed(command.header().step(), e.failure());
    }
  }

  @Override
  public void close() {
    sender.close();
  }
}
