package dev.cutover.contract;

/** Answers of the monitor-service. */
public sealed interface MonitorReply extends Reply {
  /** The baseline is good enough to judge by. */
  record BaselineLearned(StepRef step, HealthBaseline baseline) implements MonitorReply {}

  /** The target is being judged; {@link HealthReported} follows as a heartbeat. */
  record WatchStarted(StepRef step) implements MonitorReply {}

  /** Nothing is judged any more. */
  record WatchStopped(StepRef step) implements MonitorReply {}
}
