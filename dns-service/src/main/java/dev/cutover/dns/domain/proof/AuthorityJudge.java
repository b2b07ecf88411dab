package dev.cutover.dns.domain.proof;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.proof.DnsProbe.Given;
import dev.cutover.dns.domain.proof.DnsProbe.Silence;
import dev.cutover.dns.domain.proof.DnsProbe.Silent;
import dev.cutover.dns.domain.proof.Reading.Content;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Judges what the authorities of one name serve, against what is expected or each other. Pure. */
public final class AuthorityJudge {
  private final List<Reading> readings;
  private final Map<ServerAddress, Long> serials;
  private final Expected expected;
  private final boolean version6Works;
  private final boolean sameFromAll;
  private final boolean alias;

  private AuthorityJudge(
      List<Reading> readings, Map<ServerAddress, Long> serials, Expected expected) {
    this.readings = readings;
    this.serials = serials;
    this.version6Works = answers(readings, true);
    this.sameFromAll = sameFromAll();
    this.alias = isAlias();
    this.expected = alias ? expected.ofAlias() : expected;
  }

  /**
   * What was found.
   *
   * @param alias what the name is an alias of, at all authorities
   * @param references by the type asked for: what resolvers are held against
   * @param evidence whether any server answered as an authority
   * @param notes in sentences
   */
  public record Judged(
      List<Finding> findings,
      Optional<String> alias,
      Map<RecordType, Reference> references,
      boolean evidence,
      List<String> notes) {
    public Judged {
      findings = List.copyOf(findings);
      references = Map.copyOf(references);
      notes = List.copyOf(notes);
    }
  }

  /**
   * What the authorities serve, or shall serve.
   *
   * @param ttlSeconds the highest that an authority gives with these values; 0 without any
   * @param everywhere whether every authority that answered serves it: only then may a resolver be
   *     asked, which would remember what it gets for as long as the TTL (trap 13)
   */
  public record Reference(
      RecordType type, List<String> values, int ttlSeconds, boolean everywhere) {
    public Reference {
      values = List.copyOf(values);
    }
  }

  /**
   * @param readings of one name: each server, transport and type
   * @param serials of the zone, as far as they were told
   */
  public static Judged judge(
      List<Reading> readings, Map<ServerAddress, Long> serials, Expected expected) {
    return new AuthorityJudge(readings, serials, expected).judge();
  }

  /** Whether any server with such an address answered at all. */
  public static boolean answers(List<Reading> readings, boolean version6) {
    return readings.stream()
        .anyMatch(r -> r.server().isVersion6() == version6 && r.reply() instanceof Given);
  }

  private Judged judge() {
    SequencedSet<Finding> findings = new LinkedHashSet<>();
    Map<RecordType, Reference> references = new LinkedHashMap<>();
    Set<RecordType> types = new LinkedHashSet<>();
    readings.forEach(reading -> types.add(reading.type()));
    for (RecordType type : types) {
      List<Reading> asked = readings.stream().filter(r -> r.type() == type).toList();
      RecordType key = alias ? RecordType.CNAME : type;
      Content newest = newest(asked, key);
      List<Finding> found = asked.stream().map(reading -> finding(reading, key, newest)).toList();
      findings.addAll(found);
      references.put(type, reference(key, newest, found));
    }
    List<Content> aliases = readings.stream().flatMap(r -> content(r).stream()).toList();
    return new Judged(
        Finding.folded(findings),
        alias ? Optional.of(aliases.getFirst().values().getFirst()) : Optional.empty(),
        references,
        !aliases.isEmpty(),
        notes(findings));
  }

  private Reference reference(RecordType key, Content newest, List<Finding> found) {
    List<Finding> answered = found.stream().filter(f -> f.verdict().isEvidence()).toList();
    Optional<List<String>> wanted = expected.wantedOf(key);
    List<String> values = wanted.orElse(newest.values());
    return new Reference(
        wanted.isPresent() ? key : newest.type(),
        values,
        answered.stream()
            .filter(f -> f.values().equals(values))
            .mapToInt(Finding::ttlSeconds)
            .max()
            .orElse(0),
        !answered.isEmpty() && answered.stream().allMatch(Finding::holds));
  }

  /** Of those whose serial no other is ahead of, what most serve. */
  private Content newest(List<Reading> asked, RecordType key) {
    Map<Content, Long> counts =
        asked.stream()
            .filter(reading -> behind(reading.server()).isEmpty())
            .flatMap(reading -> content(reading).stream())
            .collect(
                Collectors.groupingBy(
                    Function.identity(), LinkedHashMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(new Content(key, List.of(), -1));
  }

  /** A serial that is ahead of this server's. */
  private Optional<Long> behind(Server server) {
    Long own = serials.get(server.address());
    return own == null
        ? Optional.empty()
        : serials.values().stream()
            .filter(other -> Serials.compare(own, other) == Serials.Order.OLDER)
            .findFirst();
  }

  private static Optional<Content> content(Reading reading) {
    return reading.reply() instanceof Given given && given.authoritative()
        ? Optional.of(reading.content(given))
        : Optional.empty();
  }

  private boolean isAlias() {
    List<Reading> others =
        readings.stream()
            .filter(r -> r.type() != RecordType.CNAME && content(r).isPresent())
            .toList();
    return !others.isEmpty()
        && others.stream()
            .allMatch(r -> content(r).filter(c -> c.type() == RecordType.CNAME).isPresent());
  }

  /** No authority among several, and all say the same: one cache answers for all of them. */
  private boolean sameFromAll() {
    Map<RecordType, Set<Content>> contents = new LinkedHashMap<>();
    Set<Server> servers = new LinkedHashSet<>();
    for (Reading reading : readings) {
      if (reading.reply() instanceof Given given) {
        if (given.authoritative()) {
          return false;
        }
        Content content = reading.content(given);
        servers.add(reading.server());
        contents
            .computeIfAbsent(reading.type(), _ -> new LinkedHashSet<>())
            .add(new Content(content.type(), content.values(), 0)); // a cache's TTL counts down
      }
    }
    return servers.size() > 1
        && contents.values().stream().allMatch(seen -> seen.size() == 1)
        && contents.values().stream().anyMatch(seen -> !seen.iterator().next().values().isEmpty());
  }

  private Finding finding(Reading reading, RecordType key, Content newest) {
    return switch (reading.reply()) {
      case Silent(Silence silence, String reason) -> {
        boolean untested =
            silence == Silence.NO_ROUTE || (reading.server().isVersion6() && !version6Works);
        yield finding(
            reading,
            untested ? Verdict.UNTESTED : Verdict.UNREACHABLE,
            new Content(key, List.of(), -1),
            untested ? "no way from here to its address" : reason);
      }
      case Given given when !given.authoritative() -> {
        boolean cache = given.recursionOffered() || sameFromAll;
        yield finding(
            reading,
            cache ? Verdict.INTERCEPTED : Verdict.NOT_AUTHORITATIVE,
            reading.content(given),
            cache
                ? "a cache answered, on the way or in its place: no evidence"
                : "not set up for the zone");
      }
      case Given given -> compare(reading, given, key, newest);
    };
  }

  private Finding compare(Reading reading, Given given, RecordType key, Content newest) {
    Content content = reading.content(given);
    Optional<Long> ahead = behind(reading.server());
    String serial =
        ahead
            .map(
                newer ->
                    "serial %d is older than %d"
                        .formatted(serials.get(reading.server().address()), newer))
            .orElse("");
    Verdict otherwise = ahead.isPresent() ? Verdict.LAGGING : Verdict.DIFFERS;
    Optional<List<String>> wanted = expected.wantedOf(key);
    if (wanted.isEmpty()) {
      if (content.equals(newest)) {
        return finding(reading, Verdict.AGREES, content, given.exists() ? "" : NameReport.NO_NAME);
      }
      String ttl =
          content.values().equals(newest.values()) && content.type() == newest.type()
              ? "others give TTL %d".formatted(newest.ttlSeconds())
              : "";
      return finding(reading, otherwise, content, joined(ttl, serial));
    }
    if (content.type() == key && content.values().equals(wanted.get())) {
      return finding(reading, Verdict.NEW, content, "");
    }
    if (expected.oldOf(content.type()).filter(content.values()::equals).isPresent()) {
      return finding(reading, Verdict.OLD, content, serial);
    }
    if (!Collections.disjoint(content.values(), wanted.get())) {
      return finding(reading, Verdict.MIXED, content, serial);
    }
    String nothing =
        !content.values().isEmpty() ? "" : given.exists() ? "no such records" : NameReport.NO_NAME;
    return finding(reading, otherwise, content, joined(nothing, serial));
  }

  private static String joined(String one, String other) {
    return one.isEmpty() || other.isEmpty() ? one + other : one + "; " + other;
  }

  private Finding finding(Reading reading, Verdict verdict, Content content, String reason) {
    return new Finding(
        reading.server(),
        reading.transport().name().toLowerCase(Locale.ROOT),
        reading.name(),
        content.type(),
        verdict,
        verdict == Verdict.AGREES || verdict == Verdict.NEW,
        content.ttlSeconds(),
        content.values(),
        verdict.isEvidence()
            ? Optional.ofNullable(serials.get(reading.server().address()))
            : Optional.empty(),
        reason);
  }

  private static List<String> notes(SequencedSet<Finding> findings) {
    List<String> notes = new ArrayList<>();
    if (findings.stream().anyMatch(f -> f.verdict() == Verdict.UNTESTED)) {
      notes.add(
          "This machine could not ask every address of the authorities (no IPv6?): those are counted neither way");
    }
    if (findings.stream().anyMatch(f -> f.verdict() == Verdict.INTERCEPTED)) {
      notes.add(
          "Expected answers with authority, but a cache answered in place of an authority: port 53 is intercepted on the way from here, or the server is not set up for the zone. Ask from another network");
    }
    return notes;
  }
}
