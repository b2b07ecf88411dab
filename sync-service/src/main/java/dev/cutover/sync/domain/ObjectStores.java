package dev.cutover.sync.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ObjectsFenced.FencedBucket;
import dev.cutover.contract.ObjectsLost;
import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.Side;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The objects of a replication on both sides: copied, fenced and opened. Keeps nothing between
 * calls: a fence is a statement in each bucket's policy that names its cutover and its epoch, so
 * that whoever reads it knows whose it is.
 */
public interface ObjectStores {
  /** So many faults are named. */
  int FAULTS_MAX = ObjectsCopied.FAULTS_MAX;

  /**
   * Looks whether all that will be needed works. Changes nothing.
   *
   * @return what is wrong, in sentences; empty when nothing is
   */
  List<String> examine(ObjectsSpec spec) throws InterruptedException;

  /**
   * Makes one side as the other is.
   *
   * @param progress is told once a second
   * @throws GateRefused UNREACHABLE when it can't be done now, NOT_PREPARED when it can't be done
   */
  Passed pass(ObjectsSpec spec, Pass pass, Consumer<ObjectsProgress> progress)
      throws GateRefused, InterruptedException;

  /**
   * Puts the fence's statement into each bucket's policy, where it is not there already. Other
   * statements stay as they are, to the letter.
   *
   * @throws GateRefused NEWER_EPOCH, NOT_PREPARED, NOT_PROVEN (something else was read back),
   *     UNREACHABLE
   */
  List<FencedBucket> fence(ObjectsSpec spec, Side side, Owner owner) throws GateRefused;

  /**
   * Takes the statements of this cutover out again, up to that epoch.
   *
   * @throws GateRefused NEWER_EPOCH, NOT_PREPARED, UNREACHABLE
   */
  void open(ObjectsSpec spec, Side side, Owner owner) throws GateRefused;

  /**
   * The lowest epoch of this cutover's statements in the policies of that side; empty when a bucket
   * has none.
   *
   * @throws GateRefused UNREACHABLE, NOT_PREPARED
   */
  Optional<Long> fencedAt(ObjectsSpec spec, Side side, CutoverId cutover) throws GateRefused;

  /**
   * Whether any of this cutover's statements is in the policies of that side.
   *
   * @throws GateRefused UNREACHABLE, NOT_PREPARED
   */
  boolean isFencedAnywhere(ObjectsSpec spec, Side side, CutoverId cutover) throws GateRefused;

  /**
   * Tries once to begin writing in each bucket, as the applications that the plan names; what was
   * begun is given up.
   *
   * @throws GateRefused UNREACHABLE, NOT_PREPARED
   */
  Probed probe(ObjectsSpec spec, Side side) throws GateRefused;

  /**
   * What the target has and the source has not, from listings alone.
   *
   * @throws GateRefused UNREACHABLE when either can't be listed
   */
  ObjectsLost missing(ObjectsSpec spec) throws GateRefused, InterruptedException;

  /**
   * Whose fence it is.
   *
   * @param epoch of the decision
   */
  record Owner(CutoverId cutover, long epoch) {}

  /**
   * What kind of pass it is.
   *
   * @param direction which way
   * @param limited whether the plan's limit of bytes a second holds for it
   * @param fencedSince when the side that is copied to was fenced after it had served: what it has
   *     alone since then is nobody's copy, and is not deleted; what both sides have had since long
   *     before was proven to be the same, and is not asked for again
   */
  record Pass(Direction direction, boolean limited, Optional<Instant> fencedSince) {}

  /**
   * What came of a pass.
   *
   * @param same objects that were the same before
   * @param late objects left alone, as the other side has them newer, or alone since its fence
   * @param changing objects that others wrote again and again while they were copied
   * @param faults the first hundred, as sentences
   */
  record Passed(
      long objects,
      long same,
      long copied,
      long bytes,
      long deleted,
      long late,
      long changing,
      long unproven,
      List<String> faults) {
    /** Nothing was done. */
    public static final Passed NOTHING = new Passed(0, 0, 0, 0, 0, 0, 0, 0, List.of());

    public Passed {
      faults = List.copyOf(faults);
    }

    /** Both together. */
    public Passed plus(Passed more) {
      return new Passed(
          objects + more.objects,
          same + more.same,
          copied + more.copied,
          bytes + more.bytes,
          deleted + more.deleted,
          late + more.late,
          changing + more.changing,
          unproven + more.unproven,
          Stream.concat(faults.stream(), more.faults.stream()).limit(FAULTS_MAX).toList());
    }
  }

  /**
   * What the applications met.
   *
   * @param refused attempts that were refused
   * @param accepted buckets that took one
   */
  record Probed(int refused, List<String> accepted) {
    public Probed {
      accepted = List.copyOf(accepted);
    }
  }
}
