package dev.cutover.deploy.simulation;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ObjectsFenced.FencedBucket;
import dev.cutover.contract.ObjectsLost;
import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.Side;
import dev.cutover.deploy.simulation.SimulatedBucket.Stored;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.ObjectStores;
import dev.cutover.sync.domain.ObjectsProgress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Two buckets as Amazon's S3 has them: a policy is written whole, so whoever read it before another
 * wrote it takes that one's statement away; it takes effect a while later; each object that is
 * copied takes time between its listing, its reading and its writing, which names what it replaces.
 */
final class SimulatedObjects implements ObjectStores {
  private final World world;
  private final Instance instance;

  SimulatedObjects(World world, Instance instance) {
    this.world = world;
    this.instance = instance;
  }

  private SimulatedBucket reach(Side side) throws GateRefused {
    instance.take(1, 15);
    SimulatedBucket bucket = world.bucket(side);
    if (!world.database(side).reachable || instance.baton.chance(world.weather.errors())) {
      throw new GateRefused(
          Reason.UNREACHABLE,
          "Expected an answer of the %s's bucket, but got none".formatted(side));
    }
    return bucket;
  }

  @Override
  public List<String> examine(ObjectsSpec spec) {
    return List.of();
  }

  @Override
  public Passed pass(ObjectsSpec spec, Pass pass, Consumer<ObjectsProgress> progress)
      throws GateRefused, InterruptedException {
    boolean isForward = pass.direction() == Direction.FORWARD;
    SimulatedBucket from = reach(isForward ? Side.SOURCE : Side.TARGET);
    SimulatedBucket to = reach(isForward ? Side.TARGET : Side.SOURCE);
    Map<String, Stored> listed = from.listing();
    Map<String, Stored> there = to.listing();
    long copied = 0;
    long late = 0;
    long changing = 0;
    for (Map.Entry<String, Stored> entry : listed.entrySet()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Stored before = there.get(entry.getKey());
      if (before != null && before.content() == entry.getValue().content()) {
        continue;
      }
      boolean isNewer =
          before != null && before.modifiedAt().isAfter(entry.getValue().modifiedAt());
      if (!isForward && isNewer) {
        late++;
        continue;
      }
      Stored content = reach(isForward ? Side.SOURCE : Side.TARGET).get(entry.getKey());
      instance.beforeEffect("copy-object", world);
      reach(isForward ? Side.TARGET : Side.SOURCE);
      if (content == null
          || !to.replace(entry.getKey(), content.content(), before, world.baton.now())) {
        changing++;
        continue;
      }
      copied++;
    }
    return new Passed(
        listed.size(),
        listed.size() - copied - late - changing,
        copied,
        copied,
        0,
        late,
        changing,
        0,
        List.of());
  }

  @Override
  public List<FencedBucket> fence(ObjectsSpec spec, Side side, Owner owner) throws GateRefused {
    SimulatedBucket bucket = reach(side);
    OptionalLong read = bucket.policy;
    requireNotNewer(read, owner);
    if (read.isEmpty() || read.getAsLong() != owner.epoch()) {
      instance.beforeEffect("fence-objects", world);
      reach(side).write(OptionalLong.of(owner.epoch()), world);
      if (!reach(side).policy.equals(OptionalLong.of(owner.epoch()))) {
        throw new GateRefused(Reason.NOT_PROVEN, "Expected the policy that was just written");
      }
    }
    return List.of(new FencedBucket(side.name(), "E" + owner.epoch(), Optional.empty()));
  }

  @Override
  public void open(ObjectsSpec spec, Side side, Owner owner) throws GateRefused {
    // Read and written in one moment: what sleeps in between has no defence, and is documented.
    SimulatedBucket bucket = reach(side);
    requireNotNewer(bucket.policy, owner);
    if (bucket.policy.isPresent()) {
      bucket.write(OptionalLong.empty(), world);
    }
  }

  private static void requireNotNewer(OptionalLong policy, Owner owner) throws GateRefused {
    if (policy.isPresent() && policy.getAsLong() > owner.epoch()) {
      throw new GateRefused(Reason.NEWER_EPOCH, "Expected a lower epoch than " + policy);
    }
  }

  @Override
  public Optional<Long> fencedAt(ObjectsSpec spec, Side side, CutoverId cutover)
      throws GateRefused {
    OptionalLong policy = reach(side).policy;
    return policy.isPresent() ? Optional.of(policy.getAsLong()) : Optional.empty();
  }

  @Override
  public boolean isFencedAnywhere(ObjectsSpec spec, Side side, CutoverId cutover)
      throws GateRefused {
    return reach(side).policy.isPresent();
  }

  @Override
  public Probed probe(ObjectsSpec spec, Side side) throws GateRefused {
    return reach(side).isFenced(world)
        ? new Probed(1, List.of())
        : new Probed(0, List.of(side.name()));
  }

  @Override
  public ObjectsLost missing(ObjectsSpec spec) throws GateRefused {
    Map<String, Stored> source = reach(Side.SOURCE).listing();
    List<String> keys =
        reach(Side.TARGET).listing().entrySet().stream()
            .filter(
                entry ->
                    !source.containsKey(entry.getKey())
                        || source.get(entry.getKey()).content() < entry.getValue().content())
            .map(Map.Entry::getKey)
            .toList();
    return new ObjectsLost(keys.size(), keys.stream().limit(100).toList(), true, Optional.empty());
  }
}
