package dev.cutover.dns.domain.proof;

import dev.cutover.dns.domain.proof.DnsProbe.Given;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Signature;
import dev.cutover.dns.domain.proof.Reading.Content;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Judges the signatures beside the records: whether they are there, and for how long. Pure. */
public final class SignatureJudge {
  private SignatureJudge() {}

  /**
   * @param seen whether any authority gave the records
   * @param signed whether any authority gave a signature of them
   * @param expiresAt when the first of them ends
   * @param wildcard the wildcard that was signed in place of the name
   * @param warnings in sentences
   */
  public record Dnssec(
      boolean seen,
      boolean signed,
      Optional<Instant> expiresAt,
      Optional<String> wildcard,
      List<String> warnings) {
    public Dnssec {
      warnings = List.copyOf(warnings);
    }

    /** One line for people. */
    public String sentence() {
      return expiresAt
          .map(at -> "signed; the first signature of these records ends at " + at)
          .orElse(
              seen
                  ? "these records are not signed"
                  : "not known, since no authority gave the records");
    }
  }

  /** Signatures that end within the window from now are warned of. */
  public static Dnssec judge(List<Reading> readings, Instant now, Duration window) {
    List<Instant> ends = new ArrayList<>();
    Set<String> unsigned = new TreeSet<>();
    Optional<String> wildcard = Optional.empty();
    for (Reading reading : readings) {
      if (!(reading.reply() instanceof Given given) || !given.authoritative()) {
        continue;
      }
      Content content = reading.content(given);
      if (content.values().isEmpty()) {
        continue;
      }
      Optional<Signature> best =
          given.signatures().stream()
              .filter(s -> s.name().equals(reading.name()))
              .filter(s -> s.covers().equals(Optional.of(QueryType.of(content.type()))))
              .max(Comparator.comparing(Signature::expiresAt));
      if (best.isEmpty()) {
        unsigned.add(reading.server().shown());
      } else {
        ends.add(best.get().expiresAt());
        wildcard = wildcard.or(() -> wildcard(reading.name(), best.get()));
      }
    }
    Optional<Instant> first = ends.stream().min(Comparator.naturalOrder());
    return new Dnssec(
        first.isPresent() || !unsigned.isEmpty(),
        first.isPresent(),
        first,
        wildcard,
        warnings(first, unsigned, now, window));
  }

  private static List<String> warnings(
      Optional<Instant> first, Set<String> unsigned, Instant now, Duration window) {
    List<String> warnings = new ArrayList<>();
    if (first.isPresent() && !unsigned.isEmpty()) {
      warnings.add(
          "Expected signatures from every authority, but there are none from "
              + String.join(", ", unsigned));
    }
    first
        .filter(end -> !end.isAfter(now.plus(window)))
        .ifPresent(
            end ->
                warnings.add(
                    end.isAfter(now)
                        ? "The signatures expire within the window of %d h: at %s"
                            .formatted(window.toHours(), end)
                        : "The signatures expired at %s: validating resolvers refuse these records"
                            .formatted(end)));
    return warnings;
  }

  private static Optional<String> wildcard(String name, Signature signature) {
    if (signature.labels() >= NameParts.labels(name)) {
      return Optional.empty();
    }
    String rest = name;
    while (NameParts.labels(rest) > signature.labels()) {
      rest = NameParts.parent(rest);
    }
    return Optional.of("*." + rest);
  }
}
