package dev.cutover.deploy.dns;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.Side;
import dev.cutover.deploy.cli.Table;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.Propagation;
import dev.cutover.dns.domain.PropagationJudge;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SingleChange;
import dev.cutover.dns.domain.TrafficSwitch.Capabilities;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import dev.cutover.dns.domain.proof.Server;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A single change, as lines for people. */
final class ShownChange {
  private ShownChange() {}

  /**
   * The table: each set before and after, then the marks.
   *
   * @param back whether the way back is shown
   */
  static List<String> table(SingleChange change, boolean back) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s  zone %s, changed at %s"
            .formatted(change.id(), change.spec().zone(), change.spec().provider().writtenAt()));
    lines.add("");
    List<RecordSet> before = back ? change.after() : change.before().sets();
    List<RecordSet> after = back ? change.before().sets() : change.after();
    Table table = new Table("name", "type", "before", "TTL", "after", "TTL", "");
    for (SetKey key : change.keys()) {
      Optional<RecordSet> was = find(before, key);
      Optional<RecordSet> comes = find(after, key);
      table.row(
          key.name(),
          key.type().name(),
          values(was),
          ttl(was),
          values(comes),
          ttl(comes),
          what(was, comes));
    }
    EpochMark mark =
        (back ? change.takingBack(Duration.ZERO) : change.making(Duration.ZERO)).lastMark();
    EpochMark made = change.making(Duration.ZERO).lastMark();
    if (!change.isEmpty()) {
      change
          .spec()
          .names()
          .forEach(
              name ->
                  table.row(
                      EpochMark.nameFor(name.name()),
                      "TXT",
                      back ? made.describe() : change.before().mark(name.name()).describe(),
                      "",
                      mark.describe(),
                      "",
                      "mark"));
    }
    lines.addAll(table.lines());
    return lines.stream().map(Table::shown).toList();
  }

  private static Optional<RecordSet> find(List<RecordSet> sets, SetKey key) {
    return sets.stream()
        .filter(set -> set.name().equals(key.name()) && set.type() == key.type())
        .findFirst();
  }

  private static String values(Optional<RecordSet> set) {
    return set.map(
            found ->
                found.values().stream()
                    .map(value -> found.type() == RecordType.AAAA ? Server.shortened(value) : value)
                    .collect(Collectors.joining(" ")))
        .orElse("none");
  }

  private static String ttl(Optional<RecordSet> set) {
    return set.filter(found -> !found.aliased()) // which has none
        .map(found -> String.valueOf(found.ttlSeconds()))
        .orElse("");
  }

  private static String what(Optional<RecordSet> was, Optional<RecordSet> comes) {
    if (was.equals(comes)) {
      return "stays";
    }
    if (was.isEmpty() || comes.isEmpty()) {
      return was.isEmpty() ? "created" : "deleted";
    }
    return was.get().values().equals(comes.get().values()) ? "TTL" : "replaced";
  }

  /** What is promised, and when whom it reaches. */
  static List<String> notes(SingleChange change, Capabilities promised, Instant now, String file) {
    List<String> lines = new ArrayList<>();
    lines.add(
        promised.compareAndSet()
            ? "Promised: it takes effect only if records and marks are exactly these (compare-and-set)."
            : "Not promised: compare-and-set. All is looked at right before; what somebody else writes in the moment between is overwritten.");
    lines.add(
        promised.atomicMark()
            ? "Promised: records and mark change as a whole, or nothing does."
            : "Not promised: a change as a whole. One set or instance follows the other; what is cut off is finished by applying it again.");
    if (!promised.ttl()) {
      lines.add(
          change.spec().provider().probe().isPresent()
              ? "Clients keep the edge's addresses, which stay: requests follow as the edge learns it, within seconds, and a probe through it proves that."
              : "Nobody caches what a balancer does: new sessions follow at once.");
      return lines;
    }
    int before = change.ttlSecondsBefore();
    long slack = PropagationJudge.ROUNDING.toSeconds();
    lines.add(
        "Reaches everybody %d s after the last of %d authorities: the TTL in force, %d s, and %d s of rounding."
            .formatted(before + slack, change.spec().authorities().size(), before, slack));
    created(change)
        .ifPresent(
            types ->
                lines.add(
                    "There was no %s before: resolvers may remember that for the zone's negative TTL (its SOA's)."
                        .formatted(types)));
    lines.add(lowering(change, now, file));
    lines.add(
        "Afterwards the way back takes %d s: the TTL by then, and rounding."
            .formatted(RecordSets.cachedSecondsMax(change.after()) + slack));
    return lines;
  }

  private static Optional<String> created(SingleChange change) {
    String types =
        change.after().stream()
            .filter(
                set -> find(change.before().sets(), new SetKey(set.name(), set.type())).isEmpty())
            .map(set -> set.type().name())
            .distinct()
            .collect(Collectors.joining(" or "));
    return types.isEmpty() ? Optional.empty() : Optional.of(types);
  }

  private static String lowering(SingleChange change, Instant now, String file) {
    int before = change.ttlSecondsBefore();
    int lowered = change.spec().loweredTtlSeconds();
    long slack = PropagationJudge.ROUNDING.toSeconds();
    if (change.before().sets().stream().allMatch(RecordSet::aliased)) {
      return "An alias has no TTL of its own that could be lowered first: caches keep that of its target.";
    }
    if (before <= lowered) {
      return "Lowering the TTL first would not help: it is not above the plan's loweredTtl, %d s."
          .formatted(lowered);
    }
    return "Lowering the TTL to %d s first would help: done now, this would take %d s instead of %d s from %s on. %s"
        .formatted(
            lowered,
            lowered + slack,
            before + slack,
            ShownName.time(now.plusSeconds(before + slack)),
            served(change)
                .map(
                    side ->
                        "By: ./cutover dns plan %s --to %s --ttl %ds --out lower.json"
                            .formatted(file, side, lowered))
                .orElse("By the same weight with --ttl."));
  }

  private static Optional<String> served(SingleChange change) {
    for (Side side : Side.values()) {
      if (RecordSets.sameValues(change.before().sets(), change.spec().plain(side))) {
        return Optional.of(side.name().toLowerCase(Locale.ROOT));
      }
    }
    return Optional.empty();
  }

  /** What one server was seen to serve, at a moment. */
  static String line(Instant at, ServerVerdict verdict) {
    return Table.shown(
        "%s  %s (%s)  %s  %s"
            .formatted(
                ShownName.time(at),
                verdict.server(),
                verdict.authority() ? "authority" : "resolver",
                switch (verdict.answer()) {
                  case WANTED -> "has it";
                  case OTHER_SIDE -> "not yet";
                  case MIXED -> "mixed";
                  case CLAMPED -> "clamped";
                  case STALE -> "stale";
                  case NEGATIVE -> "negative";
                  case UNREACHABLE -> "unreachable";
                },
                verdict.detail()));
  }

  /** How many have it. */
  static String count(Propagation found) {
    long have =
        found.servers().stream()
            .filter(verdict -> verdict.answer() == ServerVerdict.Answer.WANTED)
            .count();
    return "%d of %d".formatted(have, found.servers().size());
  }
}
