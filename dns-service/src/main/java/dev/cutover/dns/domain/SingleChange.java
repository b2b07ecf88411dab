package dev.cutover.dns.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.Split;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One change of a switch by itself, without a cutover around it, and the way back. Both are decided
 * when it is planned; each is one conditional change, and leaves a mark that says whose it was and
 * that another may take the name. Pure.
 *
 * @param id stands in the marks in place of a cutover's
 * @param spec the switch, in its provider's normal form
 * @param weightPercent how much of the traffic the target has afterwards
 * @param before records, with their stored TTL, and marks as they were found
 * @param after all sets of the switch's names as they shall be, with TTL
 */
public record SingleChange(
    CutoverId id, SwitchSpec spec, int weightPercent, SwitchState before, List<RecordSet> after) {
  private static final long MADE_EPOCH = 1;
  private static final long BACK_EPOCH = 2;

  public SingleChange {
    after = List.copyOf(after);
  }

  /** How the world stands to this change. */
  public sealed interface Standing {
    /** Exactly as it was found when it was planned. */
    record Before() implements Standing {}

    /** Partly made, or partly taken back: the provider takes one set or instance at a time. */
    record Begun() implements Standing {}

    /** Made, by this change. */
    record Made() implements Standing {}

    /** Made and taken back, both by this change. */
    record TakenBack() implements Standing {}

    /** None of these: somebody else has been here. */
    record Astray() implements Standing {}
  }

  /** The order that makes it. */
  public Order making(Duration within) {
    return new Order(id, MADE_EPOCH, within);
  }

  /** The order that takes it back. */
  public Order takingBack(Duration within) {
    return new Order(id, BACK_EPOCH, within);
  }

  /** As it is once it was made. */
  public SwitchState made() {
    EpochMark mark = making(Duration.ZERO).lastMark();
    return new SwitchState(
        after, spec.names().stream().collect(Collectors.toMap(SwitchedName::name, _ -> mark)));
  }

  /** Whether records or TTLs change at all. */
  public boolean isEmpty() {
    return Set.copyOf(before.sets()).equals(Set.copyOf(after));
  }

  /**
   * What shall be served.
   *
   * @param back whether it was taken back
   */
  public List<RecordSet> wanted(boolean back) {
    return back ? before.sets() : after;
  }

  /** What servers are asked. */
  public PropagationJudge.Question question(boolean back, int ttlSecondsMax) {
    return new PropagationJudge.Question(wanted(back), wanted(!back), ttlSecondsMax);
  }

  /**
   * From when on no honest cache has what was served before.
   *
   * @param lastAuthorityAt when the last authority was seen to serve it
   * @param aliasTtlSeconds how long caches keep what was answered before for an alias, as seen
   */
  public Instant followedAt(boolean back, Instant lastAuthorityAt, int aliasTtlSeconds) {
    return lastAuthorityAt
        .plusSeconds(Math.max(RecordSets.cachedSecondsMax(wanted(!back)), aliasTtlSeconds))
        .plus(PropagationJudge.ROUNDING);
  }

  /** For how long a cache may keep what was served before, from the last authority on. */
  public int ttlSecondsBefore() {
    return RecordSets.cachedSecondsMax(before.sets());
  }

  /**
   * A switch whose source is what was there before, for texts of the way back; empty where either
   * is shared out by weight, other than all of a backend's traffic at one side.
   */
  public Optional<SwitchSpec> wayBack() {
    if (isOfBackend()) {
      if (RecordSets.sameValues(before.sets(), spec.at(0))) {
        return Optional.of(spec);
      }
      return RecordSets.sameValues(before.sets(), spec.at(100))
          ? Optional.of(named(name -> name.sets(Side.TARGET), name -> name.sets(Side.SOURCE)))
          : Optional.empty();
    }
    boolean shares =
        Stream.concat(before.sets().stream(), after.stream())
            .anyMatch(set -> set.type() != RecordType.TXT && !Split.shares(set).isEmpty());
    return shares
        ? Optional.empty()
        : Optional.of(
            named(name -> of(name, before.sets()), name -> of(name, after))
                .withLoweredTtlSeconds(ttlSecondsBefore()));
  }

  private SwitchSpec named(
      Function<SwitchedName, List<RecordSet>> source,
      Function<SwitchedName, List<RecordSet>> target) {
    return spec.withNames(
        spec.names().stream()
            .map(name -> name.withSets(source.apply(name), target.apply(name)))
            .toList());
  }

  private static List<RecordSet> of(SwitchedName name, Collection<RecordSet> sets) {
    return sets.stream().filter(set -> set.name().equals(name.name())).toList();
  }

  /** Name and type of every set that is there before or after. */
  public Set<SetKey> keys() {
    Set<SetKey> keys = new LinkedHashSet<>();
    Stream.concat(before.sets().stream(), after.stream())
        .forEach(set -> keys.add(new SetKey(set.name(), set.type())));
    return keys;
  }

  /**
   * Judges what was read.
   *
   * @param whole whether the provider changes records and mark together, so that nothing can be
   *     half made
   */
  public Standing standing(SwitchState found, boolean whole) {
    EpochMark.Epoch made = making(Duration.ZERO).lastMark();
    EpochMark.Epoch back = takingBack(Duration.ZERO).lastMark();
    boolean untouched = found.marks().equals(before.marks());
    if (untouched && Set.copyOf(found.sets()).equals(Set.copyOf(before.sets()))) {
      return new Standing.Before();
    }
    if (found.isMarked(made) && RecordSets.sameValues(found.sets(), after)) {
      return new Standing.Made();
    }
    if (found.isMarked(back) && RecordSets.sameValues(found.sets(), before.sets())) {
      return new Standing.TakenBack();
    }
    boolean ours =
        found.marks().entrySet().stream()
            .allMatch(
                mark ->
                    mark.getValue().equals(made)
                        || mark.getValue().equals(back)
                        || mark.getValue().equals(before.mark(mark.getKey())));
    // A balancer's mark comes before its weights, which one after the other are of neither side.
    boolean begun = isOfBackend() && (found.isMarked(made) || found.isMarked(back));
    return !whole && ours && (begun || isOfEither(found.sets()))
        ? new Standing.Begun()
        : new Standing.Astray();
  }

  private boolean isOfBackend() {
    return keys().stream().anyMatch(key -> key.type() == RecordType.SERVER);
  }

  private boolean isOfEither(Collection<RecordSet> found) {
    return Stream.concat(
            keys().stream(), found.stream().map(set -> new SetKey(set.name(), set.type())))
        .allMatch(
            key -> {
              List<String> values = RecordSets.valuesOf(found, key.name(), key.type());
              return values.equals(RecordSets.valuesOf(after, key.name(), key.type()))
                  || values.equals(RecordSets.valuesOf(before.sets(), key.name(), key.type()));
            });
  }
}
