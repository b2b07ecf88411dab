package dev.cutover.contract;

/**
 * Answers of participants, written to the events topic and signed with the participant's own key.
 */
public sealed interface ParticipantReply extends Reply {
  /** Longest evidence or reason, in characters: it is journalled and shown. */
  int TEXT_MAX = 2_000;

  /**
   * It is done.
   *
   * @param evidence what was found, for people; no secrets, no customers' rows
   */
  record StepDone(StepRef step, String evidence) implements ParticipantReply {
    public StepDone {
      requireBounded(evidence);
    }
  }

  /**
   * It could not be done.
   *
   * @param reason one sentence, as in {@link Failure#reason()}
   * @param retryable whether the same order may succeed without anybody's help
   */
  record StepFailed(StepRef step, String reason, boolean retryable) implements ParticipantReply {
    public StepFailed {
      requireBounded(reason);
    }

    /** The same as a failure. */
    public Failure failure() {
      return new Failure(FailureKind.REFUSED, reason, retryable);
    }
  }

  private static void requireBounded(String text) {
    Arguments.require(
        text.length() <= TEXT_MAX,
        "Expected at most %d characters, but got %d".formatted(TEXT_MAX, text.length()));
  }
}
