package dev.cutover.sync.adapter;

import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds out how far an earlier attempt at a copy came, and empties what it left half done. */
final class Resumption {
  /** Tables of the replication whose foreign keys keep another one from being emptied alone. */
  private static final String REFERENCING =
      """
      SELECT DISTINCT n.nspname || '.' || c.relname FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE k.contype = 'f' AND k.confrelid = to_regclass(?) AND k.conrelid <> k.confrelid""";

  private final ReplicationSpec spec;
  private final CopyRecord record;
  private final String name;

  /**
   * @param name of the stream
   */
  Resumption(ReplicationSpec spec, CopyRecord record, String name) {
    this.spec = spec;
    this.record = record;
    this.name = name;
  }

  /**
   * What may stay of an earlier attempt.
   *
   * @param complete tables whose rows are all there
   * @param from the slot's position, from where on it has all changes
   */
  record Found(Set<TableName> complete, Lsn from) {}

  /**
   * Leaves a target in which every table is either complete or empty.
   *
   * @return empty when the copy is to begin anew, and there is no slot
   * @throws ReplicationFailed when there are rows or a slot that are not ours
   */
  Optional<Found> prepare(Connection captured, Connection applied, PostgresSlot slot)
      throws SQLException, ReplicationFailed {
    String marker = "copy:" + name;
    if (PostgresSql.query(applied, "SELECT id FROM cutover.marker WHERE id = ?", marker)
        .isPresent()) {
      return goOn(captured, applied, slot);
    }
    if (slot.state(captured).isPresent()) {
      throw new ReplicationFailed(
          "Expected no slot '%s' on %s before the copy, but there is one: drop it if nothing uses it, or name the replication otherwise"
              .formatted(name, spec.source().address()));
    }
    requireEmpty(applied, spec);
    record.forget(applied);
    PostgresSql.update(applied, "INSERT INTO cutover.marker VALUES (?, clock_timestamp())", marker);
    return Optional.empty();
  }

  /**
   * Requires that no table has a row.
   *
   * @throws ReplicationFailed naming one that has
   */
  static void requireEmpty(Connection target, ReplicationSpec spec)
      throws SQLException, ReplicationFailed {
    for (TableName table : spec.tables()) {
      if (PostgresSql.query(target, "SELECT 1 FROM %s LIMIT 1".formatted(PostgresSql.quote(table)))
          .isPresent()) {
        throw new ReplicationFailed(
            "Expected table %s on %s to be empty before the copy, but it has rows of its own: empty it, or correct the plan's target"
                .formatted(table, spec.target().address()));
      }
    }
  }

  /** Whether a later attempt could keep anything, so that its slot must stay. */
  boolean isWorthwhile(Connection applied) throws SQLException {
    return !record.complete(applied).isEmpty();
  }

  private Optional<Found> goOn(Connection captured, Connection applied, PostgresSlot slot)
      throws SQLException, ReplicationFailed {
    Map<TableName, Lsn> complete = record.complete(applied);
    Optional<PostgresSlot.State> state = slot.state(captured);
    boolean isUsable =
        !complete.isEmpty()
            && state.isPresent()
            && state.get().lost().isEmpty()
            && complete.values().stream().allMatch(state.get().confirmed()::isUpTo)
            // Between two snapshots a foreign key may fail that holds in each of them.
            && PostgresSql.tryReplicaRole(applied);
    if (!isUsable) {
      slot.drop(captured);
      truncate(applied, spec.tables());
      record.forget(applied);
      return Optional.empty();
    }
    Set<TableName> again = new HashSet<>(spec.tables());
    again.removeAll(complete.keySet());
    close(applied, again);
    if (!again.isEmpty()) {
      record.forget(applied, again);
      truncate(applied, again);
    }
    Set<TableName> kept = new HashSet<>(spec.tables());
    kept.removeAll(again);
    return Optional.of(new Found(kept, state.get().confirmed()));
  }

  private void close(Connection applied, Set<TableName> again) throws SQLException {
    boolean isGrown = true;
    while (isGrown) {
      isGrown = false;
      for (TableName table : Set.copyOf(again)) {
        for (String other : PostgresSql.texts(applied, REFERENCING, PostgresSql.quote(table))) {
          TableName referencing = TableName.parse(other);
          if (spec.tables().contains(referencing) && again.add(referencing)) {
            isGrown = true;
          }
        }
      }
    }
  }

  private static void truncate(Connection applied, Collection<TableName> tables)
      throws SQLException {
    PostgresSql.execute(
        applied,
        "TRUNCATE " + tables.stream().map(PostgresSql::quote).collect(Collectors.joining(", ")));
  }
}
