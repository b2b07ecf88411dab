package dev.cutover.sync.domain;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges how far the sequences of one side must be set so that it can never give out a number that
 * the other side has given out. Pure.
 *
 * <p>Sequences are not replicated, and the greatest number in a table says too little (unowned,
 * shared, uncommitted: data.md C9); so the sequences themselves are compared, with a margin for
 * what is given out meanwhile and for blocks that sessions hold.
 */
public final class SequenceAlignment {
  private SequenceAlignment() {}

  /**
   * One sequence of one side.
   *
   * @param name quoted and qualified; the same on both sides
   * @param lastValue last number given out; the first to be given out when not yet called
   * @param isCalled false before the first call
   * @param increment never 0; below 0 counts down
   * @param min least number, inclusive
   * @param max greatest number, inclusive
   * @param cycles begins anew at its end: two sides can't be kept apart then
   */
  public record Sequence(
      String name,
      long lastValue,
      boolean isCalled,
      long increment,
      long min,
      long max,
      boolean cycles) {

    /** The number that the next call gives. */
    BigInteger next() {
      BigInteger last = BigInteger.valueOf(lastValue);
      return isCalled ? last.add(BigInteger.valueOf(increment)) : last;
    }

    /** True if this one's next number comes strictly after what the other has given out. */
    boolean isAheadOf(Sequence other) {
      int compared = next().compareTo(other.next());
      return increment > 0 ? compared >= 0 : compared <= 0;
    }
  }

  /** A number to give to setval, as already given out. */
  public record Setting(String name, long value) {}

  /**
   * What to do.
   *
   * @param settings sequences to be set; those that are far enough are left out: never backwards
   * @param faults sentences; nothing must be set while there are any
   */
  public record Plan(List<Setting> settings, List<String> faults) {
    public Plan {
      settings = List.copyOf(settings);
      faults = List.copyOf(faults);
    }
  }

  /**
   * Plans to set one side ahead of the other.
   *
   * @param behind the side whose numbers must not come again
   * @param ahead the side to be set
   * @param margin in values, 0 or more
   */
  public static Plan plan(List<Sequence> behind, List<Sequence> ahead, long margin) {
    Map<String, Sequence> byName = byName(ahead);
    List<Setting> settings = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    for (Sequence sequence : behind) {
      Sequence other = byName.get(sequence.name());
      if (other == null) {
        faults.add(
            "Expected sequence %s on both sides, but one lacks it: create it"
                .formatted(sequence.name()));
      } else if (sequence.cycles() || other.cycles()) {
        faults.add(
            "Expected sequence %s not to cycle, but it does, so two sides can give out the same number: ALTER SEQUENCE %s NO CYCLE"
                .formatted(sequence.name(), sequence.name()));
      } else if (Long.signum(sequence.increment()) != Long.signum(other.increment())) {
        faults.add(
            "Expected sequence %s to count the same way on both sides, but the increments are %d and %d"
                .formatted(sequence.name(), sequence.increment(), other.increment()));
      } else {
        place(sequence, other, margin, settings, faults);
      }
    }
    return new Plan(settings, faults);
  }

  private static void place(
      Sequence sequence, Sequence other, long margin, List<Setting> settings, List<String> faults) {
    BigInteger step = BigInteger.valueOf(sequence.increment());
    BigInteger wanted = sequence.next().add(step.multiply(BigInteger.valueOf(margin)));
    // setval gives the number as already given out, so the next one comes after it.
    if (wanted.compareTo(BigInteger.valueOf(other.min())) < 0
        || wanted.compareTo(BigInteger.valueOf(other.max())) > 0) {
      faults.add(
          "Expected room for %d more values in sequence %s, but it would end at %s outside %d to %d: widen it or lower the margin"
              .formatted(margin, sequence.name(), wanted, other.min(), other.max()));
      return;
    }
    BigInteger otherNext = other.next();
    boolean farEnough =
        sequence.increment() > 0
            ? otherNext.compareTo(wanted) > 0
            : otherNext.compareTo(wanted) < 0;
    if (!farEnough) {
      settings.add(new Setting(sequence.name(), wanted.longValueExact()));
    }
  }

  /**
   * Says which sequences of one side could still give out a number that the other has given out.
   *
   * @return sentences; empty when all are ahead
   */
  public static List<String> verify(List<Sequence> behind, List<Sequence> ahead) {
    Map<String, Sequence> byName = byName(ahead);
    List<String> faults = new ArrayList<>();
    for (Sequence sequence : behind) {
      Sequence other = byName.get(sequence.name());
      if (other == null || !other.isAheadOf(sequence)) {
        faults.add(
            "Expected sequence %s to be ahead of the other side's next value %s, but it is %s"
                .formatted(
                    sequence.name(),
                    sequence.next(),
                    other == null ? "missing" : "at " + other.next()));
      }
    }
    return faults;
  }

  private static Map<String, Sequence> byName(List<Sequence> sequences) {
    Map<String, Sequence> byName = new HashMap<>();
    sequences.forEach(sequence -> byName.put(sequence.name(), sequence));
    return byName;
  }
}
