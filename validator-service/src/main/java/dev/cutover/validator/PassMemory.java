package dev.cutover.validator;

import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.validator.domain.FinalPlan;
import dev.cutover.validator.domain.RowKey;
import dev.cutover.validator.domain.TableShape;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the newest clean pass over each table left. A cache and no state: without it, after a
 * restart, the final validation covers less, and says so.
 */
final class PassMemory {
  private final Map<Key, Entry> entries = new ConcurrentHashMap<>();

  private record Key(ReplicationSpec spec, TableName table) {}

  /** A clean pass over one table. */
  record Entry(TableShape shape, FinalPlan.Pass pass) {
    /** The same after a pass over what changed since, which found nothing wrong. */
    Entry followedBy(Instant startedAt, FinalPlan.Positions positions, Set<RowKey> left) {
      return new Entry(shape, pass.followedBy(startedAt, positions, left));
    }
  }

  void keep(ReplicationSpec spec, TableName table, Entry entry) {
    entries.put(new Key(spec, table), entry);
  }

  void forget(ReplicationSpec spec, TableName table) {
    entries.remove(new Key(spec, table));
  }

  Optional<Entry> of(ReplicationSpec spec, TableName table) {
    return Optional.ofNullable(entries.get(new Key(spec, table)));
  }
}
