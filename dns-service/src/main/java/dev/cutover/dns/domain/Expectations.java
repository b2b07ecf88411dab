package dev.cutover.dns.domain;

import dev.cutover.contract.DnsCommand.LowerTtl;
import dev.cutover.contract.DnsCommand.PutBackRecords;
import dev.cutover.contract.DnsCommand.WatchRecords;
import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.DnsReply.TtlLowered;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Reply;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.ViewRecords;
import dev.cutover.dns.domain.DriftJudge.Look;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * What the records of a switch and of each of its views may be, by the orders of its cutover. Pure.
 *
 * @param parts by the name of the view; the switch itself has none
 */
public record Expectations(Map<String, Expectation> parts) {
  /** Nothing is known yet. */
  public static final Expectations NONE = new Expectations(Map.of());

  public Expectations {
    parts = Map.copyOf(parts);
  }

  /** Told by the order to watch. */
  public Expectations told(WatchRecords order, Instant now) {
    long epoch = Math.max(order.header().epoch(), order.markEpoch());
    Map<String, Expectation> next = new HashMap<>(parts);
    tell(next, "", epoch, order.expected(), order.before(), now);
    order
        .views()
        .ifPresent(
            views ->
                views.forEach(
                    view -> tell(next, view.view(), epoch, view.expected(), view.before(), now)));
    return new Expectations(next);
  }

  private static void tell(
      Map<String, Expectation> next,
      String part,
      long epoch,
      Collection<RecordSet> expected,
      Collection<RecordSet> before,
      Instant now) {
    List<RecordSet> sets = RecordSets.normal(expected);
    List<RecordSet> former = RecordSets.normal(before);
    next.merge(
        part,
        Expectation.told(epoch, sets, former, now),
        (known, told) -> known.epoch() > told.epoch() ? known.from(sets, former, now) : told);
  }

  /** TTLs are about to be lowered. */
  public Expectations lowering(LowerTtl order, SwitchSpec spec) {
    return ordering(
        order.header().epoch(),
        spec,
        (part, of) ->
            of.lowered(
                RecordSets.normal(
                    part.isEmpty() ? order.captured() : ViewRecords.of(order.views(), part))));
  }

  /**
   * Traffic is about to be moved.
   *
   * @param weightPercent how much the target gets
   */
  public Expectations moving(long epoch, SwitchSpec spec, int weightPercent) {
    return ordering(epoch, spec, (_, of) -> RecordSets.normal(of.served(weightPercent)));
  }

  private Expectations ordering(
      long epoch, SwitchSpec spec, BiFunction<String, SwitchSpec, List<RecordSet>> leadsTo) {
    Map<String, Expectation> next = new HashMap<>(parts);
    spec.parts()
        .forEach(
            (part, of) -> {
              List<RecordSet> sets = leadsTo.apply(part, of);
              next.merge(
                  part,
                  Expectation.ordered(epoch, sets),
                  (known, _) -> known.ordering(epoch, sets));
            });
    return new Expectations(next);
  }

  /** An order is under way that changes the marks alone. */
  public Expectations marking(long epoch) {
    return each((_, known) -> known.marking(epoch));
  }

  /** What became of the order under way. Where that is not known, both is possible until seen. */
  public Expectations after(Reply reply, SwitchSpec spec, Instant now) {
    if (reply instanceof TtlLowered) {
      return each((_, known) -> done(known, now));
    }
    if (reply instanceof TrafficShifted) {
      return moved(spec, (known, of) -> done(known, of, Side.SOURCE, now));
    }
    if (reply instanceof TrafficReverted reverted) {
      return moved(spec, (known, of) -> reverted(known, of, reverted.changed(), now));
    }
    return reply instanceof StepFailed failed && changedNothing(failed.failure().kind())
        ? each((_, known) -> known.undone())
        : this;
  }

  /** Records were put back: secondaries may still serve what somebody else had made of them. */
  public Expectations putBack(PutBackRecords order, SwitchSpec spec, Instant now) {
    Map<String, SwitchSpec> specs = spec.parts();
    return each(
        (part, known) -> {
          SwitchSpec of = specs.get(part);
          if (of == null) {
            return known;
          }
          PutBack back = PutBack.of(order, of, part);
          return known.done(back.wanted(), back.drifted(), now);
        });
  }

  private Expectation reverted(Expectation known, SwitchSpec spec, boolean changed, Instant now) {
    if (!isAtSource(known, spec) || (changed && parts.size() == 1)) {
      return done(known, spec, Side.TARGET, now);
    }
    // Of several zones at least one was changed: it need not have been this one.
    return changed
        ? known.unsure(RecordSets.normal(spec.served(Side.TARGET)), now)
        : known.undone();
  }

  private Expectations moved(
      SwitchSpec spec, BiFunction<Expectation, SwitchSpec, Expectation> next) {
    Map<String, SwitchSpec> specs = spec.parts();
    return each(
        (part, known) ->
            Optional.ofNullable(specs.get(part)).map(of -> next.apply(known, of)).orElse(known));
  }

  private static Expectation done(Expectation known, Instant now) {
    return known.ordered().map(next -> known.done(next, now)).orElse(known);
  }

  /**
   * The same for an order that moved traffic.
   *
   * @param from where it moved traffic away from, where that is not what is known
   */
  private static Expectation done(Expectation known, SwitchSpec spec, Side from, Instant now) {
    boolean asKnown = known.settled().isPresent() && !known.settled().equals(known.ordered());
    return asKnown
        ? done(known, now)
        : known
            .ordered()
            .map(next -> known.done(next, RecordSets.normal(spec.served(from)), now))
            .orElse(known);
  }

  /** A revert that finds the source's records leaves them as they are. */
  private static boolean isAtSource(Expectation known, SwitchSpec spec) {
    return known.settled().filter(sets -> RecordSets.serves(spec, Side.SOURCE, sets)).isPresent();
  }

  /** Of several zones one may refuse what others have taken; who comes too late is late in all. */
  private boolean changedNothing(FailureKind kind) {
    return switch (kind) {
      case SUPERSEDED -> true;
      case REFUSED, CONFLICT, MISMATCH, UNSUITABLE, MANUAL -> parts.size() == 1;
      case UNREACHABLE, TIMED_OUT, INCONCLUSIVE, INTERNAL -> false;
    };
  }

  /** Seen at the primaries: settles an order whose outcome was not known. */
  public Expectations seen(Map<String, Look> looks, Instant now) {
    return each(
        (part, known) ->
            Optional.ofNullable(looks.get(part))
                .map(Look::primary)
                .filter(primary -> primary.error().isEmpty())
                .map(primary -> known.seen(primary.records(), now))
                .orElse(known));
  }

  private Expectations each(BiFunction<String, Expectation, Expectation> change) {
    Map<String, Expectation> next = new HashMap<>(parts);
    next.replaceAll(change);
    return new Expectations(next);
  }
}
