package dev.cutover.dns.domain;

import static dev.cutover.contract.FailureKind.CONFLICT;
import static dev.cutover.contract.FailureKind.MANUAL;
import static dev.cutover.contract.FailureKind.MISMATCH;
import static dev.cutover.contract.FailureKind.SUPERSEDED;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import java.util.List;
import java.util.Optional;

/** Says why an order must not be carried out on what was found. Pure. */
public final class SwitchGuard {
  private SwitchGuard() {}

  /** Refuses an order that a newer one, another cutover or a person has made void. */
  public static void refuseNewer(SwitchSpec spec, SwitchState found, Order order)
      throws SwitchFailure {
    for (SwitchedName name : spec.names()) {
      EpochMark mark = found.mark(name.name());
      Optional<String> why = why(mark, order);
      if (why.isPresent()) {
        boolean byHand = mark.values().equals(List.of(EpochMark.MANUAL));
        throw new SwitchFailure(
            byHand ? MANUAL : SUPERSEDED,
            "Expected a mark of cutover %s, epoch %d or lower, at %s, but found %s: %s"
                .formatted(
                    order.cutover(),
                    order.epoch(),
                    EpochMark.nameFor(name.name()),
                    mark.describe(),
                    why.get()),
            false);
      }
    }
  }

  private static Optional<String> why(EpochMark mark, Order order) {
    return switch (mark) {
      case EpochMark.Absent() -> Optional.empty();
      case EpochMark.Epoch(long value, CutoverId cutover, boolean _)
          when cutover.equals(order.cutover()) ->
          value <= order.epoch()
              ? Optional.empty()
              : Optional.of("a newer decision has been here and this order is void");
      case EpochMark.Epoch(long _, CutoverId cutover, boolean ended) ->
          ended
              ? Optional.empty()
              : Optional.of(
                  "cutover %s holds this name: finish or abandon it first, or delete the mark if it is gone"
                      .formatted(cutover));
      case EpochMark.Foreign _ ->
          Optional.of("a person has taken over; run ./cutover adopt to go on from there");
    };
  }

  /** Refuses what this cutover has not staged, or holds no more. */
  public static void requireOurs(SwitchSpec spec, SwitchState found, CutoverId cutover)
      throws SwitchFailure {
    for (SwitchedName name : spec.names()) {
      boolean ours =
          found.mark(name.name())
                  instanceof EpochMark.Epoch(long _, CutoverId holder, boolean ended)
              && holder.equals(cutover)
              && !ended;
      if (!ours) {
        throw conflict(
            "the mark of cutover %s at %s".formatted(cutover, EpochMark.nameFor(name.name())),
            found.mark(name.name()).describe() + ": it is not staged, or not ours any more");
      }
    }
  }

  private static void requireCaptured(SwitchState found, List<RecordSet> captured)
      throws SwitchFailure {
    if (!RecordSets.sameValues(found.sets(), captured)) {
      throw new SwitchFailure(
          MISMATCH,
          "Expected the captured records %s, but found %s: somebody else has changed them; capture again"
              .formatted(RecordSets.describe(captured), RecordSets.describe(found.sets())),
          false);
    }
  }

  /**
   * Refuses records that differ from the captured ones; TTLs are not compared. A weighted switch
   * may be prepared already.
   */
  public static void requireCapturedOrPrepared(
      SwitchSpec spec, SwitchState found, List<RecordSet> captured) throws SwitchFailure {
    if (!spec.weighted() || !RecordSets.sameValues(found.sets(), spec.at(0))) {
      requireCaptured(found, captured);
    }
  }

  /**
   * Refuses what is not as an order to shift expects it, at a provider whose changes carry no
   * conditions.
   *
   * @param hint what it may mean that there is no mark
   */
  public static void requireShiftable(
      SwitchSpec spec,
      SwitchState found,
      int weightPercent,
      EpochMark.Epoch expected,
      Order order,
      String hint)
      throws SwitchFailure {
    // Its own mark: an earlier run of this order, which may have got no further. What it wants is
    // there: an earlier order brought it, and only the mark is raised.
    boolean begun =
        found.isMarked(order.mark()) || RecordSets.sameValues(found.sets(), spec.at(weightPercent));
    if (!begun && !found.isMarked(expected)) {
      throw conflict("mark " + expected.describe(), found.describe(spec) + hint);
    }
    if (!begun && RecordSets.weightPercent(spec, found.sets()).isEmpty()) {
      throw conflict(
          "servers shared out by this cutover, such as " + RecordSets.describe(spec.at(0)),
          RecordSets.describe(found.sets()));
    }
  }

  /** Refuses traffic that is between the sides. */
  public static void requireOneSide(SwitchSpec spec, SwitchState found) throws SwitchFailure {
    for (Side side : Side.values()) {
      if (RecordSets.serves(spec, side, found.sets())) {
        return;
      }
    }
    throw conflict("the source's or the target's servers", RecordSets.describe(found.sets()));
  }

  /** The failure when the world is not as expected. */
  public static SwitchFailure conflict(String expected, String found) {
    return new SwitchFailure(
        CONFLICT, "Expected %s, but found %s".formatted(expected, found), false);
  }
}
