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
 * @param forward by what rows come to the target, where the plan says so
 * @param maxRetainedBytes as soon as a server keeps more log than that for a slot of this
 *     replication, the slot is given up: the disk of production goes before the stream; empty for
 *     never
 * @param external the tool that brings the rows, with {@link ForwardMode#EXTERNAL} and only then
 */
public record ReplicationSpec(
    String name,
    DatabaseEndpoint source,
    DatabaseEndpoint target,
    List<TableName> tables,
    boolean endBlockers,
    long sequenceMargin,
    Optional<CopyTerms> copy,
    Optional<ObjectsSpec> objects,
    Optional<ForwardMode> forward,
    Optional<Long> maxRetainedBytes,
    Optional<ExternalForward> external) {
  public ReplicationSpec {
    tables = List.copyOf(tables);
    Arguments.require(
        name.matches("[a-z0-9_]{1,40}"),
        "Expected a replication name of 1 to 40 characters a-z, 0-9 and _, but got '%s'"
            .formatted(name));
    Arguments.require(!tables.isEmpty(), "Expected at least one table to replicate, but got none");
    Arguments.require(
        sequenceMargin >= 0, "Expected a sequence margin of 0 or more, but got " + sequenceMargin);
    Arguments.require(
        maxRetainedBytes.orElse(1L) > 0,
        "Expected maxRetainedBytes of 1 or more, but got %s".formatted(maxRetainedBytes));
    Arguments.require(
        external.isPresent() == forward.equals(Optional.of(ForwardMode.EXTERNAL)),
        "Expected an external tool with forward EXTERNAL and only then, but got %s with %s"
            .formatted(external, forward));
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

  /** A replication of rows alone, by {@link ForwardMode#BUILTIN}. */
  public ReplicationSpec(
      String name,
      DatabaseEndpoint source,
      DatabaseEndpoint target,
      List<TableName> tables,
      boolean endBlockers,
      long sequenceMargin,
      Optional<CopyTerms> copy) {
    this(
        name,
        source,
        target,
        tables,
        endBlockers,
        sequenceMargin,
        copy,
        Optional.empty(),
        Optional.empty());
  }

  /** A replication of rows alone. */
  public ReplicationSpec(
      String name,
      DatabaseEndpoint source,
      DatabaseEndpoint target,
      List<TableName> tables,
      boolean endBlockers,
      long sequenceMargin,
      Optional<CopyTerms> copy,
      Optional<ForwardMode> forward,
      Optional<Long> maxRetainedBytes) {
    this(
        name,
        source,
        target,
        tables,
        endBlockers,
        sequenceMargin,
        copy,
        Optional.empty(),
        forward,
        maxRetainedBytes,
        Optional.empty());
  }

  /** The same, whose rows a tool of the team's own brings to the target. */
  public ReplicationSpec by(ExternalForward tool) {
    return new ReplicationSpec(
        name,
        source,
        target,
        tables,
        endBlockers,
        sequenceMargin,
        copy,
        objects,
        Optional.of(ForwardMode.EXTERNAL),
        maxRetainedBytes,
        Optional.of(tool));
  }

  /** The same with objects beside the rows. */
  public ReplicationSpec withObjects(ObjectsSpec moved) {
    return withObjects(Optional.of(moved));
  }

  /** The rows alone. */
  public ReplicationSpec withoutObjects() {
    return withObjects(Optional.empty());
  }

  private ReplicationSpec withObjects(Optional<ObjectsSpec> moved) {
    return new ReplicationSpec(
        name,
        source,
        target,
        tables,
        endBlockers,
        sequenceMargin,
        copy,
        moved,
        forward,
        maxRetainedBytes,
        external);
  }

  /** How rows are brought over at first. */
  public CopyTerms copyTerms() {
    return copy.orElse(CopyTerms.DEFAULT);
  }

  /** By what rows come to the target. */
  public ForwardMode forwardMode() {
    return forward.orElse(ForwardMode.BUILTIN);
  }

  /** Whether a stream is PostgreSQL's own: only ever the one to the target. */
  public boolean isNative(Direction direction) {
    return direction == Direction.FORWARD && forwardMode() == ForwardMode.NATIVE;
  }

  /** Whether a stream is a tool's of the team's own: only ever the one to the target. */
  public boolean isExternal(Direction direction) {
    return direction == Direction.FORWARD && forwardMode() == ForwardMode.EXTERNAL;
  }

  /** The database of that side. */
  public DatabaseEndpoint endpoint(Side side) {
    return side == Side.SOURCE ? source : target;
  }
}
