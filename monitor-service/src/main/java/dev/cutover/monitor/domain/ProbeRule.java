package dev.cutover.monitor.domain;

import dev.cutover.contract.RollbackTrigger.BreachReason;
import dev.cutover.contract.Side;
import dev.cutover.contract.WatchSpec.Journey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Critical functions: a journey that fails so many times in a row is broken, if the source still
 * manages. Where several vantage points are alive, two must agree. Source: monitor.md D5.
 *
 * <p>That the source manages is known from walks that began after the target had begun to fail: an
 * older one says nothing of a fault that both sides share.
 *
 * <p>A journey that writes cannot be walked on the source, which is fenced; for such a one the
 * reading journeys stand in, and where there are none, that the source passed before the cutover.
 */
public final class ProbeRule {
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  private final List<Journey> journeys;
  private final int failuresMax;
  private final boolean worseThanSource;
  private final Duration staleAfter;
  private final Instant startedAt;
  private final Map<Key, Streak> streaks = new HashMap<>();

  /**
   * Watches journeys.
   *
   * @param failuresMax consecutive failures that are a breach, at least 1
   * @param staleAfter a vantage point silent for longer is not alive
   * @param startedAt until a walk can have ended there is nothing to be blind of
   */
  public ProbeRule(
      List<Journey> journeys,
      int failuresMax,
      boolean worseThanSource,
      Duration staleAfter,
      Instant startedAt) {
    this.journeys = List.copyOf(journeys);
    this.failuresMax = Math.max(1, failuresMax);
    this.worseThanSource = worseThanSource;
    this.staleAfter = staleAfter;
    this.startedAt = startedAt;
  }

  /** Whether a journey changes nothing, so that it may be walked on the fenced source too. */
  public static boolean isReading(Journey journey) {
    return journey.steps().stream().allMatch(step -> READING.contains(step.method()));
  }

  /** Takes the result of one walk, in the order of their ends. */
  public void add(ProbeResult result) {
    Key key = new Key(result.journey(), result.side(), result.vantage());
    Streak before = streaks.getOrDefault(key, Streak.NONE);
    if (before.lastAt() != null && !result.at().isAfter(before.lastAt())) {
      return; // read twice or out of order
    }
    streaks.put(
        key,
        switch (result.outcome()) {
          case ProbeResult.Outcome.Passed _ ->
              new Streak(0, null, result.beganAt(), result.at(), "");
          case ProbeResult.Outcome.Failed failed ->
              new Streak(
                  before.failures() + 1,
                  before.since() == null ? result.at() : before.since(),
                  result.beganAt(),
                  result.at(),
                  failed.reason());
        });
  }

  /** One signal per journey. */
  List<Signal> judge(Instant now) {
    return journeys.stream().map(journey -> judge(journey, now)).toList();
  }

  private Signal judge(Journey journey, Instant now) {
    String name = "critical:" + journey.name();
    Map<String, Streak> alive = alive(journey.name(), Side.TARGET, now);
    if (alive.isEmpty() && Duration.between(startedAt, now).compareTo(staleAfter) <= 0) {
      return Signal.of(
          name,
          SignalState.INSUFFICIENT_TRAFFIC,
          "No probe of %s on the target has ended yet".formatted(journey.name()));
    }
    if (alive.isEmpty()) {
      return Signal.of(
          name,
          SignalState.STALE,
          "No probe of %s on the target has ended for %s"
              .formatted(journey.name(), Text.of(staleAfter)));
    }
    List<Streak> broken =
        alive.values().stream().filter(streak -> streak.failures() >= failuresMax).toList();
    if (broken.size() >= Math.min(2, alive.size())) {
      return broken(name, journey, broken, now);
    }
    return alive.values().stream()
        .filter(streak -> streak.failures() > 0)
        .findFirst()
        .map(
            streak ->
                Signal.of(
                    name,
                    SignalState.SUSPECT,
                    "%s failed on the target %d time(s) in a row, %d are a breach: %s"
                        .formatted(
                            journey.name(), streak.failures(), failuresMax, streak.reason())))
        .orElseGet(
            () ->
                Signal.of(
                    name, SignalState.OK, "%s passes on the target".formatted(journey.name())));
  }

  private Signal broken(String name, Journey journey, List<Streak> broken, Instant now) {
    Streak worst = broken.getFirst();
    for (Streak streak : broken) {
      worst = streak.failures() > worst.failures() ? streak : worst;
    }
    String sentence =
        "%s failed on the target %d times in a row: %s"
            .formatted(journey.name(), worst.failures(), worst.reason());
    Instant since = worst.since() == null ? now : worst.since();
    SignalState source = sourceState(journey, since, now);
    if (worseThanSource && source != SignalState.OK) {
      return Signal.of(
          name,
          SignalState.SUSPECT,
          source == SignalState.STALE
              ? sentence + ", but whether the source manages is not known"
              : sentence + ", but it fails on the source too: going back may not help");
    }
    return Signal.breach(
        new Signal.Breach(
            since,
            new BreachReason(
                name,
                journey.steps().stream()
                    .map(step -> step.method() + " " + step.path())
                    .collect(Collectors.joining(", then ")),
                worst.failures(),
                worst.failures(),
                1,
                0,
                0,
                worst.failures(),
                failuresMax,
                -1)),
        sentence + ", while the source manages");
  }

  /** OK, SUSPECT when the source fails too, STALE when it is not known since then. */
  private SignalState sourceState(Journey journey, Instant since, Instant now) {
    List<Journey> controls =
        isReading(journey)
            ? List.of(journey)
            : journeys.stream().filter(ProbeRule::isReading).toList();
    boolean known = true;
    for (Journey control : controls) {
      Map<String, Streak> alive = alive(control.name(), Side.SOURCE, now);
      known &= alive.values().stream().anyMatch(streak -> streak.passedFrom(since));
      if (!alive.isEmpty() && alive.values().stream().allMatch(s -> s.failures() > 0)) {
        return SignalState.SUSPECT;
      }
    }
    return known ? SignalState.OK : SignalState.STALE;
  }

  private Map<String, Streak> alive(String journey, Side side, Instant now) {
    Map<String, Streak> alive = new HashMap<>();
    streaks.forEach(
        (key, streak) -> {
          Instant at = streak.lastAt();
          if (key.journey().equals(journey)
              && key.side() == side
              && at != null
              && Duration.between(at, now).compareTo(staleAfter) <= 0) {
            alive.put(key.vantage(), streak);
          }
        });
    return alive;
  }

  private record Key(String journey, Side side, String vantage) {}

  private record Streak(
      int failures,
      @Nullable Instant since,
      @Nullable Instant beganAt,
      @Nullable Instant lastAt,
      String reason) {
    private static final Streak NONE = new Streak(0, null, null, null, "");

    boolean passedFrom(Instant moment) {
      return failures == 0 && beganAt != null && !beganAt.isBefore(moment);
    }
  }
}
