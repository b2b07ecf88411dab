package dev.cutover.validator.domain;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Tells lag from damage for one thing that is read on both sides in turn while changes stream (trap
 * E6): a row, a chunk, the result of a query.
 *
 * <p>The target is right as soon as it shows a value that the source has shown. It is wrong only
 * when it had caught up with the read of the source, still shows another value, and the source has
 * not changed meanwhile, {@value #CONFIRMATIONS} times in a row. All else is not decided yet.
 *
 * <p>Immutable; all methods are pure.
 *
 * @param witnessed every value that the source has shown
 * @param source the value that it showed last; empty before the first read
 * @param since where in its history the source first showed that value without a change since
 * @param target the value that the target showed last; empty before the first read
 * @param confirmations readings of the target in a row that found it caught up and different
 * @param state what is known now
 */
public record Witness<T>(
    Set<T> witnessed,
    Optional<T> source,
    SourcePoint since,
    Optional<T> target,
    int confirmations,
    State state) {
  /** One reading may fall between a change and its reversal; three in a row do not. */
  public static final int CONFIRMATIONS = 3;

  /** What is known. */
  public enum State {
    PENDING,
    SAME,
    DIFFERENT
  }

  public Witness {
    witnessed = Set.copyOf(witnessed);
  }

  /** Nothing seen yet. */
  public static <T> Witness<T> unseen() {
    return new Witness<>(
        Set.of(), Optional.empty(), SourcePoint.BEGINNING, Optional.empty(), 0, State.PENDING);
  }

  /**
   * Takes in a reading of the source.
   *
   * @param at read after the value
   */
  public Witness<T> sourceShows(T value, SourcePoint at) {
    Set<T> all = new HashSet<>(witnessed);
    all.add(value);
    if (target.isPresent() && all.contains(target.get())) {
      return new Witness<>(all, Optional.of(value), at, target, 0, State.SAME);
    }
    if (source.isPresent() && source.get().equals(value)) {
      State next = confirmations >= CONFIRMATIONS ? State.DIFFERENT : State.PENDING;
      return new Witness<>(all, source, since, target, confirmations, next);
    }
    return new Witness<>(all, Optional.of(value), at, target, 0, State.PENDING);
  }

  /**
   * Takes in a reading of the target.
   *
   * @param applied read before the value
   */
  public Witness<T> targetShows(T value, Applied applied) {
    if (witnessed.contains(value)) {
      return new Witness<>(witnessed, source, since, Optional.of(value), 0, State.SAME);
    }
    boolean caughtUp = source.isPresent() && applied.covers(since);
    boolean still = target.isEmpty() || target.get().equals(value);
    int count = caughtUp ? (still ? confirmations : 0) + 1 : 0;
    return new Witness<>(witnessed, source, since, Optional.of(value), count, State.PENDING);
  }
}
