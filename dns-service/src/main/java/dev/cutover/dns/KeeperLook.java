package dev.cutover.dns;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.KeeperMark;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.DnsQueries.Answer;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.DnsQueries.Unanswered;
import dev.cutover.dns.domain.KeeperMarks;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.TxtAffix;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Looks for marks of tools that keep the records of a switch. Authorities are asked, never the
 * provider's API: what is served is the same at every provider, and marks are records like others.
 */
final class KeeperLook {
  /** A lost datagram is no outage: each is asked once more. */
  private static final int ROUNDS = 2;

  private static final Duration ANSWER_MAX = Duration.ofSeconds(1);

  private final DnsQueries queries;
  private final List<TxtAffix> affixes;
  private final Pace pace;

  /**
   * @param affixes how the names of external-dns's marks are made
   */
  KeeperLook(DnsQueries queries, List<TxtAffix> affixes, Pace pace) {
    this.queries = queries;
    this.affixes = List.copyOf(affixes);
    this.pace = pace;
  }

  /**
   * The marks that there are.
   *
   * @throws SwitchFailure UNREACHABLE if no authority says what is at one of the places: not known
   *     is not none
   */
  List<KeeperMark> look(SwitchSpec spec, Duration within)
      throws SwitchFailure, InterruptedException {
    long endNanos = pace.nanoTime() + within.toNanos();
    List<KeeperMark> marks =
        KeeperMarks.of(spec, affixes, ask(spec, KeeperMarks.keys(spec, affixes), endNanos));
    return marks.isEmpty()
        ? marks
        : KeeperMarks.withoutWildcards(marks, ask(spec, KeeperMarks.wildcardKeys(marks), endNanos));
  }

  private List<RecordSet> ask(SwitchSpec spec, Set<SetKey> keys, long endNanos)
      throws SwitchFailure, InterruptedException {
    List<Future<Answer>> asked = new ArrayList<>();
    for (SetKey key : keys) {
      asked.add(pace.fork("dns-ask", () -> ask(spec.authorities(), key, endNanos)));
    }
    List<RecordSet> found = new ArrayList<>();
    try {
      for (Future<Answer> answer : asked) {
        switch (answer.get()) {
          case Answered(RecordSet set, boolean _, var _) -> found.add(set);
          case Unanswered(String name, var _, String reason) ->
              throw new SwitchFailure(
                  FailureKind.UNREACHABLE,
                  "Expected an authority to say whether a tool has left a mark at %s, but: %s"
                      .formatted(name, reason),
                  true);
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Expected an answer or its absence, but asking failed", e);
    } finally {
      asked.forEach(answer -> answer.cancel(true)); // no effect on those that have answered
    }
    return found;
  }

  /** What the first authority that answers says; else what the last one gave in its place. */
  private Answer ask(List<ServerAddress> authorities, SetKey key, long endNanos) {
    Answer last = new Unanswered(key.name(), key.type(), "the order's time is over");
    for (int round = 0; round < ROUNDS; round++) {
      for (ServerAddress server : authorities) {
        long leftNanos = endNanos - pace.nanoTime();
        if (leftNanos <= 0) {
          return last;
        }
        Duration within = Duration.ofNanos(Math.min(leftNanos, ANSWER_MAX.toNanos()));
        last =
            switch (queries.ask(server, false, key.name(), key.type(), within)) {
              case Answered answered when answered.authoritative() -> answered;
              case Answered _ ->
                  new Unanswered(key.name(), key.type(), server + " answered without authority");
              case Unanswered unanswered ->
                  new Unanswered(
                      key.name(), key.type(), "%s: %s".formatted(server, unanswered.reason()));
            };
        if (last instanceof Answered) {
          return last;
        }
      }
    }
    return last;
  }
}
