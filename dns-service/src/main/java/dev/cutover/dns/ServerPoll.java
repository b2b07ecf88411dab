package dev.cutover.dns;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.AliasAnswers;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.DnsQueries.Unanswered;
import dev.cutover.dns.domain.DriftJudge.Holding;
import dev.cutover.dns.domain.PropagationJudge.Seen;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Asks several servers the same questions side by side. */
final class ServerPoll {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(1);
  private static final Duration ANSWER_MIN = Duration.ofMillis(100);

  private final DnsQueries queries;
  private final AliasLook aliases;
  private final Pace pace;

  ServerPoll(DnsQueries queries, Pace pace) {
    this.queries = queries;
    this.aliases = new AliasLook(queries, pace);
    this.pace = pace;
  }

  /**
   * What servers said at one look.
   *
   * @param seen each server's answers; addresses of an alias are read as the alias
   * @param aliases what the targets of aliases were seen to resolve to
   */
  record Look(List<Seen> seen, AliasAnswers aliases) {}

  /**
   * Asks each server each question of a switch, beside what its aliases resolve to at that moment,
   * and again if that has changed meanwhile.
   *
   * @param likely what is looked for
   */
  Look look(
      SwitchSpec spec,
      Set<SetKey> keys,
      Collection<ServerAddress> servers,
      boolean authorities,
      Collection<RecordSet> likely,
      long endNanos)
      throws InterruptedException {
    AliasAnswers known = aliases.look(spec, endNanos);
    List<Seen> seen = ask(keys, servers, authorities, endNanos);
    if (known.aliases().isEmpty()) {
      return new Look(seen, known);
    }
    List<Seen> read = read(known, seen, likely);
    if (read.stream().noneMatch(server -> known.leavesUnread(server.answers()))) {
      return new Look(read, known);
    }
    AliasAnswers both = known.and(aliases.look(spec, endNanos));
    return new Look(read(both, seen, likely), both);
  }

  private static List<Seen> read(
      AliasAnswers known, List<Seen> seen, Collection<RecordSet> likely) {
    return seen.stream()
        .map(
            server ->
                new Seen(
                    server.server(),
                    server.authority(),
                    server.answers().stream().map(answer -> known.read(answer, likely)).toList()))
        .toList();
  }

  /** Asks each server each question, until the end; what it does not answer is said. */
  private List<Seen> ask(
      Set<SetKey> keys, Collection<ServerAddress> servers, boolean authorities, long endNanos)
      throws InterruptedException {
    List<Future<Seen>> asked = new ArrayList<>();
    for (ServerAddress server : servers) {
      asked.add(
          pace.fork(
              "dns-ask",
              () -> new Seen(server, authorities, ask(keys, server, authorities, endNanos))));
    }
    List<Seen> seen = new ArrayList<>();
    try {
      for (Future<Seen> answered : asked) {
        seen.add(answered.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Expected an answer or its absence, but asking failed", e);
    } finally {
      asked.forEach(answered -> answered.cancel(true)); // no effect on those that have answered
    }
    return seen;
  }

  private List<DnsQueries.Answer> ask(
      Set<SetKey> keys, ServerAddress server, boolean authority, long endNanos) {
    List<DnsQueries.Answer> answers = new ArrayList<>();
    for (SetKey key : keys) {
      long leftNanos = Math.max(endNanos - pace.nanoTime(), ANSWER_MIN.toNanos());
      Duration within = Duration.ofNanos(Math.min(leftNanos, ANSWER_MAX.toNanos()));
      DnsQueries.Answer answer = queries.ask(server, !authority, key.name(), key.type(), within);
      answers.add(answer);
      if (answer instanceof Unanswered) {
        break; // the server's verdict is settled: don't wait for it once per record
      }
    }
    return answers;
  }

  /**
   * What each authority beside the primary serves of all that the switch may touch. Behind an edge
   * none: they answer with its addresses, whatever is stored.
   *
   * @param likely what the primary holds
   */
  List<Holding> secondaries(SwitchSpec spec, Collection<RecordSet> likely, long endNanos)
      throws InterruptedException {
    if (spec.provider().probe().isPresent()) {
      return List.of();
    }
    Set<SetKey> keys = new LinkedHashSet<>();
    for (SwitchedName name : spec.names()) {
      for (RecordType type : RecordSets.typesOf(name)) {
        keys.add(new SetKey(name.name(), type));
      }
    }
    List<ServerAddress> servers =
        spec.authorities().stream()
            .filter(server -> !server.equals(spec.provider().writtenAt()))
            .toList();
    List<Holding> holdings = new ArrayList<>();
    for (Seen seen : look(spec, keys, servers, true, likely, endNanos).seen()) {
      Holding holding = holding(seen);
      if (!holding.error().isEmpty()) {
        // A lost datagram is no outage: asked once more.
        List<ServerAddress> again = List.of(seen.server());
        holding = holding(look(spec, keys, again, true, likely, endNanos).seen().getFirst());
      }
      holdings.add(holding);
    }
    return holdings;
  }

  private static Holding holding(Seen seen) {
    List<RecordSet> sets = new ArrayList<>();
    for (DnsQueries.Answer answer : seen.answers()) {
      switch (answer) {
        case Unanswered(String name, RecordType type, String reason) -> {
          return new Holding(seen.server(), List.of(), "%s %s: %s".formatted(name, type, reason));
        }
        case Answered(RecordSet set, boolean authoritative, var _) -> {
          if (!authoritative) {
            return new Holding(
                seen.server(),
                List.of(),
                "%s %s: not authoritative".formatted(set.name(), set.type()));
          }
          sets.add(set);
        }
      }
    }
    return new Holding(seen.server(), sets, "");
  }
}
