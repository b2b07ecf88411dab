package dev.cutover.sync.adapter;

import java.time.Duration;

/**
 * For how long a database may say nothing before its connection counts as dead. A network that
 * swallows packets ends no connection by itself: without bounds of its own, whoever waits for an
 * answer then waits for ever.
 *
 * @param connect to connect and log in
 * @param answer to a statement that takes no time by itself; the applier doubles it each time that
 *     nothing was applied, up to five minutes, as a batch may be slow
 * @param sign from a server whose statement may take hours, or that streams: asked beside it
 */
public record Patience(Duration connect, Duration answer, Duration sign) {
  static final Patience USUAL =
      new Patience(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(45));

  private static final Duration ANSWER_MAX = Duration.ofMinutes(5);

  /** To the statements of an applier that has failed so often since something was applied. */
  Duration answerAfter(int failures) {
    Duration doubled = answer.multipliedBy(1L << Math.min(failures, 10));
    return doubled.compareTo(ANSWER_MAX) > 0 ? ANSWER_MAX : doubled;
  }

  /** For whole seconds, as the driver has them; never 0, which would be no bound. */
  static String seconds(Duration time) {
    return Long.toString(Math.max(1, time.toSeconds()));
  }
}
