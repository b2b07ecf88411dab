package dev.cutover.validator.domain;

import dev.cutover.contract.JsonRequirement;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Judges what was found in JSON. Pure. */
public final class JsonJudge {
  /** From here on a number of a time counts milliseconds: as seconds it would be the year 5138. */
  private static final double MILLISECONDS_FROM = 1e11;

  private static final int SHOWN_MAX = 80;

  private JsonJudge() {}

  /**
   * A value.
   *
   * @param at JSON pointer without wildcards
   */
  public record Found(String at, String value) {}

  /**
   * What was found for a requirement.
   *
   * @param found empty when there is nothing
   */
  public record Answered(JsonRequirement requirement, List<Found> found) {
    public Answered {
      found = List.copyOf(found);
    }
  }

  /** Whether all is as required. */
  public static Verdict judge(List<Answered> answered, Instant now) {
    List<String> faults = new ArrayList<>();
    List<String> evidence = new ArrayList<>();
    for (Answered one : answered) {
      if (one.found.isEmpty()) {
        faults.add("Expected a value at %s, but there is none".formatted(one.requirement.at()));
      }
      for (Found found : one.found) {
        evidence.add("%s is %s".formatted(found.at, shown(found.value)));
        fault(one.requirement, found.value, now)
            .ifPresent(
                wanted ->
                    faults.add(
                        "Expected %s at %s, but found %s"
                            .formatted(wanted, found.at, shown(found.value))));
      }
    }
    return faults.isEmpty()
        ? new Verdict.Match("all %d requirements are met".formatted(answered.size()), evidence)
        : new Verdict.Mismatch(String.join("; ", faults), evidence);
  }

  /** What would have been right; empty when it is. */
  private static Optional<String> fault(JsonRequirement requirement, String value, Instant now) {
    if (requirement.is().isPresent() && !requirement.is().get().equals(value)) {
      return Optional.of("'" + requirement.is().get() + "'");
    }
    if (requirement.atLeast().isPresent() || requirement.atMost().isPresent()) {
      Optional<String> outside =
          outside(number(value), requirement.atLeast(), requirement.atMost());
      if (outside.isPresent()) {
        return outside;
      }
    }
    return requirement
        .youngerThan()
        .filter(max -> time(value).filter(at -> isYounger(at, now, max)).isEmpty())
        .map(max -> "a time younger than " + Text.duration(max));
  }

  /** The bounds that a number is not within; empty when it is. */
  static Optional<String> outside(
      OptionalDouble number, Optional<Double> atLeast, Optional<Double> atMost) {
    boolean within =
        number.isPresent()
            && number.getAsDouble() >= atLeast.orElse(Double.NEGATIVE_INFINITY)
            && number.getAsDouble() <= atMost.orElse(Double.POSITIVE_INFINITY);
    if (within) {
      return Optional.empty();
    }
    return Optional.of(
        atLeast.isPresent() && atMost.isPresent()
            ? "%s to %s".formatted(Text.number(atLeast.get()), Text.number(atMost.get()))
            : atLeast
                .map(least -> Text.number(least) + " or more")
                .orElseGet(() -> atMost.map(Text::number).orElse("a number") + " or less"));
  }

  /** A time of the future, by clocks that differ, is young. */
  private static boolean isYounger(Instant at, Instant now, Duration max) {
    return Duration.between(at, now).compareTo(max) <= 0;
  }

  private static OptionalDouble number(String value) {
    try {
      double number = Double.parseDouble(value);
      return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  private static Optional<Instant> time(String value) {
    OptionalDouble number = number(value);
    try {
      if (number.isPresent()) {
        double since = number.getAsDouble();
        double millis = since < MILLISECONDS_FROM ? since * 1_000 : since;
        return Optional.of(Instant.ofEpochMilli((long) millis));
      }
      return Optional.of(OffsetDateTime.parse(value.replace(' ', 'T')).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  static String shown(String value) {
    return value.length() <= SHOWN_MAX
        ? "'" + value + "'"
        : "'%s...' of %d characters".formatted(value.substring(0, SHOWN_MAX), value.length());
  }
}
