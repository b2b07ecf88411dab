package dev.cutover.deploy.simulation;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.Spread;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.TrafficSwitch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The switch of zones whose primary keeps the mark with the records, by the port's rules. */
final class SimulatedSwitch implements TrafficSwitch, DnsQueries {
  private final World world;
  private final Instance instance;

  SimulatedSwitch(World world, Instance instance) {
    this.world = world;
    this.instance = instance;
  }

  @Override
  public Capabilities capabilities(SwitchSpec spec) {
    return new Capabilities(true, true, true, false);
  }

  @Override
  public SwitchSpec normalise(SwitchSpec spec) {
    return spec;
  }

  @Override
  public Spread spread(SwitchSpec spec, Duration within) {
    return new Spread.Untold();
  }

  private Zone reach(SwitchSpec spec) throws SwitchFailure {
    instance.take(1, 30);
    lose();
    return world.zone(spec.provider().writtenAt()).orElseThrow(SimulatedSwitch::unanswered);
  }

  private static SwitchFailure unanswered() {
    return new SwitchFailure(FailureKind.UNREACHABLE, "Expected an answer, but got none", true);
  }

  private void lose() throws SwitchFailure {
    if (instance.baton.chance(world.weather.errors())) {
      throw unanswered();
    }
  }

  private void answered() throws SwitchFailure {
    instance.take(1, 20);
    lose();
  }

  @Override
  public SwitchState read(SwitchSpec spec, Duration within) throws SwitchFailure {
    Zone zone = reach(spec);
    return new SwitchState(List.of(zone.stored()), Map.of(Zone.NAME, zone.mark));
  }

  @Override
  public void proveRevert(SwitchSpec spec, SwitchState found, CutoverId cutover, Duration within)
      throws SwitchFailure {
    boolean ours =
        found.mark(Zone.NAME) instanceof EpochMark.Epoch epoch
            && epoch.cutover().equals(cutover)
            && !epoch.ended();
    if (!ours) {
      throw new SwitchFailure(FailureKind.CONFLICT, "Expected our mark, but found another", false);
    }
    reach(spec);
  }

  @Override
  public void stage(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure {
    instance.beforeEffect("stage-switch", world);
    Zone zone = reach(spec);
    refuseNewer(zone, order);
    requireValues(zone, captured);
    zone.set(zone.side(), zone.ttlSeconds(), order.mark());
    answered();
  }

  @Override
  public int lowerTtl(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure {
    Zone zone = reach(spec);
    refuseNewer(zone, order);
    requireValues(zone, captured);
    int lowered = Math.min(zone.ttlSeconds(), spec.loweredTtlSeconds());
    if (lowered != zone.ttlSeconds()) {
      zone.set(zone.side(), lowered, zone.mark);
    }
    answered();
    return zone.ttlSeconds();
  }

  @Override
  public void shift(SwitchSpec spec, int weightPercent, long expectedEpoch, Order order)
      throws SwitchFailure {
    instance.beforeEffect("shift-traffic", world);
    Zone zone = reach(spec);
    if (zone.mark.equals(order.mark(expectedEpoch))
        && zone.side() == Side.SOURCE
        && !zone.isStrange()) {
      zone.set(Side.TARGET, spec.loweredTtlSeconds(), order.mark());
    }
    answered();
    if (zone.side() == Side.TARGET && !zone.mark.equals(order.mark())) {
      refuseNewer(zone, order);
      zone.set(Side.TARGET, spec.loweredTtlSeconds(), order.mark());
    }
    if (zone.side() != Side.TARGET || !zone.mark.equals(order.mark())) {
      refuseNewer(zone, order);
      throw new SwitchFailure(
          FailureKind.CONFLICT,
          "Expected mark %d, but found %s".formatted(expectedEpoch, zone.mark.describe()),
          false);
    }
  }

  @Override
  public boolean revert(SwitchSpec spec, Order order) throws SwitchFailure {
    instance.beforeEffect("revert-traffic", world);
    Zone zone = reach(spec);
    refuseNewer(zone, order);
    boolean changed = zone.side() != Side.SOURCE || zone.isStrange();
    if (changed || !zone.mark.equals(order.mark())) {
      zone.set(Side.SOURCE, spec.loweredTtlSeconds(), order.mark());
    }
    zone.reverted(order.epoch());
    answered();
    return changed;
  }

  @Override
  public int restoreTtl(SwitchSpec spec, List<RecordSet> captured, Order order)
      throws SwitchFailure {
    instance.beforeEffect("restore-ttl", world);
    Zone zone = reach(spec);
    refuseNewer(zone, order);
    if (zone.isStrange()) {
      throw new SwitchFailure(
          FailureKind.CONFLICT, "Expected one side's records, but found others", false);
    }
    zone.set(zone.side(), captured.getFirst().ttlSeconds(), order.lastMark());
    answered();
    return zone.ttlSeconds();
  }

  /** Of a cutover: what drifted is put back. */
  @Override
  public void change(
      SwitchSpec spec,
      SwitchState found,
      List<RecordSet> wanted,
      Order order,
      EpochMark.Epoch mark,
      Urgency urgency)
      throws SwitchFailure {
    // Whoever lies down at another step may do so here as well: a late order is the danger.
    String undead = world.weather.undead();
    instance.beforeEffect(undead.isEmpty() ? "put-back-records" : undead, world);
    Zone zone = reach(spec);
    boolean asFound =
        found.sets().equals(List.of(zone.stored())) && found.mark(Zone.NAME).equals(zone.mark);
    if (asFound) {
      zone.set(Side.TARGET, wanted.getFirst().ttlSeconds(), mark);
      zone.putBack(order.epoch());
    }
    answered();
    if (!zone.mark.equals(mark)) {
      refuseNewer(zone, order);
      throw new SwitchFailure(
          FailureKind.CONFLICT, "Expected what was seen, but found other records", false);
    }
  }

  private static void requireValues(Zone zone, List<RecordSet> captured) throws SwitchFailure {
    if (!zone.stored().values().equals(captured.getFirst().values())) {
      throw new SwitchFailure(
          FailureKind.MISMATCH, "Expected the captured records, but found others", false);
    }
  }

  private static void refuseNewer(Zone zone, Order order) throws SwitchFailure {
    Optional<String> why =
        switch (zone.mark) {
          case EpochMark.Absent() -> Optional.empty();
          case EpochMark.Epoch epoch ->
              epoch.cutover().equals(order.cutover())
                  ? epoch.value() <= order.epoch()
                      ? Optional.empty()
                      : Optional.of("a newer decision has been here")
                  : epoch.ended() ? Optional.empty() : Optional.of("another cutover holds it");
          case EpochMark.Foreign _ -> Optional.of("a person has taken over");
        };
    if (why.isPresent()) {
      throw new SwitchFailure(
          FailureKind.SUPERSEDED,
          "Expected mark %d or lower, but found %s: %s"
              .formatted(order.epoch(), zone.mark.describe(), why.get()),
          false);
    }
  }

  @Override
  public Answer ask(
      ServerAddress server, boolean recursive, String name, RecordType type, Duration within) {
    instance.take(1, 20);
    Optional<Zone> zone = world.zone(server);
    if (zone.isEmpty() || instance.baton.chance(world.weather.errors())) {
      return new Unanswered(name, type, "no answer");
    }
    RecordSet served = zone.get().servedBy(server);
    return served.name().equals(name) && served.type() == type
        ? new Answered(served, true)
        : new Answered(new RecordSet(name, type, 0, List.of()), true);
  }
}
