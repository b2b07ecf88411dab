package dev.cutover.dns.domain;

import dev.cutover.contract.RecordSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  /**
   * What was served before.
   *
   * @param until from then on it is no excuse any more
   */
  public record Former(List<RecordSet> sets, Instant until) {
    public Former {
      sets = List.copyOf(sets);
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

  /** An order of which nothing is known but where it leads. */
  public static Expectation ordered(long epoch, List<RecordSet> sets) {
    return new Expectation(epoch, Optional.empty(), Optional.of(sets), Optional.empty());
  }

  /** An order is under way that leads to these sets. */
  public Expectation ordering(long orderEpoch, List<RecordSet> sets) {
    return new Expectation(Math.max(epoch, orderEpoch), settled, Optional.of(sets), former);
  }

  /** Told what was expected before the orders that are known here. */
  public Expectation from(List<RecordSet> sets) {
    return settled.isPresent() ? this : new Expectation(epoch, Optional.of(sets), ordered, former);
  }

  /** The order under way led to these sets. */
  public Expectation done(List<RecordSet> sets, Instant now) {
    Optional<Former> before =
        settled
            .filter(was -> !was.equals(sets))
            .map(was -> new Former(was, now.plus(FOLLOW_MAX)))
            .or(() -> former);
    return new Expectation(epoch, Optional.of(sets), Optional.empty(), before);
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

  /** What the primary may serve. */
  List<List<RecordSet>> atPrimary() {
    List<List<RecordSet>> possible = new ArrayList<>();
    settled.ifPresent(possible::add);
    ordered.ifPresent(possible::add);
    return possible;
  }

  /** What a secondary may serve. */
  List<List<RecordSet>> atSecondary(Instant now) {
    List<List<RecordSet>> possible = atPrimary();
    former.filter(was -> now.isBefore(was.until())).map(Former::sets).ifPresent(possible::add);
    return possible;
  }
}
