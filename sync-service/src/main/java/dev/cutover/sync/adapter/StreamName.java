package dev.cutover.sync.adapter;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;

/** Names of streams; slot and publication of each have its name. */
final class StreamName {
  private static final String FORWARD = "_forward";
  private static final String REVERSE = "_reverse";

  private StreamName() {}

  static String of(ReplicationSpec spec, Direction direction) {
    return "cutover_"
        + spec.name()
        + switch (direction) {
          case FORWARD -> FORWARD;
          case REVERSE -> REVERSE;
        };
  }

  /** The stream that goes the other way. */
  static String opposite(String name) {
    return name.endsWith(FORWARD)
        ? name.substring(0, name.length() - FORWARD.length()) + REVERSE
        : name.substring(0, name.length() - REVERSE.length()) + FORWARD;
  }
}
