package dev.cutover.sync.domain;

import java.util.List;

/** Stand-in until the contract's record of this name is there. */
public record ReplicationSpec(
    String name,
    DatabaseEndpoint source,
    DatabaseEndpoint target,
    List<TableName> tables,
    boolean endBlockers,
    long sequenceMargin) {}
