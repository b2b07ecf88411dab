package dev.cutover.runtime;

/** Another instance owns the partition now; nothing was written. */
public final class FencedException extends LogException {
  private static final long serialVersionUID = 1L;

  public FencedException(String message, Throwable cause) {
    super(message, cause);
  }
}
