package dev.cutover.dns;

import dev.cutover.contract.Alias;
import dev.cutover.contract.Checked;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.DnsCommand.ShiftTraffic;
import dev.cutover.contract.DnsCommand.VerifySplit;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.dns.domain.Aliases;
import dev.cutover.dns.domain.AllowList;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchRules;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.dns.domain.TrafficSwitch.Capabilities;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says what of an order can't be done, before anything is read: what this service may not touch,
 * what is no name or value, what no server or not this provider can do.
 */
record Suitability(AllowList allowed, TrafficSwitch trafficSwitch) {
  /**
   * The order's switch in normal form.
   *
   * @throws SwitchFailure REFUSED or UNSUITABLE
   */
  SwitchSpec require(DnsCommand command) throws SwitchFailure {
    return require(
        command.spec(),
        command instanceof VerifySplit
            || (command instanceof ShiftTraffic shift && shift.weightPercent() < 100));
  }

  /**
   * The switch in normal form, with its views.
   *
   * @param shares whether a part of the traffic moves
   * @throws SwitchFailure REFUSED or UNSUITABLE
   */
  SwitchSpec require(SwitchSpec given, boolean shares) throws SwitchFailure {
    SwitchSpec spec = one(given, shares);
    if (!spec.everyView().isEmpty() && (shares || spec.weighted())) {
      throw new SwitchFailure(
          FailureKind.UNSUITABLE,
          "Expected a switch of all of the traffic, since views have no weights, but the plan moves it in parts",
          false);
    }
    List<SwitchView> views = new ArrayList<>();
    for (SwitchView view : given.everyView()) {
      try {
        views.add(new SwitchView(view.name(), view.vantage(), one(view.spec(), false)));
      } catch (SwitchFailure e) {
        throw SwitchedViews.ofView(view, e);
      }
    }
    return spec.withViews(views);
  }

  private SwitchSpec one(SwitchSpec given, boolean shares) throws SwitchFailure {
    Optional<String> refusal = allowed.refusal(given);
    if (refusal.isPresent()) {
      throw new SwitchFailure(FailureKind.REFUSED, refusal.get(), false);
    }
    SwitchSpec spec;
    try {
      requireKinds(given);
      spec = trafficSwitch.normalise(given);
    } catch (IllegalArgumentException e) {
      throw new SwitchFailure(FailureKind.UNSUITABLE, String.valueOf(e.getMessage()), false, e);
    }
    Optional<String> fault =
        weight(spec, shares)
            .or(() -> SwitchRules.unsuitable(spec))
            .or(() -> Aliases.unsuitable(spec));
    if (fault.isPresent()) {
      throw new SwitchFailure(FailureKind.UNSUITABLE, fault.get(), false);
    }
    return spec;
  }

  private void requireKinds(SwitchSpec spec) {
    Capabilities capabilities = trafficSwitch.capabilities(spec);
    for (Side side : Side.values()) {
      for (RecordSet set : spec.plain(side)) {
        if (!capabilities.aliases() && !Alias.in(set).isEmpty()) {
          throw new IllegalArgumentException(
              "Expected records, since %s has no aliases, but %s %s is %s"
                  .formatted(spec.provider().writtenAt(), set.name(), set.type(), set.values()));
        }
        if (!capabilities.healthChecks() && !Checked.told(set).equals(set)) {
          throw new IllegalArgumentException(
              "Expected records without a health check, since %s has none, but %s %s is %s"
                  .formatted(spec.provider().writtenAt(), set.name(), set.type(), set.values()));
        }
      }
    }
  }

  /**
   * The switch of a change by itself, in normal form.
   *
   * @param ttlSeconds of all records afterwards; empty where each keeps its own
   * @throws SwitchFailure REFUSED or UNSUITABLE
   */
  SwitchSpec requireAlone(SwitchSpec given, boolean shares, Optional<Integer> ttlSeconds)
      throws SwitchFailure {
    if (!given.everyView().isEmpty()) {
      throw new SwitchFailure(
          FailureKind.UNSUITABLE,
          "Expected a switch without views, but the plan has some: change each zone by itself (dns plan --view), or all of them by a cutover",
          false);
    }
    SwitchSpec spec = require(shares ? given.withWeights() : given, shares);
    if (ttlSeconds.isPresent()) {
      requireTtl(spec, ttlSeconds.get());
    }
    return spec;
  }

  /**
   * Refuses a TTL that nobody would have. A provider says which it takes of the lowered one.
   *
   * @throws SwitchFailure REFUSED or UNSUITABLE
   */
  private void requireTtl(SwitchSpec spec, int ttlSeconds) throws SwitchFailure {
    if (!trafficSwitch.capabilities(spec).ttl()) {
      throw new SwitchFailure(
          FailureKind.UNSUITABLE,
          "Expected no TTL for %s, since nobody caches which side a balancer or an edge takes"
              .formatted(spec.zone()),
          false);
    }
    require(spec.withLoweredTtlSeconds(ttlSeconds), spec.weighted());
  }

  private Optional<String> weight(SwitchSpec spec, boolean shares) {
    boolean weights = trafficSwitch.capabilities(spec).weights();
    return (spec.weighted() || shares) && !(weights && spec.weighted())
        ? Optional.of(
            "Expected a weight of 100 %, since this switch moves all of the traffic or none, but the plan moves it in parts: plan without weights, or with a switch that has them")
        : Optional.empty();
  }
}
