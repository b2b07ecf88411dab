package dev.cutover.monitor.domain;

import dev.cutover.contract.HealthReported.SideHealth;
import dev.cutover.monitor.domain.AttributionGate.Arm;
import dev.cutover.monitor.domain.Observation.Counted;
import dev.cutover.monitor.domain.Observation.Gap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one side's metrics show now: fresh or not, and the numbers of the last moments. */
final class SideMeter {
  private static final Duration SHOWN_MIN = Duration.ofSeconds(10);
  private static final long WALKS_MIN = 3;

  private final Duration shown;
  private final CounterMeter meter;
  private final Deque<Seen> recent = new ArrayDeque<>();
  private final RecentCounts walks;
  private Instant lastCountedAt;
  private @Nullable Gap gap;
  private long requests;

  /**
   * Meters a side.
   *
   * @param tick how often a reading is expected
   * @param staleAfter see {@link CounterMeter}
   */
  SideMeter(Duration tick, Duration staleAfter, Instant startedAt) {
    Duration ticks = tick.multipliedBy(2);
    shown = ticks.compareTo(SHOWN_MIN) > 0 ? ticks : SHOWN_MIN;
    meter = new CounterMeter(staleAfter);
    walks = new RecentCounts(shown);
    lastCountedAt = startedAt;
  }

  Optional<Counted> observe(Reading reading, Instant now) {
    return switch (meter.observe(reading, now)) {
      case Counted counted -> {
        recent.addLast(new Seen(now, counted));
        requests += counted.requests();
        lastCountedAt = now;
        gap = null;
        yield Optional.of(counted);
      }
      case Gap found -> {
        gap = found;
        yield Optional.empty();
      }
    };
  }

  /** Takes the end of a walk of a reading journey. */
  void walked(Instant at, boolean passed) {
    walks.add(at, 1, passed ? 0 : 1);
  }

  /** Why nothing is known at this moment; empty while the numbers flow. */
  Optional<Gap> gap(Instant now, Duration blindAfter) {
    if (gap != null) {
      return Optional.of(gap);
    }
    Duration silence = silence(now);
    return silence.compareTo(blindAfter) > 0
        ? Optional.of(new Gap(SignalState.STALE, "No answer for %s".formatted(Text.of(silence))))
        : Optional.empty();
  }

  /** How long nothing has been counted. */
  Duration silence(Instant now) {
    return Duration.between(lastCountedAt, now);
  }

  /** The last moments, for people. */
  SideHealth health(Instant now, double quantile) {
    while (!recent.isEmpty() && recent.getFirst().at().isBefore(now.minus(shown))) {
      recent.removeFirst();
    }
    Arm walked = walks.arm(now);
    double failed = walked.requests() < WALKS_MIN ? -1 : walked.share();
    if (recent.isEmpty()) {
      return new SideHealth(requests, -1, -1, -1, failed);
    }
    long n = 0;
    long errors = 0;
    Duration span = Duration.ZERO;
    Histogram latency = Histogram.EMPTY;
    for (Seen seen : recent) {
      n += seen.counted().requests();
      errors += seen.counted().errors();
      span = span.plus(seen.counted().span());
      latency = latency.plus(seen.counted().latency());
    }
    double seconds = span.toNanos() / 1e9;
    return new SideHealth(
        requests,
        seconds > 0 ? n / seconds : -1,
        n > 0 ? (double) errors / n : -1,
        latency.quantile(quantile).stream().map(s -> s * 1000).findFirst().orElse(-1),
        failed);
  }

  private record Seen(Instant at, Counted counted) {}
}
