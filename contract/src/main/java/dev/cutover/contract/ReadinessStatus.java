package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How ready a cutover is to go, whether it can go back, and what time makes of it.
 *
 * @param ready whether every critical line is proven, signed or of no concern here, and the way
 *     back is proven: without it nobody can say go
 * @param evidence what an approval rests on: when it changes for the worse, approvals are void
 * @param lines all lines of the checklist, in its order
 * @param warnings sentences that stop nothing
 * @param forecast how long the switch and the way back are expected to take
 */
public record ReadinessStatus(
    boolean ready,
    List<String> evidence,
    List<LineStatus> lines,
    List<String> warnings,
    WayBackStatus wayBack,
    FreezeStatus freeze,
    TimeStatus time,
    Forecast forecast) {
  /** Nothing is planned. */
  public static final ReadinessStatus NONE =
      new ReadinessStatus(
          false,
          List.of(),
          List.of(),
          List.of(),
          new WayBackStatus(false, Optional.empty(), List.of()),
          FreezeStatus.NONE,
          TimeStatus.NONE,
          Forecast.NONE);

  public ReadinessStatus {
    evidence = List.copyOf(evidence);
    lines = List.copyOf(lines);
    warnings = List.copyOf(warnings);
  }

  /** What is known of a line. */
  public enum Verdict {
    PROVEN,
    SIGNED,
    /** Nothing proves it yet. */
    UNPROVEN,
    /** Something shows that it is not so. */
    FAILED,
    NOT_APPLICABLE
  }

  /**
   * One line.
   *
   * @param detail what proves it, who signed and why, what is missing, or what shows the contrary
   * @param at when that was found
   * @param origin step, report or part of the plan that it comes from
   * @param until when a signature ends
   */
  public record LineStatus(
      ReadinessLine line,
      ReadinessLine.Weight weight,
      Verdict verdict,
      String detail,
      Optional<Instant> at,
      String origin,
      Optional<Instant> until) {}

  /**
   * Whether a rollback would succeed now.
   *
   * @param works false when anything is known to stand in its way, or nothing proves it yet
   * @param restoreSeconds how long until the source takes writes again, as predicted; empty when
   *     that can't be told
   * @param facts what that rests on
   */
  public record WayBackStatus(boolean works, Optional<Long> restoreSeconds, List<Fact> facts) {
    public WayBackStatus {
      facts = List.copyOf(facts);
    }
  }

  /**
   * A fact about the way back.
   *
   * @param name such as {@code reverse stream}
   * @param standing how it stands
   */
  public record Fact(String name, Standing standing, String detail) {}

  /** How something stands. */
  public enum Standing {
    GOOD,
    /** It can't be told, or nothing proves it yet. */
    UNKNOWN,
    BAD
  }

  /**
   * The change freeze.
   *
   * @param from when it begins; empty when that is not known yet, or when it is over
   * @param until when it ends, as far as that is known: at the point of no return
   * @param names switched names
   * @param databases of both sides, as {@code host:port/name}
   * @param drifts what was changed all the same
   */
  public record FreezeStatus(
      Optional<Instant> from,
      Optional<Instant> until,
      List<String> names,
      List<String> databases,
      List<String> drifts) {
    /** Nothing is frozen. */
    public static final FreezeStatus NONE =
        new FreezeStatus(Optional.empty(), Optional.empty(), List.of(), List.of(), List.of());

    public FreezeStatus {
      names = List.copyOf(names);
      databases = List.copyOf(databases);
      drifts = List.copyOf(drifts);
    }

    /** Whether changes are frozen at that time. */
    public boolean frozen(Instant at) {
      return from.filter(begins -> !at.isBefore(begins)).isPresent();
    }
  }

  /**
   * What time makes of it.
   *
   * @param zone in which people read its times
   * @param schedule from a week before to two weeks after, in order
   * @param criticalPathSeconds how long the rest of the switch may take at most; empty once it is
   *     over
   * @param rollbackEnds when the way back is given up; empty when that is not known
   * @param pointOfNoReturnAt when it was given up
   * @param milestones those that were reached
   */
  public record TimeStatus(
      String zone,
      List<Moment> schedule,
      Optional<Long> criticalPathSeconds,
      Optional<Instant> rollbackEnds,
      Optional<Instant> pointOfNoReturnAt,
      List<Milestone> milestones) {
    /** Nothing is planned. */
    public static final TimeStatus NONE =
        new TimeStatus(
            "UTC", List.of(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    public TimeStatus {
      schedule = List.copyOf(schedule);
      milestones = List.copyOf(milestones);
    }
  }

  /** A named time of the schedule. */
  public record Moment(String name, Instant at) {}

  /**
   * How it stood some time after the switch.
   *
   * @param name such as {@code T+24h}
   * @param stable whether every fact known then was good
   */
  public record Milestone(String name, Instant at, boolean stable, List<Fact> facts) {
    public Milestone {
      facts = List.copyOf(facts);
    }
  }
}
