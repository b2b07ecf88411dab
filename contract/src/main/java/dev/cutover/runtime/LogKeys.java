package dev.cutover.runtime;

/** The agreed keys of structured log lines: the message says what, the keys say which. */
public final class LogKeys {
  public static final String ATTEMPT = "attempt";
  public static final String CAUSE = "cause";
  public static final String CUTOVER_ID = "cutoverId";
  public static final String DURATION_MS = "durationMs";
  public static final String EPOCH = "epoch";
  public static final String FROM = "from";
  public static final String MESSAGE_ID = "messageId";
  public static final String MESSAGE_TYPE = "messageType";
  public static final String OFFSET = "offset";
  public static final String PARTITION = "partition";
  public static final String REASON = "reason";
  public static final String SERVICE = "service";
  public static final String STEP = "step";
  public static final String TO = "to";
  public static final String TOPIC = "topic";

  private LogKeys() {}
}
