package dev.cutover.monitor.adapter;

import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Says in a few words why an exchange failed. */
final class Cause {
  private Cause() {}

  static String of(Exception fault) {
    @Nullable Throwable inner = fault instanceof ExecutionException ? fault.getCause() : fault;
    Throwable cause = inner == null ? fault : inner;
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
