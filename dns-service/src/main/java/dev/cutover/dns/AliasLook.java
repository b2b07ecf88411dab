package dev.cutover.dns;

import dev.cutover.contract.Alias;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.AliasAnswers;
import dev.cutover.dns.domain.AliasAnswers.Addresses;
import dev.cutover.dns.domain.Aliases;
import dev.cutover.dns.domain.Aliases.Target;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Asks what the targets of a switch's aliases resolve to: the zone's own authorities where they are
 * in the same zone, else the plan's resolvers, or this machine's where it names none.
 */
final class AliasLook {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(1);
  private static final Duration ANSWER_MIN = Duration.ofMillis(100);

  private final DnsQueries queries;
  private final Pace pace;

  AliasLook(DnsQueries queries, Pace pace) {
    this.queries = queries;
    this.pace = pace;
  }

  /** What they resolve to now, by all who were asked; what nobody said is left out. */
  AliasAnswers look(SwitchSpec spec, long endNanos) throws InterruptedException {
    Aliases aliases = Aliases.of(spec);
    Map<Target, List<Future<Optional<Addresses>>>> asked = new HashMap<>();
    for (Target target : aliases.targets()) {
      boolean inside = aliases.isInside(target.alias());
      List<ServerAddress> servers = inside ? spec.authorities() : resolvers(spec);
      for (ServerAddress server : servers) {
        asked
            .computeIfAbsent(target, _ -> new ArrayList<>())
            .add(pace.fork("dns-alias", () -> ask(server, inside, target, endNanos)));
      }
    }
    Map<Target, Addresses> found = new HashMap<>();
    try {
      for (Map.Entry<Target, List<Future<Optional<Addresses>>>> target : asked.entrySet()) {
        Set<String> values = new HashSet<>();
        int ttlSeconds = 0;
        for (Future<Optional<Addresses>> answered : target.getValue()) {
          Optional<Addresses> seen = answered.get();
          values.addAll(seen.map(Addresses::values).orElse(Set.of()));
          ttlSeconds = Math.max(ttlSeconds, seen.map(Addresses::ttlSeconds).orElse(0));
        }
        if (target.getValue().stream().anyMatch(answered -> answered.resultNow().isPresent())) {
          found.put(target.getKey(), new Addresses(values, ttlSeconds));
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Expected an answer or its absence, but asking failed", e);
    } finally {
      asked.values().forEach(all -> all.forEach(answered -> answered.cancel(true)));
    }
    return new AliasAnswers(aliases, found);
  }

  /**
   * The same, where each must have records.
   *
   * @throws SwitchFailure UNREACHABLE if nobody says so of one of them, UNSUITABLE if one has none:
   *     its alias would be answered with nothing
   */
  AliasAnswers require(SwitchSpec spec, Duration within)
      throws SwitchFailure, InterruptedException {
    AliasAnswers found = look(spec, pace.nanoTime() + within.toNanos());
    Optional<String> missing = found.missing();
    if (missing.isPresent()) {
      boolean told = found.targets().keySet().containsAll(found.aliases().targets());
      throw new SwitchFailure(
          told ? FailureKind.UNSUITABLE : FailureKind.UNREACHABLE,
          "Expected every target of an alias to have records of its type, but %s: %s"
              .formatted(
                  told ? "there are none" : "nobody who was asked said what it resolves to",
                  missing.get()),
          !told);
    }
    return found;
  }

  private List<ServerAddress> resolvers(SwitchSpec spec) {
    return spec.resolvers().isEmpty() ? queries.resolvers() : spec.resolvers();
  }

  private Optional<Addresses> ask(
      ServerAddress server, boolean authority, Target target, long endNanos) {
    long leftNanos = Math.max(endNanos - pace.nanoTime(), ANSWER_MIN.toNanos());
    Duration within = Duration.ofNanos(Math.min(leftNanos, ANSWER_MAX.toNanos()));
    DnsQueries.Answer answer =
        queries.ask(server, !authority, target.alias().name(), target.type(), within);
    if (!(answer instanceof Answered answered) || (authority && !answered.authoritative())) {
      return Optional.empty();
    }
    RecordSet set = answered.set();
    // A cache tells what is left of a TTL, never the whole.
    int ttlSeconds = authority ? set.ttlSeconds() : Math.max(set.ttlSeconds(), Alias.TTL_SECONDS);
    return Optional.of(new Addresses(Set.copyOf(set.values()), ttlSeconds));
  }
}
