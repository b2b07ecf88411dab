package dev.cutover.validator.domain;

import dev.cutover.contract.SystemCheck.Against;
import dev.cutover.contract.SystemCheck.PrometheusQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Judges what a query of Prometheus gave. Pure. */
public final class SeriesJudge {
  private static final int LISTED_MAX = 20;

  private SeriesJudge() {}

  /**
   * A series' value.
   *
   * @param labels as people read them, such as {@code {instance="a"}}
   */
  public record Value(String labels, double value) {}

  /** When a series' newest sample is from. */
  public record Newest(String labels, Instant at) {}

  /**
   * What it is compared with.
   *
   * @param samples empty where nobody counts them
   */
  public record Compared(double value, OptionalDouble samples) {}

  /**
   * Whether the values are as required; no value, or one that is no number, decides nothing.
   *
   * @param compared empty where nothing is compared
   */
  public static Verdict judge(
      PrometheusQuery check, List<Value> values, Optional<Compared> compared) {
    List<String> evidence = new ArrayList<>();
    values.stream()
        .limit(LISTED_MAX)
        .forEach(one -> evidence.add("%s is %s".formatted(one.labels, Text.number(one.value))));
    if (values.size() < check.seriesMin()) {
      return new Verdict.Inconclusive(
          "Expected %d series or more, but got %d: nothing tells of the others"
              .formatted(check.seriesMin(), values.size()),
          evidence);
    }
    Optional<Value> none = values.stream().filter(one -> !Double.isFinite(one.value)).findFirst();
    if (none.isPresent()) {
      return new Verdict.Inconclusive(
          "Expected a number of each series, but %s is %s"
              .formatted(none.get().labels, none.get().value),
          evidence);
    }
    List<String> faults = new ArrayList<>();
    for (Value one : values) {
      JsonJudge.outside(OptionalDouble.of(one.value), check.atLeast(), check.atMost())
          .ifPresent(
              bounds ->
                  faults.add(
                      "Expected %s, but %s is %s"
                          .formatted(bounds, one.labels, Text.number(one.value))));
    }
    if (!faults.isEmpty()) {
      return new Verdict.Mismatch(String.join("; ", faults), evidence);
    }
    return check.against().isPresent() && compared.isPresent()
        ? compare(check.against().get(), values, compared.get(), evidence)
        : new Verdict.Match("%d series are as required".formatted(values.size()), evidence);
  }

  private static Verdict compare(
      Against against, List<Value> values, Compared compared, List<String> evidence) {
    if (values.size() != 1) {
      return new Verdict.Inconclusive(
          "Expected one series to compare, but got %d: add them up in the query"
              .formatted(values.size()),
          evidence);
    }
    evidence.add("compared with " + Text.number(compared.value));
    if (against.samplesMin() > 0) {
      double samples = compared.samples.orElse(0);
      evidence.add("of %s samples".formatted(Text.number(samples)));
      if (!(samples >= against.samplesMin())) {
        return new Verdict.Inconclusive(
            "Expected %d samples or more to say anything, but there are %s"
                .formatted(against.samplesMin(), Text.number(samples)),
            evidence);
      }
    }
    double ratio = values.getFirst().value / compared.value;
    if (!Double.isFinite(ratio)) {
      return new Verdict.Inconclusive(
          "Expected a number other than 0 to compare with, but got " + Text.number(compared.value),
          evidence);
    }
    return JsonJudge.outside(
            OptionalDouble.of(ratio), against.ratioAtLeast(), against.ratioAtMost())
        .<Verdict>map(
            bounds ->
                new Verdict.Mismatch(
                    "Expected %s times %s, but %s is %s times as much"
                        .formatted(
                            bounds,
                            Text.number(compared.value),
                            Text.number(values.getFirst().value),
                            Text.number(ratio)),
                    evidence))
        .orElseGet(
            () ->
                new Verdict.Match(
                    "%s times as much as it is compared with".formatted(Text.number(ratio)),
                    evidence));
  }

  /** Whether enough series have a sample that is young enough. A time of the future is young. */
  public static Verdict fresh(
      PrometheusQuery check, List<Newest> newest, Duration youngerThan, Instant now) {
    List<String> evidence = new ArrayList<>();
    int young = 0;
    for (Newest one : newest) {
      Duration age = Duration.between(one.at, now);
      young += age.compareTo(youngerThan) <= 0 ? 1 : 0;
      if (evidence.size() < LISTED_MAX) {
        evidence.add("%s is %d ms old".formatted(one.labels, age.toMillis()));
      }
    }
    return young >= check.seriesMin()
        ? new Verdict.Match("%d series have fresh samples".formatted(young), evidence)
        : new Verdict.Mismatch(
            "Expected samples younger than %s of %d series or more, but %d have such: nothing arrives from the others"
                .formatted(Text.duration(youngerThan), check.seriesMin(), young),
            evidence);
  }
}
