package dev.cutover.dns;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Event;
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.RecordsObserved.RecordDrift;
import dev.cutover.contract.RecordsObserved.Verdict;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.DriftJudge;
import dev.cutover.dns.domain.DriftJudge.Look;
import dev.cutover.dns.domain.Expectation;
import dev.cutover.dns.domain.Expectations;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One standing watch over the records of a cutover; says each change, and else how it stands. */
final class RecordsWatch implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(RecordsWatch.class);
  private static final Duration HEARTBEAT = Duration.ofMinutes(1);
  private static final Duration LOOK_MAX = Duration.ofSeconds(10);

  /** How far back it is asked who changed what was never seen to be right. */
  private static final Duration UNSEEN = Duration.ofHours(1);

  private final CommandHeader header;
  private final SwitchSpec spec;
  private final SwitchLook look;
  private final Expected expected;
  private final Consumer<Event> reports;
  private final InstantSource clock;
  private final Pace pace;
  private final Duration period;
  private volatile @Nullable Future<Boolean> turning;
  private @Nullable RecordsObserved said;
  private @Nullable Instant asExpectedAt;
  private Optional<Trace> trace = Optional.empty();

  /** What the orders of the cutover lead one to expect. */
  interface Expected {
    /** What is expected now; empty when nobody cares any more. */
    Optional<Expectations> now();

    /**
     * What a look is to be held against.
     *
     * @param before what was expected when the look began
     * @param seen by the name of the view
     * @return empty when an order passed meanwhile: such a look may have seen a server before it
     *     and another after it, and tells nothing
     */
    Optional<Expectations> judging(Expectations before, Map<String, Look> seen);
  }

  /**
   * Prepares a watch.
   *
   * @param reports takes what is seen, from any thread
   */
  RecordsWatch(
      CommandHeader header,
      SwitchSpec spec,
      SwitchLook look,
      Expected expected,
      Consumer<Event> reports,
      InstantSource clock,
      Pace pace,
      Duration period) {
    this.header = header;
    this.spec = spec;
    this.look = look;
    this.expected = expected;
    this.reports = reports;
    this.clock = clock;
    this.pace = pace;
    this.period = period;
  }

  long epoch() {
    return header.epoch();
  }

  /** Begins; once. */
  void start() {
    turning = pace.fork("records-" + cutover(), this::turns);
  }

  /** Ends; a look under way is interrupted. */
  @Override
  public void close() {
    Future<Boolean> running = turning;
    if (running != null) {
      running.cancel(true);
    }
  }

  private CutoverId cutover() {
    return header.step().cutover();
  }

  private boolean turns() {
    try {
      while (turn()) {
        pace.sleep(period);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    } catch (RuntimeException e) {
      // It falls silent, which is read as blindness, never as no drift.
      LOGGER
          .atError()
          .addKeyValue(LogKeys.CUTOVER_ID, cutover())
          .setCause(e)
          .log("watch of records broke");
    }
    return false;
  }

  private boolean turn() throws InterruptedException {
    Optional<Expectations> before = expected.now();
    if (before.isEmpty()) {
      return false;
    }
    SequencedMap<String, Look> seen = look.everywhere(spec, cutover(), LOOK_MAX);
    Optional<RecordsObserved> judged =
        expected.judging(before.get(), seen).map(held -> judged(held, seen));
    if (judged.isPresent()) {
      Optional.of(traced(judged.get())).filter(this::isNews).ifPresent(this::say);
    }
    return true;
  }

  /** With who it was: asked at once, and from time to time for as long as that is not told. */
  private RecordsObserved traced(RecordsObserved observed) throws InterruptedException {
    Instant now = observed.observedAt();
    if (observed.drifts().isEmpty()) {
      asExpectedAt = observed.verdict() == Verdict.AS_EXPECTED ? now : asExpectedAt;
      trace = Optional.empty();
      return observed;
    }
    Optional<Trace> known = trace.filter(last -> last.drifts().equals(observed.drifts()));
    boolean told =
        known.filter(last -> last.isTold() || now.isBefore(last.at().plus(HEARTBEAT))).isPresent();
    if (!told) {
      Instant since = Objects.requireNonNullElse(asExpectedAt, now.minus(UNSEEN));
      known =
          Optional.of(
              new Trace(
                  observed.drifts(),
                  look.changedBy(spec, observed.drifts(), since, LOOK_MAX),
                  now));
    }
    trace = known;
    return observed.with(known.map(Trace::changes).orElse(List.of()));
  }

  /** What was told of these drifts when that was asked. */
  private record Trace(List<RecordDrift> drifts, List<ChangedBy> changes, Instant at) {
    boolean isTold() {
      return changes.stream().allMatch(change -> change.who().isPresent());
    }
  }

  private RecordsObserved judged(Expectations held, SequencedMap<String, Look> seen) {
    Instant now = clock.instant();
    SequencedMap<String, RecordsObserved> parts = new LinkedHashMap<>();
    spec.parts()
        .forEach(
            (part, of) -> {
              Expectation expectation = held.parts().get(part);
              Look look = seen.get(part);
              if (expectation != null && look != null) {
                parts.put(part, DriftJudge.judge(cutover(), epoch(), of, expectation, look, now));
              }
            });
    return DriftJudge.together(parts);
  }

  private boolean isNews(RecordsObserved observed) {
    return said == null
        || !observed.observedAt().isBefore(said.observedAt().plus(HEARTBEAT))
        || !worded(observed, said.observedAt(), said.detail()).equals(said);
  }

  /** Words and times differ from look to look where nothing else does. */
  private static RecordsObserved worded(RecordsObserved observed, Instant when, String detail) {
    return new RecordsObserved(
        observed.cutover(),
        observed.epoch(),
        when,
        observed.verdict(),
        observed.markEpoch(),
        observed.served(),
        observed.drifts(),
        observed.unreachable(),
        observed.stagedRevertValid(),
        detail,
        observed.changedBy());
  }

  private void say(RecordsObserved observed) {
    if (said == null || said.verdict() != observed.verdict()) {
      LOGGER
          .atLevel(
              observed.verdict() == Verdict.AS_EXPECTED
                  ? org.slf4j.event.Level.INFO
                  : org.slf4j.event.Level.WARN)
          .addKeyValue(LogKeys.CUTOVER_ID, cutover())
          .addKeyValue(LogKeys.FROM, said == null ? null : said.verdict())
          .addKeyValue(LogKeys.TO, observed.verdict())
          .addKeyValue(LogKeys.REASON, observed.detail())
          .log("records looked at");
    }
    said = observed;
    reports.accept(observed);
  }
}
