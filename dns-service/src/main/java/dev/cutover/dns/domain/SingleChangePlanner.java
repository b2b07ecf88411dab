package dev.cutover.dns.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.TrafficSwitch.Capabilities;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Decides what a single change is, from what was found and what is wished. Pure. */
public final class SingleChangePlanner {
  private SingleChangePlanner() {}

  /**
   * What somebody wants.
   *
   * @param weightPercent how much of the traffic the target shall have
   * @param shares whether the records are shared out by weight afterwards; without it a weight of 0
   *     or 100 stands for one side's records
   * @param ttlSeconds TTL of all records afterwards; each keeps its own when empty
   */
  public record Wish(int weightPercent, boolean shares, Optional<Integer> ttlSeconds) {
    public Wish {
      if (!shares && weightPercent != 0 && weightPercent != 100) {
        throw new IllegalArgumentException(
            "Expected a weight of 0 or 100 %% without shares, but got %d".formatted(weightPercent));
      }
    }

    /** All of the traffic at that side. */
    public static Wish side(Side side, Optional<Integer> ttlSeconds) {
      return new Wish(side == Side.SOURCE ? 0 : 100, false, ttlSeconds);
    }
  }

  /**
   * The change from what was found to what is wished.
   *
   * @param id see {@link SingleChange}
   * @param spec went through {@code normalise}; weighted exactly if the wish has shares, or the
   *     provider knows nothing else
   * @throws SwitchFailure MISMATCH if what is served is neither side, nor shares of both;
   *     SUPERSEDED or MANUAL if a cutover or a person holds a name
   */
  public static SingleChange plan(
      CutoverId id, SwitchSpec spec, Capabilities capabilities, Wish wish, SwitchState found)
      throws SwitchFailure {
    SingleChange draft = new SingleChange(id, spec, wish.weightPercent(), found, found.sets());
    SwitchGuard.refuseNewer(spec, found, draft.making(Duration.ZERO));
    if (weightPercent(spec, capabilities, found.sets()).isEmpty()) {
      throw new SwitchFailure(
          FailureKind.MISMATCH,
          "Expected the source's records %s, or the target's %s, as the plan says, but found %s: correct the plan, or what is there"
              .formatted(
                  RecordSets.describe(spec.plain(Side.SOURCE)),
                  RecordSets.describe(spec.plain(Side.TARGET)),
                  RecordSets.describe(found.sets())),
          false);
    }
    List<RecordSet> wanted =
        wish.shares() || !capabilities.ttl()
            ? spec.at(wish.weightPercent())
            : spec.plain(wish.weightPercent() == 0 ? Side.SOURCE : Side.TARGET);
    return new SingleChange(
        id,
        spec,
        wish.weightPercent(),
        found,
        wanted.stream()
            .map(set -> timed(set, wish, capabilities, found, spec.loweredTtlSeconds()))
            .toList());
  }

  /**
   * Sets that were not there get the highest TTL that was, or the plan's where all were aliases,
   * which have none. Shares of one plan are proven by one TTL.
   */
  private static RecordSet timed(
      RecordSet set,
      Wish wish,
      Capabilities capabilities,
      SwitchState found,
      int loweredTtlSeconds) {
    if (!capabilities.ttl()) {
      return set.withTtlSeconds(0);
    }
    List<RecordSet> timed = found.sets().stream().filter(was -> !was.aliased()).toList();
    int highest = timed.isEmpty() ? loweredTtlSeconds : RecordSets.ttlSecondsMax(timed);
    int own =
        timed.stream()
            .filter(was -> was.name().equals(set.name()) && was.type() == set.type())
            .mapToInt(RecordSet::ttlSeconds)
            .findFirst()
            .orElse(highest);
    return set.withTtlSeconds(wish.ttlSeconds().orElse(wish.shares() ? highest : own));
  }

  /** How much of the traffic the target has by these sets; empty if they are no state of it. */
  public static Optional<Integer> weightPercent(
      SwitchSpec spec, Capabilities capabilities, Collection<RecordSet> found) {
    for (Side side : Side.values()) {
      if (RecordSets.sameValues(found, spec.plain(side))) {
        return Optional.of(side == Side.SOURCE ? 0 : 100);
      }
    }
    if (!capabilities.weights()) {
      return Optional.empty();
    }
    try {
      return RecordSets.weightPercent(spec.withWeights(), found);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // these sides can't be shared out, so nobody has
    }
  }

  /**
   * Exactly what was found becomes what is wanted, and the mark with it. Sets that are as they
   * shall be are left alone.
   */
  public static ZoneChange zoneChange(
      SwitchSpec spec, SwitchState found, Collection<RecordSet> wanted, EpochMark.Epoch mark) {
    ZoneChange retimed = RecordChangePlanner.retime(spec, found, wanted, mark);
    List<SetKey> absent = new ArrayList<>(retimed.absent());
    List<SetKey> deleted = new ArrayList<>();
    for (SwitchedName name : spec.names()) {
      for (RecordType type : RecordSets.typesOf(name)) {
        boolean there = !RecordSets.valuesOf(found.sets(), name.name(), type).isEmpty();
        boolean stays = !RecordSets.valuesOf(wanted, name.name(), type).isEmpty();
        if (!there) {
          absent.add(new SetKey(name.name(), type));
        } else if (!stays) {
          deleted.add(new SetKey(name.name(), type));
        }
      }
    }
    retimed.deleted().stream().filter(key -> !absent.contains(key)).forEach(deleted::add);
    return new ZoneChange(retimed.required(), absent, deleted, List.of(), retimed.added());
  }
}
