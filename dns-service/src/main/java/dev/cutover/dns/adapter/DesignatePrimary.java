package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.CONFLICT;
import static dev.cutover.contract.FailureKind.UNSUITABLE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.DesignateApi.Answer;
import dev.cutover.dns.adapter.DesignateApi.NoAnswer;
import dev.cutover.dns.adapter.DesignateZone.Look;
import dev.cutover.dns.adapter.DesignateZone.Stored;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.RecordChangePlanner;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.StepwiseChange;
import dev.cutover.dns.domain.StepwiseChange.Next;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.ZoneChange;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes the record sets of a switch in a zone of Designate one after another: each by one call,
 * on a look that is no older than the blink of an eye. What a call answers is what is stored then;
 * where none came, it is looked.
 */
final class DesignatePrimary implements ZonePrimary {
  /** A name that no zone has (RFC 2606): a set there is looked at, and refused for its place. */
  private static final String NOWHERE = "cutover-probe.invalid.";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final SwitchSpec spec;
  private final Designate zone;
  private final DesignateZone sets;
  private final Urgency urgency;

  DesignatePrimary(SwitchSpec spec, Designate zone, DesignateZone sets, Urgency urgency) {
    this.spec = spec;
    this.zone = zone;
    this.sets = sets;
    this.urgency = urgency;
  }

  @Override
  public SwitchState read() throws SwitchFailure {
    List<RecordSet> found = new ArrayList<>();
    Map<String, EpochMark> marks = new LinkedHashMap<>();
    Map<SetKey, Stored> stored = sets.stored();
    for (SwitchedName name : spec.names()) {
      for (RecordType type : RecordSets.typesOf(name)) {
        Stored set = stored.get(new SetKey(name.name(), type));
        if (set != null) {
          found.add(set.set());
        }
      }
      Stored mark = stored.get(new SetKey(EpochMark.nameFor(name.name()), RecordType.TXT));
      marks.put(name.name(), EpochMark.parse(mark == null ? List.of() : mark.set().values()));
    }
    return new SwitchState(found, marks);
  }

  @Override
  public Outcome update(ZoneChange change) throws SwitchFailure {
    if (!change.withdrawn().isEmpty()) {
      Outcome tried = tried();
      if (!(tried instanceof Outcome.Accepted)) {
        return tried;
      }
    }
    return madeStepwise(change);
  }

  private Outcome madeStepwise(ZoneChange change) throws SwitchFailure {
    Outcome outcome = new Outcome.Accepted();
    Next last = new Next.Made();
    Look look = sets.look();
    int callsMax = 2 * (change.deleted().size() + change.added().size());
    for (int calls = 0; calls <= callsMax; ) {
      Next next = StepwiseChange.next(change, look.sets(), urgency == Urgency.REVERT);
      SetKey key;
      switch (next) {
        case Next.Made() -> {
          return new Outcome.Accepted();
        }
        case Next.Unmet(String why) -> {
          return new Outcome.Unmet(why);
        }
        case Next.Write(RecordSet set) -> key = new SetKey(set.name(), set.type());
        case Next.Delete(SetKey deleted) -> key = deleted;
      }
      if (sets.isOld(look)) {
        look = sets.look();
        continue;
      }
      if (next.equals(last)) {
        return outcome; // sent and not there: nothing is sent again on no news
      }
      Called called =
          next instanceof Next.Write(RecordSet set)
              ? written(set, look.stored().get(key))
              : deleted(key, look.stored().get(key));
      outcome = called.outcome();
      if (!(outcome instanceof Outcome.Accepted || outcome instanceof Outcome.Unknown)) {
        return outcome;
      }
      last = next;
      calls++;
      look = after(next, key, called, look);
    }
    return new Outcome.Unmet("somebody else changes the same sets again and again");
  }

  /** What is stored after a call: as it was answered, else as it is found. */
  private Look after(Next next, SetKey key, Called called, Look before) throws SwitchFailure {
    boolean gone = next instanceof Next.Delete;
    if (!(called.outcome() instanceof Outcome.Accepted) || (called.shown().isEmpty() && !gone)) {
      return sets.look();
    }
    if (gone) {
      before.stored().remove(key);
    } else {
      called.shown().ifPresent(set -> before.stored().put(key, set));
    }
    return before;
  }

  /**
   * Offers every set of both sides for a name outside of the zone. Designate looks at type and
   * values, then at the right, the quota and the TTL, and last refuses the name (its {@code
   * central/service.py}): so all of these are proven, and nothing is made.
   */
  private Outcome tried() throws SwitchFailure {
    List<RecordSet> offered = new ArrayList<>();
    for (Side side : Side.values()) {
      offered.addAll(spec.served(side));
    }
    offered.add(RecordChangePlanner.markSet(spec.names().getFirst(), EpochMark.MANUAL));
    List<ObjectNode> bodies =
        offered.stream()
            .map(set -> body(set).put("name", NOWHERE).put("type", set.type().name()))
            .distinct()
            .toList();
    for (ObjectNode body : bodies) {
      try {
        Answer answer = sets.call("POST", "", body);
        if (!answer.body().path("type").asText().equals(DesignateAnswers.LOCATION)) {
          Outcome refusal = sets.meaning(answer);
          return refusal instanceof Outcome.Accepted
              ? new Outcome.Denied(
                  UNSUITABLE,
                  "Expected Designate of cloud %s to refuse %s, which is not in zone %s, but it took it: delete it"
                      .formatted(zone.cloud(), NOWHERE, spec.zone()))
              : refusal;
        }
      } catch (NoAnswer e) {
        return new Outcome.Deferred(e.reason());
      }
    }
    return new Outcome.Accepted();
  }

  private static ObjectNode body(RecordSet set) {
    ObjectNode body = NODES.objectNode().put("ttl", set.ttlSeconds());
    set.values().forEach(body.putArray("records")::add);
    return body;
  }

  /**
   * What became of a call.
   *
   * @param shown the set as it is stored by it; empty where the answer does not show it
   */
  private record Called(Outcome outcome, Optional<Stored> shown) {}

  private Called written(RecordSet set, @Nullable Stored before) throws SwitchFailure {
    return before == null
        ? changed("POST", "", body(set).put("name", set.name()).put("type", set.type().name()), 1)
        : changed("PUT", "/" + before.id(), body(set), before.version() + 1);
  }

  private Called deleted(SetKey key, @Nullable Stored before) throws SwitchFailure {
    if (before == null) {
      throw new IllegalStateException(
          "Expected a stored set to delete, but %s is none".formatted(key));
    }
    return changed("DELETE", "/" + before.id(), null, before.version() + 1);
  }

  /** There is no condition that a call could carry: another's write shows in the version alone. */
  private Called changed(String method, String path, @Nullable JsonNode body, long version)
      throws SwitchFailure {
    Answer answer;
    try {
      answer = sets.call(method, path, body);
    } catch (NoAnswer e) {
      return new Called(
          new Outcome.Unknown(e.reason() + ". The change may have taken effect"), Optional.empty());
    }
    Outcome outcome = sets.meaning(answer);
    long counted = answer.body().path("version").asLong(version);
    if (outcome instanceof Outcome.Accepted && counted != version && urgency != Urgency.REVERT) {
      throw new SwitchFailure(
          CONFLICT,
          "Expected version %d of %s %s after writing it, but it is %d: somebody else wrote it at the same moment, and was written over. Designate has no conditional change; read the switch, find the other writer, and revert or stage again"
              .formatted(
                  version,
                  answer.body().path("name").asText(),
                  answer.body().path("type").asText(),
                  counted),
          false);
    }
    return new Called(
        outcome, outcome instanceof Outcome.Accepted ? sets.shown(answer) : Optional.empty());
  }

  @Override
  public String rightMissing(String cause) {
    return cause
        + ". Give the credential a role that may create, update and delete record sets of the zone:"
        + " 'member' of its project, by Designate's default policy";
  }

  @Override
  public String ignoredBecause() {
    return "somebody else has changed it since";
  }
}
