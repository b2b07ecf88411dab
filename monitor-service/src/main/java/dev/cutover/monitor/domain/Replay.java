package dev.cutover.monitor.domain;

import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.Objectives;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.Side;
import dev.cutover.monitor.domain.BreachDetector.Judgement;
import dev.cutover.monitor.domain.Recorded.Began;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Judges a recording again: by the same limits, which has to give the same to the last bit, or by
 * others. Pure; belongs to one thread.
 */
public final class Replay {
  private final UnaryOperator<Objectives> limits;
  private final List<Change> recorded = new ArrayList<>();
  private final List<Change> judged = new ArrayList<>();
  private @Nullable Began began;
  private @Nullable BreachDetector detector;
  private @Nullable RollbackTrigger recordedDecision;
  private @Nullable RollbackTrigger judgedDecision;
  private @Nullable Instant until;
  private @Nullable Instant differsAt;
  private long sourceReadings;
  private long targetReadings;
  private long walks;
  private long ticks;
  private long differing;

  /**
   * Begins one.
   *
   * @param limits gives the objectives to judge by for those that were recorded
   */
  public Replay(UnaryOperator<Objectives> limits) {
    this.limits = limits;
  }

  /**
   * From here on another verdict was given.
   *
   * @param detail one sentence
   */
  public record Change(Instant at, HealthVerdict verdict, String detail) {}

  /**
   * What came of it.
   *
   * @param until the last tick
   * @param ticks how often was judged
   * @param recorded each change of the verdict as it was said
   * @param judged the same as judged now
   * @param differing at how many ticks verdict, sentence or decision are others than recorded
   * @param differsAt the first of these
   */
  public record Result(
      Began began,
      Instant until,
      long sourceReadings,
      long targetReadings,
      long walks,
      long ticks,
      List<Change> recorded,
      List<Change> judged,
      Optional<RollbackTrigger> recordedDecision,
      Optional<RollbackTrigger> judgedDecision,
      long differing,
      Optional<Instant> differsAt) {
    public Result {
      recorded = List.copyOf(recorded);
      judged = List.copyOf(judged);
    }
  }

  /**
   * Takes the next line.
   *
   * @throws IllegalArgumentException when the lines are no recording: the first does not begin one,
   *     or another does
   */
  public void add(Recorded line) {
    switch (line) {
      case Began first -> begin(first);
      case Recorded.Measured measured -> {
        running().add(measured.side(), measured.reading(), measured.at());
        if (measured.side() == Side.SOURCE) {
          sourceReadings++;
        } else {
          targetReadings++;
        }
      }
      case Recorded.Walked walked -> {
        running().add(walked.result());
        walks++;
      }
      case Recorded.Judged said -> judge(said);
    }
  }

  private void begin(Began first) {
    if (began != null) {
      throw new IllegalArgumentException(
          "Expected one recording, but a second one begins at " + first.at());
    }
    began = first;
    until = first.at();
    detector =
        new BreachDetector(
            first.cutover(),
            first.epoch(),
            first.spec().withObjectives(limits.apply(first.spec().objectives())),
            first.baseline(),
            first.triggerLifetime(),
            first.at());
  }

  private void judge(Recorded.Judged said) {
    Judgement now = running().judge(said.at());
    ticks++;
    until = said.at();
    changed(recorded, new Change(said.at(), said.verdict(), said.detail()));
    changed(judged, new Change(said.at(), now.shown(), now.detail()));
    recordedDecision = said.decision().orElse(recordedDecision);
    judgedDecision = now.decision().orElse(judgedDecision);
    boolean isSame =
        said.verdict() == now.shown()
            && said.detail().equals(now.detail())
            && said.decision().equals(now.decision());
    if (!isSame) {
      differing++;
      differsAt = differsAt == null ? said.at() : differsAt;
    }
  }

  private static void changed(List<Change> changes, Change now) {
    if (changes.isEmpty() || changes.getLast().verdict() != now.verdict()) {
      changes.add(now);
    }
  }

  private BreachDetector running() {
    if (detector == null) {
      throw new IllegalArgumentException(
          "Expected the first line to say what is watched, but it does not");
    }
    return detector;
  }

  /**
   * What came of all that was added.
   *
   * @throws IllegalArgumentException when nothing was
   */
  public Result result() {
    running();
    return new Result(
        Objects.requireNonNull(began),
        Objects.requireNonNull(until),
        sourceReadings,
        targetReadings,
        walks,
        ticks,
        recorded,
        judged,
        Optional.ofNullable(recordedDecision),
        Optional.ofNullable(judgedDecision),
        differing,
        Optional.ofNullable(differsAt));
  }
}
