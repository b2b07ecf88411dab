package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.Command;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.MemberProgressed;
import dev.cutover.contract.Message;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.Request;
import dev.cutover.contract.StateChanged;
import dev.cutover.orchestrator.domain.Cutover;
import dev.cutover.orchestrator.domain.Decision;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.Programmes;
import dev.cutover.orchestrator.domain.SagaEvent;
import dev.cutover.orchestrator.domain.SagaEvent.RequestRefused;
import dev.cutover.orchestrator.domain.SagaView;
import dev.cutover.runtime.Outgoing;
import dev.cutover.runtime.Payload;
import dev.cutover.runtime.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decisions as records: journal first, then orders, then what subscribers see. */
public final class DecisionRecords {
  private static final String SOURCE = "/cutover/orchestrator";

  private final Wire wire;
  private final JournalCodec codec;

  public DecisionRecords(Wire wire, JournalCodec codec) {
    this.wire = wire;
    this.codec = codec;
  }

  /**
   * What a decision writes.
   *
   * @param records in this order, all in one transaction
   * @param head of the journal behind it
   */
  public record Written(List<Outgoing> records, JournalHead head) {
    public Written {
      records = List.copyOf(records);
    }
  }

  /**
   * Everything that a decision writes.
   *
   * @param head of the journal before it
   * @param causationId id of the message that led to it; empty for a timer
   */
  public Written of(
      Cutover before,
      JournalHead head,
      Decision decision,
      Optional<JournalEntry.Input> input,
      String causationId,
      Instant now) {
    Cutover after = decision.after();
    boolean rehearsal = after.plan().filter(plan -> plan.rehearsal().marked()).isPresent();
    List<Outgoing> records = new ArrayList<>();
    JournalHead end = head;
    Map<String, String> rest = Rest.of(after, now).map(Rest::header).orElse(Map.of());
    for (SagaEvent event : decision.events()) {
      boolean last = end.sequence() + 1 == head.sequence() + decision.events().size();
      Outgoing entry =
          journal(
              new JournalEntry(after.id(), end.sequence() + 1, end.hash(), now, input, event),
              last ? rest : Map.of());
      records.add(entry);
      end = end.then(entry.value());
    }
    for (Command command : decision.commands()) {
      long epoch = command.header().epoch();
      String id = "%s/%d".formatted(command.header().step(), epoch);
      records.add(outgoing(id, now, causationId, epoch, rehearsal, command));
    }
    if (!decision.events().isEmpty() && after.plan().isPresent()) {
      CutoverStatus status = SagaView.of(after, end.hash(), now);
      String from = before.state().label();
      if (!from.equals(status.state())) {
        records.add(
            outgoing(
                "%s/state/%d".formatted(after.id(), after.sequence()),
                now,
                causationId,
                after.sequence(),
                rehearsal,
                new StateChanged(after.id(), from, status.state(), status.reason())));
      }
      records.add(
          outgoing(
              "%s/status/%d".formatted(after.id(), after.sequence()),
              now,
              causationId,
              after.sequence(),
              rehearsal,
              status));
    }
    for (Request request : decision.requests()) {
      records.add(outgoing(request.requestId(), now, causationId, 0, rehearsal, request));
    }
    if (!decision.events().isEmpty()) {
      String hash = end.hash();
      after
          .programme()
          .ifPresent(
              programme ->
                  records.add(
                      outgoing(
                          "%s/status/%d".formatted(after.id(), after.sequence()),
                          now,
                          causationId,
                          after.sequence(),
                          false,
                          Programmes.view(after, programme, hash, now))));
    }
    member(before, decision, now)
        .ifPresent(
            report ->
                records.add(
                    outgoing(
                        "%s/member/%d".formatted(after.id(), after.sequence()),
                        now,
                        causationId,
                        report.sequence(),
                        rehearsal,
                        report)));
    return new Written(records, end);
  }

  /** What the programme of this cutover has to know; empty when nothing changed for it. */
  private static Optional<MemberProgressed> member(Cutover before, Decision decision, Instant now) {
    Cutover after = decision.after();
    Optional<CutoverId> programme = after.plan().flatMap(Plan::programme);
    if (programme.isPresent()) {
      CutoverStatus then = SagaView.of(before, "", now);
      CutoverStatus status = SagaView.of(after, "", now);
      boolean same =
          before.plan().isPresent()
              && then.state().equals(status.state())
              && then.outcome().equals(status.outcome());
      return same
          ? Optional.empty()
          : Optional.of(
              new MemberProgressed(
                  programme.get(),
                  after.id(),
                  after.sequence(),
                  status.state(),
                  status.outcome(),
                  status.reason(),
                  now));
    }
    return decision.events().stream()
        .filter(RequestRefused.class::isInstance)
        .map(RequestRefused.class::cast)
        .flatMap(
            refused ->
                Programmes.askedBy(refused.requestId(), after.id())
                    .map(
                        id ->
                            new MemberProgressed(
                                id,
                                after.id(),
                                after.sequence(),
                                "refused",
                                Optional.of("REFUSED"),
                                refused.reason(),
                                now))
                    .stream())
        .findFirst();
  }

  private Outgoing journal(JournalEntry entry, Map<String, String> rest) {
    Map<String, String> headers = new HashMap<>(rest);
    headers.put("content-type", MessageCodec.CONTENT_TYPE);
    headers.put("ce_type", JournalCodec.nameOf(entry.event()));
    return new Outgoing(
        wire.topics().journal(), entry.cutover().value(), Payload.of(codec.bytes(entry)), headers);
  }

  private Outgoing outgoing(
      String id, Instant now, String causationId, long sequence, boolean rehearsal, Message m) {
    return wire.outgoing(new Envelope<>(id, SOURCE, now, causationId, sequence, rehearsal, m));
  }
}
