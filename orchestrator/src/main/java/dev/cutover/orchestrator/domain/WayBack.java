package dev.cutover.orchestrator.domain;

import static dev.cutover.orchestrator.domain.Checklist.bad;
import static dev.cutover.orchestrator.domain.Checklist.good;
import static dev.cutover.orchestrator.domain.Checklist.unknown;

import dev.cutover.contract.Direction;
import dev.cutover.contract.HealthReported;
import dev.cutover.contract.HealthReported.SideHealth;
import dev.cutover.contract.ReadinessLine;
import dev.cutover.contract.ReadinessStatus.Fact;
import dev.cutover.contract.ReadinessStatus.Standing;
import dev.cutover.contract.ReadinessStatus.Verdict;
import dev.cutover.contract.ReadinessStatus.WayBackStatus;
import dev.cutover.contract.ReplicationMeasured;
import dev.cutover.orchestrator.domain.ReadinessEvent.ReverseStreamNoted;
import dev.cutover.orchestrator.domain.ReadinessEvent.SourceHealthNoted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether a rollback would succeed at this moment. Pure. */
final class WayBack {
  private static final String REVERSE = "reverse stream";
  private static final String REVERT = "staged revert";
  private static final String BUNDLE = "break-glass bundle";

  /** Fewer requests in a window of ten seconds say nothing about a side. */
  private static final double REQUESTS_MIN = 50;

  private static final double WINDOW_SECONDS = 10;

  private WayBack() {}

  static WayBackStatus status(Cutover cutover, Instant now) {
    List<Fact> facts = facts(cutover, now);
    boolean works = unproven(cutover, now).isEmpty() && facts.stream().noneMatch(WayBack::isBad);
    return new WayBackStatus(works, restoreSeconds(cutover), facts);
  }

  /** What must be known to work before anybody may say go, and does not or is not known to. */
  static List<Fact> unproven(Cutover cutover, Instant now) {
    Plan plan = cutover.requiredPlan();
    if (plan.autonomy().observes() || plan.rollback().way() == RollbackPolicy.Way.FIX_FORWARD) {
      return List.of(); // people go back by hand, or have signed that nobody does
    }
    return facts(cutover, now).stream()
        .filter(
            fact ->
                isBad(fact)
                    || (fact.standing() == Standing.UNKNOWN
                        && (fact.name().equals(REVERSE) || fact.name().equals(REVERT))))
        .toList();
  }

  /** Why a trigger must not roll back by itself; empty when nothing speaks against it. */
  static Optional<String> refusal(Cutover cutover) {
    return cutover
        .world()
        .wayBack()
        .map(ailment -> "The way back is broken: " + ailment)
        .or(() -> cutover.world().byHand().mark().map(mark -> "A person has taken over: " + mark))
        .or(() -> ReverseComparison.damage(cutover).map(ReverseComparison::inWords))
        .or(
            () ->
                cutover
                    .readiness()
                    .seen()
                    .source()
                    .filter(Seen.SourceHealth::worse)
                    .map(health -> "The source is a worse place: " + health.detail()));
  }

  private static boolean isBad(Fact fact) {
    return fact.standing() == Standing.BAD;
  }

  private static List<Fact> facts(Cutover cutover, Instant now) {
    Plan plan = cutover.requiredPlan();
    List<Fact> facts = new ArrayList<>();
    if (plan.data().isPresent()) {
      facts.add(reverse(cutover));
      facts.add(roundTrip(cutover));
      ReverseComparison.fact(cutover).ifPresent(facts::add);
      facts.add(
          cutover.ledger().done(Action.ALIGN_TARGET_SEQUENCES)
              ? good("sequences", "the target's are set ahead")
              : unknown("sequences", "set ahead right before the fence"));
      schema(cutover, now).forEach(facts::add);
    }
    if (plan.trafficSwitch().isPresent()) {
      facts.add(revert(cutover, now));
    }
    if (plan.watch().isPresent()) {
      facts.add(source(cutover));
    }
    BreakGlass.undocumented(cutover)
        .map(why -> unknown(BUNDLE, why))
        .or(() -> BreakGlass.documented(cutover).map(where -> good(BUNDLE, where)))
        .ifPresent(facts::add);
    return facts;
  }

  private static Fact reverse(Cutover cutover) {
    if (cutover.world().wayBack().isPresent()) {
      return bad(REVERSE, cutover.world().wayBack().get());
    }
    if (!cutover.ledger().done(Action.START_REVERSE_SYNC)) {
      return unknown(REVERSE, "it does not run yet");
    }
    return good(
        REVERSE,
        cutover
            .readiness()
            .seen()
            .reverse()
            .map(stream -> "runs, %d ms behind at %s".formatted(stream.lagMs(), stream.at()))
            .orElse("runs"));
  }

  private static Fact roundTrip(Cutover cutover) {
    Optional<Readiness.Proof> review =
        Optional.ofNullable(cutover.readiness().proofs().get(Action.RECHECK_STREAMS));
    if (review.isPresent()) {
      return review.get().holds()
          ? good("round trip", review.get().detail())
          : bad("round trip", review.get().detail());
    }
    return cutover
        .ledger()
        .step(Action.PROVE_ROUND_TRIP)
        .filter(record -> record.status() == StepRecord.Status.DONE)
        .map(record -> good("round trip", record.detail()))
        .orElseGet(() -> unknown("round trip", "proven right before the fence"));
  }

  /** A change of the schema may stop a stream; a person may have looked, and signed. */
  private static Stream<Fact> schema(Cutover cutover, Instant now) {
    boolean signed =
        Checklist.line(ReadinessLine.CHANGE_FREEZE, cutover, now).verdict() == Verdict.SIGNED;
    return cutover.readiness().seen().schema().entrySet().stream()
        .map(
            entry -> {
              String name = "schema of the " + Freeze.word(entry.getKey());
              Seen.Look look = entry.getValue();
              if (look.blind()) {
                return unknown(name, look.detail());
              }
              String drifts = String.join("; ", look.drifts());
              return look.drifts().isEmpty()
                  ? good(name, "as prepared")
                  : signed ? unknown(name, "signed: " + drifts) : bad(name, drifts);
            });
  }

  private static Fact revert(Cutover cutover, Instant now) {
    return switch (Proofs.of(ReadinessLine.ROLLBACK_STAGED, cutover, now)) {
      case Finding.Proven(String what, Optional<Instant> _, String _) -> good(REVERT, what);
      case Finding.Failed(String why, Instant _, String _) -> bad(REVERT, why);
      case Finding.Unproven(String why) -> unknown(REVERT, why);
      case Finding.Missing(String part) -> unknown(REVERT, "the plan has no '" + part + "'");
    };
  }

  private static Fact source(Cutover cutover) {
    return cutover
        .readiness()
        .seen()
        .source()
        .map(
            health ->
                health.worse() ? bad("source", health.detail()) : good("source", health.detail()))
        .orElseGet(() -> unknown("source", "not judged before the shift"));
  }

  /** Reverse lag, then the resolvers' TTL: what a user waits for at the worst. */
  private static Optional<Long> restoreSeconds(Cutover cutover) {
    Plan plan = cutover.requiredPlan();
    long ttl = plan.trafficSwitch().map(s -> (long) s.loweredTtlSeconds()).orElse(0L);
    if (plan.data().isEmpty()) {
      return plan.trafficSwitch().map(_ -> ttl);
    }
    return cutover
        .readiness()
        .seen()
        .reverse()
        .filter(stream -> stream.lagMs() >= 0)
        .map(stream -> Math.max(ttl, Math.ceilDiv(stream.lagMs(), 1000L)));
  }

  /** Journals how the reverse stream does: when it stops, runs, falls behind, and now and then. */
  static void onReverse(Draft draft, ReplicationMeasured measured) {
    if (measured.direction() != Direction.REVERSE
        || !draft.ledger().done(Action.START_REVERSE_SYNC)) {
      return;
    }
    Duration behind = draft.cutover().requiredPlan().bounds().maxRollbackOutage().dividedBy(2);
    Optional<Seen.Stream> known = draft.cutover().readiness().seen().reverse();
    boolean late = measured.lagMs() > behind.toMillis();
    boolean news =
        known.isEmpty()
            || known.get().running() != measured.running()
            || (known.get().lagMs() > behind.toMillis()) != late
            || !draft.now().isBefore(known.get().at().plus(Freeze.NOTED_EVERY));
    if (news) {
      draft.add(new ReverseStreamNoted(measured.running(), measured.lagMs(), draft.now()));
    }
  }

  /**
   * The source is worse when it fails more often than allowed, and than the target does. Walks of
   * its reading journeys say so. Its own errors do only while it is not fenced: then clients that
   * still come there are refused, which says nothing of its health.
   */
  static void onHealth(Draft draft, HealthReported report) {
    if (draft.cutover().requiredPlan().watch().isEmpty()) {
      return;
    }
    SideHealth source = report.source();
    double limit = draft.cutover().requiredPlan().watch().get().objectives().errorRateMax();
    boolean fenced = draft.ledger().sent(Action.FENCE_SOURCE);
    boolean counts =
        !fenced
            && source.errorRate() >= 0
            && source.requestsPerSecond() * WINDOW_SECONDS >= REQUESTS_MIN;
    if (source.probeErrorRate() >= 0) {
      String walks =
          "%.1f %% of the walks of its journeys fail, %s"
              .formatted(100 * source.probeErrorRate(), ofTarget(report.target().probeErrorRate()));
      note(draft, source.probeErrorRate(), report.target().probeErrorRate(), limit, walks);
    } else if (counts) {
      String requests =
          "%.1f %% of its requests fail, %s"
              .formatted(100 * source.errorRate(), ofTarget(report.target().errorRate()));
      note(draft, source.errorRate(), report.target().errorRate(), limit, requests);
    } // else too little is known to say either
  }

  /** A rate below 0 is one of too few. */
  private static String ofTarget(double rate) {
    return rate < 0
        ? "too few of the target's are known"
        : "the target's %.1f %%".formatted(100 * rate);
  }

  private static void note(Draft draft, double source, double target, double limit, String detail) {
    boolean worse = source > limit && source >= target;
    Optional<Seen.SourceHealth> known = draft.cutover().readiness().seen().source();
    if (known.isEmpty() || known.get().worse() != worse) {
      draft.add(new SourceHealthNoted(worse, detail, draft.now()));
    }
  }
}
