package dev.cutover.sync.domain;

/**
 * One right of one login in one database, as it was found by trying.
 *
 * @param login who tried
 * @param isNeeded whether a cutover of this plan can't do without it
 * @param why what the server said, or why it could not be tried; may be empty
 */
public record FoundRight(
    DatabaseRight right, String login, Verdict verdict, boolean isNeeded, String why) {
  /** What trying came to. */
  public enum Verdict {
    HELD,
    MISSING,
    /** It could not be tried. */
    UNKNOWN
  }

  public boolean isMissing() {
    return verdict == Verdict.MISSING;
  }
}
