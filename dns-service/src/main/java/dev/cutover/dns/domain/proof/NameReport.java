package dev.cutover.dns.domain.proof;

import dev.cutover.contract.RecordType;
import dev.cutover.dns.domain.proof.Quorums.Tally;
import dev.cutover.dns.domain.proof.SignatureJudge.Dnssec;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One look at a name from all sides.
 *
 * @param links the name, then what it is an alias of, to the end
 * @param resolvers empty when none was asked
 * @param tallies how many of each class hold
 * @param notes what is worth knowing beside the verdicts, in sentences
 * @param agrees whether all of it is as it should be
 * @param summary the whole in one sentence
 */
public record NameReport(
    String name,
    Instant at,
    List<Link> links,
    List<Finding> authorities,
    List<Finding> resolvers,
    Dnssec dnssec,
    List<Tally> tallies,
    List<String> notes,
    boolean agrees,
    String summary) {
  public NameReport {
    links = List.copyOf(links);
    authorities = List.copyOf(authorities);
    resolvers = List.copyOf(resolvers);
    tallies = List.copyOf(tallies);
    notes = List.copyOf(notes);
  }

  /** One name of the chain and its zone. */
  public record Link(
      String name,
      String zone,
      List<String> parentHosts,
      List<String> apexHosts,
      Optional<String> alias) {
    public Link {
      parentHosts = List.copyOf(parentHosts);
      apexHosts = List.copyOf(apexHosts);
    }
  }

  /** All findings, authorities first. */
  public List<Finding> findings() {
    return Stream.concat(authorities.stream(), resolvers.stream()).toList();
  }

  /** Whether every authority that could be asked serves what it should. */
  public boolean authoritiesAgree() {
    return tallies.stream().anyMatch(t -> t.group().equals(Server.AUTHORITY) && t.met());
  }

  /**
   * Puts a look together. Pure.
   *
   * @param resolversGiven whether there are resolvers that would be asked
   */
  public static NameReport of(
      Instant at,
      List<Link> links,
      List<Finding> authorities,
      List<Finding> resolvers,
      boolean resolversGiven,
      Expected expected,
      Quorums quorums,
      Dnssec dnssec,
      Collection<String> notes) {
    List<Tally> tallies =
        quorums.tally(Stream.concat(authorities.stream(), resolvers.stream()).toList());
    Set<String> told = new LinkedHashSet<>(notes);
    told.addAll(dnssec.warnings());
    List<String> longer =
        resolvers.stream()
            .filter(f -> f.holds() && f.verdict() == Verdict.CLAMPED)
            .map(f -> f.server().shown())
            .distinct()
            .toList();
    if (!longer.isEmpty()) {
      told.add(
          "Longer than told keeps records, or has them since before their TTL was lowered: %s. A change reaches its users late"
              .formatted(String.join(", ", longer)));
    }
    String name = links.getFirst().name();
    Optional<String> nothing = nothing(links.getLast().name(), authorities, expected);
    boolean agrees = nothing.isEmpty() && tallies.stream().allMatch(Tally::met);
    if (resolversGiven && resolvers.isEmpty()) {
      told.add(
          agrees
              ? "No resolver was asked: there is nothing that it should have"
              : "No resolver was asked: one that is asked before every authority serves the same"
                  + " remembers what it gets");
    }
    return new NameReport(
        name,
        at,
        links,
        authorities,
        resolvers,
        dnssec,
        tallies,
        List.copyOf(told),
        agrees,
        nothing.orElseGet(() -> summary(agrees, tallies, authorities, resolvers)));
  }

  /** Says so when authorities answer, and none has any record. */
  private static Optional<String> nothing(
      String last, List<Finding> authorities, Expected expected) {
    List<Finding> own =
        authorities.stream()
            .filter(f -> f.name().equals(last) && f.verdict().isEvidence())
            .toList();
    boolean wanted = expected.wanted().values().stream().anyMatch(values -> !values.isEmpty());
    if (own.isEmpty()
        || wanted
        || !expected.wanted().isEmpty()
        || own.stream().anyMatch(f -> !f.values().isEmpty())) {
      return Optional.empty();
    }
    String types =
        own.stream()
            .map(Finding::type)
            .distinct()
            .sorted()
            .map(RecordType::name)
            .collect(Collectors.joining(", "));
    return Optional.of(
        "Expected records of %s, but its authorities have none of type %s%s"
            .formatted(
                last,
                types,
                own.stream().anyMatch(f -> f.reason().equals(NO_NAME))
                    ? ": the name does not exist"
                    : ""));
  }

  /** The reason of a finding where an authority does not know the name. */
  static final String NO_NAME = "the name does not exist";

  private static String summary(
      boolean agrees, List<Tally> tallies, List<Finding> authorities, List<Finding> resolvers) {
    String counts = tallies.stream().map(Tally::words).collect(Collectors.joining(", "));
    if (agrees) {
      return "Everything agrees: " + counts;
    }
    Map<String, Set<String>> others = new LinkedHashMap<>();
    Stream.concat(authorities.stream(), resolvers.stream())
        .filter(f -> !f.holds() && f.verdict() != Verdict.UNTESTED)
        .forEach(
            f ->
                others
                    .computeIfAbsent(f.server().shown(), _ -> new LinkedHashSet<>())
                    .add(f.verdict().word()));
    String named =
        others.entrySet().stream()
            .map(
                other ->
                    "; %s: %s".formatted(other.getKey(), String.join(" and ", other.getValue())))
            .collect(Collectors.joining());
    return "Not everything agrees: " + counts + named;
  }
}
