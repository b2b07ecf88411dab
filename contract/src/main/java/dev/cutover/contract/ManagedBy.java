package dev.cutover.contract;

import java.util.Optional;

/**
 * Who else keeps a name's records, by the plan's word.
 *
 * @param tool what does; {@link Keeper#NONE} when a person signs that marks of tools are stale
 * @param pausedBy name of the plan's own step that pauses the tool before anything is changed;
 *     there for every tool
 * @param signedBy who says that nobody does; there for {@link Keeper#NONE} alone
 * @param reason why; as {@code signedBy}
 */
public record ManagedBy(
    Keeper tool, Optional<String> pausedBy, Optional<String> signedBy, Optional<String> reason) {
  public ManagedBy {
    boolean nobody = tool == Keeper.NONE;
    Arguments.require(
        pausedBy.isPresent() != nobody
            && signedBy.isPresent() == nobody
            && reason.isPresent() == nobody,
        "Expected a step that pauses %s, or who signed that nobody keeps the records and why, but got %s, %s, %s"
            .formatted(tool, pausedBy, signedBy, reason));
  }

  /** A tool that is paused by that step. */
  public static ManagedBy paused(Keeper tool, String step) {
    return new ManagedBy(tool, Optional.of(step), Optional.empty(), Optional.empty());
  }

  /** Nobody, as that person has signed. */
  public static ManagedBy nobody(String signedBy, String reason) {
    return new ManagedBy(Keeper.NONE, Optional.empty(), Optional.of(signedBy), Optional.of(reason));
  }
}
