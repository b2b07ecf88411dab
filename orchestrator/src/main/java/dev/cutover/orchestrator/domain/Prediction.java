package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Forecast;
import dev.cutover.contract.Forecast.Basis;
import dev.cutover.contract.Forecast.Drill;
import dev.cutover.contract.Forecast.Expected;
import dev.cutover.contract.Forecast.Fit;
import dev.cutover.contract.Forecast.Part;
import dev.cutover.contract.SwitchFigures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** How long the switch and the way back will take, from what is known. Pure. */
final class Prediction {
  /** What a part takes that nothing measured yet. */
  private static final long ASSUMED_FENCE_MS = 200;

  private static final long ASSUMED_DRAIN_MS = 500;
  private static final long ASSUMED_SHIFT_MS = 500;
  private static final long ASSUMED_OPEN_MS = 200;
  private static final long ASSUMED_SEQUENCES_MS = 200;

  /** Until a fence that may end sessions has ended those in its way, at the worst. */
  private static final long BLOCKERS_ENDED_MS = 1_500;

  private static final String UNMEASURED = "nothing measured it yet";
  private static final String REHEARSED = "in the last rehearsal";

  private final Facts facts;

  private Prediction(Facts facts) {
    this.facts = facts;
  }

  /**
   * What a prediction rests on.
   *
   * @param fences whether the plan has databases
   * @param shifts whether it has names to switch
   * @param returns whether writes of the target come back by the reverse stream
   * @param bounds of the plan
   * @param validation of the comparison inside the outage, and what that figure is
   * @param teamMs expected of the team's steps inside the outage
   * @param ttl waited for while nobody can write; zero when the target opens before
   * @param caches how long caches may hold an old address after a switch
   * @param drill the last one
   * @param longestTransactionMs age of the source's oldest transaction that has written
   * @param endsBlockers whether the fence ends sessions that stand in its way
   * @param forward the forward stream
   * @param forwardMs a marker's way to the target, when that was last proven
   * @param reverseMs a marker's way to the source
   * @param reverseLagMs how far the reverse stream is behind
   * @param acceptanceMs until every authority served the last change
   * @param sequencesMs how long it took to set sequences ahead
   * @param rehearsed what the last rehearsal of this plan measured
   * @param objectsMs how long the fence around objects and their last pass take at the most; 0 for
   *     a plan without
   */
  record Facts(
      boolean fences,
      boolean shifts,
      boolean returns,
      Plan.Bounds bounds,
      Part validation,
      long teamMs,
      Duration ttl,
      Duration caches,
      Optional<Drill> drill,
      Optional<Long> longestTransactionMs,
      boolean endsBlockers,
      Optional<Foresight.Stream> forward,
      Optional<Long> forwardMs,
      Optional<Long> reverseMs,
      Optional<Long> reverseLagMs,
      Optional<Long> acceptanceMs,
      Optional<Long> sequencesMs,
      Optional<SwitchFigures> rehearsed,
      long objectsMs) {}

  static Forecast of(Facts facts) {
    Prediction prediction = new Prediction(facts);
    return new Forecast(
        facts.fences() ? Optional.of(prediction.writeOutage()) : Optional.empty(),
        facts.returns() ? Optional.of(prediction.rollback()) : Optional.empty(),
        facts.shifts() ? Optional.of(facts.caches().toSeconds()) : Optional.empty(),
        Optional.empty(), // no answer of the monitor says it
        facts.drill());
  }

  private Expected writeOutage() {
    List<Part> parts = new ArrayList<>();
    parts.add(fence());
    parts.add(drain());
    objects(parts);
    parts.add(new Part("sequences", 0, Basis.PLANNED, "the target's are set ahead before"));
    parts.add(validation());
    if (facts.teamMs() > 0) {
      parts.add(new Part("team's steps", facts.teamMs(), Basis.PLANNED, "as the plan expects"));
    }
    if (facts.shifts()) {
      parts.add(shift("DNS acceptance"));
      if (!facts.ttl().isZero()) {
        parts.add(
            new Part(
                "TTL",
                facts.ttl().toMillis(),
                Basis.PLANNED,
                "waited for before the target opens"));
      }
    }
    parts.add(open());
    return expected(
        parts,
        facts.bounds().maxWriteOutage(),
        facts.bounds().goBackAfter(),
        rehearsed(SwitchFigures::outageMs));
  }

  private Expected rollback() {
    List<Part> parts = new ArrayList<>();
    if (facts.shifts()) {
      parts.add(shift("DNS revert"));
    }
    if (facts.fences()) {
      parts.add(targetFence());
      parts.add(reverseDrain());
      objects(parts);
      parts.add(
          measured(
              "sequences", facts.sequencesMs(), "as long as the target's", ASSUMED_SEQUENCES_MS));
      parts.add(open());
    }
    Duration bound = facts.bounds().maxRollbackOutage();
    return expected(parts, bound, bound, rehearsed(SwitchFigures::rollbackMs));
  }

  private void objects(List<Part> parts) {
    if (facts.objectsMs() > 0) {
      parts.add(
          new Part(
              "objects",
              facts.objectsMs(),
              Basis.PLANNED,
              "at most objects.settle and objects.finalPass"));
    }
  }

  /** A drill knows best; a transaction that began since then may hold the fence up longer. */
  private Part fence() {
    long oldest = facts.longestTransactionMs().orElse(0L);
    long held = facts.endsBlockers() ? Math.min(oldest, BLOCKERS_ENDED_MS) : oldest;
    String detail =
        "the oldest transaction that has written is %d ms old, and the plan %s"
            .formatted(
                oldest,
                facts.endsBlockers()
                    ? "lets the fence end what is in its way"
                    : "lets the fence wait for it");
    if (facts.drill().isPresent()) {
      Drill drill = facts.drill().get();
      return oldest > drill.longestTransactionMs() && held > drill.fenceMs()
          ? new Part("fence", held, Basis.MEASURED, detail)
          : new Part(
              "fence", drill.fenceMs(), Basis.MEASURED, "drilled on the source at " + drill.at());
    }
    if (oldest > 0) {
      return new Part("fence", held + ASSUMED_FENCE_MS, Basis.MEASURED, detail);
    }
    return rehearsed(SwitchFigures::fenceMs)
        .map(ms -> new Part("fence", ms, Basis.REHEARSED, REHEARSED))
        .orElseGet(() -> new Part("fence", ASSUMED_FENCE_MS, Basis.ASSUMED, UNMEASURED));
  }

  private Part drain() {
    Optional<Long> backlog =
        facts.forward().map(stream -> Math.round(stream.lagMs() / Math.max(stream.pace(), 0.01)));
    long lag = backlog.orElse(0L);
    long marker =
        Math.max(facts.drill().map(Drill::drainMs).orElse(0L), facts.forwardMs().orElse(0L));
    if (lag > marker) {
      return new Part(
          "drain",
          lag,
          Basis.MEASURED,
          String.format(
              Locale.ROOT,
              "the forward stream is %d ms behind and applies %.1f ms of changes in a millisecond",
              facts.forward().orElseThrow().lagMs(),
              facts.forward().get().pace()));
    }
    if (facts.drill().isPresent() || facts.forwardMs().isPresent()) {
      return new Part(
          "drain",
          marker,
          Basis.MEASURED,
          facts.drill().isPresent() ? "as long as in the drill" : "a marker's way to the target");
    }
    return rehearsed(SwitchFigures::drainMs)
        .map(ms -> new Part("drain", ms, Basis.REHEARSED, REHEARSED))
        .orElseGet(() -> new Part("drain", ASSUMED_DRAIN_MS, Basis.ASSUMED, UNMEASURED));
  }

  private Part validation() {
    return rehearsed(SwitchFigures::validationMs)
        .map(ms -> new Part("final validation", ms, Basis.REHEARSED, REHEARSED))
        .orElse(facts.validation());
  }

  private Part shift(String name) {
    return facts
        .acceptanceMs()
        .map(
            ms ->
                new Part(name, ms, Basis.MEASURED, "as long as the lowered TTL at every authority"))
        .or(
            () ->
                rehearsed(SwitchFigures::shiftMs)
                    .map(ms -> new Part(name, ms, Basis.REHEARSED, REHEARSED)))
        .orElseGet(() -> new Part(name, ASSUMED_SHIFT_MS, Basis.ASSUMED, UNMEASURED));
  }

  private Part targetFence() {
    return measured(
        "fence of the target",
        facts.drill().map(Drill::fenceMs),
        "as long as the source's in the drill",
        ASSUMED_FENCE_MS);
  }

  private Part reverseDrain() {
    long lag = facts.reverseLagMs().orElse(0L);
    long marker = facts.reverseMs().orElse(0L);
    if (lag > marker) {
      return new Part("reverse drain", lag, Basis.MEASURED, "the reverse stream is so far behind");
    }
    return measured(
        "reverse drain", facts.reverseMs(), "a marker's way to the source", ASSUMED_DRAIN_MS);
  }

  private Part open() {
    return rehearsed(SwitchFigures::openMs)
        .map(ms -> new Part("open", ms, Basis.REHEARSED, REHEARSED))
        .orElseGet(() -> new Part("open", ASSUMED_OPEN_MS, Basis.ASSUMED, UNMEASURED));
  }

  private static Part measured(String name, Optional<Long> ms, String detail, long assumedMs) {
    return ms.map(value -> new Part(name, value, Basis.MEASURED, detail))
        .orElseGet(() -> new Part(name, assumedMs, Basis.ASSUMED, UNMEASURED));
  }

  private <T> Optional<T> rehearsed(Function<SwitchFigures, Optional<T>> figure) {
    return facts.rehearsed().flatMap(figure);
  }

  private static Expected expected(
      List<Part> parts, Duration bound, Duration most, Optional<Long> rehearsed) {
    long ms = parts.stream().mapToLong(Part::ms).sum();
    return new Expected(ms, bound.toMillis(), fit(ms, bound, most), parts, rehearsed);
  }

  /**
   * How a span stands to its bound.
   *
   * @param most from where on the bound can't be kept
   */
  static Fit fit(long ms, Duration bound, Duration most) {
    if (ms > most.toMillis()) {
      return Fit.OVER;
    }
    return ms <= bound.toMillis() / 4 ? Fit.WITHIN : Fit.TIGHT;
  }
}
