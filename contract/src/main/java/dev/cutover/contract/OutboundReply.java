package dev.cutover.contract;

import java.util.Map;

/** Answers of the orchestrator's own hands. */
public sealed interface OutboundReply extends Reply {
  /**
   * The call was answered as the plan expects.
   *
   * @param status HTTP status
   * @param excerpt beginning of the answer, bounded and without secrets; evidence only
   */
  record HttpCalled(StepRef step, int status, long tookMs, String excerpt)
      implements OutboundReply {}

  /**
   * The files are there, and what was read back is what was written.
   *
   * @param directory where they are, on the machine of the service
   * @param sha256 of each file by its name, hexadecimal
   */
  record BundleWritten(StepRef step, String directory, Map<String, String> sha256)
      implements OutboundReply {
    public BundleWritten {
      sha256 = Map.copyOf(sha256);
    }
  }

  /**
   * The channel's server has taken the notice over.
   *
   * @param noticeId of the notice
   * @param reference by which it is found at the channel, such as a Message-ID
   */
  record NoticeAccepted(StepRef step, String noticeId, String reference) implements OutboundReply {}
}
