package dev.cutover.contract;

/** Kinds of failure that operators and dashboards see. */
public enum FailureKind {
  /** The outside system did not answer. */
  UNREACHABLE,
  /** The outside system answered no: a right is missing, a key is wrong. */
  REFUSED,
  /** The world is not as the command expected to find it. */
  CONFLICT,
  /** A newer epoch has been here: the command is void. */
  SUPERSEDED,
  /** The deadline passed before the work was done. */
  TIMED_OUT,
  /** Data, records or checks differ, with evidence. */
  MISMATCH,
  /** It could not be found out in time; neither good nor bad. */
  INCONCLUSIVE,
  /** A person has set the manual mark: nothing is changed until it is lifted. */
  MANUAL,
  /** The plan or the environment can't work as it is; a person must change it. */
  UNSUITABLE,
  /** A fault of the service itself. */
  INTERNAL
}
