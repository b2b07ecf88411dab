package dev.cutover.orchestrator;

import dev.cutover.contract.Command;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.Envelope;
import dev.cutover.contract.Message;
import dev.cutover.contract.Outsider;
import dev.cutover.contract.PartitionsAssigned;
import dev.cutover.contract.ProgrammeStatus;
import dev.cutover.contract.Reply;
import dev.cutover.contract.Report;
import dev.cutover.contract.Request;
import dev.cutover.contract.StateChanged;
import dev.cutover.contract.UndecodableException;
import dev.cutover.contract.UndecodableMessage;
import dev.cutover.orchestrator.adapter.DecisionRecords;
import dev.cutover.orchestrator.adapter.JournalCodec;
import dev.cutover.orchestrator.adapter.JournalEntry;
import dev.cutover.orchestrator.adapter.PlanDifference;
import dev.cutover.orchestrator.adapter.PlanYaml;
import dev.cutover.orchestrator.adapter.ProgrammeYaml;
import dev.cutover.orchestrator.domain.Cutover;
import dev.cutover.orchestrator.domain.Decision;
import dev.cutover.orchestrator.domain.Saga;
import dev.cutover.orchestrator.domain.SagaInput;
import dev.cutover.orchestrator.domain.SagaState;
import dev.cutover.runtime.DeadLetters;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Outgoing;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sagas of the partitions that this instance owns. A message comes in, {@link Saga} decides,
 * records go out; replay only folds. Used by the loop's thread alone.
 */
public final class OrchestratorService implements dev.cutover.runtime.Saga {
  private static final Logger LOGGER = LoggerFactory.getLogger(OrchestratorService.class);

  /** A deadline that is due but leads to nothing is looked at again after this, not at once. */
  private static final Duration IDLE_TIMER = Duration.ofMillis(100);

  private final Wire wire;
  private final DecisionRecords records;
  private final Replay replay;
  private final Map<Integer, Cutovers> partitions = new HashMap<>();

  public OrchestratorService(Wire wire) {
    this.wire = wire;
    JournalCodec codec = new JournalCodec();
    this.records = new DecisionRecords(wire, codec);
    this.replay = new Replay(codec);
  }

  /** What led to a decision. */
  private record Origin(Optional<JournalEntry.Input> input, String messageId) {
    static final Origin TIMER = new Origin(Optional.empty(), "");

    static Origin of(Received input, String messageId) {
      return new Origin(
          Optional.of(new JournalEntry.Input(input.topic(), input.partition(), input.offset())),
          messageId);
    }

    /** For the log. */
    @Override
    public String toString() {
      return messageId.isEmpty() ? input.map(Record::toString).orElse("timer") : messageId;
    }
  }

  @Override
  public void restore(int partition, List<Received> journal) {
    replay.restore(cutovers(partition), journal);
  }

  @Override
  public Optional<Instant> restored(int partition, Instant now) {
    Cutovers cutovers = cutovers(partition);
    cutovers.restored(now);
    for (Cutovers.Tracked tracked : cutovers.all()) {
      if (tracked.cutover().state() instanceof SagaState.Finished) {
        continue;
      }
      LOGGER
          .atInfo()
          .addKeyValue(LogKeys.CUTOVER_ID, tracked.cutover().id())
          .addKeyValue("state", Story.position(tracked.cutover()))
          .addKeyValue("pending", Saga.pending(tracked.cutover()).size())
          .log("cutover taken up");
    }
    return cutovers.latest();
  }

  @Override
  public List<Outgoing> onRecord(Received input, Instant now, boolean caughtUp) {
    Envelope<? extends Message> envelope;
    try {
      envelope = wire.envelope(input);
    } catch (UndecodableException e) {
      return unreadable(input, e.reason(), now);
    }
    Origin origin = Origin.of(input, envelope.id());
    int partition = input.partition();
    Optional<String> damage = cutovers(partition).damage(envelope.message().cutover());
    if (damage.isPresent()) {
      return List.of(new DeadLetters(wire.topics(), () -> now).of(input, damage.get()));
    }
    return switch (envelope.message()) {
      case Request.StartCutover start ->
          decide(partition, start.cutover(), read(start, now), origin, now);
      case Request.Amend amend ->
          decide(partition, amend.cutover(), read(partition, amend, now), origin, now);
      case Request.StartProgramme start ->
          decide(partition, start.cutover(), read(start, now), origin, now);
      case Request request ->
          decide(partition, request.cutover(), new SagaInput.Asked(request), origin, now);
      case Reply reply ->
          decide(partition, reply.cutover(), new SagaInput.Answered(reply), origin, now);
      case PartitionsAssigned assigned -> {
        // Its key stands for the partition: it is about every cutover there. Of one that rests,
        // nothing is under way that it could be about.
        List<Outgoing> outgoing = new ArrayList<>();
        for (CutoverId cutover : cutovers(partition).ids()) {
          outgoing.addAll(
              decide(
                  partition,
                  cutover,
                  new SagaInput.Told(assigned, envelope.time(), !caughtUp),
                  origin,
                  now));
        }
        yield outgoing;
      }
      case StateChanged _, CutoverStatus _, ProgrammeStatus _ -> List.of(); // our own words
      case Report report ->
          decide(
              partition,
              report.cutover(),
              new SagaInput.Told(report, envelope.time(), !caughtUp),
              origin,
              now);
      case Command _, Outsider _ ->
          unreadable(input, "Expected a request, an answer or a report, but got an order", now);
    };
  }

  @Override
  public List<Outgoing> onTimer(int partition, Instant now, boolean caughtUp) {
    List<Outgoing> outgoing = new ArrayList<>();
    Cutovers cutovers = cutovers(partition);
    for (CutoverId id : cutovers.due(now)) {
      if (cutovers.wake(id)) {
        continue; // only now its deadlines are known: what is due comes at the next turn
      }
      long before = cutovers.get(id).cutover().sequence();
      outgoing.addAll(decide(partition, id, new SagaInput.TimePassed(caughtUp), Origin.TIMER, now));
      if (cutovers.get(id).cutover().sequence() == before) {
        cutovers.postpone(id, now.plus(IDLE_TIMER));
      }
    }
    return outgoing;
  }

  @Override
  public Optional<Instant> nextDue(int partition) {
    return cutovers(partition).nextDue();
  }

  @Override
  public void revoked(int partition) {
    partitions.remove(partition);
  }

  /**
   * A cutover as it is known here at this moment; empty where its partition is not owned. What it
   * shows may not be committed yet.
   */
  public Optional<Cutover> known(int partition, CutoverId cutover) {
    Cutovers cutovers = partitions.get(partition);
    return cutovers == null ? Optional.empty() : cutovers.known(cutover);
  }

  private Cutovers cutovers(int partition) {
    return partitions.computeIfAbsent(partition, _ -> new Cutovers(replay));
  }

  /** A plan is read here, not in the saga: its faults are the answer to the request. */
  private static SagaInput read(Request.StartCutover start, Instant now) {
    return switch (PlanYaml.read(start.plan(), now)) {
      case PlanYaml.Reading.Faulty(List<String> faults) ->
          new SagaInput.StartRefused(start, faults);
      case PlanYaml.Reading.Accepted(var plan) ->
          plan.id().equals(start.cutover())
              ? new SagaInput.StartAsked(start, plan)
              : new SagaInput.StartRefused(
                  start,
                  List.of(
                      "Expected a plan of cutover %s, but it is of %s"
                          .formatted(start.cutover(), plan.id())));
    };
  }

  /** A changed plan likewise, with what is changed. */
  private SagaInput read(int partition, Request.Amend amend, Instant now) {
    String before =
        known(partition, amend.cutover())
            .map(cutover -> cutover.people().authorship().file())
            .orElse("");
    return switch (PlanYaml.read(amend.plan(), now)) {
      case PlanYaml.Reading.Faulty(List<String> faults) ->
          new SagaInput.AmendRefused(amend, faults);
      case PlanYaml.Reading.Accepted(var plan) ->
          new SagaInput.AmendAsked(amend, plan, PlanDifference.keys(before, amend.plan()));
    };
  }

  private static SagaInput read(Request.StartProgramme start, Instant now) {
    return switch (ProgrammeYaml.read(start.programme(), now)) {
      case ProgrammeYaml.Reading.Faulty(List<String> faults) ->
          new SagaInput.ProgrammeRefused(start, faults);
      case ProgrammeYaml.Reading.Accepted(var programme) ->
          new SagaInput.ProgrammeAsked(start, programme);
    };
  }

  private List<Outgoing> decide(
      int partition, CutoverId id, SagaInput input, Origin origin, Instant now) {
    Cutovers cutovers = cutovers(partition);
    if (cutovers.damage(id).isPresent()) {
      return List.of();
    }
    Cutovers.Tracked tracked = cutovers.get(id);
    Cutover before = tracked.cutover();
    Decision decision = contained(before, input, origin, now);
    DecisionRecords.Written written =
        records.of(before, tracked.head(), decision, origin.input(), origin.messageId(), now);
    if (!decision.events().isEmpty()) {
      cutovers.put(new Cutovers.Tracked(decision.after(), written.head()));
      Story.tell(before, decision, origin.toString());
    }
    return written.records();
  }

  /**
   * Decides; a fault of the saga itself stays with its cutover. Stopping here would stop every
   * other cutover of this instance too, again after each restart, as the input would come again.
   */
  private static Decision contained(Cutover before, SagaInput input, Origin origin, Instant now) {
    try {
      return Saga.decide(before, input, now);
    } catch (IllegalStateException | IllegalArgumentException e) {
      LOGGER
          .atError()
          .addKeyValue(LogKeys.CUTOVER_ID, before.id())
          .addKeyValue(LogKeys.CAUSE, origin)
          .setCause(e)
          .log("cutover not decided upon: a fault of the saga");
      if (origin.input().isEmpty()) {
        return new Decision(List.of(), List.of(), List.of(), before);
      }
      JournalEntry.Input from = origin.input().get();
      String reason = "Expected to decide upon it, but " + e.getMessage();
      return Saga.decide(
          before,
          new SagaInput.Told(
              new UndecodableMessage(
                  before.id(), from.topic(), from.partition(), from.offset(), reason),
              now,
              false),
          now);
    }
  }

  /** It goes to the dead letters, and the saga of its cutover is told. */
  private List<Outgoing> unreadable(Received input, String reason, Instant now) {
    LOGGER
        .atWarn()
        .addKeyValue(LogKeys.CUTOVER_ID, input.key().orElse(""))
        .addKeyValue(LogKeys.TOPIC, input.topic())
        .addKeyValue(LogKeys.PARTITION, input.partition())
        .addKeyValue(LogKeys.OFFSET, input.offset())
        .addKeyValue(LogKeys.REASON, reason)
        .log("record refused: it can't be read or believed");
    DeadLetters deadLetters = new DeadLetters(wire.topics(), () -> now);
    List<Outgoing> outgoing = new ArrayList<>();
    outgoing.add(deadLetters.of(input, reason));
    deadLetters
        .report(input, reason)
        .ifPresent(
            report ->
                outgoing.addAll(
                    decide(
                        input.partition(),
                        report.cutover(),
                        new SagaInput.Told(report, now, false),
                        Origin.of(input, ""),
                        now)));
    return outgoing;
  }
}
