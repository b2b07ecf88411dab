package dev.cutover.dns.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.CloudflareTokens.Token;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchGuard;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/**
 * Switches traffic between pools of Cloudflare, by their weights, at every load balancer of the
 * plan.
 *
 * <p>The API has no conditions. Each change is one request with the mark in it, sent right after a
 * look; what somebody else writes in the milliseconds between is overwritten, a person's mark too.
 */
public final class CloudflarePoolSwitch extends PlacewiseSwitch<CloudflareBalancer> {
  /** Longer than a request that was sent after its look is thought to be on its way. */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  /** As its name is told; it is part of scripts, too. */
  private static final Pattern HOST = Pattern.compile("[a-z0-9_*-]+(\\.[a-z0-9_-]+)*\\.");

  private final CloudflareTokens tokens;
  private final InstantSource clock;
  private final Pace pace;
  private final CloudflareLocks locks = new CloudflareLocks();

  public CloudflarePoolSwitch(CloudflareTokens tokens, InstantSource clock, Pace pace) {
    this(tokens, clock, pace, SETTLED);
  }

  /** The same that looks again at what it has reverted after that time. */
  public CloudflarePoolSwitch(
      CloudflareTokens tokens, InstantSource clock, Pace pace, Duration settled) {
    super(pace, settled);
    this.tokens = tokens;
    this.clock = clock;
    this.pace = pace;
  }

  /** One request changes weights and mark; several load balancers have one each. */
  @Override
  public Capabilities capabilities(SwitchSpec spec) {
    return new Capabilities(false, spec.names().size() == 1, false, true);
  }

  @Override
  public SwitchSpec normalise(SwitchSpec spec) {
    boolean shaped = spec.resolvers().isEmpty() && spec.loweredTtlSeconds() == 0 && spec.weighted();
    if (!shaped) {
      throw new IllegalArgumentException(
          "Expected a switch of load balancers with weights, without TTLs and resolvers, but got "
              + spec);
    }
    for (SwitchedName name : spec.names()) {
      boolean inside = name.name().endsWith("." + spec.zone()) || name.name().equals(spec.zone());
      if (!inside || !HOST.matcher(name.name()).matches()) {
        throw new IllegalArgumentException(
            "Expected load balancers within zone %s, but got %s"
                .formatted(spec.zone(), name.name()));
      }
      if (pools(name, Side.SOURCE) != pools(name, Side.TARGET)) {
        throw new IllegalArgumentException(
            "Expected as many pools on the target of %s as on its source, since weights are hundredths, but got %d and %d"
                .formatted(name.name(), pools(name, Side.TARGET), pools(name, Side.SOURCE)));
      }
    }
    spec.at(50); // throws what can't be shared out
    return spec;
  }

  private static int pools(SwitchedName name, Side side) {
    int pools = 0;
    for (RecordSet set : name.sets(side)) {
      if (set.type() != RecordType.SERVER || !set.values().stream().allMatch(Cloudflare::isId)) {
        throw new IllegalArgumentException(
            "Expected ids of pools, 32 hexadecimal digits, but got %s %s"
                .formatted(set.type(), set.values()));
      }
      pools += set.values().size();
    }
    return pools;
  }

  @Override
  public SwitchState read(SwitchSpec spec, Duration within) throws SwitchFailure {
    List<RecordSet> sets = new ArrayList<>();
    Map<String, EpochMark> marks = new HashMap<>();
    try (Places<CloudflareBalancer> balancers = look(spec, within, Urgency.ORDINARY).requireAll()) {
      for (CloudflareBalancer balancer : balancers.reached()) {
        sets.addAll(balancer.state().sets());
        marks.putAll(balancer.state().marks());
      }
    }
    return new SwitchState(sets, marks);
  }

  @Override
  Places<CloudflareBalancer> look(SwitchSpec spec, Duration within, Urgency urgency)
      throws SwitchFailure {
    CloudflarePools provider = provider(spec.provider());
    Token token = tokens.of(provider.token(), provider.revertToken(), urgency, pace.nanoTime());
    return look(spec, provider, token, urgency, within);
  }

  private Places<CloudflareBalancer> look(
      SwitchSpec spec, CloudflarePools provider, Token token, Urgency urgency, Duration within)
      throws SwitchFailure {
    CloudflareCalls calls = new CloudflareCalls(tokens.api(), token, urgency, within, clock, pace);
    Map<String, Callable<CloudflareBalancer>> looks = new LinkedHashMap<>();
    for (SwitchedName name : spec.names()) {
      SwitchSpec alone = spec.only(name);
      looks.put(name.name(), () -> CloudflareBalancer.look(alone, provider, calls, locks, pace));
    }
    Places<CloudflareBalancer> balancers = new Places<>("load balancer", pace);
    balancers.look(looks);
    return balancers;
  }

  /** With the token that a revert would use. */
  @Override
  public void proveRevert(SwitchSpec spec, SwitchState found, CutoverId cutover, Duration within)
      throws SwitchFailure {
    SwitchGuard.requireOurs(spec, found, cutover);
    CloudflarePools provider = provider(spec.provider());
    Token token = tokens.find(provider.revertToken().orElse(provider.token()), pace.nanoTime());
    try (Places<CloudflareBalancer> balancers =
        look(spec, provider, token, Urgency.ORDINARY, within).requireAll()) {
      balancers.requireEach(
          balancer -> {
            SwitchGuard.requireOurs(balancer.spec(), balancer.state(), cutover);
            balancer.requireChangeable();
          });
    }
  }

  /** A token that is refused must not keep traffic from going back while another one is there. */
  @Override
  public boolean revert(SwitchSpec spec, Order order) throws SwitchFailure {
    return tokens.revert(
        provider(spec.provider()).revertToken(), order, pace, again -> super.revert(spec, again));
  }

  @Override
  String unmarked() {
    return ": if there is none, somebody has written another description since it was staged";
  }

  private static CloudflarePools provider(SwitchProvider provider) {
    return switch (provider) {
      case CloudflarePools pools -> pools;
      case SwitchProvider.Rfc2136 _,
          SwitchProvider.Route53 _,
          SwitchProvider.Designate _,
          SwitchProvider.HaProxy _,
          Cloudflare _,
          SwitchProvider.TargetGroups _ ->
          throw new IllegalArgumentException(
              "Expected load balancers of Cloudflare, but got " + provider);
    };
  }
}
