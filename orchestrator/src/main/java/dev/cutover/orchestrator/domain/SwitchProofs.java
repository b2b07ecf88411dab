package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DnsReply.ClassCount;
import dev.cutover.contract.DnsReply.Delegation;
import dev.cutover.contract.SwitchProof.ResolverClass;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.orchestrator.domain.PlanRules.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a plan asks to be seen before its switch counts as proven, and what that means. Pure. */
final class SwitchProofs {
  /** Caches round remaining TTLs: dns.md, trap 12. */
  private static final Duration ROUNDING = Duration.ofSeconds(2);

  private SwitchProofs() {}

  /** Why the plan must not be carried out. */
  static List<Finding> faults(Plan plan) {
    int ttlSeconds =
        Stream.concat(plan.trafficSwitch().stream(), Views.of(plan).stream().map(SwitchView::spec))
            .filter(spec -> !spec.resolverClasses().isEmpty())
            .mapToInt(SwitchSpec::loweredTtlSeconds)
            .max()
            .orElse(0);
    Duration honest = Duration.ofSeconds(ttlSeconds).plus(ROUNDING);
    return ttlSeconds == 0 || plan.bounds().proof().compareTo(honest) > 0
        ? List.of()
        : List.of(
            new Finding(
                "bounds.proof",
                "Expected bounds.proof longer than %s, since honest resolvers of traffic.proof may keep the old records for traffic.loweredTtl and %s of rounding, but it is %s"
                    .formatted(
                        Durations.written(honest),
                        Durations.written(ROUNDING),
                        Durations.written(plan.bounds().proof()))));
  }

  /** What its approvers have to know. */
  static List<Finding> notes(Plan plan) {
    return !classes(plan).isEmpty() && plan.strategy() instanceof Strategy.BigBang
        ? List.of(
            new Finding(
                "traffic.proof",
                "bigBang with traffic.proof: nobody can write until every class of resolvers has its quorum, and one that misses it takes everything back"))
        : List.of();
  }

  /**
   * When a cutover is over that captures its records until then, goes when its window closes at the
   * latest, and is not held: what is signed has to stay so until then.
   */
  static Instant overAt(Plan plan, Instant capturedAt) {
    Instant go =
        Stream.concat(
                Stream.of(capturedAt), plan.window().closesAt().or(plan.window()::opensAt).stream())
            .max(Instant::compareTo)
            .orElse(capturedAt);
    Duration soaks =
        plan.strategy() instanceof Strategy.Canary canary
            ? canary.weights().stream()
                .map(Strategy.Weight::soak)
                .reduce(Duration.ZERO, Duration::plus)
            : Duration.ZERO;
    Duration wayBack = plan.rollback().keepsAWayBack() ? plan.rollback().window() : Duration.ZERO;
    return go.plus(soaks).plus(plan.bounds().observation()).plus(wayBack);
  }

  /** Of the switch itself; empty where none is asked for. */
  static String quorums(Plan plan) {
    return quorums(classes(plan));
  }

  /** Such as {@code quorum public 75 % of 8, corporate 100 % of 2}; empty where there are none. */
  static String quorums(List<ResolverClass> classes) {
    return classes.stream()
        .map(of -> "%s %d %% of %d".formatted(of.name(), of.quorumPercent(), of.servers().size()))
        .collect(Collectors.joining(", ", classes.isEmpty() ? "" : "quorum ", ""));
  }

  /** Such as {@code ; public 3 of 4 resolvers}; empty where there was no class. */
  static String counted(List<ClassCount> counts) {
    return counts.stream()
        .map(
            of ->
                "; %s %d of %d resolvers%s"
                    .formatted(
                        of.name(),
                        of.held(),
                        of.asked(),
                        of.untested() == 0
                            ? ""
                            : " (%d more could not be asked)".formatted(of.untested())))
        .collect(Collectors.joining());
  }

  /** What a look at the zone's parent came to. */
  static String delegation(Delegation seen) {
    return switch (seen.standing()) {
      case AGREES -> "the parent delegates to the same name servers";
      case DIFFERS -> seen.detail();
      case UNSEEN -> "the parent's delegation was not seen: " + seen.detail();
    };
  }

  private static List<ResolverClass> classes(Plan plan) {
    return plan.trafficSwitch().map(SwitchSpec::resolverClasses).orElse(List.of());
  }
}
