package dev.cutover.deploy.simulation;

import dev.cutover.contract.Direction;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.TableName;
import dev.cutover.validator.domain.Chunk;
import dev.cutover.validator.domain.ChunkDigest;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.RowHash;
import dev.cutover.validator.domain.RowKey;
import dev.cutover.validator.domain.SourcePoint;
import dev.cutover.validator.domain.TableReader;
import dev.cutover.validator.domain.TableShape;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The one table of a simulated database, as the validator reads it. */
final class SimulatedTables implements TableReader {
  private final World world;
  private final Instance instance;
  private final SimulatedDatabase database;

  SimulatedTables(World world, Instance instance, SimulatedDatabase database) {
    this.world = world;
    this.instance = instance;
    this.database = database;
  }

  private SimulatedDatabase read() throws ReadFailed {
    instance.take(1, 10);
    if (!database.reachable || instance.baton.chance(world.weather.errors())) {
      throw new ReadFailed(FailureKind.UNREACHABLE, "Expected an answer, but got none", true);
    }
    return database;
  }

  @Override
  public TableReader within(Duration bound) {
    return this;
  }

  @Override
  public TableShape shape(TableName table) throws ReadFailed {
    return new TableShape(
        table,
        List.of("content", "id"),
        List.of(new TableShape.KeyColumn("id", "bigint")),
        true,
        "UTF8",
        read().rows.size());
  }

  @Override
  public long count(TableName table) throws ReadFailed {
    return read().rows.size();
  }

  private static NavigableMap<Long, Long> within(SimulatedDatabase of, Chunk chunk) {
    return switch (chunk) {
      case Chunk.KeyRange range -> within(of, range);
      case Chunk.Buckets buckets -> {
        NavigableMap<Long, Long> rows = new TreeMap<>(within(of, buckets.range()));
        rows.keySet().removeIf(key -> !buckets.ids().contains((int) (key % buckets.of())));
        yield rows;
      }
    };
  }

  private static NavigableMap<Long, Long> within(SimulatedDatabase of, Chunk.KeyRange range) {
    NavigableMap<Long, Long> rows = of.rows;
    if (range.after().isPresent()) {
      rows = rows.tailMap(number(range.after().get()), false);
    }
    return range.upTo().isPresent() ? rows.headMap(number(range.upTo().get()), true) : rows;
  }

  @Override
  public ChunkDigest digest(TableShape shape, Chunk chunk) throws ReadFailed {
    return digest(within(read(), chunk));
  }

  private static ChunkDigest digest(Map<Long, Long> rows) {
    long first = 0;
    long second = 0;
    for (Map.Entry<Long, Long> row : rows.entrySet()) {
      RowHash hash = hash(row.getKey(), row.getValue());
      first += hash.first();
      second += hash.second();
    }
    return new ChunkDigest(rows.size(), BigInteger.valueOf(first), BigInteger.valueOf(second));
  }

  @Override
  public Map<Integer, ChunkDigest> bucketDigests(
      TableShape shape, Chunk.KeyRange range, int buckets) throws ReadFailed {
    Map<Integer, Map<Long, Long>> rows = new HashMap<>();
    within(read(), range)
        .forEach(
            (key, content) ->
                rows.computeIfAbsent((int) (key % buckets), _ -> new HashMap<>())
                    .put(key, content));
    Map<Integer, ChunkDigest> digests = new HashMap<>();
    rows.forEach((bucket, of) -> digests.put(bucket, digest(of)));
    return digests;
  }

  @Override
  public Optional<RowKey> keyAfter(TableShape shape, Chunk.KeyRange range, long rows)
      throws ReadFailed {
    return within(read(), range).keySet().stream()
        .skip(rows - 1)
        .findFirst()
        .map(SimulatedTables::key);
  }

  @Override
  public Optional<RowKey> keyBeforeLast(TableShape shape, long rows) throws ReadFailed {
    return read().rows.descendingKeySet().stream().skip(rows).findFirst().map(SimulatedTables::key);
  }

  @Override
  public Map<RowKey, RowHash> rows(TableShape shape, Chunk chunk, int limit) throws ReadFailed {
    Map<RowKey, RowHash> hashes = new LinkedHashMap<>();
    within(read(), chunk).entrySet().stream()
        .limit(limit)
        .forEach(row -> hashes.put(key(row.getKey()), hash(row.getKey(), row.getValue())));
    return hashes;
  }

  @Override
  public Map<RowKey, RowHash> rows(TableShape shape, Collection<RowKey> keys) throws ReadFailed {
    NavigableMap<Long, Long> rows = read().rows;
    Map<RowKey, RowHash> hashes = new HashMap<>();
    for (RowKey key : keys) {
      Long content = rows.get(number(key));
      if (content != null) {
        hashes.put(key, hash(number(key), content));
      }
    }
    return hashes;
  }

  @Override
  public Map<RowKey, RowHash> changedSince(TableShape shape, long position, int limit)
      throws ReadFailed {
    SimulatedDatabase now = read();
    Map<RowKey, RowHash> changed = new HashMap<>();
    now.commits.subList((int) position, now.commits.size()).stream()
        .flatMap(commit -> commit.row().stream())
        .map(Map.Entry::getKey)
        .distinct()
        .limit(limit + 1L)
        .forEach(key -> changed.put(key(key), hash(key, now.rows.getOrDefault(key, 0L))));
    return changed;
  }

  @Override
  public KeySet keys(TableShape shape) throws ReadFailed {
    SimulatedDatabase now = read();
    long sum = now.rows.keySet().stream().mapToLong(Long::longValue).sum();
    return new KeySet(now.rows.size(), BigInteger.valueOf(sum));
  }

  @Override
  public long position() throws ReadFailed {
    return read().commits.size();
  }

  @Override
  public String query(String sql) throws ReadFailed {
    SimulatedDatabase now = read();
    return now.rows.isEmpty() ? "" : now.rows.lastKey().toString();
  }

  @Override
  public SourcePoint point() throws ReadFailed {
    return new SourcePoint(read().commits.size(), world.baton.now());
  }

  @Override
  public OptionalLong appliedLsn(String stream) throws ReadFailed {
    Direction direction = stream.endsWith("_reverse") ? Direction.REVERSE : Direction.FORWARD;
    Integer position = read().positions.get(direction);
    return position == null ? OptionalLong.empty() : OptionalLong.of(position);
  }

  private static RowKey key(long number) {
    return RowKey.of(Long.toString(number));
  }

  private static long number(RowKey key) {
    return Long.parseLong(key.values().getFirst());
  }

  private static RowHash hash(long key, long content) {
    return RowHash.of((key * 31 + content) % 1_000_003, (content * 17 + key) % 999_983);
  }
}
