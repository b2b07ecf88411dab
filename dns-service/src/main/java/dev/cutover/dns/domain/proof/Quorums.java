package dev.cutover.dns.domain.proof;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many of each class of servers must agree. Authorities always all.
 *
 * @param percentByGroup 1 to 100; a class that is not named needs all
 */
public record Quorums(Map<String, Integer> percentByGroup) {
  private static final Pattern FORM = Pattern.compile("([a-z][a-z0-9-]*)=([0-9]{1,3})%?");
  private static final int ALL = 100;

  public Quorums {
    percentByGroup = Map.copyOf(percentByGroup);
  }

  /**
   * Reads {@code public=75%}.
   *
   * @throws IllegalArgumentException for another form, what is below 1 or above 100, and for the
   *     authorities
   */
  public static Quorums parse(List<String> texts) {
    Map<String, Integer> percents = new LinkedHashMap<>();
    for (String text : texts) {
      Matcher matcher = FORM.matcher(text);
      int percent = matcher.matches() ? Integer.parseInt(matcher.group(2)) : 0;
      if (percent < 1 || percent > ALL) {
        throw new IllegalArgumentException(
            "Expected a quorum such as public=75%%, of 1 to 100 %%, but got '%s'".formatted(text));
      }
      if (matcher.group(1).equals(Server.AUTHORITY)) {
        throw new IllegalArgumentException(
            "Expected a quorum of resolvers, but got '%s': authorities must always all agree"
                .formatted(text));
      }
      percents.put(matcher.group(1), percent);
    }
    return new Quorums(percents);
  }

  /**
   * How many of a class hold.
   *
   * @param asked without those that this machine has no way to
   * @param untested those
   */
  public record Tally(String group, int held, int asked, int untested, int percent, boolean met) {
    /** Counts against a quorum: of nobody asked there is none. */
    public static Tally of(String group, int held, int asked, int untested, int percent) {
      return new Tally(
          group, held, asked, untested, percent, asked > 0 && held * ALL >= percent * asked);
    }

    /** Such as {@code 3 of 4 public resolvers (quorum 75 %)}. */
    public String words() {
      boolean authorities = group.equals(Server.AUTHORITY);
      String one = authorities ? "authority" : group + " resolver";
      String many = authorities ? "authorities" : group + " resolvers";
      return "%d of %d %s%s%s"
          .formatted(
              held,
              asked,
              asked == 1 ? one : many,
              percent < ALL ? " (quorum %d %%)".formatted(percent) : "",
              untested > 0 ? " (%d more could not be asked from here)".formatted(untested) : "");
    }
  }

  /** Counts servers, not findings: one holds when all of its findings do. */
  public List<Tally> tally(List<Finding> findings) {
    Map<String, Map<Server, Optional<Boolean>>> groups = new LinkedHashMap<>();
    for (Finding finding : findings) {
      Optional<Boolean> holds =
          finding.verdict() == Verdict.UNTESTED ? Optional.empty() : Optional.of(finding.holds());
      groups
          .computeIfAbsent(finding.server().group(), _ -> new LinkedHashMap<>())
          .merge(
              finding.server(),
              holds,
              (one, two) ->
                  one.isPresent() && two.isPresent()
                      ? Optional.of(one.get() && two.get())
                      : one.or(() -> two));
    }
    List<Tally> tallies = new ArrayList<>();
    groups.forEach(
        (group, servers) -> {
          int percent =
              group.equals(Server.AUTHORITY) ? ALL : percentByGroup.getOrDefault(group, ALL);
          int asked = (int) servers.values().stream().filter(Optional::isPresent).count();
          int held = (int) servers.values().stream().filter(o -> o.orElse(false)).count();
          tallies.add(Tally.of(group, held, asked, servers.size() - asked, percent));
        });
    return tallies;
  }
}
