package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNREACHABLE;
import static dev.cutover.dns.domain.SwitchGuard.conflict;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.HaProxy;
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
import java.util.Optional;

/**
 * Switches traffic between the servers of a backend, by their weights, at every HAProxy that has
 * it.
 *
 * <p>The runtime API changes one thing at a time and knows no conditions, and several instances
 * have nothing in common: so neither is a change of one a whole, nor of all. An order looks at all
 * instances before it changes any, writes its mark first, and finishes at its next run what a
 * broken one has begun. A change comes at most {@link HaProxySession#IDLE} after its look; a revert
 * looks again after that time, when nothing of an older look can come any more.
 */
public final class HaProxySwitch implements TrafficSwitch {
  /** Longer than any session may be silent between its look and its change. */
  private static final Duration SETTLED = HaProxySession.IDLE.plusMillis(300);

  private static final int REVERT_ATTEMPTS_MAX = 3;

  private final HaProxySockets sockets;
  private final Pace pace;

  public HaProxySwitch(HaProxySockets sockets, Pace pace) {
    this.sockets = sockets;
    this.pace = pace;
  }

  @Override
  public Capabilities capabilities(SwitchSpec spec) {
    return new Capabilities(false, false, false, true);
  }

  @Override
  public SwitchSpec normalise(SwitchSpec spec) {
    HaProxy provider = provider(spec.provider());
    String name = provider.backend() + ".";
    boolean shaped =
        spec.zone().equals(name)
            && spec.names().size() == 1
            && spec.names().getFirst().name().equals(name)
            && spec.authorities().contains(provider.first())
            && spec.resolvers().isEmpty()
            && spec.loweredTtlSeconds() == 0
            && spec.weighted();
    if (!shaped) {
      throw new IllegalArgumentException(
          "Expected a switch of backend %s alone, with weights and without TTLs, whose instances are its authorities, but got %s"
              .formatted(provider.backend(), spec));
    }
    for (Side side : Side.values()) {
      for (RecordSet set : spec.plain(side)) {
        Optional<String> wrong =
            set.values().stream().filter(value -> !HaProxy.isName(value)).findFirst();
        if (set.type() != RecordType.SERVER || wrong.isPresent()) {
          throw new IllegalArgumentException(
              "Expected names of servers for backend %s, but got %s %s"
                  .formatted(provider.backend(), set.type(), set.values()));
        }
      }
    }
    spec.at(50); // throws what can't be shared out
    return spec;
  }

  @Override
  public SwitchState read(SwitchSpec spec, Duration within) throws SwitchFailure {
    HaProxy provider = provider(spec.provider());
    try (HaProxyInstance first =
        HaProxyInstance.look(provider.first(), spec, provider.backend(), sockets, within)) {
      return first.state();
    }
  }

  private HaProxyInstances look(SwitchSpec spec, Duration within) throws SwitchFailure {
    return HaProxyInstances.look(spec, provider(spec.provider()).backend(), sockets, pace, within);
  }

  @Override
  public void proveRevert(SwitchSpec spec, SwitchState found, CutoverId cutover, Duration within)
      throws SwitchFailure {
    try (HaProxyInstances instances = look(spec, within).requireAll()) {
      instances.requireEach(
          instance -> {
            SwitchGuard.requireOurs(spec, instance.state(), cutover);
            instance.requireChangeable();
          });
    }
  }

  @Override
  public Spread spread(SwitchSpec spec, Duration within) {
    return new Spread.Untold(); // every instance is asked
  }

  @Override
  public void stage(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure {
    try (HaProxyInstances instances = look(spec, order.within()).requireAll()) {
      instances.requireEach(
          instance -> {
            requireCaptured(spec, instance, captured, order);
            instance.requireChangeable();
          });
      instances.changeEach(instance -> instance.mark(order.mark()));
      instances.requireMade();
    }
  }

  private static void requireCaptured(
      SwitchSpec spec, HaProxyInstance instance, List<RecordSet> captured, Order order)
      throws SwitchFailure {
    SwitchGuard.refuseNewer(spec, instance.state(), order);
    SwitchGuard.requireCapturedOrPrepared(spec, instance.state(), captured);
  }

  /** There are no TTLs, nor anything to prepare: proves that nothing has changed. */
  @Override
  public int lowerTtl(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure {
    try (HaProxyInstances instances = look(spec, order.within()).requireAll()) {
      instances.requireEach(instance -> requireCaptured(spec, instance, captured, order));
    }
    return 0;
  }

  @Override
  public void shift(SwitchSpec spec, int weightPercent, long expectedEpoch, Order order)
      throws SwitchFailure {
    EpochMark.Epoch expected = order.mark(expectedEpoch);
    try (HaProxyInstances instances = look(spec, order.within()).requireAll()) {
      instances.requireEach(
          instance -> requireShiftable(spec, weightPercent, expected, instance, order));
      instances.changeEach(instance -> instance.share(order.mark(), weightPercent));
      instances.requireMade();
    }
  }

  private static void requireShiftable(
      SwitchSpec spec,
      int weightPercent,
      EpochMark.Epoch expected,
      HaProxyInstance instance,
      Order order)
      throws SwitchFailure {
    SwitchState found = instance.state();
    SwitchGuard.refuseNewer(spec, found, order);
    instance.requireChangeable();
    // Its own mark: an earlier run of this order, which may have got no further. What it wants is
    // there: an earlier order brought it, and only the mark is raised.
    boolean begun =
        found.isMarked(order.mark()) || RecordSets.sameValues(found.sets(), spec.at(weightPercent));
    if (!begun && !found.isMarked(expected)) {
      throw conflict(
          "mark " + expected.describe(),
          found.describe(spec)
              + ": if there is none, HAProxy was started anew since it was staged");
    }
    if (!begun && RecordSets.weightPercent(spec, found.sets()).isEmpty()) {
      throw conflict(
          "servers shared out by this cutover, such as " + RecordSets.describe(spec.at(0)),
          RecordSets.describe(found.sets()));
    }
    instance.requireTargetUp();
  }

  /**
   * Writes every instance that can be reached; fails, after that, if one could not be.
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
      try (HaProxyInstances instances = look(spec, left(endNanos))) {
        instances.requireEach(instance -> SwitchGuard.refuseNewer(spec, instance.state(), order));
        boolean made = true;
        for (HaProxyInstance instance : instances.reached()) {
          boolean atSource = instance.isWeighted(0);
          changed |= !atSource;
          made &= atSource && instance.state().isMarked(order.mark());
        }
        if (made && attempt > 0) {
          instances.requireMade();
          return changed;
        }
        instances.changeEach(instance -> instance.share(order.mark(), 0));
        if (attempt > 0 || instances.reached().isEmpty()) {
          instances.requireMade();
        }
      }
    }
    throw conflict(
        "the source's weights to stay at every instance",
        "others, %d times: somebody else goes on changing them".formatted(REVERT_ATTEMPTS_MAX));
  }

  private Duration left(long endNanos) throws SwitchFailure {
    Duration left = Duration.ofNanos(endNanos - pace.nanoTime());
    if (!left.isPositive()) {
      throw new SwitchFailure(
          UNREACHABLE,
          "Expected to look again at what was written, but the time of the order is over: every instance that answered was told to go back to the source",
          true);
    }
    return left;
  }

  private void pause() throws SwitchFailure {
    try {
      pace.sleep(SETTLED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SwitchFailure(
          UNREACHABLE, "Expected to look again at what was written, but the order was ended", true);
    }
  }

  @Override
  public int restoreTtl(SwitchSpec spec, List<RecordSet> captured, Order order)
      throws SwitchFailure {
    try (HaProxyInstances instances = look(spec, order.within()).requireAll()) {
      instances.requireEach(
          instance -> {
            SwitchGuard.refuseNewer(spec, instance.state(), order);
            requireOneSide(spec, instance.state());
          });
      instances.changeEach(instance -> instance.mark(order.lastMark()));
      instances.requireMade();
    }
    return 0;
  }

  @Override
  public void change(
      SwitchSpec spec, SwitchState found, List<RecordSet> wanted, Order order, Urgency urgency)
      throws SwitchFailure {
    int weightPercent = RecordSets.weightPercent(spec, wanted).orElseThrow();
    try (HaProxyInstances instances = look(spec, order.within()).requireAll()) {
      instances.requireEach(
          instance -> {
            SwitchGuard.refuseNewer(spec, instance.state(), order);
            instance.requireChangeable();
            instance.requireFoundOrBegun(found, wanted, order.lastMark());
            if (weightPercent > 0 && urgency == Urgency.ORDINARY) {
              instance.requireTargetUp();
            }
          });
      instances.changeEach(instance -> instance.share(order.lastMark(), weightPercent));
      instances.requireMade();
    }
  }

  private static void requireOneSide(SwitchSpec spec, SwitchState found) throws SwitchFailure {
    for (Side side : Side.values()) {
      if (RecordSets.serves(spec, side, found.sets())) {
        return;
      }
    }
    throw conflict("the source's or the target's servers", RecordSets.describe(found.sets()));
  }

  private static HaProxy provider(SwitchProvider provider) {
    return switch (provider) {
      case HaProxy backend -> backend;
      case SwitchProvider.Rfc2136 _,
          SwitchProvider.Route53 _,
          SwitchProvider.Designate _,
          SwitchProvider.Cloudflare _ ->
          throw new IllegalArgumentException("Expected a backend of HAProxy, but got " + provider);
    };
  }
}
