package dev.cutover.orchestrator.domain;

import java.util.Optional;

/**
 * What people do in the world beside us.
 *
 * @param mark a service was refused because a person has taken over, in its words; empty while
 *     nobody is known to have
 * @param adoption who asked to go on from what is found in the world, while it is being read
 */
public record ByHand(Optional<String> mark, Optional<String> adoption) {
  /** We are in charge. */
  static final ByHand NOTHING = new ByHand(Optional.empty(), Optional.empty());

  ByHand withMark(String reason) {
    return new ByHand(Optional.of(reason), Optional.empty());
  }

  ByHand adoptedBy(String asked) {
    return new ByHand(mark, Optional.of(asked));
  }
}
