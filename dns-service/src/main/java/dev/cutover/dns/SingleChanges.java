package dev.cutover.dns;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DnsReply.SplitCount;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.KeeperMark;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.Propagation;
import dev.cutover.dns.domain.PropagationJudge;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SingleChange;
import dev.cutover.dns.domain.SingleChange.Standing;
import dev.cutover.dns.domain.SingleChangePlanner;
import dev.cutover.dns.domain.SingleChangePlanner.Wish;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchGuard;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.dns.domain.TrafficSwitch.Capabilities;
import dev.cutover.dns.domain.TxtAffix;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Plans, makes, proves and takes back one change of a switch by itself. Keeps nothing between
 * calls: what is served and the marks tell how far a change has come, so a process that was killed
 * is followed by one that does the same again.
 */
public final class SingleChanges implements AutoCloseable {
  /** Within which a provider must have answered. */
  private static final Duration ORDER_MAX = Duration.ofSeconds(30);

  private final TrafficSwitch trafficSwitch;
  private final Suitability suitability;
  private final AuthorityCensus census;
  private final PropagationWatch watch;
  private final ResolverWatch resolvers;
  private final SplitWatch splits;
  private final KeeperLook keepers;
  private final AliasLook aliases;
  private final InstantSource clock;
  private final Deque<AutoCloseable> opened;

  /**
   * @param opened what the switch has opened, to be closed in this order
   */
  SingleChanges(
      TrafficSwitch trafficSwitch,
      DnsQueries queries,
      Suitability suitability,
      List<TxtAffix> affixes,
      InstantSource clock,
      Pace pace,
      Deque<AutoCloseable> opened) {
    this.trafficSwitch = trafficSwitch;
    this.suitability = suitability;
    this.census = new AuthorityCensus(queries, pace);
    this.watch = new PropagationWatch(trafficSwitch, queries, clock, pace);
    this.resolvers = new ResolverWatch(new ServerPoll(queries, pace), queries, clock, pace);
    this.splits = new SplitWatch(queries, clock, pace);
    this.keepers = new KeeperLook(queries, affixes, pace);
    this.aliases = new AliasLook(queries, pace);
    this.clock = clock;
    this.opened = opened;
  }

  /**
   * What became of an order.
   *
   * @param acted whether anything was written; if not, it was as it shall be already
   */
  public record Outcome(boolean acted, Standing found) {}

  /**
   * That all authorities serve it.
   *
   * @param lastAuthorityAt when the last was first seen to
   * @param servers what each serves; empty where answers had to be counted
   * @param counts what each was counted to answer, where traffic is shared out
   * @param aliasTtlSeconds how long caches keep what was answered before for an alias; 0 for none
   */
  public record Proof(
      Instant lastAuthorityAt,
      List<ServerVerdict> servers,
      List<SplitCount> counts,
      int aliasTtlSeconds) {
    public Proof {
      servers = List.copyOf(servers);
      counts = List.copyOf(counts);
    }
  }

  /** What the provider of that switch can promise. */
  public Capabilities capabilities(SwitchSpec spec) {
    return trafficSwitch.capabilities(spec);
  }

  /**
   * Reads what is served now, and says what would become of it. Changes nothing.
   *
   * @throws SwitchFailure what of it can't be done, or may not
   */
  public SingleChange plan(CutoverId id, SwitchSpec given, Wish wish)
      throws SwitchFailure, InterruptedException {
    SwitchSpec spec = suitability.requireAlone(given, wish.shares(), wish.ttlSeconds());
    SwitchState found = trafficSwitch.read(spec, ORDER_MAX);
    census.requireAll(spec, ORDER_MAX);
    aliases.require(spec, ORDER_MAX);
    return SingleChangePlanner.plan(id, spec, capabilities(spec), wish, found);
  }

  /** Marks of tools that would put back what is changed; fails where it can't be told. */
  public List<KeeperMark> keepers(SingleChange change) throws SwitchFailure, InterruptedException {
    return keepers.look(change.spec(), ORDER_MAX);
  }

  /** How it stands now. Changes nothing. */
  public Standing standing(SingleChange change) throws SwitchFailure {
    return change.standing(found(change), isWhole(change));
  }

  private SwitchState found(SingleChange change) throws SwitchFailure {
    suitability.require(change.spec(), change.spec().weighted());
    return trafficSwitch.read(change.spec(), ORDER_MAX);
  }

  private boolean isWhole(SingleChange change) {
    return capabilities(change.spec()).atomicMark();
  }

  /**
   * Makes the change if all is as it was when it was planned; finishes one that was cut off.
   *
   * @throws SwitchFailure why not; whatever was sent and not answered was read back before
   */
  public Outcome make(SingleChange change) throws SwitchFailure {
    SwitchState found = found(change);
    Standing standing = change.standing(found, isWhole(change));
    return switch (standing) {
      case Standing.Before _ when change.isEmpty() -> new Outcome(false, standing);
      case Standing.Before _, Standing.Begun _ -> {
        change(change, change.before(), change.after(), Urgency.ORDINARY);
        yield new Outcome(true, standing);
      }
      case Standing.Made _ -> {
        if (!isWhole(change)) {
          // What was read is one instance of several: the others may not have it yet.
          change(change, change.before(), change.after(), Urgency.ORDINARY);
        }
        yield new Outcome(false, standing);
      }
      case Standing.TakenBack _ ->
          throw new SwitchFailure(
              FailureKind.SUPERSEDED,
              "Expected a change that was not made yet, but %s was made and taken back: plan it again"
                  .formatted(change.id()),
              false);
      case Standing.Astray _ -> {
        SwitchGuard.refuseNewer(change.spec(), found, change.making(ORDER_MAX));
        throw new SwitchFailure(
            FailureKind.MISMATCH,
            "Expected what was there when it was planned, %s, but found %s: somebody has changed it since; nothing was written, plan again"
                .formatted(change.before().describe(change.spec()), found.describe(change.spec())),
            false);
      }
    };
  }

  /**
   * Takes the change back if what it has made is still there; finishes one that was cut off.
   *
   * @throws SwitchFailure why not
   */
  public Outcome takeBack(SingleChange change) throws SwitchFailure {
    SwitchState found = found(change);
    Standing standing = change.standing(found, isWhole(change));
    return switch (standing) {
      case Standing.Made _ -> {
        change(
            change,
            isWhole(change) ? found : change.made(),
            change.before().sets(),
            Urgency.REVERT);
        yield new Outcome(true, standing);
      }
      case Standing.Begun _ -> {
        change(change, found, change.before().sets(), Urgency.REVERT);
        yield new Outcome(true, standing);
      }
      case Standing.TakenBack _ -> {
        if (!isWhole(change)) {
          change(change, change.made(), change.before().sets(), Urgency.REVERT);
        }
        yield new Outcome(false, standing);
      }
      case Standing.Before _ -> new Outcome(false, standing);
      case Standing.Astray _ -> {
        SwitchGuard.refuseNewer(change.spec(), found, change.takingBack(ORDER_MAX));
        throw SwitchGuard.conflict(
            "what this change has made, %s; mark %s"
                .formatted(
                    RecordSets.describe(change.after()),
                    change.making(ORDER_MAX).lastMark().describe()),
            found.describe(change.spec()) + ": somebody has changed it since; nothing was written");
      }
    };
  }

  private void change(
      SingleChange change, SwitchState found, List<RecordSet> wanted, Urgency urgency)
      throws SwitchFailure {
    Order order =
        urgency == Urgency.REVERT ? change.takingBack(ORDER_MAX) : change.making(ORDER_MAX);
    trafficSwitch.change(change.spec(), found, wanted, order, order.lastMark(), urgency);
  }

  /**
   * Waits until every authority serves what was made, or what was taken back.
   *
   * @param looks is told at each look what each authority serves
   * @throws SwitchFailure TIMED_OUT, or CONFLICT if somebody else writes
   */
  public Proof prove(
      SingleChange change, boolean back, Duration within, Consumer<Propagation> looks)
      throws SwitchFailure, InterruptedException {
    int ttlSeconds = RecordSets.ttlSecondsMax(change.wanted(back));
    SwitchSpec spec = census.withAddresses(change.spec().withLoweredTtlSeconds(ttlSeconds));
    int weightPercent =
        SingleChangePlanner.weightPercent(spec, capabilities(spec), change.wanted(back))
            .orElseThrow(() -> new IllegalStateException("Expected a planned change: " + change));
    if (weightPercent > 0 && weightPercent < 100) {
      SplitWatch.Counted counted = splits.await(spec, weightPercent, within);
      return new Proof(counted.countedAt(), List.of(), counted.counts(), 0);
    }
    Side side = weightPercent == 0 ? Side.SOURCE : Side.TARGET;
    PropagationWatch.Converged converged =
        watch.awaitServed(spec, side, change.question(back, ttlSeconds), within, looks);
    return new Proof(
        converged.lastAuthorityAt(), converged.servers(), List.of(), converged.aliasTtlSeconds());
  }

  /**
   * Looks at the plan's resolvers until all follow, but no longer than an honest one may lag: those
   * of its classes too, whose quorums are a cutover's.
   *
   * @return what each served at last
   */
  public List<ServerVerdict> awaitResolvers(
      SingleChange change, boolean back, Instant lastAuthorityAt, Consumer<Propagation> looks)
      throws InterruptedException {
    int ttlSeconds =
        Math.max(
            RecordSets.cachedSecondsMax(change.after()),
            RecordSets.cachedSecondsMax(change.before().sets()));
    Duration most =
        Duration.between(clock.instant(), lastAuthorityAt)
            .plusSeconds(ttlSeconds)
            .plus(PropagationJudge.ROUNDING.multipliedBy(2));
    return resolvers.observe(
        change.question(back, ttlSeconds),
        change.spec(),
        change.spec().everyResolver(),
        lastAuthorityAt,
        most,
        looks);
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("Expected connections to close, but one didn't", e);
      }
    }
  }
}
