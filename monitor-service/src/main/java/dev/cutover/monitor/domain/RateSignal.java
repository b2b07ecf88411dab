package dev.cutover.monitor.domain;

import dev.cutover.contract.RollbackTrigger.BreachReason;
import dev.cutover.monitor.domain.AttributionGate.Arm;
import dev.cutover.monitor.domain.AttributionGate.Attribution;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One share that has a limit, such as the share of failed requests: the fast and the slow test, and
 * the comparison with the source before either may speak of a breach.
 */
final class RateSignal {
  /** Fewer requests than this in the window say nothing. */
  private static final long REQUESTS_MIN = 10;

  /** Fewer than this on the source are no control arm. */
  private static final long CONTROL_MIN = 10;

  private final Settings settings;
  private final GridCusum fast;
  private final Optional<SustainedRule> slow;
  private final RecentCounts target;
  private final RecentCounts targetProbes;
  private final RecentCounts sourceTraffic;
  private final RecentCounts sourceProbes;

  /**
   * What is judged.
   *
   * @param name such as {@code error-rate}
   * @param what goes before a share in a sentence, such as "The error rate of the target"
   * @param query where the numbers come from
   * @param limit share allowed
   * @param baseline the source before the cutover; for comparing
   * @param usual share that is to be expected of a healthy target
   * @param cusum the fast test's settings
   * @param tick length of a tick
   * @param window over which both sides are compared
   * @param worseThanSource whether a breach needs the source to be better
   * @param warmUp whether the limit is that of the warm-up. The slow test, which is outside the
   *     budget and for shares just above a limit, waits for the usual one
   */
  record Settings(
      String name,
      String what,
      String query,
      double limit,
      Arm baseline,
      double usual,
      GridCusum.Settings cusum,
      Duration tick,
      Duration window,
      boolean worseThanSource,
      boolean warmUp) {}

  RateSignal(Settings settings) {
    this.settings = settings;
    fast = new GridCusum(settings.cusum());
    slow =
        settings.warmUp()
            ? Optional.empty()
            : Optional.of(SustainedRule.of(settings.limit(), settings.usual()));
    target = new RecentCounts(settings.window());
    targetProbes = new RecentCounts(settings.window());
    sourceTraffic = new RecentCounts(settings.window());
    sourceProbes = new RecentCounts(settings.window());
  }

  void addTarget(Instant now, long n, long bad) {
    fast.add(now, n, bad);
    slow.ifPresent(rule -> rule.add(n, bad));
    target.add(now, n, bad);
  }

  /** Requests of our own: in the target's counters like all others, but no users (trap 13). */
  void addTargetProbe(Instant now, long requests) {
    targetProbes.add(now, requests, 0);
  }

  /** Traffic that still reaches the source. */
  void addSource(Instant now, long n, long bad) {
    sourceTraffic.add(now, n, bad);
  }

  void addSourceProbe(Instant now, boolean passed) {
    sourceProbes.add(now, 1, passed ? 0 : 1);
  }

  /** Judges what was added; to be asked only while the target's numbers are fresh. */
  Signal judge(Instant now) {
    Arm seen = target.arm(now);
    Optional<Firing> firing = firing(now);
    if (firing.isPresent()) {
      return judge(now, firing.get(), seen);
    }
    if (fast.isSuspect() || (seen.requests() >= REQUESTS_MIN && seen.share() > settings.limit())) {
      return Signal.of(settings.name(), SignalState.SUSPECT, sentence(seen) + ", not sure yet");
    }
    long users = seen.requests() - targetProbes.arm(now).requests();
    if (users < REQUESTS_MIN) {
      return Signal.of(
          settings.name(),
          SignalState.INSUFFICIENT_TRAFFIC,
          "Only %d requests of users on the target in the last %s"
              .formatted(Math.max(0, users), Text.of(settings.window())));
    }
    return Signal.of(settings.name(), SignalState.OK, sentence(seen));
  }

  private Signal judge(Instant now, Firing firing, Arm seen) {
    Control control = control(firing.since(), now);
    Attribution attribution = AttributionGate.STANDARD.judge(seen, control.arm());
    boolean worse = attribution.worse() && control.isSoundSince(settings.limit());
    String sentence =
        "%s in the last %s"
            .formatted(
                sentence(firing.counts()),
                Text.of(Duration.between(firing.since(), now).plus(settings.tick())));
    if (settings.worseThanSource() && !worse) {
      return Signal.of(
          settings.name(),
          SignalState.SUSPECT,
          "%s, but the target is not shown to be worse than %s (%s there, %s; chance explains it with %s): going back may not help"
              .formatted(
                  sentence,
                  control.name(),
                  Text.percent(control.arm().share()),
                  control.sinceThen(),
                  Text.chance(attribution.probability())));
    }
    return Signal.breach(
        new Signal.Breach(
            firing.since(),
            new BreachReason(
                settings.name(),
                settings.query(),
                firing.counts().requests(),
                firing.counts().bad(),
                firing.counts().share(),
                settings.limit(),
                settings.baseline().share(),
                firing.statistic(),
                firing.threshold(),
                settings.worseThanSource() ? attribution.probability() : -1)),
        settings.worseThanSource()
            ? "%s; compared with %s (%s), chance explains it with %s"
                .formatted(
                    sentence,
                    control.name(),
                    Text.percent(control.arm().share()),
                    Text.chance(attribution.probability()))
            : sentence);
  }

  private Optional<Firing> firing(Instant now) {
    Optional<Firing> quick =
        fast.fired()
            .map(
                excursion ->
                    new Firing(
                        excursion.since(),
                        new Arm(excursion.requests(), excursion.bad()),
                        excursion.statistic(),
                        fast.threshold()));
    return quick.or(
        () ->
            slow.filter(SustainedRule::isFired)
                .map(
                    rule ->
                        new Firing(
                            now.minus(settings.tick().multipliedBy(SustainedRule.ticks())),
                            new Arm(rule.requests(), rule.bad()),
                            rule.partsAbove(),
                            rule.partsMin())));
  }

  /**
   * What the target is compared with. Probes of the source come first: after the fence the source
   * refuses writes, so that the errors of clients which still come there say nothing about it.
   */
  private Control control(Instant since, Instant now) {
    Arm probes = sourceProbes.arm(now);
    if (probes.requests() >= CONTROL_MIN) {
      return new Control("the source's probes", probes, Optional.of(sourceProbes.since(since)));
    }
    Arm traffic = sourceTraffic.arm(now);
    if (traffic.requests() >= CONTROL_MIN) {
      return new Control("the source's traffic", traffic, Optional.of(sourceTraffic.since(since)));
    }
    return new Control("the source's baseline", settings.baseline(), Optional.empty());
  }

  private String sentence(Arm counts) {
    String share = Text.percent(counts.share());
    String limit = Text.percent(settings.limit());
    String usual = Text.percent(settings.baseline().share());
    return settings.warmUp()
        ? "%s is %s in the warm-up, where %s are allowed (%d of %d requests; the source's baseline is %s)"
            .formatted(settings.what(), share, limit, counts.bad(), counts.requests(), usual)
        : "%s is %s (%d of %d requests; at most %s is allowed, the source's baseline is %s)"
            .formatted(settings.what(), share, counts.bad(), counts.requests(), limit, usual);
  }

  /**
   * What the target is compared with.
   *
   * @param arm over the whole window
   * @param since over the span in which the target has been failing; empty for a baseline, which
   *     knows nothing of it
   */
  private record Control(String name, Arm arm, Optional<Arm> since) {
    /**
     * The window goes further back than the failure. Where a dependency fails both sides at once,
     * and the target has more requests to show it, the source still looks better over the whole
     * window: so it also has to have been seen since then, and to be within the limit.
     */
    boolean isSoundSince(double limit) {
      return since.map(arm -> arm.requests() > 0 && arm.share() <= limit).orElse(true);
    }

    String sinceThen() {
      return since
          .map(
              arm ->
                  arm.requests() == 0
                      ? "not seen since then"
                      : "%s since then".formatted(Text.percent(arm.share())))
          .orElse("before the cutover");
    }
  }

  private record Firing(Instant since, Arm counts, double statistic, double threshold) {}
}
