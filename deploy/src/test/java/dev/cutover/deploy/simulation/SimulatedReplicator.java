package dev.cutover.deploy.simulation;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.deploy.simulation.SimulatedDatabase.Commit;
import dev.cutover.sync.domain.Deltas;
import dev.cutover.sync.domain.Replicator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Streams of one process: it loses its memory with the process, while slots and positions stay in
 * the databases. Each transaction is applied by compare-and-set on the position, so that the
 * streams of two processes do not apply it twice.
 */
final class SimulatedReplicator implements Replicator, Deltas {
  private static final Duration TURN = Duration.ofMillis(40);
  private static final int BATCH_MAX = 50;

  private static final class Stream {
    boolean running = true;
    int position;
    long applied;
    long conflicts;
    Instant stalledUntil = Instant.MIN;
    String error = "";
  }

  private final World world;
  private final Instance instance;
  private final Map<Direction, Stream> streams = new EnumMap<>(Direction.class);

  SimulatedReplicator(World world, Instance instance) {
    this.world = world;
    this.instance = instance;
    turnAgain();
  }

  private void turnAgain() {
    instance.baton.at(
        TURN,
        () -> {
          if (instance.isAlive()) {
            if (instance.pausedUntil().isEmpty()) {
              streams.forEach(this::move);
            }
            turnAgain();
          }
        });
  }

  private SimulatedDatabase captured(Direction direction) {
    return world.database(direction.captured());
  }

  private SimulatedDatabase other(Direction direction) {
    return world.database(direction.captured().other());
  }

  @Override
  public CopyResult copyAndStream(ReplicationSpec spec, Direction direction, Progress progress)
      throws InterruptedException, ReplicationFailed {
    SimulatedDatabase from = captured(direction);
    SimulatedDatabase to = other(direction);
    instance.take(5, 50);
    requireReachable(direction);
    long copied = 0;
    if (!from.slots.containsKey(direction) || !to.positions.containsKey(direction)) {
      int snapshot = from.commits.size();
      List<Map.Entry<Long, Long>> rows = List.copyOf(from.rows.entrySet());
      from.slots.put(direction, snapshot);
      if (direction == Direction.FORWARD) {
        instance.take(200, 3000);
        if (Thread.interrupted()) {
          from.slots.remove(direction);
          throw new InterruptedException();
        }
        requireReachable(direction);
        if (to.positions.containsKey(direction)) {
          throw new ReplicationFailed("Expected to be alone, but somebody else has copied");
        }
        rows.forEach(row -> to.put(row.getKey(), row.getValue(), true));
        copied = rows.size();
      }
      to.positions.put(direction, snapshot);
      from.slots.put(direction, snapshot);
      world.changed("%s copied %d rows at %d".formatted(direction, copied, snapshot));
    }
    start(spec, direction);
    return new CopyResult(copied, copied * 10, Map.of(), 1);
  }

  private void requireReachable(Direction direction) throws ReplicationFailed {
    if (!captured(direction).reachable || !other(direction).reachable) {
      throw new ReplicationFailed("Expected both databases, but one does not answer");
    }
  }

  @Override
  public void start(ReplicationSpec spec, Direction direction)
      throws InterruptedException, ReplicationFailed {
    Stream stream = streams.get(direction);
    if (stream != null && stream.running) {
      return;
    }
    instance.take(5, 100);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    requireReachable(direction);
    Integer position = other(direction).positions.get(direction);
    if (position == null || !captured(direction).slots.containsKey(direction)) {
      throw new ReplicationFailed("Expected slot and position of the stream, but one is missing");
    }
    Stream begun = new Stream();
    begun.position = position;
    streams.put(direction, begun);
  }

  private void move(Direction direction, Stream stream) {
    Baton baton = instance.baton;
    if (!stream.running || baton.now().isBefore(stream.stalledUntil)) {
      return;
    }
    if (world.weather.streamStalls() && baton.chance(0.002)) {
      stream.stalledUntil = baton.now().plus(baton.millis(1_000, 60_000));
      world.changed("%s stalls until %s".formatted(direction, stream.stalledUntil));
    }
    SimulatedDatabase from = captured(direction);
    SimulatedDatabase to = other(direction);
    if (!from.reachable || !to.reachable) {
      fail(stream, "Expected both databases, but one does not answer");
      return;
    }
    if (!Integer.valueOf(stream.position).equals(to.positions.get(direction))) {
      fail(stream, "Expected the position where it was left, but another process has moved it");
      return;
    }
    int end = Math.min(from.commits.size(), stream.position + BATCH_MAX);
    for (Commit commit : new ArrayList<>(from.commits.subList(stream.position, end))) {
      if (!commit.byApplier()) {
        apply(commit, to, stream);
      }
    }
    stream.position = end;
    to.positions.put(direction, end);
    from.slots.put(direction, end);
  }

  private static void fail(Stream stream, String error) {
    stream.running = false;
    stream.error = error;
  }

  private static void apply(Commit commit, SimulatedDatabase to, Stream stream) {
    commit.marker().ifPresent(to.markers::add);
    if (commit.row().isPresent()) {
      Map.Entry<Long, Long> row = commit.row().get();
      Long there = to.rows.get(row.getKey());
      if (there != null && !there.equals(row.getValue())) {
        stream.conflicts++;
      } else {
        to.put(row.getKey(), row.getValue(), true);
      }
      stream.applied++;
    }
  }

  @Override
  public void hold(ReplicationSpec spec, long epoch) throws ReplicationFailed {
    throw new ReplicationFailed("Expected a plan without held streams here, but it has one");
  }

  @Override
  public Standing standing(ReplicationSpec spec) {
    return new Standing(false, Optional.empty());
  }

  @Override
  public Found find(ReplicationSpec spec, Search search) throws ReplicationFailed {
    throw new ReplicationFailed("Expected a plan without held streams here, but it has one");
  }

  @Override
  public void approve(ReplicationSpec spec, String sha256, long epoch) throws ReplicationFailed {
    throw new ReplicationFailed("Expected a plan without held streams here, but it has one");
  }

  @Override
  public StreamHealth health(ReplicationSpec spec, Direction direction) {
    Stream stream = streams.get(direction);
    return stream == null
        ? StreamHealth.notStarted()
        : new StreamHealth(
            stream.running,
            0,
            stream.applied,
            stream.conflicts,
            Optional.empty(),
            0,
            stream.running ? Optional.empty() : Optional.of(stream.error));
  }

  @Override
  public void guardSlot(ReplicationSpec spec, Direction direction) {}

  @Override
  public long lateWrites(ReplicationSpec spec, Direction direction, long fenceEpoch) {
    return 0;
  }

  @Override
  public void awaitMarker(
      ReplicationSpec spec, Direction direction, String markerId, Instant deadline)
      throws InterruptedException, DrainTimedOut, ReplicationFailed {
    SimulatedDatabase to = other(direction);
    Stream stream = streams.get(direction);
    if (stream == null) {
      throw new ReplicationFailed("Expected a stream that runs, but it was never started");
    }
    instance.until(Optional.of(deadline), () -> to.markers.contains(markerId) || !stream.running);
    if (to.markers.contains(markerId) && to.reachable) {
      return;
    }
    if (!stream.running) {
      throw new ReplicationFailed(stream.error);
    }
    throw new DrainTimedOut("Expected marker %s at the other end in time".formatted(markerId));
  }

  @Override
  public void stop(ReplicationSpec spec, Direction direction) {
    streams.remove(direction);
  }

  @Override
  public void drop(ReplicationSpec spec) throws ReplicationFailed {
    streams.clear();
    instance.take(5, 50);
    for (Direction direction : Direction.values()) {
      if (captured(direction).reachable) {
        captured(direction).slots.remove(direction);
        other(direction).positions.remove(direction);
      }
    }
    requireReachable(Direction.FORWARD);
    world.changed("streams dropped");
  }

  @Override
  public void close() {
    streams.clear();
  }
}
