package dev.cutover.dns.domain;

import dev.cutover.contract.Alias;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Split;
import dev.cutover.dns.domain.Aliases.Target;
import dev.cutover.dns.domain.DnsQueries.Answer;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.DnsQueries.Unanswered;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the targets of aliases were seen to resolve to at one moment, and what answers mean by that:
 * a set that is answered with addresses of the target, and with no other, is the alias. Balancers
 * change their addresses, and give a part of them: so an answer that fits none is read again beside
 * a newer look, before anybody is suspected. Pure.
 *
 * @param aliases of the switch
 * @param targets what each of them resolves to; absent where nobody said
 */
public record AliasAnswers(Aliases aliases, Map<Target, Addresses> targets) {
  public AliasAnswers {
    targets = Map.copyOf(targets);
  }

  /**
   * Addresses of one target.
   *
   * @param ttlSeconds how long caches may keep them: the highest that was seen
   */
  public record Addresses(Set<String> values, int ttlSeconds) {
    public Addresses {
      values = Set.copyOf(values);
    }

    private Addresses and(Addresses other) {
      Set<String> both = new HashSet<>(values);
      both.addAll(other.values());
      return new Addresses(both, Math.max(ttlSeconds, other.ttlSeconds()));
    }
  }

  /** This and what was seen at another moment. */
  public AliasAnswers and(AliasAnswers other) {
    Map<Target, Addresses> both = new HashMap<>(targets);
    other.targets().forEach((target, seen) -> both.merge(target, seen, Addresses::and));
    return new AliasAnswers(aliases, both);
  }

  /** How long a cache may keep an answer of the aliases among these sets; 0 if there is none. */
  public int ttlSecondsMax(Collection<RecordSet> sets) {
    return sets.stream()
        .flatMap(set -> Alias.in(set).stream().map(alias -> new Target(alias, set.type())))
        .mapToInt(target -> seen(target).ttlSeconds())
        .max()
        .orElse(0);
  }

  /** Targets of which no address is known, for people; empty where all have some. */
  public Optional<String> missing() {
    List<String> missing =
        aliases.targets().stream()
            .filter(target -> addresses(target).isEmpty())
            .map(target -> "%s %s".formatted(target.alias().name(), target.type()))
            .sorted()
            .toList();
    return missing.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", missing));
  }

  /**
   * What an answer means.
   *
   * @param likely what is looked for: an answer that fits several aliases, as two distributions at
   *     one edge may give, tells nothing, and is taken for this one
   */
  public Answer read(Answer answer, Collection<RecordSet> likely) {
    return switch (answer) {
      case Unanswered unanswered -> unanswered;
      case Answered answered -> read(answered, likely);
    };
  }

  private Answered read(Answered answered, Collection<RecordSet> likely) {
    RecordSet given = answered.set();
    SetKey key = new SetKey(given.name(), given.type());
    List<Alias> fitting = aliases.of(key).stream().filter(alias -> fits(given, alias)).toList();
    if (fitting.isEmpty()) {
      return answered;
    }
    Set<String> wanted = new TreeSet<>();
    likely.stream()
        .filter(set -> set.name().equals(key.name()) && set.type() == key.type())
        .flatMap(set -> Split.answers(set).stream())
        .forEach(wanted::addAll);
    Optional<Alias> looked =
        fitting.stream().filter(alias -> wanted.contains(alias.text())).findFirst();
    if (looked.isEmpty() && (fitting.size() > 1 || isPlain(key, given))) {
      return answered; // it may be one or the other
    }
    RecordSet read =
        new RecordSet(
            given.name(), given.type(), 0, List.of(looked.orElse(fitting.getFirst()).text()));
    return new Answered(read, answered.authoritative(), Optional.of(given));
  }

  /** Whether one of these answers has addresses that neither an alias nor a record explains. */
  public boolean leavesUnread(Collection<Answer> answers) {
    return answers.stream()
        .anyMatch(
            answer ->
                answer instanceof Answered(RecordSet set, boolean _, var given)
                    && given.isEmpty()
                    && !set.values().isEmpty()
                    && !aliases.of(new SetKey(set.name(), set.type())).isEmpty()
                    && !isPlain(new SetKey(set.name(), set.type()), set));
  }

  private boolean fits(RecordSet given, Alias alias) {
    return !given.values().isEmpty()
        && addresses(new Target(alias, given.type())).containsAll(given.values());
  }

  private Set<String> addresses(Target target) {
    return seen(target).values();
  }

  private Addresses seen(Target target) {
    return targets.getOrDefault(target, new Addresses(Set.of(), 0));
  }

  /** Whether one side holds just these addresses, as records. */
  private boolean isPlain(SetKey key, RecordSet given) {
    return aliases.sets().getOrDefault(key, List.of()).stream()
        .anyMatch(set -> !set.aliased() && Split.answers(set).contains(given.values()));
  }
}
