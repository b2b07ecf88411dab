package dev.cutover.runtime;

/**
 * A value that is never shown.
 *
 * @param value the secret itself; read it only where it is used, never in a log line or a message
 */
public record Secret(String value) {
  @Override
  public String toString() {
    return "***";
  }
}
