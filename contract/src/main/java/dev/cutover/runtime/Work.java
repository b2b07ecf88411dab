package dev.cutover.runtime;

import dev.cutover.contract.Event;
import java.time.InstantSource;

/** What a command may use while it is being carried out. */
public interface Work {
  /** Says something beside the answer; returns at once. */
  void publish(Event event);

  /** Whether nothing of it is production. */
  boolean rehearsal();

  /** The service's clock. */
  InstantSource clock();
}
