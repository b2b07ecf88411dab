package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.Spread;
import dev.cutover.dns.domain.SwitchFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Switches traffic in a zone that takes TSIG-signed RFC 2136 updates: BIND, Knot, PowerDNS. Each
 * change is one UPDATE whose prerequisites are what it expects to find.
 */
public final class Rfc2136Switch extends ConditionalSwitch {
  private final TsigKeys keys;

  /**
   * @param keys keys by the name that plans use
   */
  public Rfc2136Switch(TsigKeys keys) {
    this.keys = keys;
  }

  @Override
  public Capabilities capabilities(SwitchSpec spec) {
    return new Capabilities(true, true, true, false);
  }

  @Override
  public SwitchSpec normalise(SwitchSpec spec) {
    return WireRecords.normalise(spec);
  }

  @Override
  public Spread spread(SwitchSpec spec, Duration within) {
    return new Spread.Untold();
  }

  /**
   * An update leaves nothing of who sent it (RFC 2136 keeps no record; 3.6 has the server log at
   * most): the serial that the zone had come to is all that a client can ask for.
   */
  @Override
  public List<ChangedBy> changedBy(
      SwitchSpec spec, Collection<String> names, Instant since, Duration within)
      throws SwitchFailure {
    Rfc2136 server = provider(spec.provider());
    long serial = new Rfc2136Primary(spec, server, keys.find(server.tsigKey()), within).serial();
    return List.of(
        new ChangedBy(
            spec.zone(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "%s is at serial %d, and tells no client who writes: its log may"
                .formatted(server.primary(), serial)));
  }

  @Override
  ZonePrimary primary(SwitchSpec spec, Duration within, Urgency urgency) throws SwitchFailure {
    Rfc2136 server = provider(spec.provider());
    return new Rfc2136Primary(spec, server, keys.find(server.tsigKey()), within);
  }

  private static Rfc2136 provider(SwitchProvider provider) {
    return switch (provider) {
      case Rfc2136 server -> server;
      case SwitchProvider.Route53 _,
          SwitchProvider.Designate _,
          SwitchProvider.HaProxy _,
          SwitchProvider.Cloudflare _,
          SwitchProvider.CloudflarePools _,
          SwitchProvider.TargetGroups _ ->
          throw new IllegalArgumentException("Expected a zone of RFC 2136, but got " + provider);
    };
  }
}
