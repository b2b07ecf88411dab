package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNREACHABLE;
import static dev.cutover.dns.domain.SwitchGuard.conflict;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.Spread;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchGuard;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.List;

/**
 * Switches traffic by weights at several places that know no conditions and have nothing in common:
 * so neither is a change of one a whole, nor of all.
 *
 * <p>An order looks at all places before it changes any, writes its mark first, and finishes at its
 * next run what a broken one has begun. A change comes at most a bounded time after its look; a
 * revert looks again after that time, when nothing of an older look can come any more.
 */
abstract class PlacewiseSwitch<P extends PlacewiseSwitch.Balancer> implements TrafficSwitch {
  private static final int REVERT_ATTEMPTS_MAX = 3;

  private final Pace pace;
  private final Duration settled;

  /**
   * @param settled longer than any order may take between its look and its change
   */
  PlacewiseSwitch(Pace pace, Duration settled) {
    this.pace = pace;
    this.settled = settled;
  }

  /** One place, as it was looked at, and what can be done there. */
  interface Balancer extends Places.Place {
    /** What of the switch is there. */
    SwitchSpec spec();

    /** As it was found. */
    SwitchState state();

    /** Refuses a place that would not take every later change; changes nothing. */
    void requireChangeable() throws SwitchFailure;

    /** Refuses a target that the place itself thinks unable to serve. */
    void requireTargetUp() throws SwitchFailure;

    /** Whether the plan's servers have the weights of that share. */
    boolean isWeighted(int weightPercent);

    /** Writes the mark alone. */
    void mark(EpochMark.Epoch mark) throws SwitchFailure;

    /** Makes whatever is needed for weights to be given later; changes no share. */
    void prepare() throws SwitchFailure;

    /**
     * Writes the mark, and the weights of that share of the traffic unless they are there. The mark
     * comes first: whatever breaks off after it is known again as this order's.
     */
    void share(EpochMark.Epoch mark, int weightPercent) throws SwitchFailure;
  }

  /** Looks at every place; those that don't answer are kept as failures. */
  abstract Places<P> look(SwitchSpec spec, Duration within, Urgency urgency) throws SwitchFailure;

  /** What it may mean that there is no mark; begins with a punctuation mark. */
  abstract String unmarked();

  private Places<P> all(SwitchSpec spec, Duration within) throws SwitchFailure {
    return look(spec, within, Urgency.ORDINARY).requireAll();
  }

  @Override
  public Capabilities capabilities(SwitchSpec spec) {
    return new Capabilities(false, false, false, true);
  }

  @Override
  public void proveRevert(SwitchSpec spec, SwitchState found, CutoverId cutover, Duration within)
      throws SwitchFailure {
    SwitchGuard.requireOurs(spec, found, cutover);
    try (Places<P> places = all(spec, within)) {
      places.requireEach(
          place -> {
            SwitchGuard.requireOurs(place.spec(), place.state(), cutover);
            place.requireChangeable();
          });
    }
  }

  @Override
  public Spread spread(SwitchSpec spec, Duration within) {
    return new Spread.Untold(); // every place is asked
  }

  @Override
  public void stage(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure {
    try (Places<P> places = all(spec, order.within())) {
      places.requireEach(
          place -> {
            requireCaptured(place, captured, order);
            place.requireChangeable();
          });
      places.changeEach(place -> place.mark(order.mark()));
      places.requireMade();
    }
  }

  private void requireCaptured(P place, List<RecordSet> captured, Order order)
      throws SwitchFailure {
    SwitchGuard.refuseNewer(place.spec(), place.state(), order);
    List<RecordSet> here =
        captured.stream()
            .filter(set -> place.spec().names().stream().anyMatch(n -> n.name().equals(set.name())))
            .toList();
    SwitchGuard.requireCapturedOrPrepared(place.spec(), place.state(), here);
  }

  /** There are no TTLs: proves that nothing has changed, and prepares the weights. */
  @Override
  public int lowerTtl(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure {
    try (Places<P> places = all(spec, order.within())) {
      places.requireEach(place -> requireCaptured(place, captured, order));
      places.changeEach(Balancer::prepare);
      places.requireMade();
    }
    return 0;
  }

  @Override
  public void shift(SwitchSpec spec, int weightPercent, long expectedEpoch, Order order)
      throws SwitchFailure {
    EpochMark.Epoch expected = order.mark(expectedEpoch);
    try (Places<P> places = all(spec, order.within())) {
      places.requireEach(
          place -> {
            SwitchGuard.refuseNewer(place.spec(), place.state(), order);
            place.requireChangeable();
            SwitchGuard.requireShiftable(
                place.spec(), place.state(), weightPercent, expected, order, unmarked());
            place.requireTargetUp();
          });
      places.changeEach(place -> place.share(order.mark(), weightPercent));
      places.requireMade();
    }
  }

  /**
   * Writes every place that can be reached; fails, after that, if one could not be.
   *
   * <p>Looks again when no order of before can act any more, and answers only then.
   */
  @Override
  public boolean revert(SwitchSpec spec, Order order) throws SwitchFailure {
    long endNanos = pace.nanoTime() + order.within().toNanos();
    boolean changed = false;
    for (int attempt = 0; attempt <= REVERT_ATTEMPTS_MAX; attempt++) {
      if (attempt > 0) {
        pause();
      }
      try (Places<P> places = look(spec, left(endNanos), Urgency.REVERT)) {
        places.requireEach(place -> SwitchGuard.refuseNewer(place.spec(), place.state(), order));
        boolean made = true;
        for (P place : places.reached()) {
          boolean atSource = place.isWeighted(0);
          changed |= !atSource;
          made &= atSource && place.state().isMarked(order.mark());
        }
        if (made && attempt > 0) {
          places.requireMade();
          return changed;
        }
        places.changeEach(place -> place.share(order.mark(), 0));
        if (attempt > 0 || places.reached().isEmpty()) {
          places.requireMade();
        }
      }
    }
    throw conflict(
        "the source's weights to stay everywhere",
        "others, %d times: somebody else goes on changing them".formatted(REVERT_ATTEMPTS_MAX));
  }

  private Duration left(long endNanos) throws SwitchFailure {
    Duration left = Duration.ofNanos(endNanos - pace.nanoTime());
    if (!left.isPositive()) {
      throw new SwitchFailure(
          UNREACHABLE,
          "Expected to look again at what was written, but the time of the order is over: all that answered were told to go back to the source",
          true);
    }
    return left;
  }

  private void pause() throws SwitchFailure {
    try {
      pace.sleep(settled);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SwitchFailure(
          UNREACHABLE, "Expected to look again at what was written, but the order was ended", true);
    }
  }

  @Override
  public int restoreTtl(SwitchSpec spec, List<RecordSet> captured, Order order)
      throws SwitchFailure {
    try (Places<P> places = all(spec, order.within())) {
      places.requireEach(
          place -> {
            SwitchGuard.refuseNewer(place.spec(), place.state(), order);
            SwitchGuard.requireOneSide(place.spec(), place.state());
          });
      places.changeEach(place -> place.mark(order.lastMark()));
      places.requireMade();
    }
    return 0;
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
    int weightPercent = RecordSets.weightPercent(spec, wanted).orElseThrow();
    try (Places<P> places = look(spec, order.within(), urgency).requireAll()) {
      places.requireEach(
          place -> {
            SwitchGuard.refuseNewer(place.spec(), place.state(), order);
            place.requireChangeable();
            requireFoundOrBegun(place, found, weightPercent, mark);
            if (weightPercent > 0 && urgency == Urgency.ORDINARY) {
              place.requireTargetUp();
            }
          });
      places.changeEach(place -> place.share(mark, weightPercent));
      places.requireMade();
    }
  }

  /** Refuses a place that is neither as it was found, nor as an earlier run has left it. */
  private static void requireFoundOrBegun(
      Balancer place, SwitchState found, int weightPercent, EpochMark.Epoch mark)
      throws SwitchFailure {
    SwitchState now = place.state();
    SwitchState then = found.of(place.spec());
    if (!now.isMarked(mark) && !place.isWeighted(weightPercent) && !now.equals(then)) {
      throw conflict(then.describe(place.spec()), now.describe(place.spec()));
    }
  }
}
