package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.CONFLICT;
import static dev.cutover.contract.FailureKind.MANUAL;
import static dev.cutover.contract.FailureKind.MISMATCH;
import static dev.cutover.contract.FailureKind.REFUSED;
import static dev.cutover.contract.FailureKind.SUPERSEDED;
import static dev.cutover.contract.FailureKind.UNREACHABLE;
import static dev.cutover.contract.FailureKind.UNSUITABLE;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.Rfc2136Primary.Outcome;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.RecordChangePlanner;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.dns.domain.ZoneChange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Switches traffic in a zone that takes TSIG-signed RFC 2136 updates: BIND, Knot, PowerDNS.
 *
 * <p>Each change is one UPDATE whose prerequisites are what it expects to find, the mark among
 * them; so the server itself refuses what is late, doubled or undead. NOERROR proves nothing (trap
 * 15) and NXRRSET may be the answer to one's own earlier success (trap 18): what the primary serves
 * afterwards decides.
 */
public final class Rfc2136Switch implements TrafficSwitch {
  /** A revert that loses this often against other writers is better told than tried for ever. */
  private static final int REVERT_ATTEMPTS_MAX = 8;

  private final TsigKeys keys;

  /**
   * @param keys keys by the name that plans use
   */
  public Rfc2136Switch(TsigKeys keys) {
    this.keys = keys;
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(true, true, true, false);
  }

  @Override
  public SwitchSpec normalise(SwitchSpec spec) {
    return WireRecords.normalise(spec);
  }

  @Override
  public SwitchState read(SwitchSpec spec, Duration within) throws SwitchFailure {
    return primary(spec, within).read();
  }

  @Override
  public void proveRevert(SwitchSpec spec, SwitchState found, CutoverId cutover, Duration within)
      throws SwitchFailure {
    for (SwitchedName name : spec.names()) {
      boolean ours =
          found.mark(name.name())
                  instanceof EpochMark.Epoch(long _, CutoverId holder, boolean ended)
              && holder.equals(cutover)
              && !ended;
      if (!ours) {
        throw conflict(
            "the mark of cutover %s at %s".formatted(cutover, EpochMark.nameFor(name.name())),
            found.mark(name.name()).describe() + ": it is not staged, or not ours any more");
      }
    }
    Outcome outcome = primary(spec, within).update(RecordChangePlanner.probe(spec, found));
    switch (outcome) {
      case Outcome.Accepted _ -> {}
      case Outcome.Denied(String cause) -> throw refused(cause);
      case Outcome.Unmet(String rcode) -> throw conflict("the marks as read", rcode);
      case Outcome.Unknown(String cause) -> throw unreachable(cause);
    }
  }

  @Override
  public void stage(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure {
    Rfc2136Primary primary = primary(spec, order.within());
    SwitchState found = primary.read();
    refuseNewer(spec, found, order);
    requireValues(found, captured, "captured");
    ZoneChange change = RecordChangePlanner.stage(spec, found, order.mark());
    switch (primary.update(change.withoutEffect())) {
      case Outcome.Accepted _ -> {}
      case Outcome.Denied(String cause) -> throw refused(cause);
      case Outcome.Unmet(String rcode) ->
          throw conflict(
              "the primary to hold what it serves",
              "%s answered %s: records may come from a wildcard, which a mark would disable, or somebody else is writing"
                  .formatted(spec.primary(), rcode));
      case Outcome.Unknown(String cause) -> throw unreachable(cause);
    }
    Outcome outcome = primary.update(change);
    if (outcome instanceof Outcome.Denied(String cause)) {
      throw refused(
          "%s. An update without effect was accepted, so zone and key are right: grant key %s the right to change these names and types, and TXT at %s<name>"
              .formatted(cause, spec.tsigKey(), EpochMark.LABEL));
    }
    SwitchState after = primary.read();
    if (!after.isMarked(order.mark())) {
      throw notMade(spec, outcome, "mark " + order.mark().describe(), after, order);
    }
  }

  @Override
  public int lowerTtl(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure {
    Rfc2136Primary primary = primary(spec, order.within());
    SwitchState found = primary.read();
    refuseNewer(spec, found, order);
    requireValues(found, captured, "captured");
    List<RecordSet> wanted =
        found.sets().stream()
            .map(s -> s.withTtlSeconds(Math.min(s.ttlSeconds(), spec.loweredTtlSeconds())))
            .toList();
    ZoneChange change = RecordChangePlanner.retime(spec, found, wanted);
    int ttlSeconds = retime(spec, primary, change, found, wanted, order);
    if (ttlSeconds > spec.loweredTtlSeconds()) {
      throw new SwitchFailure(
          UNSUITABLE,
          "Expected %s to serve a TTL of %d s after lowering, but it serves %d s: allow the lower TTL on the server, or plan with a loweredTtl of %d s"
              .formatted(spec.primary(), spec.loweredTtlSeconds(), ttlSeconds, ttlSeconds),
          false);
    }
    return ttlSeconds;
  }

  @Override
  public void shift(SwitchSpec spec, long expectedEpoch, Order order) throws SwitchFailure {
    Rfc2136Primary primary = primary(spec, order.within());
    EpochMark.Epoch expected = order.mark(expectedEpoch);
    Outcome outcome = primary.update(RecordChangePlanner.shift(spec, expected, order.mark()));
    SwitchState after = readUnlessDenied(primary, outcome);
    if (atTarget(spec, after) && !after.isMarked(order.mark())) {
      // An earlier shift brought the traffic there. Nothing moves; only the mark is raised, so that
      // what was sent in between stays void.
      refuseNewer(spec, after, order);
      outcome = primary.update(RecordChangePlanner.marked(spec, after, order.mark()));
      after = readUnlessDenied(primary, outcome);
    }
    if (!atTarget(spec, after) || !after.isMarked(order.mark())) {
      String source = RecordSets.describe(RecordSets.allSets(spec, Side.SOURCE));
      throw notMade(
          spec, outcome, "%s; mark %s".formatted(source, expected.describe()), after, order);
    }
  }

  private static boolean atTarget(SwitchSpec spec, SwitchState state) {
    return RecordSets.sameValues(state.sets(), RecordSets.allSets(spec, Side.TARGET));
  }

  private static SwitchState readUnlessDenied(Rfc2136Primary primary, Outcome outcome)
      throws SwitchFailure {
    if (outcome instanceof Outcome.Denied(String cause)) {
      throw refused(cause);
    }
    return primary.read();
  }

  @Override
  public boolean revert(SwitchSpec spec, Order order) throws SwitchFailure {
    Rfc2136Primary primary = primary(spec, order.within());
    List<RecordSet> source = RecordSets.allSets(spec, Side.SOURCE);
    boolean changed = false;
    Outcome outcome = new Outcome.Unmet("none");
    SwitchState found = primary.read();
    for (int attempt = 1; attempt <= REVERT_ATTEMPTS_MAX; attempt++) {
      refuseNewer(spec, found, order);
      boolean atSource = RecordSets.sameValues(found.sets(), source);
      if (atSource && found.isMarked(order.mark())) {
        return changed;
      }
      changed |= !atSource;
      outcome = primary.update(RecordChangePlanner.revert(spec, found, order.mark()));
      SwitchState after = readUnlessDenied(primary, outcome);
      if (outcome instanceof Outcome.Accepted && after.equals(found)) {
        break; // accepted without effect: trying again would not change that
      }
      found = after;
    }
    if (found.isMarked(order.mark()) && RecordSets.sameValues(found.sets(), source)) {
      return changed;
    }
    throw notMade(spec, outcome, RecordSets.describe(source), found, order);
  }

  @Override
  public int restoreTtl(SwitchSpec spec, List<RecordSet> captured, Order order)
      throws SwitchFailure {
    Rfc2136Primary primary = primary(spec, order.within());
    SwitchState found = primary.read();
    refuseNewer(spec, found, order);
    boolean known =
        RecordSets.sameValues(found.sets(), RecordSets.allSets(spec, Side.SOURCE))
            || RecordSets.sameValues(found.sets(), RecordSets.allSets(spec, Side.TARGET));
    if (!known) {
      throw conflict("the source's or the target's records", RecordSets.describe(found.sets()));
    }
    List<RecordSet> wanted =
        found.sets().stream()
            .map(set -> set.withTtlSeconds(capturedTtlSeconds(set, captured)))
            .toList();
    ZoneChange change =
        found.isMarked(order.lastMark())
            ? RecordChangePlanner.retime(spec, found, wanted)
            : RecordChangePlanner.retime(spec, found, wanted, order.lastMark());
    return retime(spec, primary, change, found, wanted, order);
  }

  private static int capturedTtlSeconds(RecordSet set, List<RecordSet> captured) {
    return captured.stream()
        .filter(c -> c.name().equals(set.name()) && c.type() == set.type())
        .mapToInt(RecordSet::ttlSeconds)
        .findFirst()
        .orElseGet(() -> RecordSets.ttlSecondsMax(captured));
  }

  private static int retime(
      SwitchSpec spec,
      Rfc2136Primary primary,
      ZoneChange change,
      SwitchState found,
      List<RecordSet> wanted,
      Order order)
      throws SwitchFailure {
    if (change.isEmpty()) {
      return RecordSets.ttlSecondsMax(found.sets());
    }
    Outcome outcome = primary.update(change);
    SwitchState after = readUnlessDenied(primary, outcome);
    // A server may store another TTL than it was given (trap 20): what counts is read back.
    boolean made =
        outcome instanceof Outcome.Accepted
            ? RecordSets.sameValues(after.sets(), wanted)
            : after.sets().containsAll(wanted);
    if (!made) {
      throw notMade(spec, outcome, RecordSets.describe(wanted), after, order);
    }
    return RecordSets.ttlSecondsMax(after.sets());
  }

  private Rfc2136Primary primary(SwitchSpec spec, Duration within) throws SwitchFailure {
    return new Rfc2136Primary(spec, keys.find(spec.tsigKey()), within);
  }

  /** Refuses an order that a newer one, another cutover or a person has made void. */
  private static void refuseNewer(SwitchSpec spec, SwitchState found, Order order)
      throws SwitchFailure {
    for (SwitchedName name : spec.names()) {
      EpochMark mark = found.mark(name.name());
      Optional<String> why =
          switch (mark) {
            case EpochMark.Absent() -> Optional.empty();
            case EpochMark.Epoch(long value, CutoverId cutover, boolean _)
                when cutover.equals(order.cutover()) ->
                value <= order.epoch()
                    ? Optional.empty()
                    : Optional.of("a newer decision has been here and this order is void");
            case EpochMark.Epoch(long _, CutoverId cutover, boolean ended) ->
                ended
                    ? Optional.empty()
                    : Optional.of(
                        "cutover %s holds this name: finish or abandon it first, or delete the mark if it is gone"
                            .formatted(cutover));
            case EpochMark.Foreign _ ->
                Optional.of("a person has taken over; run ./cutover adopt to go on from there");
          };
      if (why.isPresent()) {
        boolean byHand = mark.values().equals(List.of(EpochMark.MANUAL));
        throw new SwitchFailure(
            byHand ? MANUAL : SUPERSEDED,
            "Expected a mark of cutover %s, epoch %d or lower, at %s, but found %s: %s"
                .formatted(
                    order.cutover(),
                    order.epoch(),
                    EpochMark.nameFor(name.name()),
                    mark.describe(),
                    why.get()),
            false);
      }
    }
  }

  private static void requireValues(SwitchState found, List<RecordSet> expected, String what)
      throws SwitchFailure {
    if (!RecordSets.sameValues(found.sets(), expected)) {
      throw new SwitchFailure(
          MISMATCH,
          "Expected the %s records %s, but found %s: somebody else has changed them; capture again"
              .formatted(what, RecordSets.describe(expected), RecordSets.describe(found.sets())),
          false);
    }
  }

  /** Why what was asked for is not there, from the server's answer and what it serves now. */
  private static SwitchFailure notMade(
      SwitchSpec spec, Outcome outcome, String expected, SwitchState found, Order order)
      throws SwitchFailure {
    return switch (outcome) {
      case Outcome.Denied(String cause) -> refused(cause);
      case Outcome.Unknown(String cause) -> unreachable(cause);
      case Outcome.Unmet(String rcode) -> {
        refuseNewer(spec, found, order);
        yield conflict(expected, "%s (%s)".formatted(found.describe(spec), rcode));
      }
      case Outcome.Accepted _ -> {
        refuseNewer(spec, found, order);
        yield conflict(
            "the accepted change to be there",
            "%s still holds %s: it ignores parts of an update that it thinks impossible, such as a CNAME beside other records"
                .formatted(spec.primary(), found.describe(spec)));
      }
    };
  }

  private static SwitchFailure conflict(String expected, String found) {
    return new SwitchFailure(
        CONFLICT, "Expected %s, but found %s".formatted(expected, found), false);
  }

  private static SwitchFailure refused(String cause) {
    return new SwitchFailure(REFUSED, cause, false);
  }

  private static SwitchFailure unreachable(String cause) {
    return new SwitchFailure(UNREACHABLE, cause, true);
  }
}
