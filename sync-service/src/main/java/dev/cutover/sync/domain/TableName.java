package dev.cutover.sync.domain;

/** Stand-in until the contract's record of this name is there. */
public record TableName(String schema, String name) {}
