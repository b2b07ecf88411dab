package dev.cutover.dns.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.RecordsObserved.RecordDrift;
import dev.cutover.contract.RecordsObserved.Verdict;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares what servers hold with what a cutover has ordered. Pure. */
public final class DriftJudge {
  private DriftJudge() {}

  /**
   * What one server was found to hold.
   *
   * @param records existing sets of every type that the switch may touch
   * @param error why it gave no usable answer; empty when it did
   */
  public record Holding(ServerAddress server, List<RecordSet> records, String error) {
    public Holding {
      records = records.stream().filter(set -> !set.values().isEmpty()).toList();
    }

    boolean isSeen() {
      return error.isEmpty();
    }
  }

  /**
   * One look at all servers.
   *
   * @param primary what the primary holds
   * @param markEpoch the mark there, when it is this cutover's; -1 otherwise
   * @param secondaries what the authorities beside it serve
   * @param revertFault why a revert would not be taken; empty when it was proven that it would
   */
  public record Look(
      Holding primary, long markEpoch, List<Holding> secondaries, String revertFault) {
    public Look {
      secondaries = List.copyOf(secondaries);
    }
  }

  /**
   * Judges a look.
   *
   * @param epoch of the order to watch
   */
  public static RecordsObserved judge(
      CutoverId cutover,
      long epoch,
      SwitchSpec spec,
      Expectation expected,
      Look look,
      Instant now) {
    List<RecordDrift> drifts =
        new ArrayList<>(
            drifts(look.primary(), expected.atPrimary(spec, look.markEpoch()), RecordSet::equals));
    // A primary that is not seen may hold the mark of an order that passed through another
    // instance:
    // what a secondary serves by such an order can't be told from drift. It is blindness then.
    long latestMark = look.primary().isSeen() ? look.markEpoch() : Long.MAX_VALUE;
    List<List<RecordSet>> secondary = expected.atSecondary(spec, latestMark, now);
    look.secondaries()
        .forEach(holding -> drifts.addAll(drifts(holding, secondary, RecordSets::mayAnswer)));
    List<Holding> unseen =
        Stream.concat(Stream.of(look.primary()), look.secondaries().stream())
            .filter(holding -> !holding.isSeen())
            .toList();
    Verdict verdict =
        !drifts.isEmpty()
            ? Verdict.DRIFTED
            : unseen.isEmpty() ? Verdict.AS_EXPECTED : Verdict.BLIND;
    return new RecordsObserved(
        cutover,
        epoch,
        now,
        verdict,
        look.markEpoch(),
        look.primary().isSeen() ? served(spec, look.primary().records()) : ServedSide.UNKNOWN,
        drifts.stream().map(drift -> drift.holding(holder(spec, drift.found()))).toList(),
        unseen.stream().map(Holding::server).toList(),
        look.revertFault().isEmpty(),
        sentence(verdict, drifts, unseen, look.revertFault()));
  }

  /**
   * A look at a switch and at each of its views, as one.
   *
   * @param parts by the name of the view; the first is the switch itself, without a name
   */
  public static RecordsObserved together(SequencedMap<String, RecordsObserved> parts) {
    RecordsObserved itself = parts.firstEntry().getValue();
    List<RecordDrift> drifts = new ArrayList<>();
    List<ServerAddress> unreachable = new ArrayList<>();
    List<String> details = new ArrayList<>();
    Verdict verdict = Verdict.AS_EXPECTED;
    boolean revertValid = true;
    for (Map.Entry<String, RecordsObserved> part : parts.entrySet()) {
      RecordsObserved seen = part.getValue();
      boolean ofView = !part.getKey().isEmpty();
      seen.drifts().forEach(drift -> drifts.add(ofView ? drift.ofView(part.getKey()) : drift));
      unreachable.addAll(seen.unreachable());
      verdict = worse(verdict, seen.verdict());
      revertValid &= seen.stagedRevertValid();
      if (seen.verdict() != Verdict.AS_EXPECTED || !seen.stagedRevertValid()) {
        details.add((ofView ? "View '%s': ".formatted(part.getKey()) : "") + seen.detail());
      }
    }
    return new RecordsObserved(
        itself.cutover(),
        itself.epoch(),
        itself.observedAt(),
        verdict,
        itself.markEpoch(),
        itself.served(),
        drifts,
        unreachable,
        revertValid,
        details.isEmpty() ? itself.detail() : String.join(". ", details));
  }

  private static Verdict worse(Verdict one, Verdict other) {
    if (one == Verdict.DRIFTED || other == Verdict.DRIFTED) {
      return Verdict.DRIFTED;
    }
    return one == Verdict.BLIND ? one : other;
  }

  /** Whose records these are; TTLs are not compared. */
  public static ServedSide served(SwitchSpec spec, Collection<RecordSet> sets) {
    if (RecordSets.serves(spec, Side.SOURCE, sets)) {
      return ServedSide.SOURCE;
    }
    return RecordSets.serves(spec, Side.TARGET, sets) ? ServedSide.TARGET : ServedSide.NEITHER;
  }

  /**
   * Whose set of that name and type this is; TTLs are not compared. A side that has none of that
   * type holds its absence.
   */
  private static Optional<Side> holder(SwitchSpec spec, RecordSet found) {
    List<Side> holders =
        Stream.of(Side.values())
            .filter(
                side ->
                    Stream.of(spec.plain(side), spec.served(side))
                        .map(sets -> RecordSets.valuesOf(sets, found.name(), found.type()))
                        .anyMatch(
                            values -> values.equals(found.values().stream().sorted().toList())))
            .toList();
    return holders.size() == 1 ? Optional.of(holders.getFirst()) : Optional.empty();
  }

  /** Whose records all servers serve that could be seen. */
  public static ServedSide servedByAll(SwitchSpec spec, Collection<Holding> holdings) {
    Set<ServedSide> sides =
        holdings.stream()
            .filter(Holding::isSeen)
            .map(holding -> served(spec, holding.records()))
            .collect(Collectors.toSet());
    return switch (sides.size()) {
      case 0 -> ServedSide.UNKNOWN;
      case 1 -> sides.iterator().next();
      default -> ServedSide.NEITHER;
    };
  }

  /** Whether both are the same sets with the same TTLs. */
  static boolean same(Collection<RecordSet> left, Collection<RecordSet> right) {
    return byKey(left).equals(byKey(right));
  }

  /**
   * What none of the possible states explains.
   *
   * @param explains whether a set of a state is seen so
   */
  private static List<RecordDrift> drifts(
      Holding holding, List<List<RecordSet>> possible, BiPredicate<RecordSet, RecordSet> explains) {
    if (!holding.isSeen()) {
      return List.of();
    }
    // On the way from one state to the other a look may meet sets of both: neither a look nor the
    // spreading of a change over a provider's servers is one moment.
    return possible.stream()
        .map(expected -> drifts(holding.server(), expected, holding.records(), explains))
        .min(Comparator.comparingInt(List::size))
        .orElse(List.of())
        .stream()
        .filter(drift -> possible.stream().noneMatch(sets -> holds(sets, drift.found(), explains)))
        .toList();
  }

  private static boolean holds(
      List<RecordSet> sets, RecordSet found, BiPredicate<RecordSet, RecordSet> explains) {
    RecordSet held = byKey(sets).get(new SetKey(found.name(), found.type()));
    return held == null ? found.values().isEmpty() : explains.test(held, found);
  }

  private static List<RecordDrift> drifts(
      ServerAddress server,
      List<RecordSet> expected,
      List<RecordSet> found,
      BiPredicate<RecordSet, RecordSet> explains) {
    Map<SetKey, RecordSet> wanted = byKey(expected);
    Map<SetKey, RecordSet> held = byKey(found);
    List<RecordDrift> drifts = new ArrayList<>();
    Map<SetKey, RecordSet> all = new LinkedHashMap<>(wanted);
    held.forEach(all::putIfAbsent);
    for (SetKey key : all.keySet()) {
      RecordSet nothing = new RecordSet(key.name(), key.type(), 0, List.of());
      RecordSet expectedSet = wanted.getOrDefault(key, nothing);
      RecordSet foundSet = held.getOrDefault(key, nothing);
      if (!expectedSet.equals(foundSet) && !explains.test(expectedSet, foundSet)) {
        drifts.add(new RecordDrift(server, expectedSet, foundSet));
      }
    }
    return drifts;
  }

  private static Map<SetKey, RecordSet> byKey(Collection<RecordSet> sets) {
    Map<SetKey, RecordSet> byKey = new LinkedHashMap<>();
    for (RecordSet set : sets) {
      if (!set.values().isEmpty()) {
        byKey.put(new SetKey(set.name(), set.type()), set);
      }
    }
    return byKey;
  }

  private static String sentence(
      Verdict verdict, List<RecordDrift> drifts, List<Holding> unseen, String revertFault) {
    List<String> parts = new ArrayList<>();
    if (!drifts.isEmpty()) {
      parts.add(
          drifts.stream()
              .map(
                  drift ->
                      "expected %s at %s, but found %s"
                          .formatted(
                              describe(drift.expected()), drift.server(), describe(drift.found())))
              .collect(Collectors.joining("; ", "Somebody else has changed records: ", "")));
    }
    if (!unseen.isEmpty()) {
      parts.add(
          unseen.stream()
              .map(holding -> "%s (%s)".formatted(holding.server(), holding.error()))
              .collect(Collectors.joining(", ", "Not seen: ", "")));
    }
    if (verdict == Verdict.AS_EXPECTED) {
      parts.add("Every server serves what was ordered");
    }
    if (!revertFault.isEmpty()) {
      parts.add("A revert would not be taken: " + revertFault);
    }
    return String.join(". ", parts);
  }

  private static String describe(RecordSet set) {
    return set.values().isEmpty()
        ? "no %s %s".formatted(set.name(), set.type())
        : RecordSets.describe(List.of(set));
  }
}
