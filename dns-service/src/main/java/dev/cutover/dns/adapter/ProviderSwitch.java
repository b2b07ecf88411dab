package dev.cutover.dns.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.Spread;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.TrafficSwitch;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Hands each order to the switch of the provider that it names. */
public final class ProviderSwitch implements TrafficSwitch {
  private final Rfc2136Switch rfc2136;
  private final Route53Switch route53;
  private final DesignateSwitch designate;
  private final HaProxySwitch haproxy;
  private final CloudflareSwitch cloudflare;
  private final CloudflarePoolSwitch pools;
  private final ElbSwitch elb;

  public ProviderSwitch(
      Rfc2136Switch rfc2136,
      Route53Switch route53,
      DesignateSwitch designate,
      HaProxySwitch haproxy,
      CloudflareSwitch cloudflare,
      CloudflarePoolSwitch pools,
      ElbSwitch elb) {
    this.rfc2136 = rfc2136;
    this.route53 = route53;
    this.designate = designate;
    this.haproxy = haproxy;
    this.cloudflare = cloudflare;
    this.pools = pools;
    this.elb = elb;
  }

  private TrafficSwitch of(SwitchSpec spec) {
    return switch (spec.provider()) {
      case Rfc2136 _ -> rfc2136;
      case Route53 _ -> route53;
      case Designate _ -> designate;
      case HaProxy _ -> haproxy;
      case Cloudflare _ -> cloudflare;
      case CloudflarePools _ -> pools;
      case TargetGroups _ -> elb;
    };
  }

  @Override
  public Capabilities capabilities(SwitchSpec spec) {
    return of(spec).capabilities(spec);
  }

  @Override
  public SwitchSpec normalise(SwitchSpec spec) {
    return of(spec).normalise(spec);
  }

  @Override
  public SwitchState read(SwitchSpec spec, Duration within) throws SwitchFailure {
    return of(spec).read(spec, within);
  }

  @Override
  public void proveRevert(SwitchSpec spec, SwitchState found, CutoverId cutover, Duration within)
      throws SwitchFailure {
    of(spec).proveRevert(spec, found, cutover, within);
  }

  @Override
  public Spread spread(SwitchSpec spec, Duration within) throws SwitchFailure {
    return of(spec).spread(spec, within);
  }

  @Override
  public List<ChangedBy> changedBy(
      SwitchSpec spec, Collection<String> names, Instant since, Duration within)
      throws SwitchFailure {
    return of(spec).changedBy(spec, names, since, within);
  }

  @Override
  public void stage(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure {
    of(spec).stage(spec, captured, order);
  }

  @Override
  public int lowerTtl(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure {
    return of(spec).lowerTtl(spec, captured, order);
  }

  @Override
  public void shift(SwitchSpec spec, int weightPercent, long expectedEpoch, Order order)
      throws SwitchFailure {
    of(spec).shift(spec, weightPercent, expectedEpoch, order);
  }

  @Override
  public boolean revert(SwitchSpec spec, Order order) throws SwitchFailure {
    return of(spec).revert(spec, order);
  }

  @Override
  public int restoreTtl(SwitchSpec spec, List<RecordSet> captured, Order order)
      throws SwitchFailure {
    return of(spec).restoreTtl(spec, captured, order);
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
    of(spec).change(spec, found, wanted, order, mark, urgency);
  }
}
