package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Switches traffic between target groups of AWS, by their weights, at every listener and rule that
 * forwards to them.
 *
 * <p>The API has no conditions. An order looks right before it writes, and its look is at most
 * {@link ElbListener#FRESH} old then; what is on its way longer than a revert waits until it looks
 * again can't be kept out, and is told by the watch.
 */
public final class ElbSwitch extends PlacewiseSwitch<ElbListener> {
  /** A look may be so old when the change is sent, and the change as long on its way. */
  private static final Duration SETTLED = ElbListener.FRESH.multipliedBy(2);

  private final ElbAccounts accounts;
  private final Pace pace;

  public ElbSwitch(ElbAccounts accounts, Pace pace) {
    this(accounts, pace, SETTLED);
  }

  /** The same that looks again at what it has reverted after that time. */
  public ElbSwitch(ElbAccounts accounts, Pace pace, Duration settled) {
    super(pace, settled);
    this.accounts = accounts;
    this.pace = pace;
  }

  @Override
  public SwitchSpec normalise(SwitchSpec spec) {
    TargetGroups provider = provider(spec.provider());
    boolean shaped =
        spec.authorities().equals(List.of(provider.writtenAt()))
            && spec.resolvers().isEmpty()
            && spec.loweredTtlSeconds() == 0
            && spec.weighted();
    if (!shaped) {
      throw new IllegalArgumentException(
          "Expected a switch of listeners with weights and without TTLs, whose API is its authority, but got "
              + spec);
    }
    for (SwitchedName name : spec.names()) {
      requireArns(provider, name);
    }
    spec.at(50); // throws what can't be shared out
    return spec;
  }

  private static void requireArns(TargetGroups provider, SwitchedName name) {
    String arn = name.name().substring(0, name.name().length() - 1);
    boolean switchable =
        (TargetGroups.isListener(arn) || TargetGroups.isRule(arn))
            && TargetGroups.placeOf(arn).startsWith(provider.region() + "/");
    if (!switchable) {
      throw new IllegalArgumentException(
          "Expected ARNs of listeners or rules in %s, but got '%s'"
              .formatted(provider.region(), arn));
    }
    List<String> groups = new ArrayList<>();
    for (Side side : Side.values()) {
      for (RecordSet set : name.sets(side)) {
        boolean inside =
            set.type() == RecordType.SERVER
                && set.values().stream()
                    .allMatch(
                        group ->
                            TargetGroups.isTargetGroup(group)
                                && TargetGroups.placeOf(group).equals(TargetGroups.placeOf(arn)));
        if (!inside) {
          throw new IllegalArgumentException(
              "Expected ARNs of target groups in the region and account of %s, but got %s %s"
                  .formatted(arn, set.type(), set.values()));
        }
        groups.addAll(set.values());
      }
    }
    if (groups.size() > ElbForward.GROUPS_MAX) {
      throw new IllegalArgumentException(
          "Expected at most %d target groups of both sides, which is what one action takes, but got %s"
              .formatted(ElbForward.GROUPS_MAX, groups));
    }
  }

  @Override
  public SwitchState read(SwitchSpec spec, Duration within) throws SwitchFailure {
    List<RecordSet> sets = new ArrayList<>();
    Map<String, EpochMark> marks = new HashMap<>();
    try (Places<ElbListener> listeners = look(spec, within, Urgency.ORDINARY).requireAll()) {
      for (ElbListener listener : listeners.reached()) {
        sets.addAll(listener.state().sets());
        marks.putAll(listener.state().marks());
      }
    }
    return new SwitchState(sets, marks);
  }

  @Override
  Places<ElbListener> look(SwitchSpec spec, Duration within, Urgency urgency) throws SwitchFailure {
    ElbApi api = accounts.open(provider(spec.provider()), urgency, within);
    Map<String, Callable<ElbListener>> looks = new LinkedHashMap<>();
    for (SwitchedName name : spec.names()) {
      SwitchSpec alone = spec.only(name);
      looks.put(ElbListener.arn(alone), () -> ElbListener.look(alone, api, pace));
    }
    Places<ElbListener> listeners = new Places<>("listener", pace);
    listeners.look(looks);
    return listeners;
  }

  @Override
  String unmarked() {
    return ": if there is none, somebody has removed tag %s since it was staged"
        .formatted(ElbForward.MARK);
  }

  private static TargetGroups provider(SwitchProvider provider) {
    return switch (provider) {
      case TargetGroups groups -> groups;
      case SwitchProvider.Rfc2136 _,
          SwitchProvider.Route53 _,
          SwitchProvider.Designate _,
          SwitchProvider.HaProxy _,
          SwitchProvider.Cloudflare _,
          SwitchProvider.CloudflarePools _ ->
          throw new IllegalArgumentException("Expected listeners of AWS, but got " + provider);
    };
  }
}
