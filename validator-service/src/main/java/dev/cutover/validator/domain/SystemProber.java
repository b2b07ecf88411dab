package dev.cutover.validator.domain;

import dev.cutover.contract.SystemCheck;
import java.time.Instant;

/**
 * Looks at the systems around an application.
 *
 * <p>An implementation must: touch only hosts that are allowed; be over by the deadline; take what
 * does not answer, answers half, or says that it isn't sure for undecided, never for a match; say
 * what was expected and what was found, without secrets. It must not retry.
 */
public interface SystemProber {
  /** Looks once. */
  Verdict look(SystemCheck check, Instant deadline) throws InterruptedException;
}
