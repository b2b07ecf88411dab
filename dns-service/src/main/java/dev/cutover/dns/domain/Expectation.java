package dev.cutover.dns.domain;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the records of a cutover may be, by its own orders. An order whose outcome is not known yet
 * leaves two possibilities, until one of them is seen or the next order settles it. Sets are normal
 * ({@link RecordSets}), with their TTL.
 *
 * @param epoch of the latest order that this follows from
 * @param settled what an answered order, or the order to watch, left; empty when only an order
 *     under way is known
 * @param ordered what the order under way leads to
 * @param former what secondaries may still serve
 */
public record Expectation(
    long epoch,
    Optional<List<RecordSet>> settled,
    Optional<List<RecordSet>> ordered,
    Optional<Former> former) {
  /** A secondary that has not followed after so long is told as drift. */
  private static final Duration FOLLOW_MAX = Duration.ofMinutes(2);

  /** A ladder, a shift, a share and a way back within {@link #FOLLOW_MAX}; more is no secondary. */
  private static final int EARLIER_MAX = 8;

  /**
   * What was served before.
   *
   * @param each one of them; more than one where orders followed each other so soon that a
   *     secondary may have missed some
   * @param until from then on it is no excuse any more
   */
  public record Former(List<List<RecordSet>> each, Instant until) {
    public Former {
      each = each.stream().map(List::copyOf).toList();
    }

    /** Also what was served before that, while it was an excuse. */
    Former orEarlier(Optional<Former> earlier, Instant now) {
      return new Former(
          Stream.concat(
                  each.stream(),
                  earlier.filter(was -> now.isBefore(was.until)).stream()
                      .flatMap(was -> was.each.stream()))
              .distinct()
              .limit(EARLIER_MAX)
              .toList(),
          until);
    }
  }

  public Expectation {
    settled = settled.map(List::copyOf);
    ordered = ordered.map(List::copyOf);
  }

  /** Exactly these sets. */
  public static Expectation of(long epoch, List<RecordSet> sets) {
    return new Expectation(epoch, Optional.of(sets), Optional.empty(), Optional.empty());
  }

  /**
   * These sets, as an order to watch says.
   *
   * @param before what they were before that; empty when that is not known
   */
  public static Expectation told(
      long epoch, List<RecordSet> sets, List<RecordSet> before, Instant now) {
    return new Expectation(epoch, Optional.of(sets), Optional.empty(), former(before, sets, now));
  }

  private static Optional<Former> former(
      List<RecordSet> before, List<RecordSet> sets, Instant now) {
    return before.isEmpty() || before.equals(sets)
        ? Optional.empty()
        : Optional.of(new Former(List.of(before), now.plus(FOLLOW_MAX)));
  }

  /** An order of which nothing is known but where it leads. */
  public static Expectation ordered(long epoch, List<RecordSet> sets) {
    return new Expectation(epoch, Optional.empty(), Optional.of(sets), Optional.empty());
  }

  /** An order is under way that leads to these sets. */
  public Expectation ordering(long orderEpoch, List<RecordSet> sets) {
    return new Expectation(Math.max(epoch, orderEpoch), settled, Optional.of(sets), former);
  }

  /** An order is under way that changes the mark alone. */
  public Expectation marking(long orderEpoch) {
    return new Expectation(Math.max(epoch, orderEpoch), settled, ordered, former);
  }

  /**
   * Told what was expected when the order to watch was sent: before some of the orders that are
   * known here, or after all of them.
   */
  public Expectation from(List<RecordSet> sets, List<RecordSet> before, Instant now) {
    if (settled.isEmpty()) {
      return new Expectation(epoch, Optional.of(sets), ordered, former(before, sets, now));
    }
    List<RecordSet> last = settled.get().equals(sets) ? before : sets;
    return new Expectation(
        epoch, settled, ordered, former.or(() -> former(last, settled.get(), now)));
  }

  /** The order under way led to these sets. */
  public Expectation done(List<RecordSet> sets, Instant now) {
    Optional<Former> before =
        settled
            .flatMap(was -> former(was, sets, now))
            .map(was -> was.orEarlier(former, now))
            .or(() -> former);
    return new Expectation(epoch, Optional.of(sets), Optional.empty(), before);
  }

  /**
   * The order under way led to these sets, where they were believed to be served before it: what
   * was served before was left by an order that passed through another instance.
   *
   * @param before what that order can have left
   */
  public Expectation done(List<RecordSet> sets, List<RecordSet> before, Instant now) {
    return new Expectation(
        epoch,
        Optional.of(sets),
        Optional.empty(),
        former(before, sets, now).map(was -> was.orEarlier(former, now)).or(() -> former));
  }

  /**
   * The order under way led to its sets, or found what it leads to and left it.
   *
   * @param before what it can have replaced
   */
  public Expectation unsure(List<RecordSet> before, Instant now) {
    return new Expectation(
        epoch,
        settled,
        ordered,
        ordered.flatMap(sets -> former(before, sets, now)).or(() -> former));
  }

  /** The order under way was refused and changed nothing. */
  public Expectation undone() {
    return new Expectation(epoch, settled, Optional.empty(), former);
  }

  /** Seen at the primary: settles an order whose outcome was not known. */
  public Expectation seen(List<RecordSet> sets, Instant now) {
    return ordered.filter(next -> DriftJudge.same(next, sets)).isPresent()
        ? done(ordered.get(), now)
        : this;
  }

  /**
   * What the primary may serve. A mark of this cutover that is later than all that is known here
   * tells of an order that passed through another instance: it led to one of the two sides, or to
   * any share of the traffic.
   */
  List<List<RecordSet>> atPrimary(SwitchSpec spec, long markEpoch) {
    List<List<RecordSet>> possible = new ArrayList<>();
    settled.ifPresent(possible::add);
    ordered.ifPresent(possible::add);
    if (markEpoch > epoch) {
      for (int percent = 0; percent <= 100; percent += spec.weighted() ? 1 : 100) {
        possible.add(spec.served(percent).stream().map(RecordSets::normalise).toList());
      }
    }
    return possible;
  }

  /** What a secondary may serve. An HAProxy follows no other: each is written by itself. */
  List<List<RecordSet>> atSecondary(SwitchSpec spec, long markEpoch, Instant now) {
    List<List<RecordSet>> possible = atPrimary(spec, markEpoch);
    if (!(spec.provider() instanceof HaProxy)) {
      former.filter(was -> now.isBefore(was.until())).map(Former::each).ifPresent(possible::addAll);
    }
    return possible;
  }
}
