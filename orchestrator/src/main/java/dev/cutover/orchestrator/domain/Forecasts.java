package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Direction;
import dev.cutover.contract.DnsReply.TtlLowered;
import dev.cutover.contract.Forecast;
import dev.cutover.contract.Forecast.Basis;
import dev.cutover.contract.Forecast.Drill;
import dev.cutover.contract.Forecast.Expected;
import dev.cutover.contract.Forecast.Fit;
import dev.cutover.contract.Forecast.Part;
import dev.cutover.contract.RehearsalResult;
import dev.cutover.contract.ReplicationMeasured;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.SwitchFigures;
import dev.cutover.contract.SyncReply.RoundTripProven;
import dev.cutover.orchestrator.domain.RehearsalEvent.ForwardStreamNoted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the ledger and the reports say about how long it will take. Pure. */
public final class Forecasts {
  /** A pace is told from two looks that are at least so far apart. */
  private static final Duration PACE_SPAN = Duration.ofSeconds(5);

  private static final double PACE_LEAST = 0.05;
  private static final double PACE_MOST = 100;

  private Forecasts() {}

  /** How long it is expected to take from the plan alone: nothing is measured. Pure. */
  public static Forecast of(Plan plan) {
    return of(Cutover.named(plan.id()).planned(plan, Runbook.of(plan)));
  }

  /** How long it would take at this moment. */
  static Forecast of(Cutover cutover) {
    return cutover.plan().map(plan -> Prediction.of(facts(cutover, plan))).orElse(Forecast.NONE);
  }

  /** What whoever says go has to have seen of it; changes only with the kind of the answer. */
  static List<String> evidence(Cutover cutover) {
    Forecast forecast = of(cutover);
    List<String> facts = new ArrayList<>();
    forecast.writeOutage().ifPresent(span -> facts.add("write outage: " + word(span.fit())));
    forecast.rollback().ifPresent(span -> facts.add("rollback: " + word(span.fit())));
    return facts;
  }

  /** Spans that would break their bound: nobody may say go to these. */
  static List<Checklist.Shortfall> shortfalls(Cutover cutover) {
    if (cutover.requiredPlan().autonomy().observes()) {
      return List.of(); // nothing is fenced, and nothing goes back by itself
    }
    Forecast forecast = of(cutover);
    List<Checklist.Shortfall> shortfalls = new ArrayList<>();
    forecast.writeOutage().ifPresent(span -> over(shortfalls, "write outage", span));
    forecast.rollback().ifPresent(span -> over(shortfalls, "rollback", span));
    return shortfalls;
  }

  private static void over(List<Checklist.Shortfall> into, String name, Expected span) {
    if (span.fit() == Fit.OVER) {
      into.add(
          new Checklist.Shortfall(
              "predicted " + name,
              "the predicted %s: %d ms, of at most %d ms (%s)"
                  .formatted(name, span.ms(), span.boundMs(), words(span))));
    }
  }

  /** Its parts, the longest first. */
  private static String words(Expected span) {
    return String.join(
        ", ",
        span.parts().stream()
            .sorted((one, other) -> Long.compare(other.ms(), one.ms()))
            .map(part -> "%s %d ms".formatted(part.name(), part.ms()))
            .toList());
  }

  /** As people say it. */
  public static String word(Fit fit) {
    return switch (fit) {
      case WITHIN -> "within a quarter of its bound";
      case TIGHT -> "tight";
      case OVER -> "over its bound";
    };
  }

  private static Prediction.Facts facts(Cutover cutover, Plan plan) {
    Foresight foresight = cutover.readiness().foresight();
    Ledger ledger = cutover.ledger();
    Optional<RoundTripProven> roundTrip =
        ledger
            .reply(Action.RECHECK_STREAMS, RoundTripProven.class)
            .or(() -> ledger.reply(Action.PROVE_ROUND_TRIP, RoundTripProven.class));
    Duration ttl =
        plan.trafficSwitch()
            .map(s -> Duration.ofSeconds(s.loweredTtlSeconds()).plus(plan.bounds().ttlSlack()))
            .orElse(Duration.ZERO);
    return new Prediction.Facts(
        plan.data().isPresent(),
        plan.trafficSwitch().isPresent(),
        plan.rollback().way() == RollbackPolicy.Way.REVERSE_SYNC,
        plan.bounds(),
        validation(cutover, plan),
        plan.teamSteps().stream()
            .filter(step -> step.place().inTheOutage())
            .mapToLong(step -> step.expected().toMillis())
            .sum(),
        plan.strategy() instanceof Strategy.BigBang ? ttl : Duration.ZERO,
        ttl,
        foresight.drill().map(Forecasts::drill),
        foresight.longestTransactionMs(),
        plan.data().filter(ReplicationSpec::endBlockers).isPresent(),
        foresight.forward(),
        roundTrip.map(RoundTripProven::forwardMs),
        roundTrip.map(RoundTripProven::reverseMs),
        cutover.readiness().seen().reverse().map(Seen.Stream::lagMs).filter(lag -> lag >= 0),
        acceptanceMs(ledger),
        tookMs(ledger, Action.ALIGN_TARGET_SEQUENCES),
        rehearsed(plan, foresight),
        ObjectRules.inTheOutage(plan).toMillis());
  }

  /** Only of what this plan does: another one's figures say nothing. */
  private static Optional<SwitchFigures> rehearsed(Plan plan, Foresight foresight) {
    return foresight
        .rehearsal()
        .filter(result -> result.subject().equals(plan.rehearsal().subject()))
        .map(RehearsalResult::figures);
  }

  /** What changed is compared within its budget; everything takes as long as it took before. */
  private static Part validation(Cutover cutover, Plan plan) {
    if (!(plan.strategy() instanceof Strategy.BigBang)) {
      return new Part(
          "final validation",
          plan.bounds().finalValidation().toMillis(),
          Basis.PLANNED,
          "at most bounds.finalValidation");
    }
    return tookMs(cutover.ledger(), Action.COMPARE_DATA)
        .map(
            ms ->
                new Part(
                    "full validation", ms, Basis.MEASURED, "as long as the last full comparison"))
        .orElseGet(
            () ->
                new Part("full validation", 0, Basis.ASSUMED, "no full comparison has ended yet"));
  }

  private static Optional<Long> acceptanceMs(Ledger ledger) {
    return ledger
        .step(Action.LOWER_TTL)
        .flatMap(
            record ->
                ledger
                    .reply(Action.LOWER_TTL, TtlLowered.class)
                    .map(reply -> millis(record.sentAt(), reply.lastAuthorityAt())));
  }

  private static Optional<Long> tookMs(Ledger ledger, Action action) {
    return ledger
        .step(action)
        .filter(record -> record.status() == StepRecord.Status.DONE)
        .flatMap(record -> record.endedAt().map(ended -> millis(record.sentAt(), ended)));
  }

  /** Clocks of two machines may differ: nothing takes less than no time. */
  private static long millis(Instant from, Instant until) {
    return Math.max(0, Duration.between(from, until).toMillis());
  }

  private static Drill drill(dev.cutover.contract.SyncReply.FenceDrilled drilled) {
    return new Drill(
        drilled.fencedAt(),
        drilled.fenceMs(),
        drilled.drainMs(),
        drilled.thawMs(),
        drilled.refusedMs(),
        drilled.ended(),
        drilled.longestTransactionMs());
  }

  /** Journals how the forward stream does before the fence: rarely, and when it matters. */
  static void onForward(Draft draft, ReplicationMeasured measured) {
    Cutover cutover = draft.cutover();
    if (measured.direction() != Direction.FORWARD
        || measured.lagMs() < 0
        || !cutover.ledger().done(Action.START_FORWARD_SYNC)
        || Requests.switching(cutover)) {
      return;
    }
    long much = cutover.requiredPlan().bounds().maxWriteOutage().dividedBy(4).toMillis();
    Optional<Foresight.Stream> known = cutover.readiness().foresight().forward();
    boolean news =
        known.isEmpty()
            || known.get().running() != measured.running()
            || (known.get().lagMs() > much) != (measured.lagMs() > much)
            || !draft.now().isBefore(known.get().at().plus(Freeze.NOTED_EVERY));
    if (news) {
      draft.add(
          new ForwardStreamNoted(
              measured.running(),
              measured.lagMs(),
              pace(known, measured.lagMs(), draft.now()),
              draft.now()));
    }
  }

  /** How fast a lag grows or shrinks says how fast changes are applied. */
  private static double pace(Optional<Foresight.Stream> before, long lagMs, Instant now) {
    if (before.isEmpty()) {
      return 1;
    }
    Duration elapsed = Duration.between(before.get().at(), now);
    if (elapsed.compareTo(PACE_SPAN) < 0) {
      return before.get().pace();
    }
    double pace = 1 - (lagMs - before.get().lagMs()) / (double) elapsed.toMillis();
    return Math.clamp(Math.round(pace * 100) / 100.0, PACE_LEAST, PACE_MOST);
  }
}
