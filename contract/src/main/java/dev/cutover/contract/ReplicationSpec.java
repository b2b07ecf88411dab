package dev.cutover.contract;

import java.util.List;
import java.util.Optional;

/**
 * What is copied, streamed, fenced and reversed.
 *
 * @param name names slots, publications and the change topics: {@code a-z}, {@code 0-9} and {@code
 *     _}, at most 40 characters; unique among cutovers that run at once
 * @param tables the tables to replicate, parents before children; never empty
 * @param endBlockers whether the fence may end sessions that block it
 * @param sequenceMargin how far the other side's sequences are set ahead, in values
 * @param copy how rows are brought over at first, where the plan says so
 * @param objects what is moved, fenced and brought back beside the rows; fenced and opened with
 *     their databases, whose rows alone say which side serves
 */
public record ReplicationSpec(
    String name,
    DatabaseEndpoint source,
    DatabaseEndpoint target,
    List<TableName> tables,
    boolean endBlockers,
    long sequenceMargin,
    Optional<CopyTerms> copy,
    Optional<ObjectsSpec> objects) {
  public ReplicationSpec {
    tables = List.copyOf(tables);
    Arguments.require(
        name.matches("[a-z0-9_]{1,40}"),
        "Expected a replication name of 1 to 40 characters a-z, 0-9 and _, but got '%s'"
            .formatted(name));
    Arguments.require(!tables.isEmpty(), "Expected at least one table to replicate, but got none");
    Arguments.require(
        sequenceMargin >= 0, "Expected a sequence margin of 0 or more, but got " + sequenceMargin);
  }

  /** A replication whose rows are brought over as {@link CopyTerms#DEFAULT} says. */
  public ReplicationSpec(
      String name,
      DatabaseEndpoint source,
      DatabaseEndpoint target,
      List<TableName> tables,
      boolean endBlockers,
      long sequenceMargin) {
    this(name, source, target, tables, endBlockers, sequenceMargin, Optional.empty());
  }

  /** A replication of rows alone. */
  public ReplicationSpec(
      String name,
      DatabaseEndpoint source,
      DatabaseEndpoint target,
      List<TableName> tables,
      boolean endBlockers,
      long sequenceMargin,
      Optional<CopyTerms> copy) {
    this(name, source, target, tables, endBlockers, sequenceMargin, copy, Optional.empty());
  }

  /** The same with objects beside the rows. */
  public ReplicationSpec withObjects(ObjectsSpec moved) {
    return new ReplicationSpec(
        name, source, target, tables, endBlockers, sequenceMargin, copy, Optional.of(moved));
  }

  /** The rows alone. */
  public ReplicationSpec withoutObjects() {
    return new ReplicationSpec(name, source, target, tables, endBlockers, sequenceMargin, copy);
  }

  /** How rows are brought over at first. */
  public CopyTerms copyTerms() {
    return copy.orElse(CopyTerms.DEFAULT);
  }

  /** The database of that side. */
  public DatabaseEndpoint endpoint(Side side) {
    return side == Side.SOURCE ? source : target;
  }
}
