package dev.cutover.dns.domain.proof;

import dev.cutover.contract.RecordType;
import dev.cutover.dns.domain.PropagationJudge;
import dev.cutover.dns.domain.proof.DnsProbe.Entry;
import dev.cutover.dns.domain.proof.DnsProbe.Given;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Silence;
import dev.cutover.dns.domain.proof.DnsProbe.Silent;
import dev.cutover.dns.domain.proof.WatchMemory.Copy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Judges what a resolver serves, once all authorities serve the same. Equality decides, never
 * presence (trap 30). Pure.
 */
public final class ResolverJudge {
  /** The TTL that caches give to a copy past its end (RFC 8767, 4; BIND's and Unbound's too). */
  static final int STALE_TTL_SECONDS = 30;

  private ResolverJudge() {}

  /**
   * What a resolver should say.
   *
   * @param hops the aliases on the way, from the name that is asked for
   * @param last what stands at their end; empty when its authorities could not be asked
   * @param expected whether {@code last} was expected beforehand, and is not just what is there
   * @param old what was there before
   * @param oldTtlSeconds its TTL at the authorities; 0 if not known
   * @param convergedAt when the last authority had {@code last}, at the latest; empty if not known
   */
  public record Question(
      List<Hop> hops,
      Optional<Last> last,
      boolean expected,
      Optional<List<String>> old,
      int oldTtlSeconds,
      Optional<Instant> convergedAt) {
    public Question {
      hops = List.copyOf(hops);
      old = old.map(List::copyOf);
    }

    /** When no honest cache can hold the old records any more. */
    Optional<Instant> honestUntil() {
      return oldTtlSeconds == 0
          ? Optional.empty()
          : convergedAt.map(at -> at.plusSeconds(oldTtlSeconds).plus(PropagationJudge.ROUNDING));
    }
  }

  /** An alias. */
  public record Hop(String name, String target, int ttlSeconds) {}

  /**
   * @param values sorted; empty if there shall be none
   */
  public record Last(String name, List<String> values, int ttlSeconds) {
    public Last {
      values = List.copyOf(values);
    }
  }

  private record Meaning(Verdict verdict, boolean holds, String reason) {
    static Meaning holding(Verdict verdict, String reason) {
      return new Meaning(verdict, true, reason);
    }

    static Meaning missing(Verdict verdict, String reason) {
      return new Meaning(verdict, false, reason);
    }
  }

  /**
   * @param reachable false when no address of the same kind answered anything: this machine has no
   *     way to them
   * @param before the copy that it gave at the last look
   */
  public static Finding judge(
      Question question, Reading reading, boolean reachable, Optional<Copy> before, Instant now) {
    return switch (reading.reply()) {
      case Silent(Silence silence, String reason) -> {
        boolean untested = silence == Silence.NO_ROUTE || !reachable;
        yield finding(
            reading,
            reading.type(),
            Meaning.missing(
                untested ? Verdict.UNTESTED : Verdict.UNREACHABLE,
                untested ? "no way from here to its address" : reason),
            List.of());
      }
      case Given given -> judge(question, reading, given, before, now);
    };
  }

  private static Finding judge(
      Question question, Reading reading, Given given, Optional<Copy> before, Instant now) {
    Optional<Hop> clamped = Optional.empty();
    for (Hop hop : question.hops()) {
      List<Entry> alias = given.answers(hop.name(), QueryType.CNAME);
      if (alias.stream().noneMatch(entry -> entry.value().equals(hop.target()))) {
        Meaning meaning =
            given.answer().isEmpty()
                ? negative(given)
                : Meaning.missing(
                    Verdict.DIFFERS, "%s should be %s".formatted(hop.name(), hop.target()));
        List<Entry> seen =
            alias.isEmpty() ? given.answers(hop.name(), QueryType.of(reading.type())) : alias;
        return finding(reading, alias.isEmpty() ? reading.type() : RecordType.CNAME, meaning, seen);
      }
      if (alias.getFirst().ttlSeconds() > hop.ttlSeconds()) {
        clamped = Optional.of(hop);
      }
    }
    if (question.last().isEmpty()) {
      List<Entry> seen =
          given.answer().stream().filter(e -> e.type() == QueryType.of(reading.type())).toList();
      return finding(
          reading,
          reading.type(),
          Meaning.holding(
              Verdict.AGREES, "the aliases agree; the end of the chain was not compared"),
          seen);
    }
    Last last = question.last().get();
    List<Entry> seen = given.answers(last.name(), QueryType.of(reading.type()));
    Meaning meaning = meaning(question, last, given, seen, before, now);
    if (clamped.isPresent() && meaning.holds() && meaning.verdict() != Verdict.CLAMPED) {
      meaning =
          Meaning.holding(
              Verdict.CLAMPED, "a TTL above the authorities' at " + clamped.get().name());
    }
    return finding(reading, reading.type(), meaning, seen);
  }

  private static Meaning meaning(
      Question question,
      Last last,
      Given given,
      List<Entry> seen,
      Optional<Copy> before,
      Instant now) {
    List<String> values = values(seen);
    int ttlSeconds = ttlSeconds(seen);
    if (values.equals(last.values())) {
      return !values.isEmpty() && ttlSeconds > last.ttlSeconds()
          ? Meaning.holding(
              Verdict.CLAMPED, "a TTL above the authorities' %d s".formatted(last.ttlSeconds()))
          : Meaning.holding(question.expected() ? Verdict.NEW : Verdict.AGREES, "");
    }
    if (values.isEmpty()) {
      return negative(given);
    }
    if (question.old().filter(values::equals).isPresent()) {
      return old(question, last, seen, before, now);
    }
    if (!Collections.disjoint(values, last.values())) {
      return Meaning.missing(Verdict.MIXED, "other values than expected among them");
    }
    return Meaning.missing(
        Verdict.DIFFERS, "another copy, for up to %d s".formatted(Math.max(ttlSeconds, 0)));
  }

  private static Meaning negative(Given given) {
    return Meaning.missing(
        Verdict.NEGATIVE,
        given
            .soa()
            .map(
                soa ->
                    "remembers that %s, for up to %d s"
                        .formatted(
                            given.exists() ? "there are none" : "the name does not exist",
                            soa.negativeTtlSeconds()))
            .orElse("says that there are none"));
  }

  private static Meaning old(
      Question question, Last last, List<Entry> seen, Optional<Copy> before, Instant now) {
    int ttlSeconds = ttlSeconds(seen);
    int honestTtlSeconds = Math.max(question.oldTtlSeconds(), last.ttlSeconds());
    boolean expired = question.honestUntil().filter(now::isAfter).isPresent();
    boolean ended = before.filter(copy -> copy.hasEnded(now)).isPresent();
    // One copy is judged once, when its TTL is highest: counted down, it looks like others.
    Optional<Verdict> same =
        before.filter(copy -> copy.isStill(values(seen), ttlSeconds, now)).map(Copy::verdict);
    if (same.equals(Optional.of(Verdict.CLAMPED))) {
      return clamped(honestTtlSeconds, ttlSeconds);
    }
    if (same.equals(Optional.of(Verdict.STALE))) {
      return Meaning.missing(Verdict.STALE, "a copy past its end");
    }
    if (ttlSeconds == STALE_TTL_SECONDS && (expired || ended || ttlSeconds > honestTtlSeconds)) {
      return Meaning.missing(
          Verdict.STALE, "a TTL of exactly 30 s: served past its end (RFC 8767)");
    }
    if (ttlSeconds > honestTtlSeconds) {
      return clamped(honestTtlSeconds, ttlSeconds);
    }
    // After the end of every honest copy, a lower TTL tells rather of a cache with a TTL of its own
    // for what is past its end than of one that fetched again.
    if (expired
        ? ttlSeconds > question.oldTtlSeconds() / 2
        : refetched(question, ttlSeconds, now)) {
      return Meaning.missing(
          Verdict.OLD,
          "fetched after all that were asked had the new: a server lags that nobody asked");
    }
    if (expired || ended) {
      return Meaning.missing(
          Verdict.STALE,
          expired
              ? "a copy past its end"
              : "past the end of the copy that it gave before, unless a server lags where it asks");
    }
    return Meaning.missing(
        Verdict.OLD,
        "for up to %d s%s"
            .formatted(
                ttlSeconds,
                ttlSeconds == STALE_TTL_SECONDS
                    ? "; exactly 30 s may also be a copy past its end"
                    : ""));
  }

  private static Meaning clamped(int honestTtlSeconds, int ttlSeconds) {
    return Meaning.missing(
        Verdict.CLAMPED,
        "a TTL above the authorities' %d s; for up to %d s more"
            .formatted(honestTtlSeconds, ttlSeconds));
  }

  /** A copy's age is what is missing from the full TTL. */
  private static boolean refetched(Question question, int ttlSeconds, Instant now) {
    Duration age = Duration.ofSeconds((long) question.oldTtlSeconds() - ttlSeconds);
    return question.oldTtlSeconds() > 0
        && question
            .convergedAt()
            .filter(at -> now.minus(age).isAfter(at.plus(PropagationJudge.ROUNDING)))
            .isPresent();
  }

  private static List<String> values(List<Entry> entries) {
    return entries.stream().map(Entry::value).distinct().sorted().toList();
  }

  private static int ttlSeconds(List<Entry> entries) {
    return entries.stream().mapToInt(Entry::ttlSeconds).min().orElse(-1);
  }

  private static Finding finding(
      Reading reading, RecordType type, Meaning meaning, List<Entry> seen) {
    return new Finding(
        reading.server(),
        reading.transport().name().toLowerCase(Locale.ROOT),
        reading.name(),
        type,
        meaning.verdict(),
        meaning.holds(),
        ttlSeconds(seen),
        values(seen),
        Optional.empty(),
        meaning.reason());
  }
}
