package dev.cutover.runtime;

import org.jspecify.annotations.Nullable;

/** The log refused or did not answer; what was asked may or may not have happened. */
public class LogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LogException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
