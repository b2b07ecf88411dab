package dev.cutover.contract;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How records stand while they are shared out by weight: a set holds the values of both sides, each
 * with its weight behind it, such as {@code 10.0.0.1 weight=90}. A query is answered with one of
 * the values, as often as its part of the sum says; weight 0 is never answered.
 *
 * <p>A side of several values has the weight of the side on each of them, made smaller where the
 * other side has more: so the sides' sums keep the ratio that was asked for (trap 4), as near as
 * weights of up to 255 can, and the sum is never 0 (trap 2).
 *
 * <p>Of servers ({@link RecordType#SERVER}) weights mean nothing but their ratio, and one of weight
 * 0 is as if it were not there: their sets are {@linkplain #ratio reduced} to it, so that two that
 * share out alike are equal.
 */
public final class Split {
  /** The highest weight of a value; providers take no more (Route 53: 255). */
  public static final int WEIGHT_MAX = 255;

  private static final Pattern VALUE = Pattern.compile("(.+) weight=(\\d{1,3})", Pattern.DOTALL);

  private Split() {}

  /** A value and its weight. */
  public record Share(String value, int weight) {
    /** As it stands in a set. */
    public String text() {
      return "%s weight=%d".formatted(value, weight);
    }

    /** Reads it; empty if the value has no weight. */
    public static Optional<Share> parse(String text) {
      Matcher found = VALUE.matcher(text);
      return found.matches()
          ? Optional.of(new Share(found.group(1), Integer.parseInt(found.group(2))))
          : Optional.empty();
    }

    /** The value alone, whether it has a weight or not. */
    static String valueOf(String text) {
      return parse(text).map(Share::value).orElse(text);
    }
  }

  /** The shares of a set; empty if it is none of this kind. */
  public static List<Share> shares(RecordSet set) {
    List<Share> shares =
        set.values().stream().flatMap(value -> Share.parse(value).stream()).toList();
    return shares.size() == set.values().size() ? shares : List.of();
  }

  /** What a server may answer that holds that set, checks aside: one of these; empty for none. */
  public static Set<List<String>> answers(RecordSet held) {
    List<Share> shares = shares(held);
    if (shares.isEmpty()) {
      return held.values().isEmpty() ? Set.of() : Set.of(Checked.told(held).values());
    }
    if (held.type() == RecordType.SERVER) {
      return Set.of(held.values()); // a balancer tells all of them, and not one that it has drawn
    }
    Set<List<String>> answers = new LinkedHashSet<>();
    shares.stream()
        .filter(share -> share.weight() > 0)
        .forEach(share -> answers.add(List.of(Checked.of(share.value()).value())));
    return answers;
  }

  /**
   * Both sides' sets of one name as shares.
   *
   * @param weightPercent how much of the traffic the target gets, 0 to 100
   * @throws IllegalArgumentException if the sides differ in types, or more values than can be
   *     shared out
   */
  static List<RecordSet> sets(
      Collection<RecordSet> source, Collection<RecordSet> target, int weightPercent) {
    List<RecordSet> sets = new ArrayList<>();
    for (RecordSet from : source) {
      if (from.values().isEmpty()) {
        continue;
      }
      RecordSet to =
          target.stream()
              .filter(set -> set.type() == from.type() && !set.values().isEmpty())
              .findFirst()
              .orElseThrow(() -> onOneSide(from));
      sets.add(set(from, to, weightPercent));
    }
    for (RecordSet to : target) {
      if (!to.values().isEmpty() && sets.stream().noneMatch(set -> set.type() == to.type())) {
        throw onOneSide(to);
      }
    }
    return sets;
  }

  private static IllegalArgumentException onOneSide(RecordSet set) {
    return new IllegalArgumentException(
        "Expected the same types on both sides of %s, since each is shared out by weight, but %s is on one side alone"
            .formatted(set.name(), set.type()));
  }

  private static RecordSet set(RecordSet source, RecordSet target, int weightPercent) {
    int sources = source.values().size();
    int targets = target.values().size();
    Weights weights = weights(weightPercent, sources, targets);
    List<String> values = new ArrayList<>();
    for (String value : source.values()) {
      Arguments.require(
          !target.values().contains(value),
          "Expected other values on the target than on the source, but %s %s has %s on both"
              .formatted(source.name(), source.type(), value));
      values.add(new Share(value, weights.source()).text());
    }
    target.values().forEach(value -> values.add(new Share(value, weights.target()).text()));
    RecordSet set = new RecordSet(source.name(), source.type(), source.ttlSeconds(), values);
    return source.type() == RecordType.SERVER ? ratio(set) : set;
  }

  /** The same shares with the lowest whole numbers that have their ratio, without those of 0. */
  public static RecordSet ratio(RecordSet set) {
    List<Share> shares = shares(set).stream().filter(share -> share.weight() > 0).toList();
    int divisor = shares.stream().mapToInt(Share::weight).reduce(0, Split::greatestDivisor);
    return new RecordSet(
        set.name(),
        set.type(),
        set.ttlSeconds(),
        shares.stream()
            .map(share -> new Share(share.value(), share.weight() / divisor).text())
            .toList());
  }

  private static int greatestDivisor(int left, int right) {
    return right == 0 ? left : greatestDivisor(right, left % right);
  }

  /** The weight of each value of a side. */
  private record Weights(int source, int target) {
    double percent(int sources, int targets) {
      double all = (double) source * sources + (double) target * targets;
      return 100 * target * targets / all;
    }
  }

  /** As they are read best, where that can be said in whole numbers; else as near as can be. */
  private static Weights weights(int percent, int sources, int targets) {
    if (sources == targets || percent % 100 == 0) {
      return new Weights(100 - percent, percent);
    }
    Weights exact = new Weights((100 - percent) * targets, percent * sources);
    if (Math.max(exact.source(), exact.target()) <= WEIGHT_MAX) {
      return exact;
    }
    Weights nearest = new Weights(1, 1);
    for (int weight = 1; weight <= WEIGHT_MAX; weight++) {
      long other = Math.round((double) weight * sources * percent / (targets * (100 - percent)));
      Weights tried = new Weights(weight, Math.clamp(other, 1, WEIGHT_MAX));
      if (Math.abs(tried.percent(sources, targets) - percent)
          < Math.abs(nearest.percent(sources, targets) - percent)) {
        nearest = tried;
      }
    }
    return nearest;
  }
}
