package dev.cutover.runtime;

import dev.cutover.contract.Command;
import dev.cutover.contract.CopyMeasured;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Event;
import dev.cutover.contract.FenceLeaseExpired;
import dev.cutover.contract.FenceLost;
import dev.cutover.contract.HealthReported;
import dev.cutover.contract.MemberProgressed;
import dev.cutover.contract.Message;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.MonitorCommand;
import dev.cutover.contract.ObjectsMeasured;
import dev.cutover.contract.OutboundCommand;
import dev.cutover.contract.Outsider;
import dev.cutover.contract.ParticipantAsked;
import dev.cutover.contract.ParticipantCommand;
import dev.cutover.contract.ParticipantReply;
import dev.cutover.contract.PartitionsAssigned;
import dev.cutover.contract.PersonCommand;
import dev.cutover.contract.ProgrammeStatus;
import dev.cutover.contract.PropagationObserved;
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.ReplicationMeasured;
import dev.cutover.contract.Reply;
import dev.cutover.contract.Report;
import dev.cutover.contract.Request;
import dev.cutover.contract.RollbackRequestRefused;
import dev.cutover.contract.RollbackRequested;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.SchemaObserved;
import dev.cutover.contract.StateChanged;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.UndecodableException;
import dev.cutover.contract.UndecodableMessage;
import dev.cutover.contract.ValidatorCommand;
import java.util.Map;
import java.util.Optional;

/**
 * Messages to records and back: topic by type, key by cutover, signature where one is due.
 *
 * @param signer signs and checks commands, requests, triggers and participants' answers; empty
 *     where the brokers' own access control is trusted
 */
public record Wire(Topics topics, MessageCodec codec, Optional<MessageSigner> signer) {
  public Wire(Topics topics) {
    this(topics, new MessageCodec(), Optional.empty());
  }

  /** Reads topics as {@link Topics#read} and keys as {@link Signatures#read}. */
  public static Wire read(ConfigReader reader) {
    return new Wire(Topics.read(reader), new MessageCodec(), Signatures.read(reader));
  }

  public Outgoing outgoing(Envelope<?> envelope) {
    Message message = envelope.message();
    String topic = topicOf(message);
    String key = message.cutover().value();
    byte[] data = codec.data(message);
    Map<String, String> headers = codec.headers(envelope);
    if (signer.isPresent() && signed(message)) {
      headers = signer.get().sign(topic, key, headers, data);
    }
    return new Outgoing(topic, key, Payload.of(data), headers);
  }

  /**
   * Reads a message.
   *
   * @throws UndecodableException when it is none, is about another cutover than its key says, or
   *     should be signed and is not to be believed
   */
  public Envelope<? extends Message> envelope(Received received) throws UndecodableException {
    String key =
        received
            .key()
            .orElseThrow(
                () -> new UndecodableException("Expected a record with a key, but it has none"));
    Envelope<? extends Message> envelope =
        codec.envelope(received.headers(), received.value().bytes());
    Message message = envelope.message();
    if (!message.cutover().value().equals(key)) {
      throw new UndecodableException(
          "Expected a message about cutover '%s' as its key says, but it is about '%s'"
              .formatted(key, message.cutover()));
    }
    if (signer.isPresent() && signed(message)) {
      Optional<String> refusal =
          signer.get().refuses(received.topic(), key, received.headers(), received.value().bytes());
      if (refusal.isPresent()) {
        throw new UndecodableException(refusal.get());
      }
    }
    return envelope;
  }

  /** Names the topic that a message belongs to. */
  public String topicOf(Message message) {
    return switch (message) {
      case Command command ->
          switch (command) {
            case DnsCommand _ -> topics.commands("dns");
            case SyncCommand _ -> topics.commands("sync");
            case ValidatorCommand _ -> topics.commands("validator");
            case MonitorCommand _ -> topics.commands("monitor");
            case OutboundCommand _ -> topics.commands("outbound");
            case ParticipantCommand.DoStep order -> order.topic();
            case PersonCommand _ ->
                throw new IllegalArgumentException(
                    "Expected an order for a service, but this one is for a person");
          };
      case Request _ -> topics.requests();
      case Outsider _ -> topics.rollbackRequests();
      case Event event ->
          switch (event) {
            case Reply _ -> topics.events();
            case Report report ->
                switch (report) {
                  case HealthReported _,
                      ReplicationMeasured _,
                      CopyMeasured _,
                      ObjectsMeasured _,
                      RecordsObserved _,
                      PropagationObserved _,
                      SchemaObserved _ ->
                      topics.measurements();
                  case RollbackTrigger _, RollbackRequested _ -> topics.rollbackTriggers();
                  case CutoverStatus _, ProgrammeStatus _ -> topics.status();
                  case MemberProgressed _,
                      FenceLost _,
                      FenceLeaseExpired _,
                      PartitionsAssigned _,
                      ParticipantAsked _,
                      UndecodableMessage _,
                      RollbackRequestRefused _,
                      StateChanged _ ->
                      topics.events();
                };
          };
    };
  }

  private static boolean signed(Message message) {
    return switch (message) {
      case Command _, Request _, Outsider _ -> true;
      case Event event ->
          event instanceof RollbackTrigger
              || event instanceof RollbackRequested
              || event instanceof ParticipantReply;
    };
  }

  @Override
  public String toString() {
    return "Wire[topics=%s, %s]".formatted(topics, signer.isPresent() ? "signed" : "not signed");
  }
}
