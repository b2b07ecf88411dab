package dev.cutover.sync;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.SchemaObserved;
import dev.cutover.contract.Side;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.SchemaBaseline;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;

/** Looks at the schemas of watched cutovers, and says at once what changed, else once a minute. */
final class SchemaKeeper {
  private static final Duration SAY_AFTER = Duration.ofMinutes(1);

  private record Watched(CutoverId cutover, Side side) {
    static final Comparator<Watched> ORDER =
        Comparator.comparing((Watched watched) -> watched.cutover().value())
            .thenComparing(Watched::side);
  }

  /** What was said last, and when; before the first look never. */
  private record Known(ReplicationSpec spec, Instant saidAt, List<String> drifts, String blind) {}

  private final WatchContext context;
  private final SchemaBaseline baseline;
  private final Map<Watched, Known> schemas = new ConcurrentSkipListMap<>(Watched.ORDER);

  SchemaKeeper(WatchContext context, SchemaBaseline baseline) {
    this.context = context;
    this.baseline = baseline;
  }

  void watch(CutoverId cutover, ReplicationSpec spec) {
    for (Side side : Side.values()) {
      schemas.put(new Watched(cutover, side), new Known(spec, Instant.MIN, List.of(), ""));
    }
  }

  void keepOnly(Predicate<CutoverId> ours) {
    schemas.keySet().removeIf(watched -> !ours.test(watched.cutover()));
  }

  void forget(CutoverId cutover) {
    schemas.keySet().removeIf(watched -> watched.cutover().equals(cutover));
  }

  void look() {
    schemas.forEach(this::look);
  }

  private void look(Watched watched, Known known) {
    Known now = read(watched, known);
    boolean isNews = !now.drifts().equals(known.drifts()) || !now.blind().equals(known.blind());
    boolean isDue =
        known.saidAt().equals(Instant.MIN)
            || !now.saidAt().isBefore(known.saidAt().plus(SAY_AFTER));
    if ((isNews || isDue) && schemas.replace(watched, known, now)) {
      context.report(
          new SchemaObserved(
              watched.cutover(),
              now.saidAt(),
              watched.side(),
              now.drifts(),
              !now.blind().isEmpty(),
              now.blind()));
    }
  }

  private Known read(Watched watched, Known known) {
    ReplicationSpec spec = known.spec();
    try {
      return new Known(
          spec, context.now(), baseline.drifts(spec.endpoint(watched.side()), spec.tables()), "");
    } catch (GateRefused e) {
      return new Known(spec, context.now(), known.drifts(), String.valueOf(e.getMessage()));
    }
  }
}
