package dev.cutover.contract;

/**
 * A tool of the team's own that copies and streams to the target, and that the product only proves.
 *
 * @param origin the replication origin under which the tool writes on the target: by it the way
 *     back tells what came from the source from what was written on the target
 * @param caughtUp how it is known that the tool has brought over all that was committed
 */
public record ExternalForward(String origin, CaughtUp caughtUp) {
  public ExternalForward {
    Arguments.require(!origin.isBlank(), "Expected the name of a replication origin, but got none");
  }

  /**
   * A query that proves that nothing is missing on the target; read only, and asked often.
   *
   * @param side on which it is asked
   * @param query one statement without a semicolon, whose first column of its first row is the
   *     answer; {@code :position} in it stands for the position in the source's log up to which
   *     everything must have come
   * @param expect that answer, as text, when nothing is missing
   */
  public record CaughtUp(Side side, String query, String expect) {
    public CaughtUp {
      Arguments.require(!query.isBlank(), "Expected a query, but got none");
      // A second statement could make the session one that writes.
      Arguments.require(
          query.indexOf(';') < 0, "Expected one statement without ';', but got " + query);
    }
  }
}
