package dev.cutover.validator.domain;

import java.math.BigInteger;

/**
 * What a set of rows adds up to: equal sets have equal digests, whatever the order. Sums and not
 * XOR, because XOR cancels pairs of equal rows (trap E2).
 *
 * @param rows how many
 * @param first sum of the rows' first hashes, not reduced
 * @param second sum of the rows' second hashes, not reduced
 */
public record ChunkDigest(long rows, BigInteger first, BigInteger second) {
  /** No rows. */
  public static final ChunkDigest EMPTY = new ChunkDigest(0, BigInteger.ZERO, BigInteger.ZERO);

  /** Digest of both sets together. */
  public ChunkDigest plus(ChunkDigest other) {
    return new ChunkDigest(rows + other.rows, first.add(other.first), second.add(other.second));
  }
}
