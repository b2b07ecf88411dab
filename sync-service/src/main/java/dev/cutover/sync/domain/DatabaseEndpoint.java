package dev.cutover.sync.domain;

/** Stand-in until the contract's record of this name is there. */
public record DatabaseEndpoint(String host, int port, String database, String credential) {}
