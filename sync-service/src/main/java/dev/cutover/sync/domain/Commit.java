package dev.cutover.sync.domain;

import java.time.Instant;

/**
 * Where and when a captured transaction ended.
 *
 * @param lsn the end of its commit record: its position (never BEGIN's, data.md B2)
 * @param at on the captured server's clock
 */
public record Commit(Lsn lsn, Instant at) {}
