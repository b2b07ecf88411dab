package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNSUITABLE;

import dev.cutover.contract.Checked;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.SingleChangePlanner;
import dev.cutover.dns.domain.Spread;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.route53.model.ChangeInfo;
import software.amazon.awssdk.services.route53.model.ChangeStatus;
import software.amazon.awssdk.services.route53.model.HostedZone;

/**
 * Switches traffic in a hosted zone of Amazon Route 53, with simple records, or with weighted ones
 * from the lowering of TTLs on until they get their TTLs back (trap 3).
 *
 * <p>A change is one batch that deletes exactly what was read and creates what comes, the mark
 * among both; it fails as a whole if anything differs. A set that is neither deleted nor created
 * can't be a condition: that a type is still absent is read before, and read back after.
 *
 * <p>A batch that is answered is stored, and on its way to the servers (PENDING). Orders don't wait
 * for the end of it (INSYNC): {@link #spread} tells it.
 */
public final class Route53Switch extends ConditionalSwitch {
  /** ResourceRecord elements in a batch (Route 53 quotas), each deletion and creation counted. */
  private static final int RECORDS_MAX = 1000;

  /** Characters of all values in a batch, likewise. */
  private static final int CHARACTERS_MAX = 32_000;

  /** Longer than any mark's text. */
  private static final int MARK_CHARACTERS_MAX = 120;

  /** Ids that are kept; without one the authorities alone tell. */
  private static final int CHANGES_MAX = 10_000;

  private final Route53Accounts accounts;
  private final Pace pace;

  /** The id of the last change of a switch's names, once it was taken. */
  private final Map<String, String> lastChanges = new ConcurrentHashMap<>();

  /** Zones that were seen to be what plans say. */
  private final Map<Route53, String> seenZones = new ConcurrentHashMap<>();

  public Route53Switch(Route53Accounts accounts, Pace pace) {
    this.accounts = accounts;
    this.pace = pace;
  }

  @Override
  public Capabilities capabilities(SwitchSpec spec) {
    return new Capabilities(true, true, true, true, true, true);
  }

  /** Proves also that no check would keep the target from being answered. */
  @Override
  public void stage(SwitchSpec spec, List<RecordSet> captured, Order order) throws SwitchFailure {
    requireHealthy(spec, spec.plain(Side.TARGET), order.within());
    super.stage(spec, captured, order);
  }

  @Override
  public void shift(SwitchSpec spec, int weightPercent, long expectedEpoch, Order order)
      throws SwitchFailure {
    List<RecordSet> target = spec.plain(Side.TARGET);
    // Back to a smaller share an unhealthy target is left behind: that is never kept up.
    boolean checked = !checks(target).isEmpty();
    if (checked && weightPercent > share(spec, read(spec, order.within()).sets())) {
      requireHealthy(spec, target, order.within());
    }
    super.shift(spec, weightPercent, expectedEpoch, order);
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
    int before = share(spec, found.sets());
    int after = share(spec, wanted);
    if (urgency == Urgency.ORDINARY && before != after) {
      Side gaining = after > before ? Side.TARGET : Side.SOURCE;
      requireHealthy(spec, spec.plain(gaining), order.within());
    }
    super.change(spec, found, wanted, order, mark, urgency);
  }

  /**
   * Refuses what Route 53 would leave out, answering with the other side instead (developer guide,
   * "How Amazon Route 53 chooses records when health checking is configured"). A way back is never
   * asked for its checks: it is better than what it leaves.
   */
  private void requireHealthy(SwitchSpec spec, List<RecordSet> sets, Duration within)
      throws SwitchFailure {
    Set<String> checks = checks(sets);
    if (checks.isEmpty()) {
      return;
    }
    Route53Primary primary = open(spec, zone(spec.provider()), within, Urgency.ORDINARY);
    for (String id : checks) {
      primary.requireHealthy(id);
    }
  }

  private int share(SwitchSpec spec, List<RecordSet> sets) {
    return SingleChangePlanner.weightPercent(spec, capabilities(spec), sets).orElse(0);
  }

  private static Set<String> checks(List<RecordSet> sets) {
    return sets.stream()
        .flatMap(set -> set.values().stream())
        .flatMap(value -> Checked.of(value).healthCheckId().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public SwitchSpec normalise(SwitchSpec spec) {
    SwitchSpec normal = WireRecords.normalise(spec);
    // A change of TTLs deletes and creates the whole of a side.
    int marks = 2 * normal.names().size();
    int records = marks;
    int characters = marks * MARK_CHARACTERS_MAX;
    for (int percent : normal.weighted() ? new int[] {0, 50} : new int[] {0, 100}) {
      List<String> values = normal.at(percent).stream().flatMap(s -> s.values().stream()).toList();
      records = Math.max(records, marks + 2 * values.size());
      characters =
          Math.max(
              characters,
              marks * MARK_CHARACTERS_MAX + 2 * values.stream().mapToInt(String::length).sum());
    }
    if (records > RECORDS_MAX || characters > CHARACTERS_MAX) {
      throw new IllegalArgumentException(
          "Expected at most %d records and %d characters in one change, which is what Route 53 makes as a whole, but this plan needs %d and %d: plan a cutover for each part of the names"
              .formatted(RECORDS_MAX, CHARACTERS_MAX, records, characters));
    }
    return normal;
  }

  @Override
  public Spread spread(SwitchSpec spec, Duration within) throws SwitchFailure {
    Route53 zone = zone(spec.provider());
    String id = lastChanges.get(key(spec, zone));
    if (id == null) {
      return new Spread.Untold();
    }
    ChangeInfo found = open(spec, zone, within, Urgency.ORDINARY).progress(id);
    String evidence =
        "change %s of hosted zone %s is %s"
            .formatted(id, zone.hostedZone(), found.statusAsString());
    return found.status() == ChangeStatus.INSYNC
        ? new Spread.Everywhere(evidence)
        : new Spread.UnderWay(evidence);
  }

  @Override
  public List<ChangedBy> changedBy(
      SwitchSpec spec, Collection<String> names, Instant since, Duration within)
      throws SwitchFailure {
    Route53 zone = zone(spec.provider());
    return Route53Trail.changedBy(accounts.trail(zone.profile()), zone, names, since);
  }

  @Override
  ZonePrimary primary(SwitchSpec spec, Duration within, Urgency urgency) throws SwitchFailure {
    Route53 zone = zone(spec.provider());
    Route53Primary primary = open(spec, zone, within, urgency);
    // A revert does not wait for what a zone is called: its batch names only what was read there.
    if (urgency == Urgency.ORDINARY && !spec.zone().equals(seenZones.get(zone))) {
      requireZone(spec, zone, primary.hostedZone());
      seenZones.put(zone, spec.zone());
    }
    return primary;
  }

  private static void requireZone(SwitchSpec spec, Route53 zone, HostedZone found)
      throws SwitchFailure {
    String name = Route53Records.normalName(found.name());
    if (!name.equals(spec.zone())) {
      throw new SwitchFailure(
          UNSUITABLE,
          "Expected hosted zone %s to be %s, but it is %s: correct the plan"
              .formatted(zone.hostedZone(), spec.zone(), name),
          false);
    }
    if (found.config() != null && Boolean.TRUE.equals(found.config().privateZone())) {
      throw new SwitchFailure(
          UNSUITABLE,
          "Expected a public hosted zone, but %s is private: no authority outside its network can be asked whether it has changed"
              .formatted(zone.hostedZone()),
          false);
    }
  }

  private Route53Primary open(SwitchSpec spec, Route53 zone, Duration within, Urgency urgency)
      throws SwitchFailure {
    String key = key(spec, zone);
    Route53Primary.Changes changes =
        new Route53Primary.Changes() {
          @Override
          public void taken(String id) {
            if (lastChanges.size() >= CHANGES_MAX) {
              lastChanges.clear();
            }
            lastChanges.put(key, id);
          }

          @Override
          public void lost() {
            lastChanges.remove(key); // an older one says nothing of this
          }
        };
    return new Route53Primary(
        spec, zone, accounts.find(zone.profile(), pace.nanoTime()), urgency, pace, changes, within);
  }

  private static String key(SwitchSpec spec, Route53 zone) {
    return zone.hostedZone() + spec.names().stream().map(name -> " " + name.name()).toList();
  }

  private static Route53 zone(SwitchProvider provider) {
    return switch (provider) {
      case Route53 zone -> zone;
      case SwitchProvider.Rfc2136 _,
          SwitchProvider.Designate _,
          SwitchProvider.HaProxy _,
          SwitchProvider.Cloudflare _,
          SwitchProvider.CloudflarePools _,
          SwitchProvider.TargetGroups _ ->
          throw new IllegalArgumentException("Expected a hosted zone, but got " + provider);
    };
  }
}
