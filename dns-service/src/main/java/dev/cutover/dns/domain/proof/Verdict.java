package dev.cutover.dns.domain.proof;

import java.util.Locale;

/** What a server's answer means. */
public enum Verdict {
  /** Serves what the authorities serve; nothing was expected beforehand. */
  AGREES,
  /** Serves exactly what is expected. */
  NEW,
  /** Serves what was said to be there before. */
  OLD,
  /** Serves an expected value among others, or only some of them (trap 30). */
  MIXED,
  /** Serves something else. */
  DIFFERS,
  /** An authority with an older serial, which serves something else: it has not followed yet. */
  LAGGING,
  /** A resolver serves a copy past its end (RFC 8767). */
  STALE,
  /** A resolver gives a higher TTL than the authorities do. */
  CLAMPED,
  /** A resolver says that there is nothing where there is something: it remembers an absence. */
  NEGATIVE,
  /** Should be an authority, and does not answer as one. */
  NOT_AUTHORITATIVE,
  /** Something on the way answered in the authority's place: no evidence. */
  INTERCEPTED,
  UNREACHABLE,
  /** This machine has no way to its address: counted neither way. */
  UNTESTED;

  /** Whether it tells what the server serves. */
  boolean isEvidence() {
    return switch (this) {
      case AGREES, NEW, OLD, MIXED, DIFFERS, LAGGING, STALE, CLAMPED, NEGATIVE -> true;
      case NOT_AUTHORITATIVE, INTERCEPTED, UNREACHABLE, UNTESTED -> false;
    };
  }

  /** For people, such as {@code not authoritative}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
