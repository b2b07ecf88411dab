package dev.cutover.validator;

import dev.cutover.validator.domain.Chunk;
import dev.cutover.validator.domain.ChunkDigest;
import dev.cutover.validator.domain.ChunkPlanner;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.RowKey;
import dev.cutover.validator.domain.TableShape;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table range by range. Each side goes at its own speed, one digest at a time and a few
 * ranges ahead of whoever compares them: neither waits for the other at each range.
 *
 * <p>For one table and one thread.
 */
final class RangeDigests {
  private static final int AHEAD = 3;
  private final Sides sides;
  private final TableShape shape;
  private final InstantSource clock;
  private final Deque<Reading> readings = new ArrayDeque<>();
  private ChunkPlanner planner;
  private @Nullable Future<Optional<RowKey>> boundary;
  private Optional<RowKey> after = Optional.empty();
  private @Nullable Reading last;

  RangeDigests(Sides sides, TableShape shape, InstantSource clock) {
    this.sides = sides;
    this.shape = shape;
    this.clock = clock;
    this.planner = ChunkPlanner.start(shape.estimatedRows());
    this.boundary = boundary();
  }

  /** One range as both sides have it. */
  record Range(Chunk.KeyRange keys, Sides.Pair<ChunkDigest> digests) {
    boolean differs() {
      return !digests.source().equals(digests.target());
    }
  }

  private record Timed(ChunkDigest digest, Duration took) {}

  private record Reading(Chunk.KeyRange keys, Future<Timed> source, Future<Timed> target) {}

  @FunctionalInterface
  private interface Digest {
    ChunkDigest read() throws ReadFailed;
  }

  /** The next range in the order of keys; empty after the last. */
  Optional<Range> next() throws ReadFailed, InterruptedException {
    while (boundary != null && readings.size() < AHEAD) {
      begin(Sides.result(boundary));
    }
    Reading reading = readings.poll();
    if (reading == null) {
      return Optional.empty();
    }
    Timed source = Sides.result(reading.source());
    Timed target = Sides.result(reading.target());
    long rows = Math.max(source.digest().rows(), target.digest().rows());
    boolean sourceFirst = source.took().compareTo(target.took()) < 0;
    planner = planner.after(rows, sourceFirst ? target.took() : source.took());
    return Optional.of(
        new Range(reading.keys(), new Sides.Pair<>(source.digest(), target.digest())));
  }

  private void begin(Optional<RowKey> upTo) {
    Chunk.KeyRange keys = new Chunk.KeyRange(after, upTo);
    Reading before = last;
    last =
        new Reading(
            keys,
            read(before == null ? null : before.source(), () -> sides.source().digest(shape, keys)),
            read(
                before == null ? null : before.target(), () -> sides.target().digest(shape, keys)));
    readings.add(last);
    after = upTo;
    boundary = upTo.isPresent() ? boundary() : null; // looked up while that is read
  }

  private Future<Timed> read(@Nullable Future<Timed> before, Digest digest) {
    return sides
        .pace()
        .fork(
            "validator-range",
            () -> {
              if (before != null) {
                Sides.result(before);
              }
              Instant startedAt = clock.instant();
              ChunkDigest found = digest.read();
              return new Timed(found, Duration.between(startedAt, clock.instant()));
            });
  }

  private Future<Optional<RowKey>> boundary() {
    Chunk.KeyRange rest = new Chunk.KeyRange(after, Optional.empty());
    long rows = planner.rows();
    return sides
        .pace()
        .fork("validator-boundary", () -> sides.source().keyAfter(shape, rest, rows));
  }
}
