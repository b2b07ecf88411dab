package dev.cutover.contract;

/**
 * An authorised system asks for a cutover to be rolled back. Who asks is told by the signature's
 * key, which request it is by {@code ce_id}, when it was made by {@code ce_time}: all of them are
 * signed.
 *
 * @param cutover the cutover that should go back; the record's key
 * @param kind what the sender has seen; it may be entitled to some kinds only
 * @param sentence the reason for a person, one line of at most {@value #SENTENCE_MAX} characters,
 *     published as it is: no secrets, no customers' rows
 * @param evidence where to read more, such as an address of a dashboard, at most {@value
 *     #EVIDENCE_MAX} characters; empty when there is none
 */
public record RollbackRequest(CutoverId cutover, Kind kind, String sentence, String evidence)
    implements Outsider {
  public static final int SENTENCE_MAX = 300;
  public static final int EVIDENCE_MAX = 500;

  public RollbackRequest {
    Arguments.require(
        isLine(sentence, SENTENCE_MAX) && !sentence.isBlank(),
        "Expected a reason of one line and 1 to %d characters".formatted(SENTENCE_MAX));
    Arguments.require(
        isLine(evidence, EVIDENCE_MAX),
        "Expected evidence of one line and at most %d characters".formatted(EVIDENCE_MAX));
  }

  private static boolean isLine(String text, int lengthMax) {
    return text.length() <= lengthMax && text.chars().noneMatch(Character::isISOControl);
  }

  /** What an outsider may have seen: the rollback criteria of a plan. */
  public enum Kind {
    ERROR_RATE,
    LATENCY,
    CRITICAL_FUNCTION,
    DATA_INTEGRITY,
    SECURITY,
    OTHER
  }
}
