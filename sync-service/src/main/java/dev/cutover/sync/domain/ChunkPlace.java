package dev.cutover.sync.domain;

/**
 * Where a chunk lies in the change topic.
 *
 * @param offset of its first record
 * @param nextOffset where the topic goes on after its last one
 * @param bytes as encoded
 */
public record ChunkPlace(long offset, long nextOffset, int bytes) {}
