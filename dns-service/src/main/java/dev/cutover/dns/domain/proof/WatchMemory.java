package dev.cutover.dns.domain.proof;

import dev.cutover.contract.RecordType;
import dev.cutover.dns.domain.PropagationJudge;
import dev.cutover.dns.domain.proof.DnsProbe.Given;
import dev.cutover.dns.domain.proof.Reading.Content;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What earlier looks at a name have shown: from it follows which copies an honest cache may still
 * have. Pure.
 *
 * @param watching false for a single look, which takes nothing that it sees for "what was before"
 * @param old what was there before, as far as it was said or seen
 * @param oldTtlSeconds the highest TTL that an authority gave with it; 0 if none was seen
 * @param convergedAt when the last authority was seen to have followed: at that time or before
 * @param copies the copy that each resolver gave last, by {@link Finding#key}
 * @param last what each server was found to serve last, by key and transport
 */
public record WatchMemory(
    boolean watching,
    Map<RecordType, List<String>> old,
    int oldTtlSeconds,
    Optional<Instant> convergedAt,
    Map<String, Copy> copies,
    Map<String, Finding> last) {
  public WatchMemory {
    old = Map.copyOf(old);
    copies = Map.copyOf(copies);
    last = Map.copyOf(last);
  }

  /** Before the first look. */
  public static WatchMemory empty(boolean watching) {
    return new WatchMemory(watching, Map.of(), 0, Optional.empty(), Map.of(), Map.of());
  }

  /**
   * A copy in a cache.
   *
   * @param endsAt until when it may be served, by its TTL
   * @param verdict what it was judged to be
   */
  public record Copy(Instant endsAt, List<String> values, Verdict verdict) {
    public Copy {
      values = List.copyOf(values);
    }

    /** Whether what is served now is this copy, its TTL counted down. */
    boolean isStill(List<String> served, int ttlSeconds, Instant now) {
      Duration apart = Duration.between(endsAt, now.plusSeconds(ttlSeconds)).abs();
      return values.equals(served) && apart.compareTo(PropagationJudge.ROUNDING) <= 0;
    }

    boolean hasEnded(Instant now) {
      return now.isAfter(endsAt.plus(PropagationJudge.ROUNDING));
    }
  }

  /** What a server was found to serve, and what it served before; empty when it is new. */
  public record Change(Optional<Finding> before, Finding after) {}

  /** The same expectation, with what was seen to be there before. */
  public Expected with(Expected expected) {
    Map<RecordType, List<String>> both = new EnumMap<>(RecordType.class);
    both.putAll(old);
    both.putAll(expected.old());
    return new Expected(expected.wanted(), both);
  }

  /**
   * Learns from what the authorities of a name say: values other than the wanted ones are the old
   * ones if nobody said what these are, and all that differ serve the same.
   */
  public WatchMemory learn(List<Reading> readings, Expected expected) {
    Map<RecordType, List<String>> learned = new EnumMap<>(RecordType.class);
    learned.putAll(old);
    int ttlSeconds = oldTtlSeconds;
    for (Map.Entry<RecordType, List<String>> wanted : expected.wanted().entrySet()) {
      Set<List<String>> others = new LinkedHashSet<>();
      for (Reading reading : readings) {
        if (reading.reply() instanceof Given given && given.authoritative()) {
          Content content = reading.content(given);
          if (content.type() == wanted.getKey() && !content.values().equals(wanted.getValue())) {
            others.add(content.values());
            ttlSeconds = Math.max(ttlSeconds, content.ttlSeconds());
          }
        }
      }
      if (watching && others.size() == 1) {
        learned.putIfAbsent(wanted.getKey(), others.iterator().next());
      }
    }
    return new WatchMemory(watching, learned, ttlSeconds, convergedAt, copies, last);
  }

  /** The authorities were judged; what converged stays so unless they diverge again. */
  public WatchMemory judged(boolean converged, Instant now) {
    return new WatchMemory(
        watching,
        old,
        oldTtlSeconds,
        converged ? Optional.of(convergedAt.orElse(now)) : Optional.empty(),
        copies,
        last);
  }

  /** The copy that this resolver gave at the last look. */
  public Optional<Copy> copyOf(Reading reading) {
    return Optional.ofNullable(copies.get(Finding.key(reading)));
  }

  /** After a whole look. */
  public WatchMemory after(NameReport report) {
    Map<String, Copy> given = new HashMap<>();
    Map<String, Finding> found = new HashMap<>();
    for (Finding finding : report.findings()) {
      found.put(place(finding), finding);
    }
    for (Finding finding : report.resolvers()) {
      if (finding.ttlSeconds() >= 0) {
        given.put(
            finding.key(),
            new Copy(
                report.at().plusSeconds(finding.ttlSeconds()),
                finding.values(),
                finding.verdict()));
      }
    }
    return new WatchMemory(watching, old, oldTtlSeconds, convergedAt, given, found);
  }

  /** What is not as at the last look; a TTL that counts down is no change. */
  public List<Change> changes(NameReport report) {
    List<Change> changes = new ArrayList<>();
    for (Finding finding : report.findings()) {
      Optional<Finding> before = Optional.ofNullable(last.get(place(finding)));
      if (before
          .filter(b -> b.verdict() == finding.verdict() && b.values().equals(finding.values()))
          .isEmpty()) {
        changes.add(new Change(before, finding));
      }
    }
    return changes;
  }

  private static String place(Finding finding) {
    return finding.key() + " " + finding.transport();
  }

  /**
   * When no honest cache can hold the old records any more: the last authority's time and their TTL
   * (trap 10). Empty before the last authority has followed.
   *
   * @param ttlSeconds of the records, where those of before were not seen
   */
  public Optional<Instant> overAt(int ttlSeconds) {
    return convergedAt.map(
        at ->
            at.plusSeconds(oldTtlSeconds > 0 ? oldTtlSeconds : ttlSeconds)
                .plus(PropagationJudge.ROUNDING));
  }
}
