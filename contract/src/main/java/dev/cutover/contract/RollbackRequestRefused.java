package dev.cutover.contract;

/**
 * A request to roll back was not in order, and nothing came of it. The record lies in the dead
 * letters as a hash. When one sender is refused often, the rest of a minute is counted and told as
 * one.
 *
 * @param cutover the cutover that was asked for; a placeholder of its partition when none can be
 *     told
 * @param sender as configured; {@code unknown} unless the signature names one that is
 * @param why kind of the refusal, of the last one when several are told as one
 * @param count how many requests this is about
 * @param partition where the last of them lies in the topic of requests
 * @param offset where it lies there
 * @param reason what was expected and what was found; never the content
 */
public record RollbackRequestRefused(
    CutoverId cutover, String sender, Why why, int count, int partition, long offset, String reason)
    implements Report {
  /** Why a request is refused; in the order in which it is looked at. */
  public enum Why {
    /** No signature. */
    UNSIGNED,
    /** Signed by nobody that is known here. */
    UNKNOWN_SENDER,
    /** The signature does not fit the message. */
    FORGED,
    /** It cannot be read, or is about another cutover than its key says. */
    MALFORMED,
    /** The sender may not ask that of this cutover, or not for this reason. */
    FORBIDDEN,
    /** Issued too long ago, or in the future. */
    EXPIRED,
    /** The same request was accepted before. */
    REPLAYED,
    /** The sender has asked too often. */
    TOO_MANY
  }
}
