package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.Optional;

/**
 * Switches traffic between the servers of a backend, by their weights, at every HAProxy that has
 * it. A change comes at most {@link HaProxySession#IDLE} after its look: HAProxy itself ends the
 * session then.
 */
public final class HaProxySwitch extends PlacewiseSwitch<HaProxyInstance> {
  /** Longer than any session may be silent between its look and its change. */
  private static final Duration SETTLED = HaProxySession.IDLE.plusMillis(300);

  private final HaProxySockets sockets;
  private final Pace pace;

  public HaProxySwitch(HaProxySockets sockets, Pace pace) {
    super(pace, SETTLED);
    this.sockets = sockets;
    this.pace = pace;
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

  /** Every instance answers for itself alone: none counts requests. */
  @Override
  Places<HaProxyInstance> look(SwitchSpec spec, Duration within, Urgency urgency)
      throws SwitchFailure {
    return HaProxyInstances.look(spec, provider(spec.provider()).backend(), sockets, pace, within);
  }

  @Override
  String unmarked() {
    return ": if there is none, HAProxy was started anew since it was staged";
  }

  private static HaProxy provider(SwitchProvider provider) {
    return switch (provider) {
      case HaProxy backend -> backend;
      case SwitchProvider.Rfc2136 _,
          SwitchProvider.Route53 _,
          SwitchProvider.Designate _,
          SwitchProvider.Cloudflare _,
          SwitchProvider.CloudflarePools _,
          SwitchProvider.TargetGroups _ ->
          throw new IllegalArgumentException("Expected a backend of HAProxy, but got " + provider);
    };
  }
}
