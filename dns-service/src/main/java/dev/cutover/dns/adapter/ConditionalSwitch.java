package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNSUITABLE;
import static dev.cutover.dns.domain.SwitchGuard.conflict;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.RecordChangePlanner;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SingleChangePlanner;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchGuard;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.dns.domain.ZoneChange;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * Switches traffic at a provider that makes a change of several records, as a whole or one set
 * after another.
 *
 * <p>Each change carries what it expects to find, the mark among it; so the provider itself, or the
 * look before the change where it has no conditions, refuses what is late, doubled or undead. An
 * accepted change proves nothing (trap 15), and a refusal may be the answer to one's own earlier
 * success (trap 18): what is stored afterwards decides.
 */
abstract class ConditionalSwitch implements TrafficSwitch {
  /** A revert that loses this often against other writers is better told than tried for ever. */
  private static final int REVERT_ATTEMPTS_MAX = 8;

  /** Where the zone's records are stored, for the time of one order. */
  abstract ZonePrimary primary(SwitchSpec spec, Duration within, Urgency urgency)
      throws SwitchFailure;

  private ZonePrimary primary(SwitchSpec spec, Duration within) throws SwitchFailure {
    return primary(spec, within, Urgency.ORDINARY);
  }

  /** The same as a revert would use it, for an attempt without effect that is in no hurry. */
  ZonePrimary trialPrimary(SwitchSpec spec, Duration within) throws SwitchFailure {
    return primary(spec, within);
  }

  @Override
  public SwitchState read(SwitchSpec spec, Duration within) throws SwitchFailure {
    return primary(spec, within).read();
  }

  @Override
  public void proveRevert(SwitchSpec spec, SwitchState found, CutoverId cutover, Duration within)
      throws SwitchFailure {
    SwitchGuard.requireOurs(spec, found, cutover);
    requireTaken(
        trialPrimary(spec, within).update(RecordChangePlanner.probe(spec, found)),
        answer -> conflict("the marks as read", answer));
  }

  /** Of a change without effect nothing can be read back: its answer is all there is. */
  private static void requireTaken(Outcome outcome, Function<String, SwitchFailure> unmet)
      throws SwitchFailure {
    switch (outcome) {
      case Outcome.Accepted _ -> {}
      case Outcome.Denied denied -> throw denied.failure();
      case Outcome.Deferred deferred -> throw deferred.failure();
      case Outcome.Unmet(String answer) -> throw unmet.apply(answer);
      case Outcome.Unknown unknown -> throw unknown.failure();
    }
  }

  @Override
  public void stage(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure {
    ZonePrimary primary = primary(spec, order.within());
    SwitchState found = primary.read();
    SwitchGuard.refuseNewer(spec, found, order);
    SwitchGuard.requireCapturedOrPrepared(spec, found, captured);
    ZoneChange change = RecordChangePlanner.stage(spec, found, order.mark());
    requireTaken(primary.update(change.withoutEffect()), answer -> notAsServed(spec, answer));
    Outcome outcome = primary.update(change);
    if (outcome instanceof Outcome.Denied(var kind, String cause)) {
      throw new SwitchFailure(kind, primary.rightMissing(cause), false);
    }
    if (outcome instanceof Outcome.Deferred deferred) {
      throw deferred.failure();
    }
    SwitchState after = primary.read();
    if (!after.isMarked(order.mark())) {
      throw primary.notMade(spec, outcome, "mark " + order.mark().describe(), after, order);
    }
  }

  private static SwitchFailure notAsServed(SwitchSpec spec, String answer) {
    return conflict(
        "the primary to hold what it serves",
        "%s answered %s: records may come from a wildcard, which a mark would disable, or somebody else is writing"
            .formatted(spec.provider().writtenAt(), answer));
  }

  @Override
  public int lowerTtl(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure {
    ZonePrimary primary = primary(spec, order.within());
    SwitchState found = primary.read();
    SwitchGuard.refuseNewer(spec, found, order);
    SwitchGuard.requireCapturedOrPrepared(spec, found, captured);
    boolean prepared = RecordSets.sameValues(found.sets(), spec.at(0));
    List<RecordSet> wanted =
        (spec.weighted() && !prepared ? spec.lowered(captured) : found.sets())
            .stream()
                .map(s -> s.withTtlSeconds(Math.min(s.ttlSeconds(), spec.loweredTtlSeconds())))
                .toList();
    ZoneChange change = RecordChangePlanner.retime(spec, found, wanted);
    int ttlSeconds = retime(spec, primary, change, found, wanted, order);
    if (ttlSeconds > spec.loweredTtlSeconds()) {
      throw new SwitchFailure(
          UNSUITABLE,
          "Expected %s to serve a TTL of %d s after lowering, but it serves %d s: allow the lower TTL on the server, or plan with a loweredTtl of %d s"
              .formatted(
                  spec.provider().writtenAt(), spec.loweredTtlSeconds(), ttlSeconds, ttlSeconds),
          false);
    }
    return ttlSeconds;
  }

  @Override
  public void shift(SwitchSpec spec, int weightPercent, long expectedEpoch, Order order)
      throws SwitchFailure {
    ZonePrimary primary = primary(spec, order.within());
    EpochMark.Epoch expected = order.mark(expectedEpoch);
    List<RecordSet> from = spec.weighted() ? shares(spec, primary, order) : spec.at(0);
    Outcome outcome =
        primary.update(
            RecordChangePlanner.shift(spec, from, weightPercent, expected, order.mark()));
    SwitchState after = primary.readAfter(outcome);
    List<RecordSet> wanted = spec.at(weightPercent);
    if (RecordSets.sameValues(after.sets(), wanted) && !after.isMarked(order.mark())) {
      // An earlier shift brought the traffic there. Nothing moves; only the mark is raised, so that
      // what was sent in between stays void.
      SwitchGuard.refuseNewer(spec, after, order);
      outcome = primary.update(RecordChangePlanner.marked(spec, after, order.mark()));
      after = primary.readAfter(outcome);
    }
    if (!RecordSets.sameValues(after.sets(), wanted) || !after.isMarked(order.mark())) {
      throw primary.notMade(
          spec,
          outcome,
          "%s; mark %s".formatted(RecordSets.describe(from), expected.describe()),
          after,
          order);
    }
  }

  /**
   * What is shared out now: whichever part of the traffic moved last, the mark tells whose it is.
   */
  private static List<RecordSet> shares(SwitchSpec spec, ZonePrimary primary, Order order)
      throws SwitchFailure {
    SwitchState found = primary.read();
    if (RecordSets.weightPercent(spec, found.sets()).isEmpty()
        && !RecordChangePlanner.isAtSource(spec, found)) {
      SwitchGuard.refuseNewer(spec, found, order);
      throw conflict(
          "records shared out by this cutover, such as " + RecordSets.describe(spec.at(0)),
          RecordSets.describe(found.sets()));
    }
    return found.sets();
  }

  @Override
  public boolean revert(SwitchSpec spec, Order order) throws SwitchFailure {
    ZonePrimary primary = primary(spec, order.within(), Urgency.REVERT);
    boolean changed = false;
    Outcome outcome = new Outcome.Unmet("none");
    SwitchState found = primary.read();
    for (int attempt = 1; attempt <= REVERT_ATTEMPTS_MAX; attempt++) {
      SwitchGuard.refuseNewer(spec, found, order);
      boolean atSource = RecordChangePlanner.isAtSource(spec, found);
      if (atSource && found.isMarked(order.mark())) {
        return changed;
      }
      changed |= !atSource;
      outcome = primary.update(RecordChangePlanner.revert(spec, found, order.mark()));
      SwitchState after = primary.readAfter(outcome);
      if (outcome instanceof Outcome.Accepted && after.equals(found)) {
        break; // accepted without effect: trying again would not change that
      }
      found = after;
    }
    if (found.isMarked(order.mark()) && RecordChangePlanner.isAtSource(spec, found)) {
      return changed;
    }
    throw primary.notMade(spec, outcome, RecordSets.describe(spec.at(0)), found, order);
  }

  @Override
  public int restoreTtl(SwitchSpec spec, List<RecordSet> captured, Order order)
      throws SwitchFailure {
    ZonePrimary primary = primary(spec, order.within());
    SwitchState found = primary.read();
    SwitchGuard.refuseNewer(spec, found, order);
    List<RecordSet> wanted =
        served(spec, found).stream()
            .map(set -> set.withTtlSeconds(capturedTtlSeconds(set, captured, spec)))
            .toList();
    ZoneChange change =
        found.isMarked(order.lastMark())
            ? RecordChangePlanner.retime(spec, found, wanted)
            : RecordChangePlanner.retime(spec, found, wanted, order.lastMark());
    return retime(spec, primary, change, found, wanted, order);
  }

  /** The sets of the side that has all of the traffic, without weights. */
  private static List<RecordSet> served(SwitchSpec spec, SwitchState found) throws SwitchFailure {
    for (Side side : Side.values()) {
      if (RecordSets.serves(spec, side, found.sets())) {
        return spec.plain(side);
      }
    }
    throw conflict("the source's or the target's records", RecordSets.describe(found.sets()));
  }

  /** What comes in the place of aliases, which have no TTL, keeps that of the cutover. */
  private static int capturedTtlSeconds(RecordSet set, List<RecordSet> captured, SwitchSpec spec) {
    List<RecordSet> timed = captured.stream().filter(c -> !c.aliased()).toList();
    return timed.stream()
        .filter(c -> c.name().equals(set.name()) && c.type() == set.type())
        .mapToInt(RecordSet::ttlSeconds)
        .findFirst()
        .orElseGet(
            () -> timed.isEmpty() ? spec.loweredTtlSeconds() : RecordSets.ttlSecondsMax(timed));
  }

  @Override
  public void change(
      SwitchSpec spec,
      SwitchState found,
      List<RecordSet> wanted,
      Order order,
      EpochMark.Epoch mark,
      Urgency urgency)
      throws SwitchFailure {
    SwitchGuard.refuseNewer(spec, found, order);
    ZonePrimary primary = primary(spec, order.within(), urgency);
    Outcome outcome = primary.update(SingleChangePlanner.zoneChange(spec, found, wanted, mark));
    SwitchState after = primary.readAfter(outcome);
    if (outcome instanceof Outcome.Unmet(String answer) && after.equals(found)) {
      throw notAsServed(spec, answer);
    }
    if (!RecordSets.sameValues(after.sets(), wanted) || !after.isMarked(mark)) {
      throw primary.notMade(spec, outcome, found.describe(spec), after, order);
    }
  }

  private static int retime(
      SwitchSpec spec,
      ZonePrimary primary,
      ZoneChange change,
      SwitchState found,
      List<RecordSet> wanted,
      Order order)
      throws SwitchFailure {
    if (change.isEmpty()) {
      return RecordSets.ttlSecondsMax(found.sets());
    }
    Outcome outcome = primary.update(change);
    SwitchState after = primary.readAfter(outcome);
    // A server may store another TTL than it was given (trap 20): what counts is read back.
    boolean made =
        outcome instanceof Outcome.Accepted
            ? RecordSets.sameValues(after.sets(), wanted)
            : after.sets().containsAll(wanted);
    if (!made) {
      throw primary.notMade(spec, outcome, RecordSets.describe(wanted), after, order);
    }
    return RecordSets.ttlSecondsMax(after.sets());
  }
}
