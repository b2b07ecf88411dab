package dev.cutover.validator.domain;

import dev.cutover.contract.TableName;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads one database, and never writes to it.
 *
 * <p>An implementation must: read each answer in one snapshot; print values by the rules of {@link
 * CanonicalColumns}, whatever the server's or the role's settings are; end a statement after the
 * bound it was made with. It must not retry.
 *
 * <p>Every method may be called from several threads, and throws {@link ReadFailed} when the
 * database refuses or does not answer.
 */
public interface TableReader {
  /** The same reader, whose statements each take at most so long, and then fail. */
  TableReader within(Duration bound);

  /** Columns and key of a table; a table that is not there: {@link ReadFailed}. */
  TableShape shape(TableName table) throws ReadFailed;

  /** How many rows there are, exactly. */
  long count(TableName table) throws ReadFailed;

  /** Digest of the rows of a chunk. */
  ChunkDigest digest(TableShape shape, Chunk chunk) throws ReadFailed;

  /** Digests of all buckets of a range in one scan; buckets without rows are left out. */
  Map<Integer, ChunkDigest> bucketDigests(TableShape shape, Chunk.KeyRange range, int buckets)
      throws ReadFailed;

  /**
   * The key {@code rows} rows further on within the range; empty when there are fewer. Needs {@link
   * TableShape#ordered}.
   */
  Optional<RowKey> keyAfter(TableShape shape, Chunk.KeyRange range, long rows) throws ReadFailed;

  /** The key after which the last {@code rows} rows begin; empty when there are fewer. */
  Optional<RowKey> keyBeforeLast(TableShape shape, long rows) throws ReadFailed;

  /** Keys and hashes of a chunk's rows, at most {@code limit}, in no particular order. */
  Map<RowKey, RowHash> rows(TableShape shape, Chunk chunk, int limit) throws ReadFailed;

  /** Hashes of the rows with these keys; absent rows are left out. */
  Map<RowKey, RowHash> rows(TableShape shape, Collection<RowKey> keys) throws ReadFailed;

  /**
   * Keys and hashes of all rows that were inserted or updated after the position was taken, in one
   * scan that prints no row that has not changed.
   *
   * @param limit most rows that are listed; one more than that may be returned
   */
  Map<RowKey, RowHash> changedSince(TableShape shape, long position, int limit) throws ReadFailed;

  /** Which keys there are; needs {@link TableShape#hasKey}. */
  KeySet keys(TableShape shape) throws ReadFailed;

  /** A position for {@link #changedSince}: the oldest transaction that is not yet finished. */
  long position() throws ReadFailed;

  /** Result of a query as text: rows by newline, columns by {@code |}; at most 1 MiB. */
  String query(String sql) throws ReadFailed;

  /** Where this server is in its history, as a source. */
  SourcePoint point() throws ReadFailed;

  /**
   * Up to which position of the other side that stream has been applied here; empty when no stream
   * keeps one.
   *
   * @param stream such as {@code cutover_shop_forward}
   */
  OptionalLong appliedLsn(String stream) throws ReadFailed;

  /**
   * The keys of a table, without listing them.
   *
   * @param rows how many rows the table has
   * @param sum of the hashes of all keys: two sides with the same keys have the same
   */
  record KeySet(long rows, BigInteger sum) {}
}
